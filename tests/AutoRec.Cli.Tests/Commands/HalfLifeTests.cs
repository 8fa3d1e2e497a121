using System.Text.Json;

namespace AutoRec.Cli.Tests;

public sealed class HalfLifeTests
{
    private static readonly string[] Sample = ["--data", "sample", "--split", "time:0.8", "--metrics", "ndcg@10"];

    [Fact]
    public async Task Evaluate_HalfLife_IsAnOptionOfTheModelAndChangesTheResult()
    {
        var plain = await Run("evaluate", "--model", "ease", "--json");
        var aged = await Run("evaluate", "--model", "ease", "--json", "--half-life", "30d");
        var set = await Run("evaluate", "--model", "ease", "--json", "--set", "half-life=30");
        Assert.Equal(30, aged.Options.GetProperty("half-life").GetDouble());
        Assert.Equal(set.Ndcg, aged.Ndcg);
        Assert.NotEqual(plain.Ndcg, aged.Ndcg);
    }

    [Fact]
    public async Task Evaluate_PopularityWithAVeryShortHalfLife_RecommendsWhatWasNewestToUsersWithoutHistoryToo()
    {
        // All test users are new; r is the newest item, s was the most popular one.
        var path = Path.Combine(Directory.CreateTempSubdirectory("autorec-half-life-").FullName, "log.csv");
        await File.WriteAllLinesAsync(
            path,
            [
                "user,item,timestamp",
                .. Enumerable.Range(0, 9).Select(i => $"a{i},s,2020-01-0{i + 1}"),
                "b,r,2020-03-01",
                .. Enumerable.Range(0, 4).Select(i => $"c{i},r,2020-04-0{i + 1}"),
            ]);
        string[] command =
        [
            "evaluate", "--model", "popularity", "--data", path, "--split", "time:2020-04-01", "--metrics", "hit-rate@1", "--json"
        ];
        Assert.Contains("\"hit-rate@1\":0", (await CliRun.OfAsync(command)).Output);
        Assert.Contains("\"hit-rate@1\":1", (await CliRun.OfAsync([.. command, "--half-life", "1d"])).Output);
    }

    [Theory]
    [InlineData(
        "evaluate --model mult-vae --half-life 30d",
        "does not weigh interactions by age, so it has no option 'half-life'. Models that do: popularity, popularity-features, bias,")]
    [InlineData("compare --models ease,random --half-life 30d", "The model 'random' does not weigh interactions by age")]
    [InlineData(
        "evaluate --model ease --half-life soon", "'--half-life soon' is not a number of days. Use a number above 0, for example 90d.")]
    [InlineData("evaluate --model ease --half-life 0", "'--half-life 0' is not a number of days")]
    public async Task Mistake_Any_Error(string args, string expected)
    {
        var run = await CliRun.OfAsync([.. args.Split(' '), .. Sample]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    private static async Task<(double Ndcg, JsonElement Options)> Run(params string[] args)
    {
        var run = await CliRun.OfAsync([.. args, .. Sample]);
        Assert.Equal(0, run.ExitCode);
        var root = JsonDocument.Parse(run.Output).RootElement;
        return (root.GetProperty("metrics").GetProperty("ndcg@10").GetDouble(), root.GetProperty("options"));
    }
}
