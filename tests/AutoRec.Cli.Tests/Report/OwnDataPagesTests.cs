using Microsoft.Playwright;

namespace AutoRec.Cli.Tests;

/// <summary>The pages that somebody's own file leads to: that of <c>quickstart</c>, and the first one of a report.</summary>
public sealed class OwnDataPagesTests(OwnDataPagesTests.Fixture pages) : IClassFixture<OwnDataPagesTests.Fixture>
{
    [Fact]
    public async Task Pages_ByHtmlValidate_AreCorrect()
    {
        HtmlValidate.Require();
        await HtmlValidate.AssertValidAsync(pages.Paths);
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1500)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Pages_LightDarkAndOnAPhone_AreAccessible(ColorScheme scheme, int width)
    {
        Chromium.Require();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        await using var context = await Chromium.NewContextAsync(
            browser, new() { Offline = true, ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 900 } });
        var violations = new List<string>();
        foreach (var path in pages.Paths)
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(path).AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
            await Chromium.KeepPictureAsync(page, $"own-{Path.GetFileNameWithoutExtension(path)}-{scheme}-{width}");
            violations.AddRange(await Chromium.ViolationsAsync(page, path));
            await page.CloseAsync();
        }

        Assert.True(violations.Count == 0, string.Join('\n', violations));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        internal string[] Paths => [folder.File("quickstart/report.html"), folder.File("report/index.html")];

        public async ValueTask InitializeAsync()
        {
            // Ratings with names of things, so that all that such a page can show is there.
            var random = new Random(1);
            var pairs = from user in Enumerable.Range(0, 60)
                        from item in Enumerable.Range(0, 40)
                        where random.Next(3) == 0
                        select $"u{user},i{item},{((user + item) % 2 == 0 ? random.Next(3, 6) : random.Next(1, 4))}";
            var data = folder.File("stars & more.csv");
            await File.WriteAllLinesAsync(data, ["user,item,rating", .. pairs]);
            await File.WriteAllLinesAsync(
                folder.File("stars & more.items.csv"),
                ["id,title", .. Enumerable.Range(0, 40).Select(item => $"i{item},\"Salt & <Pepper>, {item}\"")]);
            Directory.CreateDirectory(folder.File("notebooks"));
            await File.WriteAllTextAsync(
                folder.File("notebooks/01-reads.ipynb"),
                NotebookSamples.Json(
                    "md:# Reads",
                    $"#r \"{NotebookSamples.NotebooksAssembly}\"\nusing AutoRec.Notebooks;",
                    "parameters:var dataset = Parameters.Text(\"dataset\", \"sample\");"));
            var run = await CliRun.OfAsync("quickstart", data, "--output", folder.File("quickstart"));
            Assert.True(run.ExitCode == 0, run.Error);
            run = await CliRun.OfAsync(
                "report", "--data", data, "--notebooks", folder.File("notebooks"), "--output", folder.File("report"));
            Assert.True(run.ExitCode == 0, run.Error);
        }

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
