using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace AutoRec.Cli.Tests;

/// <summary>The page for people, in a real browser.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task Page_UserId_RecommendationsWithNamesAndReasons()
    {
        await using var server = await RunningServer.StartAsync("ease");
        await Open(server, async page =>
        {
            await Assertions.Expect(page.Locator("#served")).ToContainTextAsync("ease, trained on Sample shop: 252 items");
            await page.GetByLabel("User id").FillAsync("u0001");
            await page.Locator("#by-user button").ClickAsync();
            await Assertions.Expect(page.Locator("#items li")).ToHaveCountAsync(10);
            var best = (await server.GetAsync("recommendations/u0001?k=1&reasons=2")).GetProperty("items")[0];
            await Assertions.Expect(page.Locator("#items li strong").First).ToHaveTextAsync(best.GetProperty("title").GetString()!);
            await Assertions.Expect(page.Locator("#items li .why").First)
                .ToContainTextAsync("because of " + best.GetProperty("reasons")[0].GetProperty("title").GetString());

            await page.GetByLabel("User id").FillAsync("nobody");
            await page.Locator("#by-user button").ClickAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The model does not know the user 'nobody'.");
            await Assertions.Expect(page.Locator("#answer")).ToBeHiddenAsync();
        });
    }

    [Fact]
    public async Task Page_PickedItemsAndProfile_RecommendationsForSomebodyNew()
    {
        await using var server = await RunningServer.StartAsync("ease");
        await Open(server, async page =>
        {
            await page.GetByLabel("Items you like", new() { Exact = true }).First.FillAsync("piano");
            await Assertions.Expect(page.Locator("#found li").First).ToContainTextAsync("Piano");
            var title = (await page.Locator("#found li").First.TextContentAsync())!.TrimEnd('+');
            await page.Locator("#found li button").First.ClickAsync();
            await Assertions.Expect(page.Locator("#picked li")).ToContainTextAsync(title);

            await page.Locator("#by-items button.main").ClickAsync();
            await Assertions.Expect(page.Locator("#basis")).ToHaveTextAsync("By what the history says");
            await Assertions.Expect(page.Locator("#items")).Not.ToContainTextAsync(title + "★");
            await Assertions.Expect(page.Locator("#items li .why").First).ToHaveTextAsync("because of " + title);

            await page.Locator("#profile select[name=gender]").SelectOptionAsync("F");
            await page.Locator("#by-items button.main").ClickAsync();
            await Assertions.Expect(page.Locator("#basis")).ToHaveTextAsync("By history and profile together");

            await page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Remove ") }).ClickAsync();
            await page.Locator("#by-items button.main").ClickAsync();
            await Assertions.Expect(page.Locator("#basis")).ToHaveTextAsync("By people with a similar profile");
        });
    }

    [Fact]
    public async Task Docs_Page_ShowsTheInterface()
    {
        await using var server = await RunningServer.StartAsync();
        await Open(server, async page =>
        {
            await page.GotoAsync(server.Client.BaseAddress + "docs");
            await Assertions.Expect(page.Locator("h2")).ToHaveCountAsync(8);
            await Assertions.Expect(page.Locator("main")).ToContainTextAsync("POST /recommendations/batch");
        });
    }

    private static async Task Open(RunningServer server, Func<IPage, Task> use)
    {
        Chromium.Require();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        await using var context = await Chromium.NewContextAsync(browser);
        var page = await context.NewPageAsync();
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) =>
        {
            // That a user is unknown is an answer, which browsers note as an error.
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal))
            {
                problems.Add(message.Text);
            }
        };
        await page.GotoAsync(server.Client.BaseAddress!.ToString());
        await use(page);
        Assert.Empty(problems);
        await Chromium.KeepPictureAsync(page, $"serve-{Guid.NewGuid():N}");
    }
}
