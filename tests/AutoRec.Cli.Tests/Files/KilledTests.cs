using AutoRec.Catalog;

namespace AutoRec.Cli.Tests;

/// <summary>
/// Commands that are killed where files take their names, and at random: the next run gives the same result, and nothing is left over.
/// With the environment variable AUTOREC_KILLS=all each command is killed at every such place, and 25 times at random.
/// </summary>
public sealed class KilledTests : IDisposable
{
    private static readonly bool IsAll = Environment.GetEnvironmentVariable("AUTOREC_KILLS") == "all";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Train_KilledAtAnyRename_AModelIsInPlaceAndTheNextRunIsWhole()
    {
        string[] train = ["train", "--data", Ratings(), "--model", "popularity", "--threads", "1", "--output", folder.File("m")];
        Assert.Equal(0, (await CliRun.OfAsync([.. train, "--seed", "1"])).ExitCode);
        var at = 1;
        for (; await CliProcess.KilledAsync(at, [.. train, "--seed", $"{at + 1}"]); at++)
        {
            Assert.InRange(FittedModel.Load(folder.File("m")).Seed, 1, at + 1);
        }

        Assert.Equal(11, at); // before and after the renames of four files and the one that names them
        var killed = Content("m");
        Assert.Equal(0, (await CliRun.OfAsync([.. train[..^1], folder.File("fresh"), "--seed", $"{at + 1}"])).ExitCode);
        Assert.Equal(Content("fresh"), killed);
    }

    [Fact]
    public async Task DataSample_KilledAtRenames_TheNextRunIsWhole()
    {
        const int AllPoints = 24; // before and after the six renames of files (one file twice) and, ahead of each, of the list of files
        string[] sample = ["data", "sample", "--output"];
        foreach (var at in Points(AllPoints, drawn: 2))
        {
            Assert.True(await CliProcess.KilledAsync(at, [.. sample, folder.File("s")]));
        }

        Assert.False(await CliProcess.KilledAsync(AllPoints + 1, [.. sample, folder.File("s")]));
        Assert.Equal(0, (await CliRun.OfAsync([.. sample, folder.File("fresh")])).ExitCode);
        Assert.Equal(Content("fresh"), Content("s"));
    }

    [Theory]
    [InlineData("train --data DATA --model popularity --threads 1 --output")]
    [InlineData("data sample --output")]
    public async Task Command_KilledAtRandom_TheNextRunIsWhole(string args)
    {
        string[] words = [.. args.Split(' ').Select(word => word == "DATA" ? Ratings() : word)];
        var random = new Random(4);
        for (var kills = IsAll ? 25 : 2; kills > 0; kills--)
        {
            using var run = CliProcess.Start(null, [.. words, folder.File("o")]);
            await run.KillAfterAsync(TimeSpan.FromMilliseconds(random.Next(1000)));
        }

        Assert.Equal(0, (await CliRun.OfAsync([.. words, folder.File("o")])).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync([.. words, folder.File("fresh")])).ExitCode);
        Assert.Equal(Content("fresh"), Content("o"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Recommend_Killed_TheNextRunIsWhole(int at)
    {
        Assert.Equal(
            0, (await CliRun.OfAsync("train", "--data", Ratings(), "--model", "popularity", "--output", folder.File("m"))).ExitCode);
        var users = Write("users.csv", "a", "b");
        string[] recommend = ["recommend", "--model", folder.File("m"), "--users", users, "--output", folder.File("out/o.csv")];
        Assert.True(await CliProcess.KilledAsync(at, recommend));
        Assert.Equal(0, (await CliRun.OfAsync(recommend)).ExitCode);
        Assert.Equal(["o.csv"], Content("out").Keys);
        Assert.StartsWith("user,rank,item", await File.ReadAllTextAsync(folder.File("out/o.csv")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task DataGet_Killed_TheNextRunIsWhole(int at)
    {
        Directory.CreateDirectory(folder.File("from/ml-100k"));
        Write("from/ml-100k/u.data", "1\t1\t5\t1");
        string[] get = ["data", "get", "ml-100k", "--accept-license", "--from", folder.File("from"), "--data-dir", folder.File("to")];
        Assert.True(await CliProcess.KilledAsync(at, get));
        Assert.Equal(0, (await CliRun.OfAsync(get)).ExitCode);
        Assert.Equal([Path.Combine("ml-100k", "u.data")], Content("to").Keys);
    }

    [Fact]
    public async Task Tune_KilledAfterATrial_EndsWithTheSameTrials()
    {
        string[] tune = ["tune", "--data", "sample", "--model", "ease", "--trials", "4", "--metrics", "ndcg@10", "--file"];
        using (var run = CliProcess.Start(null, [.. tune, folder.File("t/t.duckdb")]))
        {
            Directory.CreateDirectory(folder.File("t"));
            await run.KillAfterAsync("trial 2");
        }

        var resumed = await CliRun.OfAsync([.. tune, folder.File("t/t.duckdb")]);
        var whole = await CliRun.OfAsync([.. tune, folder.File("fresh.duckdb")]);
        Assert.Equal(0, resumed.ExitCode);
        Assert.DoesNotContain("trial 1,", resumed.Error);
        Assert.Equal(Last(whole), Last(resumed));
        Assert.Equal(["t.duckdb"], Content("t").Keys);

        static string Last(CliRun run) => run.Output.TrimEnd().Split('\n')[^1];
    }

    [Fact]
    public async Task Report_KilledAtRenames_TheNextRunIsWhole()
    {
        Directory.CreateDirectory(folder.File("notebooks"));
        await File.WriteAllTextAsync(folder.File("notebooks/n.ipynb"), NotebookSamples.Json("1 + 1"));
        string[] report = ["report", "--notebooks", folder.File("notebooks"), "--output", folder.File("r")];
        const int AllPoints = 28; // before and after the renames of seven files and, ahead of each, of the list of files
        foreach (var at in Points(AllPoints, drawn: 1))
        {
            Assert.True(await CliProcess.KilledAsync(at, report));
            Assert.All(
                Directory.GetFiles(folder.File("r"), "*.html"), page => Assert.EndsWith("</html>", File.ReadAllText(page).TrimEnd()));
        }

        Assert.False(await CliProcess.KilledAsync(AllPoints + 1, report));
        Assert.Equal(
            [
                ".autorec-files.json", "assets/minisearch.js", "assets/plotly-cartesian.min.js", "assets/search-index.js",
                "assets/stix-two-math.woff2", "index.html", "n.html", "n.ipynb",
            ],
            Content("r").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Train_TwoProcessesToOneFolder_OneWholeModel()
    {
        string[] train = ["train", "--data", Ratings(), "--model", "popularity", "--threads", "1", "--output", folder.File("m"), "--seed"];
        using var first = CliProcess.Start(null, [.. train, "1"]);
        using var second = CliProcess.Start(null, [.. train, "2"]);
        var runs = await Task.WhenAll(first.EndAsync(), second.EndAsync());
        Assert.All(runs, run => Assert.True(run.ExitCode == 0, run.Error));
        var kept = FittedModel.Load(folder.File("m")).Seed;
        Assert.Equal(0, (await CliRun.OfAsync([.. train[..^2], folder.File("fresh"), "--seed", $"{kept}"])).ExitCode);
        Assert.Equal(Content("fresh"), Content("m"));
    }

    [Fact]
    public async Task Tune_TwoProcessesOnOneFile_OneSaysThatItIsInUse()
    {
        string[] tune = ["tune", "--data", "sample", "--model", "ease", "--trials", "4", "--file", folder.File("t.duckdb")];
        using var first = CliProcess.Start(null, tune);
        using var second = CliProcess.Start(null, tune);
        var runs = await Task.WhenAll(first.EndAsync(), second.EndAsync());
        var refused = runs.Where(run => run.ExitCode != 0).ToArray();
        Assert.True(refused.Length <= 1, string.Concat(refused.Select(run => run.Error)));
        Assert.All(refused, run => Assert.Contains("Another process uses this file.", run.Error));
    }

    // All, or the first, the last and some that are drawn.
    private static IEnumerable<int> Points(int count, int drawn)
    {
        var random = new Random(1);
        return IsAll ? Enumerable.Range(1, count) : [1, .. Enumerable.Range(0, drawn).Select(_ => random.Next(2, count)), count];
    }

    private string Ratings() => Write("ratings.csv", "user,item,rating", "a,x,5", "a,y,3", "b,x,4", "b,z,1");

    private string Write(string name, params string[] lines)
    {
        File.WriteAllLines(folder.File(name), lines);
        return folder.File(name);
    }

    // Of each file below a folder; a checksum of it where that is enough to compare.
    private Dictionary<string, string> Content(string name) =>
        Directory.EnumerateFiles(folder.File(name), "*", SearchOption.AllDirectories).ToDictionary(
            path => Path.GetRelativePath(folder.File(name), path),
            path => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));
}
