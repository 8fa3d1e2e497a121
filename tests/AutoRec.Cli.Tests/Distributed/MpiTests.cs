using System.Text.RegularExpressions;

namespace AutoRec.Cli.Tests;

/// <summary>Training on the ranks of real MPI launchers. The truth is the model of one process, to the last bit.</summary>
public sealed class MpiTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(MpiRun.OpenMpi, 2, "autorec-item")]
    [InlineData(MpiRun.OpenMpi, 4, "autorec-user")]
    [InlineData(MpiRun.OpenMpi, 2, "ials")]
    [InlineData(MpiRun.OpenMpi, 2, "ease")]
    [InlineData(MpiRun.OpenMpi, 2, "item-knn")]
    [InlineData(MpiRun.Mpich, 2, "autorec-item")]
    public async Task Train_OnSeveralRanks_TheModelIsThatOfOneProcess(string launcher, int ranks, string model)
    {
        string[] Train(string output) => [.. Command(model), "--seed", "3", "--output", folder.File(output)];
        var run = await MpiRun.OfAsync(launcher, [.. Enumerable.Repeat(Train("ranks"), ranks)]);
        Assert.True(run.ExitCode == 0, run.Error);
        using var alone = CliProcess.Start(null, Train("one"));
        var one = await alone.EndAsync();
        Assert.Equal(one.Output.Replace("one:", "ranks:", StringComparison.Ordinal), run.Output); // Rank 0 alone prints.
        Assert.Equal(Content("one"), Content("ranks"));
    }

    [Fact]
    public async Task Train_WeightsInParts_TheFilesAreThoseOfOneProcess()
    {
        string[] Train(string output) => [.. Command("autorec-item", "--parts", "--output"), folder.File(output)];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, Train("ranks"), Train("ranks"), Train("ranks"));
        Assert.True(run.ExitCode == 0, run.Error);
        using var alone = CliProcess.Start(null, Train("one"));
        await alone.EndAsync();
        Assert.Equal(9, Directory.GetFiles(folder.File("ranks"), "weights-0*-of-00009-*").Length);
        Assert.Equal(Content("one"), Content("ranks"));
    }

    [Fact]
    public async Task Train_FromTheirPartsOfALog_TheModelIsThatOfOneProcess()
    {
        var shard = await CliRun.OfAsync(
            "data", "shard", "--data", "sample", "--by", "user", "--parts", "16", "--output", folder.File("s"));
        Assert.True(shard.ExitCode == 0, shard.Error);
        string[] Train(string output) => [.. Command("autorec-item", data: folder.File("s")), "--output", folder.File(output)];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, Train("ranks"), Train("ranks"));
        Assert.True(run.ExitCode == 0, run.Error);
        using var alone = CliProcess.Start(null, Train("one"));
        var one = await alone.EndAsync();
        Assert.Equal(one.Output.Replace("one:", "ranks:", StringComparison.Ordinal), run.Output);
        Assert.Equal(Content("one"), Content("ranks"));
    }

    [Theory]
    [InlineData(MpiRun.OpenMpi, 3, "user")]
    [InlineData(MpiRun.Mpich, 2, "item")]
    public async Task Shard_OnSeveralRanks_TheFolderAndTheOutputAreThoseOfOneProcess(string launcher, int ranks, string by)
    {
        var lines = Enumerable.Range(0, 500).Select(i => $"u{i * 7 % 61},\"i\n{i * 13 % 47}\",{1 + (i % 5)}");
        File.WriteAllText(folder.File("a.csv"), $"user,item,rating\n{string.Join('\n', lines)}\n");
        string[] Shard(string output) =>
            ["data", "shard", "--data", folder.File("a.csv"), "--by", by, "--parts", "5", "--output", folder.File(output)];
        var run = await MpiRun.OfAsync(launcher, [.. Enumerable.Repeat(Shard("ranks"), ranks)]);
        Assert.True(run.ExitCode == 0, run.Error);
        var one = await CliRun.OfAsync(Shard("one"));
        Assert.Equal(one.Output.Replace("one:", "ranks:", StringComparison.Ordinal), run.Output);
        Assert.Equal(Notes(one), Notes(run));
        Assert.Equal(Files("one"), Files("ranks"));

        // On a busy machine lines of progress come between, which end with the time.
        IEnumerable<string> Notes(CliRun of) => of.Error.Split('\n').Where(line => !Regex.IsMatch(line, @", \d+ s(, .* left)?$"));

        IEnumerable<(string, byte[])> Files(string name) => Directory.EnumerateFiles(folder.File(name))
            .Order(StringComparer.Ordinal).Select(file => (Path.GetFileName(file), File.ReadAllBytes(file)));
    }

    [Fact]
    public async Task Evaluate_OnSeveralRanks_TheMeasuresAreThoseOfOneProcess()
    {
        string[] evaluate =
        [
            "evaluate", "--data", "sample", "--model", "ease", "--split", "random:0.9", "--metrics", "ndcg@10,gini@10", "--threads", "1",
            "--json",
        ];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, evaluate, evaluate);
        Assert.True(run.ExitCode == 0, run.Error);
        var one = await CliRun.OfAsync(evaluate);
        Assert.Equal(Measures(one), Measures(run));
    }

    [Fact]
    public async Task Evaluate_FromTheirPartsOfALog_TheMeasuresAreThoseOfOneProcess()
    {
        var shard = await CliRun.OfAsync(
            "data", "shard", "--data", "sample", "--by", "user", "--parts", "16", "--output", folder.File("s"));
        Assert.True(shard.ExitCode == 0, shard.Error);
        string[] evaluate =
        [
            "evaluate", "--data", folder.File("s"), "--model", "autorec-item", "--split", "random:0.9", "--metrics", "rmse,mae",
            "--threads", "1", "--set", "hidden-units=8", "--set", "epochs=2", "--json",
        ];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, evaluate, evaluate);
        Assert.True(run.ExitCode == 0, run.Error);
        var one = await CliRun.OfAsync(evaluate);
        Assert.Equal(Measures(one), Measures(run));
    }

    // Without times and memory.
    private static string Measures(CliRun run) => run.Output[..run.Output.IndexOf("\"seconds\"", StringComparison.Ordinal)];

    [Theory]
    [InlineData("csv")]
    [InlineData("parquet")]
    public async Task Recommend_ManyUsersOnSeveralRanks_TheFileIsThatOfOneProcess(string ending)
    {
        var train = await CliRun.OfAsync([.. Command("ials"), "--set", "epochs=1", "--output", folder.File("m")]);
        Assert.True(train.ExitCode == 0, train.Error);
        string[] Recommend(string name) =>
            ["recommend", "--model", folder.File("m"), "--users", "all", "--k", "5", "--output", folder.File($"{name}.{ending}")];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, Recommend("ranks"), Recommend("ranks"), Recommend("ranks"));
        Assert.True(run.ExitCode == 0, run.Error);
        var one = await CliRun.OfAsync(Recommend("one"));
        Assert.Equal(one.Output.Replace("one.", "ranks.", StringComparison.Ordinal), run.Output);
        Assert.Equal(File.ReadAllBytes(folder.File($"one.{ending}")), File.ReadAllBytes(folder.File($"ranks.{ending}")));
    }

    [Fact]
    public async Task Recommend_OneUserOnSeveralRanks_IsRefused()
    {
        string[] recommend = ["recommend", "--model", folder.File("m"), "--user", "u0655"];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, recommend, recommend);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("On several ranks 'recommend' is for many users.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_RankWithOtherOptions_IsNamedBeforeTheTraining()
    {
        var train = Command("autorec-item", "--output", folder.File("m"));
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, train, train, [.. train, "--set", "learning-rate=0.003"]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("error: Rank 2 has other options or data than rank 0.", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("m")));
    }

    [Fact]
    public async Task Train_LibraryOfAnotherLauncher_IsAnErrorAndNotTwoTrainings()
    {
        var train = Command("autorec-item", "--output", folder.File("m"));
        var run = await MpiRun.OfAsync(MpiRun.Mpich, [("AUTOREC_MPI_LIBRARY", "libmpi.so.40")], train, train);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("libmpi.so.40 is another MPI library", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("m")));
    }

    [Fact]
    public async Task Train_MissingLibrary_SaysWhatToInstall()
    {
        var train = Command("autorec-item", "--output", folder.File("m"));
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, [("AUTOREC_MPI_LIBRARY", "libnowhere.so")], train, train);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("apt-get install openmpi-bin", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_ModelThatIsNotDistributed_NamesThoseThatAre()
    {
        var train = Command("sansa", "--output", folder.File("m"));
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, train, train);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "use a model that can: autorec-item, autorec-user, item-knn, user-knn, ials, slim, ease.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tune_OnSeveralRanks_PrintsWhatOneProcessPrints()
    {
        string[] Tune(string file) =>
        [
            "tune", "--data", "sample", "--model", "popularity", "--trials", "4", "--threads", "1", "--range", "half-life=10..1000",
            "--file", folder.File(file),
        ];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, Tune("ranks"), Tune("ranks"));
        Assert.True(run.ExitCode == 0, run.Error);
        var one = await CliRun.OfAsync(Tune("one"));
        Assert.Equal(Cells(one.Output), Cells(run.Output));

        // Without the seconds, which are the last column, and the lines of the table, which are as wide as these.
        static IEnumerable<string> Cells(string output) => output.Split('\n').Where(line => line is not ['╭' or '├' or '╰', ..])
            .SelectMany(line => line.StartsWith('│') ? line.Split('│')[..^2] : [line]).Select(cell => cell.Trim());
    }

    [Fact]
    public async Task Compare_OnSeveralRanks_IsRefused()
    {
        string[] compare = ["compare", "--data", "sample", "--models", "popularity", "--split", "random:0.9"];
        var run = await MpiRun.OfAsync(MpiRun.OpenMpi, compare, compare);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'compare' does not run on several ranks", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MpiRun.OpenMpi)]
    [InlineData(MpiRun.Mpich)]
    public async Task Train_ARankIsKilled_AllEndAndOneProcessResumesToTheSameBits(string launcher)
    {
        string[] train = [.. Slow, "--output", folder.File("m"), "--checkpoint", folder.File("c")];
        using (var first = MpiRun.Start(launcher, [], train, train))
        {
            await CheckpointAsync(first);
            first.SignalARank("KILL");
            Assert.NotEqual(0, (await first.EndAsync()).ExitCode);
        }

        Assert.False(Directory.Exists(folder.File("m")));
        using var rest = CliProcess.Start(null, [.. train, "--resume"]);
        var resumed = await rest.EndAsync();
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        using var alone = CliProcess.Start(null, [.. train[..^4], "--output", folder.File("one")]);
        Assert.Equal(0, (await alone.EndAsync()).ExitCode);
        Assert.Equal(Content("one"), Content("m"));
    }

    [Fact]
    public async Task Train_ARankThatNoLongerAnswers_EndsAllAfterTheTimeout()
    {
        string[] train = [.. Slow, "--checkpoint", folder.File("c"), "--output", folder.File("m")];
        train[Array.IndexOf(train, "--collective-timeout") + 1] = "20"; // Enough for ranks to start on a busy machine.
        using var run = MpiRun.Start(MpiRun.OpenMpi, [], train, train);
        await CheckpointAsync(run);
        run.SignalARank("STOP");
        var ended = await run.EndAsync();
        Assert.Equal(124, ended.ExitCode);
        Assert.Contains("rank 0 has waited 20 s for the other ranks", ended.Error, StringComparison.Ordinal);
    }

    // MPI by itself would wait. The launcher waits for what it has started on the other host.
    [Fact]
    public async Task Train_NetworkCutBetweenTwoHosts_RanksOnBothEndAfterTheTimeout()
    {
        using var hosts = new TwoHosts();
        string[] train = [.. Slow, "--checkpoint", folder.File("c"), "--output", folder.File("m")];
        train[Array.IndexOf(train, "--collective-timeout") + 1] = "20"; // Enough for ranks to start on a busy machine.
        using var run = MpiRun.Start(hosts, [], train);
        await CheckpointAsync(run);
        var ranks = run.Ranks();
        Assert.Equal(2, ranks.Length);
        TwoHosts.Cut();
        for (var waited = 0; Array.Exists(ranks, rank => Directory.Exists($"/proc/{rank}")); waited++)
        {
            Assert.True(waited < 120, "A rank runs on two minutes after the cut.");
            await Task.Delay(1000);
        }

        run.Kill();
        Assert.Contains("rank 0 has waited 20 s for the other ranks", (await run.EndAsync()).Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("m")));
    }

    // As docs/scale-out.md advises.
    [Fact]
    public async Task Train_NetworkCutAndLauncherThatLooksAfterItsHosts_EndsAll()
    {
        using var hosts = new TwoHosts();
        string[] train = [.. Slow, "--checkpoint", folder.File("c"), "--output", folder.File("m")];
        (string, string)[] keepAlive =
        [
            ("OMPI_MCA_oob_tcp_keepalive_time", "1"), ("OMPI_MCA_oob_tcp_keepalive_intvl", "1"),
            ("OMPI_MCA_oob_tcp_keepalive_probes", "2"),
        ];
        using var run = MpiRun.Start(hosts, keepAlive, train);
        await CheckpointAsync(run);
        TwoHosts.Cut();
        Assert.NotEqual(0, (await run.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Train_Interrupted_EndsAll()
    {
        string[] train = [.. Slow, "--checkpoint", folder.File("c"), "--output", folder.File("m")];
        using var run = MpiRun.Start(MpiRun.OpenMpi, [], train, train);
        await CheckpointAsync(run);
        run.Interrupt();
        Assert.NotEqual(0, (await run.EndAsync()).ExitCode);
        Assert.False(Directory.Exists(folder.File("m")));
    }

    // Written after the first of two fits.
    private async Task CheckpointAsync(MpiRun run)
    {
        while (!File.Exists(folder.File("c.choosing")))
        {
            Assert.False(run.HasEnded, run.HasEnded ? $"The training ended before its checkpoint: {await run.EndAsync()}" : "");
            await Task.Delay(10);
        }
    }

    // Learns so slowly that no epoch is the last: the second fit takes as long as the first, after which there is a checkpoint.
    private static string[] Slow => [.. Command("autorec-item"), "--set", "learning-rate=1e-6", "--set", "epochs=60"];

    private static string[] Command(string model, params string[] more) => [.. Command(model, data: "sample"), .. more];

    private static string[] Command(string model, string data) =>
    [
        "train", "--data", data, "--model", model, "--threads", "1", "--collective-timeout", "300",
        .. (string[])(model.StartsWith("autorec", StringComparison.Ordinal) ? ["--set", "hidden-units=17", "--set", "epochs=5"] : []),
    ];

    // Names have a checksum of the content in them.
    private string[] Content(string name) =>
        [
            .. Directory.EnumerateFiles(folder.File(name)).Select(Path.GetFileName).Order(StringComparer.Ordinal)!,
            File.ReadAllText(folder.File($"{name}/model.json"))
        ];
}
