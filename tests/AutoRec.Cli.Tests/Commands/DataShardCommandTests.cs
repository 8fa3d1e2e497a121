namespace AutoRec.Cli.Tests;

public sealed class DataShardCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Shard_Sample_TheFolderIsDataLikeAnyOther()
    {
        var shard = await CliRun.OfAsync(
            "data", "shard", "--data", "sample", "--by", "item", "--parts", "8", "--output", folder.File("s"));
        Assert.True(shard.ExitCode == 0, shard.Error);
        Assert.Contains("in 8 parts by item (stars 1..5, positive from 4)", shard.Output, StringComparison.Ordinal);
        string[] evaluate = ["evaluate", "--model", "popularity", "--split", "random:0.9", "--metrics", "ndcg@10", "--json", "--data"];
        var whole = await CliRun.OfAsync([.. evaluate, "sample"]);
        Assert.Equal(Measures(whole), Measures(await CliRun.OfAsync([.. evaluate, folder.File("s")])));

        static string Measures(CliRun run) => run.Output[..run.Output.IndexOf("\"seconds\"", StringComparison.Ordinal)];
    }

    [Fact]
    public async Task Describe_ShardsWithAnOptionOfReading_IsRefused()
    {
        var shard = await CliRun.OfAsync("data", "shard", "--data", "sample", "--by", "user", "--parts", "1", "--output", folder.File("s"));
        Assert.Equal(0, shard.ExitCode);
        var run = await CliRun.OfAsync("data", "describe", folder.File("s"), "--columns", "user=a");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("is a partitioned log, which has its own layout", run.Error, StringComparison.Ordinal);
    }
}
