using System.Text.RegularExpressions;
using AutoRec.Cli.Notebooks;
using AutoRec.Cli.Report;
using Microsoft.Playwright;

namespace AutoRec.Cli.Tests;

/// <summary>
/// The report of the repository's own notebooks, from the outputs that are committed with them, in a real browser that has no
/// network, with scripts and without.
/// </summary>
public sealed class ReportPagesTests(ReportPagesTests.Fixture report) : IClassFixture<ReportPagesTests.Fixture>
{
    private const int MostBytes = 5_000_000;

    public static TheoryData<string, bool> PagesWithAndWithoutScripts
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var page in Names)
            {
                data.Add(page, true);
                data.Add(page, false);
            }

            return data;
        }
    }

    private static string[] Names => [.. Notebooks.Select(Path.GetFileNameWithoutExtension)!, "index", "reproduction"];

    private static IEnumerable<string> Notebooks =>
        Directory.EnumerateFiles(Path.Combine(NotebookSamples.Repository, "notebooks"), "*.ipynb").Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(PagesWithAndWithoutScripts))]
    public async Task Page_WithoutANetwork_IsWhole(string name, bool scripts)
    {
        await using var context = await Chromium.NewContextAsync(
            report.Browser(), new() { JavaScriptEnabled = scripts, Offline = true, ViewportSize = new() { Width = 1500, Height = 900 } });
        var page = await context.NewPageAsync();
        var problems = new List<string>();
        page.PageError += (_, error) => problems.Add(error);
        page.Console += (_, message) => problems.AddRange(message.Type is "error" or "warning" ? [message.Text] : []);
        page.RequestFailed += (_, request) => problems.Add($"{request.Url}: {request.Failure}");
        page.Request += (_, request) =>
            problems.AddRange(
                request.Url.StartsWith("file:", StringComparison.Ordinal) || request.Url.StartsWith("data:", StringComparison.Ordinal)
                    ? []
                    : [request.Url]);

        await page.GotoAsync(new Uri(report.PathOf(name + ".html")).AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        var charts = page.Locator("figure.autorec-chart");
        var count = await charts.CountAsync();
        if (scripts && count > 0)
        {
            // The picture, or the text in its place, hides when its chart has been drawn.
            await Assertions.Expect(page.Locator("figure.autorec-chart > :first-child:visible")).ToHaveCountAsync(0);
        }

        await Chromium.KeepPictureAsync(page, $"{name}-{(scripts ? "live" : "static")}");
        Assert.Empty(problems);
        Assert.Equal(
            "[]",
            await Eval(
                page,
                "JSON.stringify([...document.images].filter(i => !i.complete || i.naturalWidth < 1 || i.naturalHeight < 1).map(i => i.alt "
                    + "|| i.src.slice(0, 80)))"));
        Assert.Equal("[]", await Eval(page, scripts
            ? "JSON.stringify([...document.querySelectorAll('figure.autorec-chart')].filter(f => f.querySelectorAll('.main-svg .point, .main-svg .points path, .main-svg .lines path, .main-svg .fills path, .main-svg .hm image, .main-svg .errorbar, .main-svg .box').length < 1).map(f => f.firstElementChild.outerHTML.slice(0, 80)))"
            : "JSON.stringify([...document.querySelectorAll('figure.autorec-chart')].filter(f => f.firstElementChild.getBoundingClientRect().width < 200).map(f => f.firstElementChild.outerHTML.slice(0, 80)))"));
        Assert.Equal(
            "[]",
            await Eval(
                page,
                "JSON.stringify([...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href')).filter(h => "
                    + "!document.getElementById(decodeURIComponent(h.slice(1)))))"));
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"),
            "The page is wider than its window.");
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1500)]
    [InlineData(ColorScheme.Dark, 390)]
    public async Task Pages_LightDarkAndOnAPhone_AreAccessible(ColorScheme scheme, int width)
    {
        await using var context = await Chromium.NewContextAsync(report.Browser(), new()
        {
            Offline = true,
            ColorScheme = scheme,
            ViewportSize = new() { Width = width, Height = 900 },
        });
        var violations = new List<string>();
        foreach (var name in Names)
        {
            var page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(report.PathOf(name + ".html")).AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
            await Assertions.Expect(page.Locator("figure.autorec-chart > img:visible")).ToHaveCountAsync(0);
            await Chromium.KeepPictureAsync(page, $"{name}-{scheme}-{width}");
            var bar = await page.Locator("header.bar").BoundingBoxAsync();
            Assert.InRange(bar!.Height, 1, 60);
            violations.AddRange(await Chromium.ViolationsAsync(page, name));
            await page.CloseAsync();
        }

        Assert.Empty(violations);
    }

    [Fact]
    public async Task Violations_PageWithThem_AreFound()
    {
        await using var context = await Chromium.NewContextAsync(report.Browser(), new() { Offline = true });
        var page = await context.NewPageAsync();
        await page.SetContentAsync("<main><img src='data:,'><p style='color: #eee; background: #fff'>pale</p></main>");
        var found = await Chromium.ViolationsAsync(page, "bad");
        Assert.All(
            ["bad: color-contrast: p: <p ", "bad: document-title: html: ", "bad: html-has-lang: html: ", "bad: image-alt: img: <img "],
            start => Assert.Contains(found, line => line.StartsWith(start, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pages_ByHtmlValidate_AreCorrect()
    {
        HtmlValidate.Require();
        await HtmlValidate.AssertValidAsync(Names.Select(name => report.PathOf(name + ".html")));
    }

    [Theory]
    [InlineData(1500)]
    [InlineData(390)]
    public async Task Search_AWordOfAnotherPage_LeadsToItsSection(int width)
    {
        await using var context = await Chromium.NewContextAsync(
            report.Browser(), new() { Offline = true, ViewportSize = new() { Width = width, Height = 900 } });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(report.PathOf("01-eda.html")).AbsoluteUri);
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("reparameterisation");
        var hit = page.Locator(".search ol a").First;
        await Assertions.Expect(hit).ToBeVisibleAsync();
        await hit.ClickAsync();
        await Assertions.Expect(page.Locator("h2:target, h1").First).ToBeVisibleAsync();
        Assert.DoesNotContain("01-eda", page.Url, StringComparison.Ordinal);

        await page.WaitForLoadStateAsync();
        await page.Keyboard.PressAsync("/");
        await page.Keyboard.TypeAsync("xyzzy");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("Nothing found.");
    }

    [Fact]
    public void Page_Weight_IsBelowFiveMegabytes()
    {
        var shared = Directory.EnumerateFiles(report.PathOf("assets")).Sum(file => new FileInfo(file).Length);
        Assert.All(
            Directory.EnumerateFiles(report.PathOf("."), "*.html"),
            page => Assert.InRange(new FileInfo(page).Length + shared, 1, MostBytes));
    }

    [Fact]
    public void Index_EachNotebook_HasItsFindingAndItsChart()
    {
        var index = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(File.ReadAllText(report.PathOf("index.html")));
        var entries = index.QuerySelectorAll("ol.notebooks > li");
        Assert.Equal(Notebooks.Count(), entries.Length);
        Assert.All(entries, entry =>
        {
            Assert.NotNull(entry.QuerySelector("p:not(.summary)"));
            Assert.StartsWith("data:image/svg+xml", entry.QuerySelector("a.chart img")!.GetAttribute("src"));
        });
    }

    [Fact]
    public void Page_LinksToPages_LeadSomewhere()
    {
        foreach (var file in Directory.EnumerateFiles(report.PathOf("."), "*.html"))
        {
            var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(File.ReadAllText(file));
            foreach (var address in page.QuerySelectorAll("a[href]")
                .Select(link => link.GetAttribute("href")!)
                .Where(address => !address.Contains(':', StringComparison.Ordinal) && address[0] != '#'))
            {
                Assert.True(
                    File.Exists(report.PathOf(Uri.UnescapeDataString(address.Split('#')[0]))),
                    $"{Path.GetFileName(file)} links to {address}.");
            }
        }
    }

    [Fact]
    public async Task Page_CopyAndFold_Work()
    {
        await using var context = await Chromium.NewContextAsync(
            report.Browser(), new() { Offline = true, Permissions = ["clipboard-read", "clipboard-write"] });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(report.PathOf(Path.GetFileNameWithoutExtension(Notebooks.Last()) + ".html")).AbsoluteUri);
        var code = page.Locator("pre.source").First;
        var text = await code.TextContentAsync();
        await page.Locator("button.copy").First.ClickAsync();
        await Assertions.Expect(page.Locator("button.copy").First).ToHaveTextAsync("Copied");
        Assert.Equal(text, await page.EvaluateAsync<string>("navigator.clipboard.readText()"));

        await page.GetByRole(AriaRole.Button, new() { Name = "Hide code" }).ClickAsync();
        await Assertions.Expect(page.Locator("pre.source:visible")).ToHaveCountAsync(0);
        await page.GetByText("Code", new() { Exact = true }).First.ClickAsync();
        await Assertions.Expect(code).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Chart_InAPage_OffersNoUpload()
    {
        await using var context = await Chromium.NewContextAsync(report.Browser(), new() { Offline = true });
        var page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(report.PathOf("01-eda.html")).AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        await Assertions.Expect(page.Locator(".modebar-btn").First).ToBeAttachedAsync();
        var titles = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.modebar-btn')].map(b => b.dataset.title || '')");
        Assert.DoesNotContain(titles, title => Regex.IsMatch(title, "cloud|studio|upload|share|edit", RegexOptions.IgnoreCase));

        // Whatever a chart asks for: the page's Plotly has the switch off.
        await page.EvaluateAsync(
            "Plotly.newPlot(document.body.appendChild(document.createElement('div')), [{ y: [1, 2] }], {}, {}).then(div => div.id = "
                + "'plain')");
        await Assertions.Expect(page.Locator("#plain .modebar-btn").First).ToBeAttachedAsync();
        titles =
            await page.EvaluateAsync<string[]>("[...document.querySelectorAll('#plain .modebar-btn')].map(b => b.dataset.title || '')");
        Assert.DoesNotContain(titles, title => Regex.IsMatch(title, "cloud|studio|upload|share|edit", RegexOptions.IgnoreCase));
    }

    [Fact]
    public void Chart_InANotebook_FetchesTheFileThatTheReportHas()
    {
        var content = File.ReadAllBytes(report.PathOf(ReportAssets.PlotlyFile));
        var html = Figure().ToHtml();
        var version = Regex.Match(System.Text.Encoding.UTF8.GetString(content[..200]),
            @"plotly\.js \(cartesian - minified\) v([\d.]+)").Groups[1].Value;
        Assert.Contains($"https://cdn.jsdelivr.net/npm/plotly.js-cartesian-dist-min@{version}/plotly-cartesian.min.js'", html);
        Assert.Contains($"integrity:'sha384-{Convert.ToBase64String(System.Security.Cryptography.SHA384.HashData(content))}'", html);
    }

    // Polyglot Notebooks loads require.js, whose define() scripts such as Plotly's would give themselves to.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chart_InANotebookWithRequireJs_BecomesInteractiveWithTheVeryFileOnly(bool isTheFile)
    {
        var content = await File.ReadAllTextAsync(report.PathOf(ReportAssets.PlotlyFile));
        await using var context = await Chromium.NewContextAsync(report.Browser());
        var page = await context.NewPageAsync();
        var asked = new List<string>();
        await page.RouteAsync("**/*", async route =>
        {
            asked.Add(route.Request.Url);
            await route.FulfillAsync(new()
            {
                Body = isTheFile ? content : content + " ",
                ContentType = "text/javascript",
                Headers = new Dictionary<string, string> { ["Access-Control-Allow-Origin"] = "*" },
            });
        });
        var charts = $"{Figure().ToHtml()}{Figure().ToHtml()}";
        await page.SetContentAsync(
            $"<div class=\"jp-Notebook\"></div><script>window.defined = 0; window.define = () => window.defined++; window.define.amd = {{}};</script>{charts}");

        if (isTheFile)
        {
            await Assertions.Expect(page.Locator("figure.autorec-chart .main-svg .point").First).ToBeAttachedAsync();
            await Assertions.Expect(page.Locator("figure.autorec-chart > img:visible")).ToHaveCountAsync(0);
        }
        else
        {
            await page.WaitForFunctionAsync("window.autorecPlotly.then(() => false, () => true)");
            await Assertions.Expect(page.Locator("figure.autorec-chart > img:visible")).ToHaveCountAsync(2);
        }

        Assert.StartsWith("https://cdn.jsdelivr.net/npm/", Assert.Single(asked));
        Assert.Equal("0", await Eval(page, "String(window.defined)"));
    }

    private static AutoRec.Notebooks.Figure Figure() => AutoRec.Notebooks.Chart.Bar("Ratings", "stars", "ratings", ["1", "2"], [3, 4]);

    private static Task<string> Eval(IPage page, string script) => page.EvaluateAsync<string>(script);

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();
        private IPlaywright? playwright;
        private IBrowser? browser;

        public async ValueTask InitializeAsync()
        {
            Write();
            playwright = await Playwright.CreateAsync();
            browser = Chromium.IsHere ? await Chromium.LaunchAsync(playwright) : null;
        }

        public async ValueTask DisposeAsync()
        {
            if (browser is not null)
            {
                await browser.DisposeAsync();
            }

            playwright?.Dispose();
            folder.Dispose();
        }

        internal string PathOf(string name) => folder.File("artifacts/report/" + name);

        internal IBrowser Browser()
        {
            Chromium.Require();
            return browser!;
        }

        // As the report command writes it, in a folder as deep as the real one, so that links to the repository's files can be followed.
        private void Write()
        {
            foreach (var name in (string[])["data", "docs", "lib"])
            {
                Directory.CreateSymbolicLink(folder.File(name), Path.Combine(NotebookSamples.Repository, name));
            }

            Directory.CreateDirectory(folder.File("notebooks"));
            var entries = Notebooks.Select(path =>
            {
                var copy = folder.File("notebooks/" + Path.GetFileName(path));
                File.Copy(path, copy);
                return new ReportEntry(NotebookDocument.Read(copy));
            }).ToList();
            new ReportBuilder(PathOf("."), new ReportFacts(null, null, ReportBuilder.Version))
            {
                Documents = [new ReportDocument(folder.File("docs/reproduction.md"))],
            }.WriteSaved(entries, new MathRenderer());
        }
    }
}
