using System.Text.Json.Nodes;
using AutoRec.Cli.Reproduction;
using AutoRec.Tests;
using AutoRec.Training;

namespace AutoRec.Cli.Tests.Reproduction;

/// <summary>The fast part of the evidence, on real data: models without a seed give these figures to the last of four digits.</summary>
public sealed class ReproduceCommandTests
{
    [Theory]
    [InlineData("popularity-ml-1m-strong", "ndcg@100", 0.2430)]
    [InlineData("ease-ml-1m-strong", "ndcg@100", 0.4551)]
    [InlineData("ease-ml-1m-strong", "ndcg@10", 0.3867)]
    [InlineData("edlae-ml-1m-strong", "ndcg@100", 0.4587)]
    [InlineData("dlae-ml-1m-strong", "ndcg@100", 0.4606)]
    [InlineData("infinite-ae-ml-1m-strong", "ndcg@100", 0.4632)]
    [InlineData("infinite-ae-ml-1m-strong", "ndcg@10", 0.3912)]
    [InlineData("ease-ml-1m-low-ratings", "ndcg@100", 0.4531)]
    [InlineData("ease-ml-1m-low-ratings", "precision@10", 0.4983)]
    [InlineData("bias-ml-100k", "rmse", 0.9440)]
    public async Task Reproduce_WithoutChance_SameToFourDigits(string experiment, string metric, double expected)
    {
        using var folder = new TemporaryFolder();
        var result = await RunAsync(folder, experiment);
        Assert.Equal(expected, (double)result["metrics"]![metric]!["mean"]!, 0.00005);
    }

    [Theory]
    [InlineData("biased-mf-ml-100k", "rmse", 0.934)]
    public async Task Reproduce_RatingModel_MeetsItsBound(string experiment, string metric, double bound)
    {
        using var folder = new TemporaryFolder();
        var result = await RunAsync(folder, experiment);
        Assert.InRange((double)result["metrics"]![metric]!["mean"]!, 0.85, bound);
    }

    [Fact]
    public void Reproduce_WithAnEarlierPart_RunsTheOtherSeedsAlone()
    {
        RealData.Path("ml-1m/splits");
        var experiment = new PublishedResult("bias", "bias", Protocols.MovieLens1MRatings) { Seeds = [1, 2] };
        var parts = new List<ReproducedResult>();
        ReproducedResult Run(ReproducedResult? earlier) =>
            experiment.Reproduce(
                new DataFolder(RealData.Path(".")), false, ComputeDevice.Cpu, TextWriter.Null, default, earlier, parts.Add);

        var all = Run(null);
        Assert.Equal([[1], [1, 2]], parts.Select(part => part.Seeds));
        var marked = parts[0] with { Metrics = parts[0].Metrics.ToDictionary(metric => metric.Key, _ => (IReadOnlyList<double>)[7.0]) };
        Assert.Equal([7.0, all.Metrics["rmse"][1]], Run(marked).Metrics["rmse"]);
        Assert.Equal(all.Metrics["rmse"], Run(marked with { Options = new JsonObject { ["regularization"] = 1 } }).Metrics["rmse"]);
    }

    [Fact]
    public async Task Reproduce_List_NamesAllAndRunsNone()
    {
        using var folder = new TemporaryFolder();
        var run = await CliRun.OfAsync("reproduce", "--list", "--output", folder.Path);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(PublishedResults.All.Count, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("There is no experiment 'x'. Experiments: bias-ml-100k", "--only", "x")]
    [InlineData("leave one of the two out", "--only", "bias-ml-100k", "--quick")]
    [InlineData("--set requires --validate", "--only", "bias-ml-100k", "--set", "epochs=3")]
    [InlineData("'--set epochs' is incomplete", "--only", "bias-ml-100k", "--validate", "--set", "epochs")]
    [InlineData("no-such-folder", "--only", "bias-ml-100k", "--data-dir", "no-such-folder")]
    public async Task Reproduce_WrongUse_SaysWhatIsWrong(string expected, params string[] args)
    {
        using var folder = new TemporaryFolder();
        var run = await CliRun.OfAsync(["reproduce", "--output", folder.Path, .. args]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private static async Task<JsonObject> RunAsync(TemporaryFolder folder, string experiment)
    {
        RealData.Path("ml-1m/splits");
        var run = await CliRun.OfAsync("reproduce", "--only", experiment, "--data-dir", RealData.Path("."), "--output", folder.Path);
        Assert.Equal((0, false), (run.ExitCode, run.Output.Contains("missed", StringComparison.Ordinal)));
        return JsonNode.Parse(File.ReadAllText(folder.File("reproduction.json")))!["results"]!.AsArray().Single()!.AsObject();
    }
}
