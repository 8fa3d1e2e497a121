using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Playwright;

namespace AutoRec.Cli.Tests;

/// <summary>The site that docs/site/build has written to the folder <c>AUTOREC_SITE</c>.</summary>
public sealed class SiteTests
{
    // One page of each kind.
    private static readonly string[] Samples =
    [
        "index.html", "README.html", "docs/choosing-a-model.html", "docs/reproduction.html", "api/AutoRec.Experiments.Experiment.html",
    ];

    private static readonly HtmlParser Parser = new();

    [Fact]
    public void Site_EveryLinkAndAnchor_LeadsSomewhere()
    {
        var root = Site();
        var pages = Directory.EnumerateFiles(root, "*.html", SearchOption.AllDirectories)
            .ToDictionary(path => path, path => Parser.ParseDocument(File.ReadAllText(path)));
        Assert.InRange(pages.Count, 150, 5_000);
        var ids = pages.ToDictionary(
            page => page.Key,
            page => page.Value.All.SelectMany(element => new[] { element.Id, element.GetAttribute("name") }).ToHashSet());
        var broken = pages.SelectMany(page => Addresses(page.Value).Distinct()
                .Where(address => !Leads(page.Key, address))
                .Select(address => $"{Path.GetRelativePath(root, page.Key)}: {address}"))
            .Concat(Directory.EnumerateFiles(root, "toc.json", SearchOption.AllDirectories)
                .SelectMany(path => TocAddresses(JsonNode.Parse(File.ReadAllText(path)))
                    .Where(address => !Leads(path, address))
                    .Select(address => $"{Path.GetRelativePath(root, path)}: {address}")));
        Assert.Empty(broken);

        bool Leads(string from, string address)
        {
            var parts = address.Split('#', 2);
            var path = Uri.UnescapeDataString(parts[0].Split('?')[0]);
            var file = path.Length == 0 ? from : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(from)!, path));
            var anchor = parts.Length == 1 ? "" : Uri.UnescapeDataString(parts[1]);
            return file.StartsWith(root, StringComparison.Ordinal) && File.Exists(file)
                && (anchor.Length == 0 || !ids.TryGetValue(file, out var known) || known.Contains(anchor));
        }
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1400)]
    [InlineData(ColorScheme.Dark, 1400)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task Site_InABrowserWithoutANetwork_IsWhole(ColorScheme scheme, int width)
    {
        var root = Site();
        Chromium.Require();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        await using var context = await Chromium.NewContextAsync(
            browser, new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var problems = new List<string>();

        // Pages load their lists of pages as a server gives them; this one is in the browser and has nothing but the site.
        await context.RouteAsync("**/*", async route =>
        {
            var address = new Uri(route.Request.Url);
            var file = Path.Combine(root, Uri.UnescapeDataString(address.AbsolutePath[1..]));
            if (address.Host == "site.invalid" && File.Exists(file))
            {
                await route.FulfillAsync(new() { Path = file });
                return;
            }

            problems.Add(route.Request.Url);
            await route.AbortAsync();
        });
        foreach (var name in Samples)
        {
            var page = await context.NewPageAsync();
            page.PageError += (_, error) => problems.Add($"{name}: {error}");
            await page.GotoAsync("http://site.invalid/" + name, new() { WaitUntil = WaitUntilState.Load });
            await Assertions.Expect(page.Locator("#navbar a").First).ToBeAttachedAsync();
            await Chromium.KeepPictureAsync(page, $"site-{Path.GetFileNameWithoutExtension(name)}-{scheme}-{width}");
            var fits = await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth");
            Assert.True(fits, $"{name} is wider than its window of {width}.");
            problems.AddRange(await Chromium.ViolationsAsync(page, name));
            await page.CloseAsync();
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    private static string Site()
    {
        var folder = Environment.GetEnvironmentVariable("AUTOREC_SITE");
        Assert.SkipUnless(folder is { Length: > 0 }, "AUTOREC_SITE names no built site: run docs/site/build and set it to artifacts/site.");
        return Path.GetFullPath(folder!) + Path.DirectorySeparatorChar;
    }

    private static IEnumerable<string> Addresses(IDocument page) => page.All
        .SelectMany(element => new[] { element.GetAttribute("href"), element.GetAttribute("src") })
        .OfType<string>()
        .Where(address => address.Length > 0
            && !Uri.TryCreate(address, UriKind.Absolute, out _) && !address.StartsWith("//", StringComparison.Ordinal));

    private static IEnumerable<string> TocAddresses(JsonNode? node) => node switch
    {
        JsonObject entry => entry.SelectMany(member => member is { Key: "href" or "topicHref", Value: { } value }
            ? [value.GetValue<string>()]
            : TocAddresses(member.Value)),
        JsonArray entries => entries.SelectMany(TocAddresses),
        _ => [],
    };
}
