using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace AutoRec.Cli.Tests;

/// <summary>The Chromium of the system: <c>AUTOREC_CHROMIUM</c>, or where systems have it.</summary>
internal static class Chromium
{
    /// <summary>In milliseconds. Playwright's own five and thirty seconds are few for a page of charts beside tests that train.</summary>
    private const float Patience = 180_000;

    private static readonly string? Program = ((string?[])
        [
            Environment.GetEnvironmentVariable("AUTOREC_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome"
        ]).FirstOrDefault(File.Exists);

    public static bool IsHere => Program is not null;

    /// <summary>Skips the test where there is no Chromium.</summary>
    public static void Require() =>
        Assert.SkipUnless(IsHere, "There is no Chromium: install it (Debian: chromium) or name it by AUTOREC_CHROMIUM.");

    public static Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        return playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = ["--no-sandbox", "--disable-gpu"] });
    }

    /// <summary>A profile of the browser whose pages wait for a busy machine.</summary>
    public static async Task<IBrowserContext> NewContextAsync(IBrowser browser, BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        return context;
    }

    /// <summary>What axe finds on a page: a line for each element.</summary>
    public static async Task<string[]> ViolationsAsync(IPage page, string name)
    {
        // Run in the page itself: put together from frames, the same would take five times as long. Of what passes, axe would describe each
        // element, which takes a quarter of the time.
        Assert.Single(page.Frames);
        await page.EvaluateAsync(new BundledAxeScriptProvider().GetScript());
        return await page.EvaluateAsync<string[]>(
            """
            async name => (await axe.run({ resultTypes: ['violations'] })).violations.flatMap(violation =>
                violation.nodes.map(node => `${name}: ${violation.id}: ${node.target}: ${node.html.slice(0, 120)}`))
            """,
            name);
    }

    /// <summary>Keeps a picture of a page in the folder <c>AUTOREC_SCREENSHOTS</c>, where one is named.</summary>
    public static async Task KeepPictureAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("AUTOREC_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }
}
