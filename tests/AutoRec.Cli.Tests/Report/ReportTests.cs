using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

/// <summary>A report of two notebooks, made once for all tests here; the second notebook fails.</summary>
public sealed class ReportTests(ReportTests.Fixture report) : IClassFixture<ReportTests.Fixture>
{
    [Fact]
    public void Index_DocumentBesideTheNotebooks_HasAPage()
    {
        Assert.Equal("Figures & more", report.Index.QuerySelector("a[href='reproduction.html']")!.TextContent);
        var page = report.Document("reproduction.html");
        Assert.Equal("Figures & more#", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("2", page.QuerySelector("td:last-child")!.TextContent);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();

        internal CliRun Run { get; private set; } = null!;

        internal IDocument Index => Page("index.html");

        internal IDocument First => Page("01-first.html");

        internal IDocument Second => Page("02-second.html");

        internal IDocument Document(string name) => Page(name);

        internal string File(string name) => folder.File("out/" + name);

        /// <summary>What the browser was given.</summary>
        internal string Opened => folder.File("opened");

        public async ValueTask InitializeAsync()
        {
            Directory.CreateDirectory(folder.File("notebooks"));
            Directory.CreateDirectory(folder.File("docs"));
            await System.IO.File.WriteAllTextAsync(
                folder.File("docs/reproduction.md"), "# Figures & more\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n");
            await System.IO.File.WriteAllBytesAsync(folder.File("notebooks/dot.png"), [1, 2, 3]);
            Write(
                "01-first.ipynb",
                """
                md:# The *first* one

                It shows **what** a page is made of. See [the second](02-second.ipynb#the-end), [data](../data/README.md) and [the web](https://example.org/).

                ![local](dot.png) ![remote](https://example.org/a.png)
                """,
                """
                md:## Formulas & tables

                Ratings $r_{ui} \in \mathbb{R}$ and

                $$
                \sum_{i=1}^n \mathbf{r}^{(i)}
                $$

                A wrong one: $\nonsense{x}$. It costs $5.

                | a | b |
                |---|--:|
                | 1 | 2 |

                ```csharp
                var x = 1;
                ```
                """,
                "md:## Formulas & tables",
                "// a comment\nvar name = Environment.GetEnvironmentVariable(\"AUTOREC_DATASET\") + "
                    + "Environment.GetEnvironmentVariable(\"AUTOREC_SEED\");\nname",
                """
                "<figure class=\"autorec-chart\"><img alt=\"a chart\" src=\"data:image/svg+xml;base64,PHN2Zy8+\"><script type=\"application/json\">{}</script></figure><script>if (window.Plotly) { }</script>".DisplayAs("text/html");
                "<svg xmlns=\"http://www.w3.org/2000/svg\"/>".DisplayAs("image/svg+xml");
                "iVBORw0KGgo=".DisplayAs("image/png");
                "some **bold** $x^2$".DisplayAs("text/markdown");
                Console.WriteLine("plain <text>");
                Console.Error.WriteLine("a warning");
                display(new { A = 1 });
                """,
                "leaderboard:$\"best: {\"ease\"}\"");
            Write(
                "02-second.ipynb", "md:# 2. The second one", "1 + 1", "throw new Exception(\"no <good>\");", "\"never\"", "md:## The end");
            if (!OperatingSystem.IsWindows())
            {
                await System.IO.File.WriteAllTextAsync(
                    folder.File("browser"), $"#!/bin/sh\necho \"$1\" > '{Opened}.new' && mv '{Opened}.new' '{Opened}'\n");
                System.IO.File.SetUnixFileMode(folder.File("browser"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            Environment.SetEnvironmentVariable("BROWSER", folder.File("browser"));
            Run = await CliRun.OfAsync(
                "report",
                "--notebooks",
                folder.File("notebooks"),
                "--output",
                folder.File("out"),
                "--data",
                "ml-100k",
                "--data-dir",
                folder.Path,
                "--seed",
                "7",
                "--open");
            for (var wait = 0; !System.IO.File.Exists(Opened) && wait < 100; wait++)
            {
                await Task.Delay(50);
            }
        }

        public ValueTask DisposeAsync()
        {
            folder.Dispose();
            return ValueTask.CompletedTask;
        }

        private void Write(string name, params string[] cells) =>
            System.IO.File.WriteAllText(folder.File("notebooks/" + name), NotebookSamples.Json(cells));

        private IDocument Page(string name) => new HtmlParser().ParseDocument(System.IO.File.ReadAllText(File(name)));
    }

    [Fact]
    public void Report_NotebookFails_OthersRunAndExitCodeIs2()
    {
        Assert.Equal(2, report.Run.ExitCode);
        Assert.Equal(report.File("index.html"), report.Run.Output.Trim());
        Assert.Contains("02-second.ipynb: cell 3 (In [2]), line 1: System.Exception: no <good>", report.Run.Error);
        Assert.Equal(["ml-100k7"], NotebookSamples.Texts(NotebookDocument.Read(report.File("01-first.ipynb")).Cells[3]));
    }

    [Fact]
    public async Task Report_NoRun_ShowsSavedOutputsAndClaimsNoRun()
    {
        using var folder = new TemporaryFolder();
        var run = await CliRun.OfAsync("report", "--no-run", "--notebooks", report.File("."), "--output", folder.File("out"));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(folder.File("out/index.html"), run.Output.Trim());
        var parser = new HtmlParser();
        var page = parser.ParseDocument(await System.IO.File.ReadAllTextAsync(folder.File("out/01-first.html")));
        Assert.Contains(page.QuerySelectorAll(".result"), result => result.TextContent == "ml-100k7");
        Assert.DoesNotContain("run in", page.QuerySelector("footer")!.TextContent);
        var index = parser.ParseDocument(await System.IO.File.ReadAllTextAsync(folder.File("out/index.html"))).Body!.TextContent;
        Assert.Contains("saved in the notebooks", index);
        Assert.DoesNotContain("notebooks ran", index);
        Assert.DoesNotContain("data set", index);
        Assert.Equal(
            NotebookSamples.Texts(NotebookDocument.Read(report.File("02-second.ipynb")).Cells[1]),
            NotebookSamples.Texts(NotebookDocument.Read(folder.File("out/02-second.ipynb")).Cells[1]));

        run = await CliRun.OfAsync("report", "--no-run", "--data", "ml-100k");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--data cannot be used with --no-run", run.Error);
        Assert.DoesNotContain("--seed", run.Error);
    }

    [Fact]
    public async Task Report_Static_PagesAloneWithTheDateAndPicturesForCharts()
    {
        using var folder = new TemporaryFolder();
        var run = await CliRun.OfAsync("report", "--no-run", "--static", "--notebooks", report.File("."), "--output", folder.File("out"));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["01-first.html", "02-second.html", "index.html"],
            Directory.EnumerateFiles(folder.File("out")).Select(path => Path.GetFileName(path)!).Where(name => name[0] != '.').Order());
        var html = await System.IO.File.ReadAllTextAsync(folder.File("out/01-first.html"));
        Assert.DoesNotContain("assets/", html);
        var page = new HtmlParser().ParseDocument(html);
        Assert.Empty(page.QuerySelectorAll("script"));
        Assert.NotNull(page.QuerySelector("figure.autorec-chart img"));
        Assert.Empty(page.QuerySelectorAll("a[href$='.ipynb']"));
        Assert.Matches(@" · 20\d\d-\d\d-\d\d$", page.QuerySelector("footer")!.TextContent);

        string[] one = ["report", "--no-run", "--static", "--notebooks", report.File("."), "--output", folder.File("one"), "--only"];
        Assert.Equal(0, (await CliRun.OfAsync([.. one, "02"])).ExitCode);
        Assert.False(System.IO.File.Exists(folder.File("one/01-first.html")));
        Assert.True(System.IO.File.Exists(folder.File("one/02-second.html")));
        Assert.Contains("--only 03: no notebook in", (await CliRun.OfAsync([.. one, "02,03"])).Error);
    }

    [Fact]
    public void Index_TwoNotebooks_ListsTitleSummaryAndFailure()
    {
        var entries = report.Index.QuerySelectorAll("ol.notebooks > li");
        Assert.Equal(["1. The first one", "2. The second one"], entries.Select(entry => entry.QuerySelector("h3 a")!.TextContent));
        Assert.Equal(["01-first.html", "02-second.html"], entries.Select(entry => entry.QuerySelector("h3 a")!.GetAttribute("href")));
        Assert.StartsWith("It shows what a page is made of. See the second, data and the web.", entries[0].QuerySelector("p")!.TextContent);
        Assert.Null(entries[0].QuerySelector(".failed"));
        Assert.Equal("Failed in cell 3: no <good>", entries[1].QuerySelector(".failed")!.TextContent);
        Assert.Equal("02-second.html#cell-3", entries[1].QuerySelector(".failed a")!.GetAttribute("href"));
        Assert.Contains("1 of 2 notebooks failed.", report.Index.Body!.TextContent);
        Assert.Matches(
            @"^data set ml-100k · seed 7 · AutoRec\.Lib [0-9.]+(-[a-z0-9.]+)? · TorchSharp [0-9.]+ · \.NET 10[0-9.]* · run in [0-9.]+ s$",
            report.Index.QuerySelector("footer")!.TextContent);
    }

    [Fact]
    public void Pages_All_LoadNothingFromElsewhere()
    {
        foreach (var page in (IDocument[])[report.Index, report.First, report.Second])
        {
            foreach (var (selector, attribute) in new[]
            {
                ("script[src]", "src"), ("img[src]", "src"), ("link[href]", "href"), ("iframe[src]", "src"), ("source[src]", "src")
            })
            {
                foreach (var address in page.QuerySelectorAll(selector)
                    .Select(element => element.GetAttribute(attribute)!)
                    .Where(address => !address.StartsWith("data:", StringComparison.Ordinal)))
                {
                    Assert.DoesNotContain("//", address);
                    Assert.True(File.Exists(report.File(address)), address);
                }
            }

            var styles = string.Concat(page.QuerySelectorAll("style").Select(style => style.TextContent));
            Assert.DoesNotContain("//", styles);
            Assert.DoesNotContain("@import", styles);
        }

        Assert.True(File.Exists(report.File("assets/stix-two-math.woff2")));
    }

    [Fact]
    public void Page_PlotlyScript_ComesBeforeTheChartsAndOnlyWhereThereAreAny()
    {
        var script = Assert.Single(report.First.Head!.QuerySelectorAll("script[src]"));
        Assert.Equal("assets/plotly-cartesian.min.js", script.GetAttribute("src"));
        Assert.False(script.HasAttribute("async") || script.HasAttribute("defer"));
        Assert.Contains("window.Plotly = Plotly", File.ReadAllText(report.File("assets/plotly-cartesian.min.js")));
        Assert.Empty(report.Second.QuerySelectorAll("script[src]"));
    }

    [Fact]
    public void Page_Code_CanBeFoldedWithoutAScript()
    {
        var fold = report.First.QuerySelector("section.code > details.fold")!;
        Assert.True(fold.HasAttribute("open"));
        Assert.Equal("Code", fold.QuerySelector("summary")!.TextContent);
        Assert.NotNull(fold.QuerySelector("pre.source"));
        Assert.Null(fold.QuerySelector(".output"));
    }

    [Fact]
    public void Page_Footer_NamesDataSeedVersionsAndDuration() => Assert.Matches(
        @"^data set ml-100k · seed 7 · AutoRec\.Lib [0-9.]+(-[a-z0-9.]+)? · TorchSharp 0\.107\.0 · \.NET 10[0-9.]* · run in [0-9.]+ s · executed notebook$",
        report.First.QuerySelector("footer")!.TextContent);

    [Fact]
    public void Index_CellTaggedLeaderboard_IsShownThereToo()
    {
        var board = report.Index.QuerySelector("section.leaderboard")!;
        Assert.Equal("Leaderboard", board.QuerySelector("h2")!.TextContent);
        Assert.Equal("best: ease", board.QuerySelector("pre.result")!.TextContent);
        Assert.Equal("01-first.html#cell-6", board.QuerySelector("p a")!.GetAttribute("href"));
    }

    [Fact]
    public void Report_Open_StartsTheBrowserWithTheIndex()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The browser of this test is a shell script.");
        Assert.Equal(report.File("index.html"), File.ReadAllText(report.Opened).Trim());
    }

    [Fact]
    public void Page_Links_LeadToPagesAndFiles()
    {
        var links = report.First.QuerySelectorAll("main section.text p a").Select(link => link.GetAttribute("href")).ToList();
        Assert.Equal(["02-second.html#the-end", "../data/README.md", "https://example.org/", "https://example.org/a.png"], links);
        Assert.NotNull(report.Second.QuerySelector("h2#the-end"));
        Assert.Equal("data:image/png;base64,AQID", report.First.QuerySelector("img[alt=local]")!.GetAttribute("src"));
    }

    [Fact]
    public void Page_Formulas_AreMathMl()
    {
        var formulas = report.First.QuerySelectorAll("main section.text math");
        Assert.Equal(2, formulas.Length);
        Assert.Contains("ℝ", formulas[0].TextContent);
        Assert.False(formulas[0].HasAttribute("display"));
        Assert.Equal("block", formulas[1].GetAttribute("display"));
        Assert.Contains(formulas[1].QuerySelectorAll("mi"), letter => letter.TextContent == "𝐫");
        Assert.NotNull(formulas[1].QuerySelector("munderover"));
        Assert.Equal("\\nonsense{x}", Assert.Single(report.First.QuerySelectorAll(".bad-math")).TextContent);
        Assert.Contains("It costs $5.", report.First.Body!.TextContent);
    }

    [Fact]
    public void Page_Markdown_HasTablesCodeAndUniqueHeadings()
    {
        var table = report.First.QuerySelector("section.text table")!;
        Assert.Equal(["a", "b"], table.QuerySelectorAll("th").Select(cell => cell.TextContent));
        Assert.Equal("text-align: right;", table.QuerySelectorAll("td")[1].GetAttribute("style"));
        Assert.Equal("var", report.First.QuerySelector("section.text pre code .c-keyword")!.TextContent);
        Assert.Equal(["formulas--tables", "formulas--tables-1"], report.First.QuerySelectorAll("h2").Select(heading => heading.Id));
        Assert.Equal(
            ["#formulas--tables", "#formulas--tables-1"],
            report.First.QuerySelectorAll("#pages li li a").Select(link => link.GetAttribute("href")));
        Assert.Single(report.First.QuerySelectorAll("h1"));
    }

    [Fact]
    public void Page_Outputs_AreShownInTheirKind()
    {
        var cells = report.First.QuerySelectorAll("section.code");
        Assert.Equal("// a comment", cells[0].QuerySelector("pre.source .c-comment")!.TextContent);
        Assert.Equal("ml-100k7", cells[0].QuerySelector("pre.result")!.TextContent);
        var outputs = cells[1].QuerySelectorAll(".output");
        Assert.Equal(7, outputs.Length);
        Assert.Equal("a chart", outputs[0].QuerySelector("figure.autorec-chart img")!.GetAttribute("alt"));
        Assert.StartsWith("data:image/svg+xml;base64,", outputs[1].QuerySelector("img.picture")!.GetAttribute("src"));
        Assert.Equal("data:image/png;base64,iVBORw0KGgo=", outputs[2].QuerySelector("img.picture")!.GetAttribute("src"));
        Assert.Equal("bold", outputs[3].QuerySelector("strong")!.TextContent);
        Assert.NotNull(outputs[3].QuerySelector("math"));
        Assert.Equal("plain <text>", outputs[4].QuerySelector("pre.stdout")!.TextContent);
        Assert.Equal("a warning", outputs[5].QuerySelector("pre.stderr")!.TextContent);
        Assert.NotNull(outputs[6].QuerySelector(".dni-treeview"));
        Assert.Null(outputs[6].QuerySelector("style"));
    }

    [Fact]
    public void Page_NotebookFailed_SaysSoAndShowsTheError()
    {
        Assert.Equal("#cell-3", report.Second.QuerySelector("p.failed a")!.GetAttribute("href"));
        var failing = report.Second.QuerySelector("section.failing")!;
        Assert.Equal("cell-3", failing.Id);
        Assert.StartsWith("System.Exception: no <good>\n   at cell 3, line 1", failing.QuerySelector("pre.error")!.TextContent);
        Assert.Equal("cell-4", Assert.Single(report.Second.QuerySelectorAll("section.skipped")).Id);
        Assert.Equal("01-first.html", report.Second.QuerySelector("a[rel=prev]")!.GetAttribute("href"));
        Assert.Null(report.Second.QuerySelector("a[rel=next]"));
        Assert.Equal("02-second.html", report.First.QuerySelector("a[rel=next]")!.GetAttribute("href"));
    }

    [Fact]
    public void Folder_AfterTheRun_HoldsNoPartialFiles() =>
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.GetDirectoryName(report.File("index.html"))!, "*", SearchOption.AllDirectories),
            file => file.EndsWith(".partial", StringComparison.Ordinal));

    [Fact]
    public async Task Report_OwnFile_IsWhatNotebooksRead()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("notebooks"));
        await File.WriteAllTextAsync(folder.File("my.csv"), "customer,sku,stars\nanna,a-1,5\nbert,a-2,3\n");
        await File.WriteAllTextAsync(
            folder.File("notebooks/01-reads.ipynb"),
            NotebookSamples.Json(
                "md:# Reads",
                $"#r \"{NotebookSamples.NotebooksAssembly}\"\nusing AutoRec.Notebooks;",
                "parameters:var dataset = Parameters.Text(\"dataset\", \"sample\");",
                "string.Join(' ', System.IO.File.ReadAllLines(dataset))"));
        await File.WriteAllTextAsync(folder.File("notebooks/02-not.ipynb"), NotebookSamples.Json("md:# Reads no data set", "1"));
        await File.WriteAllTextAsync(
            folder.File("notebooks/03-categories.ipynb"),
            NotebookSamples.Json(
                "md:# Needs categories",
                $"#r \"{NotebookSamples.NotebooksAssembly}\"\nusing AutoRec.Data;\nusing AutoRec.Notebooks;",
                "parameters:var dataset = Parameters.Text(\"dataset\", \"sample\");",
                "needs-categories:var data = DataSets.Load(dataset);\nstring.Join(' ', "
                    + "data.ItemTitles.Concat(data.ItemCategories.SelectMany(one => one)))"));
        string[] command =
        [
            "report", "--notebooks", folder.File("notebooks"), "--output", folder.File("out"), "--data", folder.File("my.csv")
        ];

        var run = await CliRun.OfAsync([.. command, "--columns", "user=customer,item=sku,rating=stars"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(
            ["user,item,rating anna,a-1,5 bert,a-2,3"],
            NotebookSamples.Texts(NotebookDocument.Read(folder.File("out/01-reads.ipynb")).Cells[3]));
        Assert.False(File.Exists(folder.File("out/02-not.html")));
        Assert.Contains("02-not: left out", run.Error);
        Assert.Contains("03-categories: left out, it needs categories of items (--item-file)", run.Error);
        var index = new HtmlParser().ParseDocument(await File.ReadAllTextAsync(folder.File("out/index.html")));
        Assert.StartsWith("data set my.csv", index.QuerySelector("footer")!.TextContent);
        Assert.Equal("my.csv", index.QuerySelector("h1")!.TextContent);
        Assert.Contains("2 interactions of 2 users with 2 items", index.QuerySelector("#read + ul")!.TextContent);
        Assert.Contains("50", index.QuerySelector(".lead")!.TextContent); // the fewest that models are compared on

        // Nothing is written but the report, whatever lies beside it.
        Directory.CreateDirectory(folder.File("data"));
        File.Copy(folder.File("my.csv"), folder.File("data/my.csv"));
        run = await CliRun.OfAsync([.. command[..^1], folder.File("data/my.csv"), "--columns", "user=customer,item=sku,rating=stars"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(await File.ReadAllTextAsync(folder.File("my.csv")), await File.ReadAllTextAsync(folder.File("data/my.csv")));
        Assert.Equal(["my.csv"], Directory.EnumerateFiles(folder.File("data")).Select(Path.GetFileName));

        run = await CliRun.OfAsync([.. command, "--columns", "user=customer,item=sku,rating=stars", "--core", "2"]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no interaction is left", run.Error);
        await File.WriteAllTextAsync(folder.File("others.csv"), "sku,title\n1,A Lamp\n");
        run = await CliRun.OfAsync(
            [.. command, "--columns", "user=customer,item=sku,rating=stars", "--item-file", folder.File("others.csv")]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("others.csv: None of its lines describes an item of the ratings", run.Error);
        Assert.Contains("an id of the ratings is 'a-1'", run.Error);

        await File.WriteAllTextAsync(folder.File("things.csv"), "sku,title,category\na-1,A Lamp,Light\n");
        run = await CliRun.OfAsync(
            [.. command, "--columns", "user=customer,item=sku,rating=stars", "--item-file", folder.File("things.csv")]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["A Lamp a-2 Light"], NotebookSamples.Texts(NotebookDocument.Read(folder.File("out/03-categories.ipynb")).Cells[3]));

        Assert.Contains("--data", (await CliRun.OfAsync("report", "--core", "5")).Error);
        Assert.Contains("--item-file", (await CliRun.OfAsync("report", "--item-file", "things.csv")).Error);
        await File.AppendAllTextAsync(folder.File("my.csv"), "bert,a-1,many\n");
        run = await CliRun.OfAsync([.. command, "--columns", "user=customer,item=sku,rating=stars", "--on-bad-line", "skip"]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("were bad and were skipped", await File.ReadAllTextAsync(folder.File("out/index.html")));
        Assert.Contains("note: ", run.Error);
        await File.WriteAllTextAsync(folder.File("my.csv"), "user,item,rating\nanna,a-1,many\n");
        run = await CliRun.OfAsync([.. command[..^3], folder.File("other"), "--data", folder.File("my.csv")]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("my.csv", run.Error);
        Assert.Contains("many", run.Error);
        Assert.False(Directory.Exists(folder.File("other")));
    }

    [Fact]
    public async Task Report_OwnFile_BeginsWithTheModelAndTheListsOfPeople()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("notebooks"));
        var random = new Random(3);
        string[] lines =
        [
            "user,item,rating,timestamp",
            .. Enumerable.Range(0, 900).Select(i => $"u{i % 90},i{(i % 2 * 15) + random.Next(15)},{random.Next(3, 6)},{1000 + i}"),
        ];
        await File.WriteAllLinesAsync(folder.File("ours.csv"), lines);
        await File.WriteAllTextAsync(
            folder.File("ours.items.csv"), "item,title\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"i{i},Thing {i}\n")));
        await File.WriteAllTextAsync(
            folder.File("notebooks/01-reads.ipynb"),
            NotebookSamples.Json(
                "md:# Reads",
                "setup:1 + 1",
                $"#r \"{NotebookSamples.NotebooksAssembly}\"\nusing AutoRec.Notebooks;",
                "parameters:var dataset = Parameters.Text(\"dataset\", \"sample\");"));

        var run = await CliRun.OfAsync(
            "report", "--notebooks", folder.File("notebooks"), "--output", folder.File("out"), "--data", folder.File("ours.csv"));
        Assert.True(run.ExitCode == 0, run.Error);
        var index = new HtmlParser().ParseDocument(await File.ReadAllTextAsync(folder.File("out/index.html")));
        Assert.Equal("ours.csv", index.QuerySelector("h1")!.TextContent);
        Assert.Contains("has the highest ndcg@10", index.QuerySelector(".lead")!.TextContent);
        var lists = index.QuerySelectorAll("#lists ~ table tbody tr");
        Assert.Equal(10, lists.Length);
        Assert.All(lists, list => Assert.StartsWith("Thing ", list.QuerySelectorAll("td")[2].TextContent));
        Assert.All(
            ["autorec train", "autorec recommend", "autorec serve"],
            command => Assert.Contains(command, index.QuerySelector("#go-on + pre")!.TextContent));
        var page = new HtmlParser().ParseDocument(await File.ReadAllTextAsync(folder.File("out/01-reads.html")));
        Assert.DoesNotContain("1 + 1", page.QuerySelector("main")!.TextContent);
        Assert.Empty(page.QuerySelectorAll("details.fold[open]"));
        Assert.NotEmpty(page.QuerySelectorAll("details.fold"));
    }

    [Fact]
    public async Task Report_NamedDataSet_LeavesOutWhatItHasNotGot()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("notebooks"));
        Directory.CreateDirectory(folder.File("ml-latest-small"));
        await File.WriteAllTextAsync(folder.File("ml-latest-small/ratings.csv"), "userId,movieId,rating,timestamp\n1,2,3.5,100\n");
        await File.WriteAllTextAsync(
            folder.File("ml-latest-small/movies.csv"), "movieId,title,genres\n2,Jumanji (1995),Adventure|Children\n");
        foreach (var need in (string[])["categories", "orders", "profiles"])
        {
            await File.WriteAllTextAsync(
                folder.File($"notebooks/needs-{need}.ipynb"),
                NotebookSamples.Json($"md:# {need}", "parameters:1 // Parameters.Text(\"dataset\", \"sample\")", $"needs-{need}:1"));
        }

        var run = await CliRun.OfAsync(
            "report",
            "--notebooks",
            folder.File("notebooks"),
            "--output",
            folder.File("out"),
            "--data",
            "ml-latest-small",
            "--data-dir",
            folder.Path);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("needs-orders: left out, it needs the orders of a shop", run.Error);
        Assert.Contains("needs-profiles: left out, it needs profiles of users (--user-file)", run.Error);
        Assert.True(File.Exists(folder.File("out/needs-categories.html")));
        Assert.False(File.Exists(folder.File("out/needs-orders.html")));
    }

    [Fact]
    public async Task Report_CatalogueThatMultVaeTakesHoursFor_LeavesOutItsNotebook()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("notebooks"));
        string[] lines = ["user,item,rating", .. Enumerable.Range(0, 60_000).Select(i => $"u{i % 20_000},i{i},{1 + (i % 5)}")];
        await File.WriteAllLinesAsync(folder.File("wide.csv"), lines);
        foreach (var name in (string[])["01-first", "02-needs-mult-vae"])
        {
            await File.WriteAllTextAsync(
                folder.File($"notebooks/{name}.ipynb"),
                NotebookSamples.Json(
                    $"md:# {name}",
                    $"#r \"{NotebookSamples.NotebooksAssembly}\"\nusing AutoRec.Notebooks;",
                    "parameters:var dataset = Parameters.Text(\"dataset\", \"sample\");",
                    name == "01-first" ? "1" : "needs-mult-vae:1"));
        }

        var run = await CliRun.OfAsync(
            "report", "--notebooks", folder.File("notebooks"), "--output", folder.File("out"), "--data", folder.File("wide.csv"),
            "--sample-users", "20000"); // all
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("02-needs-mult-vae: left out, it needs Mult-VAE: mult-vae would take about ", run.Error);
        Assert.True(File.Exists(folder.File("out/01-first.html")));
        Assert.False(File.Exists(folder.File("out/02-needs-mult-vae.html")));
    }

    [Theory]
    [InlineData("user,item,plays\na,x,3\na,y,1777\nb,x,1\n", "plays", "", "counts, positive from 1", false)]
    [InlineData("user,item,rating\na,x,70\na,y,100\nb,x,0\n", "rating", "--positive-from 60", "stars 0..100, positive from 60", true)]
    [InlineData("user,item,rating\na,x,-1\na,y,1\nb,x,1\n", "rating", "", "thumbs -1..1, positive from 1", true)]
    [InlineData("user,item,rating\na,x,1\na,y,2\nb,x,3\n", "rating", "--feedback likes", "likes", false)]
    public async Task Report_OwnFile_NotebooksTakeTheFeedbackOfTheData(
        string lines, string column, string options, string feedback, bool hasRatings)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("notebooks"));
        await File.WriteAllTextAsync(folder.File("my.csv"), lines);
        string[] cells =
        [
            $"#r \"{NotebookSamples.NotebooksAssembly}\"\nusing AutoRec.Data;\nusing AutoRec.Notebooks;",
            "parameters:var dataset = Parameters.Text(\"dataset\", \"sample\");",
            "$\"{DataSets.Load(dataset).Interactions.Feedback}\"",
        ];
        await File.WriteAllTextAsync(folder.File("notebooks/01-all.ipynb"), NotebookSamples.Json(["md:# All", .. cells]));
        await File.WriteAllTextAsync(
            folder.File("notebooks/02-rated.ipynb"), NotebookSamples.Json(["md:# Rated", .. cells, "needs-ratings:1"]));
        string[] command =
        [
            "report", "--notebooks", folder.File("notebooks"), "--output", folder.File("out"), "--data", folder.File("my.csv"),
            "--columns", $"user=user,item=item,rating={column}", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        ];
        var run = await CliRun.OfAsync(command);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal([feedback], NotebookSamples.Texts(NotebookDocument.Read(folder.File("out/01-all.ipynb")).Cells[3]));
        Assert.Equal(hasRatings, File.Exists(folder.File("out/02-rated.html")));
        Assert.Equal(!hasRatings, run.Error.Contains("02-rated: left out, it needs ratings; the data hold", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Report_WrongFolders_AreNamed()
    {
        using var empty = new TemporaryFolder();
        Assert.Contains("--data-dir no-such-folder", (await CliRun.OfAsync("report", "--data-dir", "no-such-folder")).Error);
        var run = await CliRun.OfAsync("report", "--notebooks", empty.Path, "--output", empty.File("out"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("there are no notebooks", run.Error);
        Assert.False(Directory.Exists(empty.File("out")));
    }
}
