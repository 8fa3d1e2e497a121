using System.Text.Json;

namespace AutoRec.Cli.Tests;

public sealed class TuneCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Tune_Sample_PrintsACommandLineThatRunsAndGoesOnWhereItWas()
    {
        string[] args =
        [
            "tune", "--model", "ease", "--data", "sample", "--file", folder.File("t.duckdb"),
            "--trials", "3", "--metrics", "ndcg@10", "--seed", "5",
        ];
        var run = await CliRun.OfAsync(args);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, run.Error.Split('\n').Count(line => line.StartsWith("trial ", StringComparison.Ordinal)));
        var line = run.Output.TrimEnd().Split('\n')[^1];
        Assert.Matches(
            @"^autorec evaluate --model ease --set regularization=[\d.]+ --set dropout=[\d.]+ --data sample --split random:0\.9 --seed 5 --metrics ndcg@10$",
            line);
        var evaluated = await CliRun.OfAsync([.. line.Split(' ')[1..], "--json"]);
        Assert.Equal(0, evaluated.ExitCode);
        using var json = JsonDocument.Parse(evaluated.Output);
        Assert.InRange(json.RootElement.GetProperty("metrics").GetProperty("ndcg@10").GetDouble(), 0.2, 0.6);

        var again = await CliRun.OfAsync(args);
        Assert.Equal(run.Output, again.Output);
        Assert.StartsWith("note: 3 fits are in ", again.Error);
        Assert.DoesNotContain("trial 1", again.Error);
    }

    [Fact]
    public async Task Tune_OwnFileWithFilters_ThePrintedCommandEvaluatesTheSameData()
    {
        // Columns in another order under other names, a bad line, a scale, a core, a minimum rating: all must stand in the printed command.
        var random = new Random(3);
        var lines = new List<string> { "stars,sku,who,note" };
        for (var i = 0; i < 900; i++)
        {
            lines.Add(FormattableString.Invariant($"{random.Next(2, 11) / 2.0:0.0},p{random.Next(30)},c {random.Next(60)},n"));
        }

        lines.Add("bad,p1,c 1,n");
        var path = folder.File("shop export.csv");
        System.IO.File.WriteAllLines(path, lines);
        var run = await CliRun.OfAsync(
            "tune", "--model", "item-knn", "--data", path, "--columns", "user=who,item=sku,rating=stars",
            "--on-bad-line", "skip", "--scale", "1..5", "--core", "3,2",
            "--keep-rating", "1.5", "--min-rating", "3", "--sample-users", "50", "--split", "leave-one-out",
            "--file", folder.File("t.duckdb"), "--trials", "2", "--seed", "7", "--json");
        Assert.Equal(0, run.ExitCode);
        using var tuned = JsonDocument.Parse(run.Output);
        string[] command = [.. tuned.RootElement.GetProperty("command").EnumerateArray().Select(word => word.GetString()!)];
        Assert.Equal("evaluate", command[0]);
        var evaluated = await CliRun.OfAsync([.. command, "--json"]);
        Assert.Equal(0, evaluated.ExitCode);
        using var json = JsonDocument.Parse(evaluated.Output);
        Assert.Equal(tuned.RootElement.GetProperty("data").GetRawText(), json.RootElement.GetProperty("data").GetRawText());
        Assert.InRange(json.RootElement.GetProperty("data").GetProperty("users").GetInt32(), 30, 50);
        Assert.Equal(7, json.RootElement.GetProperty("seed").GetInt32());
    }

    [Theory]
    [InlineData("--model ease --metrics rmse", "'rmse' cannot be optimised here")]
    [InlineData("--model popularity", "no numeric options to draw")]
    [InlineData("--model ease --range lambda=1..2", "has no option 'lambda'")]
    [InlineData("--model ease --trials 0", "--trials must be between 1 and 100000; got 0.")]
    public async Task Mistake_Any_ErrorAndNoFile(string args, string expected)
    {
        var run = await CliRun.OfAsync(["tune", "--data", "sample", "--file", folder.File("t.duckdb"), .. args.Split(' ')]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.False(File.Exists(folder.File("t.duckdb")));
    }
}
