using System.Text.Json;
using AngleSharp.Html.Parser;

namespace AutoRec.Cli.Tests;

public sealed class CompareCommandTests
{
    private static readonly string[] Sample =
    [
        "compare", "--models", "popularity,ease,random", "--data", "sample", "--metrics", "ndcg@10,coverage@10",
    ];

    [Fact]
    public async Task Json_ThreeModels_MeansOfTheSeedsAndPairedComparisonWithTheBest()
    {
        var run = await CliRun.OfAsync([.. Sample, "--seeds", "2", "--json"]);
        Assert.Equal(0, run.ExitCode);
        using var json = JsonDocument.Parse(run.Output);
        var models = json.RootElement.GetProperty("models").EnumerateArray().ToDictionary(model => model.GetProperty("name").GetString()!);
        Assert.Equal(["popularity", "ease", "random"], models.Keys);
        foreach (var model in models.Values)
        {
            var ndcg = model.GetProperty("metrics").GetProperty("ndcg@10");
            double[] seeds = [.. ndcg.GetProperty("seeds").EnumerateArray().Select(value => value.GetDouble())];
            Assert.Equal(2, seeds.Length);
            Assert.NotEqual(seeds[0], seeds[1]);
            Assert.Equal((seeds[0] + seeds[1]) / 2, ndcg.GetProperty("mean").GetDouble(), 1e-12);

            // With two values the standard error is half their distance.
            Assert.Equal(12.7062047 * Math.Abs(seeds[0] - seeds[1]) / 2, ndcg.GetProperty("margin").GetDouble(), 1e-8);
            Assert.True(model.GetProperty("fit_seconds").GetDouble() > 0);
        }

        Assert.Equal("ease", json.RootElement.GetProperty("best").GetString());
        Assert.Equal("holm", json.RootElement.GetProperty("correction").GetString());
        Assert.Equal("users", json.RootElement.GetProperty("resampled").GetString());
        Assert.False(models["ease"].TryGetProperty("against_best", out _));
        var against = models["random"].GetProperty("against_best");
        double Mean(string model) => models[model].GetProperty("metrics").GetProperty("ndcg@10").GetProperty("mean").GetDouble();
        Assert.Equal(Mean("random") - Mean("ease"), against.GetProperty("difference").GetDouble(), 1e-9);
        Assert.True(against.GetProperty("high").GetDouble() < 0);
        Assert.True(against.GetProperty("adjusted_p_value").GetDouble() < 0.01);
    }

    [Fact]
    public async Task SameSeed_AsEvaluate_SameValue()
    {
        var folder = Directory.CreateTempSubdirectory("autorec-compare-").FullName;
        try
        {
            await CliRun.OfAsync("data", "sample", "--output", folder);
            var ratings = Path.Combine(folder, "ratings.csv");
            var compared = await CliRun.OfAsync(
                "compare", "--models", "bias", "--set", "bias.epochs=3",
                "--data", ratings, "--seeds", "1", "--metrics", "rmse", "--json");
            var evaluated = await CliRun.OfAsync(
                "evaluate", "--model", "bias", "--set", "epochs=3",
                "--data", ratings, "--split", "random:0.9", "--seed", "1", "--metrics", "rmse", "--json");
            using var a = JsonDocument.Parse(compared.Output);
            using var b = JsonDocument.Parse(evaluated.Output);
            Assert.Equal(
                b.RootElement.GetProperty("metrics").GetProperty("rmse").GetDouble(),
                a.RootElement.GetProperty("models")[0].GetProperty("metrics").GetProperty("rmse").GetProperty("mean").GetDouble());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task KFold_EvaluateAndCompare_SameFoldsAndDifferencesOverUsers()
    {
        var compared = await CliRun.OfAsync(
            "compare", "--models", "popularity,ease", "--data", "sample", "--split", "kfold:3", "--metrics", "ndcg@10", "--json");
        var evaluated = await CliRun.OfAsync(
            "evaluate", "--model", "ease", "--data", "sample", "--split", "kfold:3", "--seed", "1", "--metrics", "ndcg@10", "--json");
        Assert.Equal((0, 0), (compared.ExitCode, evaluated.ExitCode));
        using var a = JsonDocument.Parse(compared.Output);
        using var b = JsonDocument.Parse(evaluated.Output);
        var ndcg = a.RootElement.GetProperty("models")[1].GetProperty("metrics").GetProperty("ndcg@10");
        double[] folds = [.. ndcg.GetProperty("folds").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(folds, b.RootElement.GetProperty("folds").GetProperty("ndcg@10").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(3, folds.Distinct().Count());
        Assert.Equal(folds.Average(), b.RootElement.GetProperty("metrics").GetProperty("ndcg@10").GetDouble(), 1e-12);

        // t(2) = 4.3027 and the variance of the mean is s² (1/3 + 1/2).
        var s2 = folds.Sum(value => Math.Pow(value - folds.Average(), 2)) / 2;
        Assert.Equal(4.3026527 * Math.Sqrt(s2 * 5 / 6), b.RootElement.GetProperty("margins").GetProperty("ndcg@10").GetDouble(), 1e-7);
        Assert.True(a.RootElement.GetProperty("models")[0].GetProperty("against_best").GetProperty("high").GetDouble() < 0);
    }

    [Fact]
    public async Task Models_OneModelWithOtherOptions_AreTwo()
    {
        string[] command = ["compare", "--data", "sample", "--metrics", "ndcg@10", "--seeds", "1", "--json"];
        var run = await CliRun.OfAsync([.. command, "--models", "ease,ease:regularization=5"]);
        var set = await CliRun.OfAsync([.. command, "--models", "ease", "--set", "ease.regularization=5"]);
        Assert.Equal((0, 0), (run.ExitCode, set.ExitCode));
        using var both = JsonDocument.Parse(run.Output);
        using var one = JsonDocument.Parse(set.Output);
        var models = both.RootElement.GetProperty("models");
        Assert.Equal(["ease", "ease:regularization=5"], models.EnumerateArray().Select(model => model.GetProperty("name").GetString()));
        Assert.Equal(Ndcg(one.RootElement.GetProperty("models")[0]), Ndcg(models[1]));
        Assert.NotEqual(Ndcg(models[0]), Ndcg(models[1]));

        static double Ndcg(JsonElement model) => model.GetProperty("metrics").GetProperty("ndcg@10").GetProperty("mean").GetDouble();
    }

    [Fact]
    public async Task TimeSplit_Seeds_NoteSaysThatTheSplitIsTheSame()
    {
        var run = await CliRun.OfAsync(
            "compare",
            "--models",
            "popularity,ease",
            "--data",
            "sample",
            "--split",
            "time-users:0.8",
            "--metrics",
            "ndcg@10",
            "--seeds",
            "2");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("note: the split time-users:0.8 is the same for every seed", run.Error);
    }

    [Fact]
    public async Task MarkdownAndHtml_TheSameTable()
    {
        var markdown = await CliRun.OfAsync([.. Sample, "--seeds", "1", "--as", "markdown"]);
        Assert.Contains("sample (stars 1..5, positive from 4), ", markdown.Output);
        var lines = markdown.Output.Split('\n');
        Assert.Equal("| model | ndcg@10 ↑ | coverage@10 ↑ | difference | p | fit s | MB |", lines[0]);
        Assert.Equal("|---|---:|---:|---:|---:|---:|---:|", lines[1]);
        Assert.Matches(@"^\| ease \| \*\*0\.\d{4}\*\* \| [01]\.\d{4} \|  \|  \| \d+\.\d \| \d+ \|$", lines[3]);

        var html = await CliRun.OfAsync([.. Sample, "--seeds", "1", "--as", "html"]);
        var page = new HtmlParser().ParseDocument(html.Output);
        Assert.Equal(4, page.QuerySelectorAll("tr").Length);
        Assert.Equal(
            lines[3].Split('|')[2].Trim(' ', '*'), page.QuerySelectorAll("tr")[2].Children[1].QuerySelector("strong")!.TextContent);
    }

    [Theory]
    [InlineData("--models ease,svd --data sample", "There is no model 'svd'")]
    [InlineData("--models ease,ease --data sample", "must name different models")]
    [InlineData("--models ease --set bias.epochs=3 --data sample", "does not name a model that is compared")]
    [InlineData("--models ease,bias --metrics rmse --data sample", "'ease' ranks items and does not predict ratings")]
    [InlineData("--models bias --metrics rmse --data sample --min-rating 4", "'rmse' cannot be measured")]
    [InlineData("--models ease --data sample --seeds 0", "--seeds must be between 1 and 1000; got 0.")]
    [InlineData("--models ease --data sample --as xml", "xml")]
    public async Task Mistake_Any_Error(string args, string expected)
    {
        var run = await CliRun.OfAsync(["compare", .. args.Split(' ')]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.Equal("", run.Output);
    }
}
