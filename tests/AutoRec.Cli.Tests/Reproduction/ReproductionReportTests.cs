using System.Text.Json.Nodes;
using AutoRec.Cli.Reproduction;
using AutoRec.Data;

namespace AutoRec.Cli.Tests.Reproduction;

public sealed class ReproductionReportTests
{
    [Fact]
    public void Save_OneMore_OnlyItsRowsChange()
    {
        using var folder = new TemporaryFolder();
        var report = ReproductionReport.Open(folder.Path);
        report.Put(Result("bias-ml-100k", 0.943, 0.945));
        report.Save();
        var before = File.ReadAllLines(folder.File("reproduction.md"));

        report = ReproductionReport.Open(folder.Path);
        report.Put(Result("pmf-em-ml-100k", 0.94));
        report.Save();
        var after = File.ReadAllLines(folder.File("reproduction.md"));

        Assert.Contains(
            "| **bias** | rmse ↓ | 0.9440 | 0.9440 ± 0.0014 | 0.9410 to 0.9470 | met | 2 | 1.5 | `--only bias-ml-100k` |", after);
        Assert.Contains(
            "| **pmf-em** | rmse ↓ |  | 0.9400 | ≤ 0.9300 (own) | missed by 0.0100 | 1 | 1.5 | `--only pmf-em-ml-100k` |", after);
        Assert.Equal(["| pmf-em | | | not run yet | | | | | `--only pmf-em-ml-100k` |"], before.Except(after));
        Assert.Equal(
            ["bias-ml-100k", "pmf-em-ml-100k"],
            JsonNode.Parse(File.ReadAllText(folder.File("reproduction.json")))!["results"]!.AsArray()
                .Select(result => (string)result!["name"]!));
    }

    [Fact]
    public void ToMarkdown_FixedUsers_IntervalVariantAndDeterminismInTheRow()
    {
        using var folder = new TemporaryFolder();
        var report = ReproductionReport.Open(folder.Path);
        var intervals = new Dictionary<string, (double Low, double High)> { ["ndcg@100"] = (0.44, 0.48) };
        report.Put(Result("edlae-ml-1m-strong", 0.46) with { Intervals = intervals });
        report.Put(Result("ials-ml-1m-strong", 0.45, 0.47));
        report.Save();
        var lines = ReproductionReport.Open(folder.Path).ToMarkdown().Split('\n');
        Assert.Contains(
            "| **ease** (EDLAE) | ndcg@100 ↑ |  | 0.4600 | 0.4400 to 0.4800 |  |  | 1, deterministic | 1.5 | `--only edlae-ml-1m-strong` |",
            lines);
        Assert.Contains("| **ials** | ndcg@100 ↑ |  | 0.4600 ± 0.0141 |  |  |  | 2 | 1.5 | `--only ials-ml-1m-strong` |", lines);
    }

    [Fact]
    public void Save_OpenedAgain_BytesAreTheSame()
    {
        using var folder = new TemporaryFolder();
        var report = ReproductionReport.Open(folder.Path);
        report.Put(Result("bias-ml-100k", 0.9431234567890123, 0.9));
        report.Save();
        var before = File.ReadAllBytes(folder.File("reproduction.json"));
        ReproductionReport.Open(folder.Path).Save();
        Assert.Equal(before, File.ReadAllBytes(folder.File("reproduction.json")));
    }

    [Fact]
    public void WritePages_ReadmeWithMarks_HasTheTableBetweenThem()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder.File("README.md"),
            "before\n<!-- results: made by `autorec reproduce --pages` from docs/reproduction.json; do not edit -->\nold\n<!-- end of "
                + "results -->\nafter\n");
        var report = ReproductionReport.Open(Directory.CreateDirectory(folder.File("docs")).FullName);
        report.Put(Result("bias-ml-100k", 0.943, 0.945));
        report.Put(Result("pmf-em-ml-100k", 0.94)); // nobody published one
        report.WritePages();
        var lines = File.ReadAllLines(folder.File("README.md"));
        Assert.Equal(("before", "after"), (lines[0], lines[^1]));
        Assert.Equal(
            "| MovieLens 100K, random 5-fold cross-validation, RMSE | bias | rmse ↓ | 0.9440 | 0.9440 ± 0.0014 |",
            Assert.Single(lines[4..^2]));
    }

    [Fact]
    public void Readme_Results_AreThoseOfTheFile()
    {
        var readme = File.ReadAllText(Path.Combine(NotebookSamples.Repository, "README.md"));
        Assert.Contains("<!-- end of results -->", readme);
        Assert.True(
            ReproductionReport.Open(Path.Combine(NotebookSamples.Repository, "docs")).WithHeadlines(readme) == readme,
            "The table of README.md is not that of docs/reproduction.json: run 'autorec reproduce --pages'.");
    }

    [Fact]
    public void SavePart_SomeSeeds_ShownAndTakenUpButNeverInPlaceOfAll()
    {
        using var folder = new TemporaryFolder();
        var experiment = PublishedResults.Find("pmf-em-ml-1m");
        var (all, part) = (
            Result(experiment.Name, 0.84, 0.84, 0.84, 0.84, 0.84),
            Result(experiment.Name, 0.85) with { Seeds = [.. experiment.Seeds.Take(1)] });
        ReproductionReport.Open(folder.Path).SavePart(experiment, part);
        Assert.Contains($"| 1 of {experiment.Seeds.Count} seeds so far |", File.ReadAllText(folder.File("reproduction.md")));
        Assert.Equal(part.Seeds, ReproductionReport.Open(folder.Path).PartOf(experiment)!.Seeds);

        var report = ReproductionReport.Open(folder.Path);
        report.Put(all);
        report.SavePart(experiment, part);
        Assert.Null(report.PartOf(experiment));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"results\": [{\"name\": \"x\"}]}")]
    public void Open_NotResults_SaysWhichFile(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("reproduction.json"), text);
        Assert.Contains("reproduction.json", Assert.Throws<DataFileException>(() => ReproductionReport.Open(folder.Path)).Message);
    }

    private static ReproducedResult Result(string name, params double[] runs) => new()
    {
        Name = name,
        Model = PublishedResults.Find(name).Model,
        Protocol = PublishedResults.Find(name).Protocol.Name,
        Options = new JsonObject { ["epochs"] = 10 },
        Seeds = PublishedResults.Find(name).Seeds,
        Metrics = PublishedResults.Find(name).Protocol.Specs.ToDictionary(metric => metric.ToString(), _ => (IReadOnlyList<double>)runs),
        FitSeconds = 1.5,
        Threads = 2,
    };
}
