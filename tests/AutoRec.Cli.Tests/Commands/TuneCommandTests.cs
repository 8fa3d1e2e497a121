using System.Text.Json;

namespace AutoRec.Cli.Tests;

public sealed class TuneCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Tune_Sample_PrintsACommandLineThatRunsAndGoesOnWhereItWas()
    {
        string[] args = ["tune", "--model", "ease", "--data", "sample", "--file", folder.File("t.duckdb"), "--trials", "3", "--metric", "ndcg@10", "--seed", "5"];
        var run = await CliRun.OfAsync(args);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, run.Error.Split('\n').Count(line => line.StartsWith("trial ", StringComparison.Ordinal)));
        var line = run.Output.TrimEnd().Split('\n')[^1];
        Assert.Matches(@"^autorec evaluate --model ease --set regularization=[\d.]+ --data sample --split random:0\.9 --seed 5$", line);
        var evaluated = await CliRun.OfAsync([.. line.Split(' ')[1..], "--json"]);
        Assert.Equal(0, evaluated.ExitCode);
        using var json = JsonDocument.Parse(evaluated.Output);
        Assert.InRange(json.RootElement.GetProperty("metrics").GetProperty("ndcg@10").GetDouble(), 0.2, 0.4);

        var again = await CliRun.OfAsync(args);
        Assert.Equal(run.Output, again.Output);
        Assert.StartsWith("note: 3 fits are in ", again.Error);
        Assert.DoesNotContain("trial 1", again.Error);
    }

    [Theory]
    [InlineData("--model ease --metric rmse", "'rmse' cannot be looked for here")]
    [InlineData("--model popularity", "no numbers to draw")]
    [InlineData("--model ease --range lambda=1..2", "has no option 'lambda'")]
    [InlineData("--model ease --trials 0", "--trials lies between")]
    public async Task Mistake_Any_ErrorAndNoFile(string args, string expected)
    {
        var run = await CliRun.OfAsync(["tune", "--data", "sample", "--file", folder.File("t.duckdb"), .. args.Split(' ')]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
        Assert.False(File.Exists(folder.File("t.duckdb")));
    }
}
