namespace AutoRec.Cli.Tests;

public sealed class PlanCommandTests
{
    [Fact]
    public async Task Plan_HundredMillionUsers_WeightsFallWithTheRanks()
    {
        string[] plan = ["plan", "--users", "100e6", "--items", "10e6", "--ratings", "1e9", "--hidden", "64", "--ranks", "8"];
        var run = await CliRun.OfAsync(plan);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("| 1 | 153.6 |", run.Output, StringComparison.Ordinal); // 24 bytes a user and hidden unit
        Assert.Contains("| 8 | 19.2 | 85.8 |", run.Output, StringComparison.Ordinal);

        // Seven eighths of 40 bytes a rating less, and 4 more.
        var partitioned = await CliRun.OfAsync([.. plan, "--partitioned"]);
        Assert.Contains("| 8 | 19.2 | 54.8 |", partitioned.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan --users 10 --items 10 --ratings 10 --ranks 9", "--ranks must be between 1 and 8; got 9.")]
    [InlineData("plan --users 0 --items 10 --ratings 10", "--users must be above 0; got 0.")]
    [InlineData("train --data sample --model ials --output x --distributed mpi", "--distributed mpi requires a launcher.")]
    [InlineData(
        "train --data sample --model ials --output x --collective-timeout 0",
        "--collective-timeout must be between 1 and 1e6 seconds; got 0.")]
    public async Task Mistake_Any_SaysWhatToDo(string args, string expected)
    {
        var run = await CliRun.OfAsync(args.Split(' '));
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith("error: " + expected, run.Error, StringComparison.Ordinal);
    }
}
