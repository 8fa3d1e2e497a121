using System.Security.Cryptography;

namespace AutoRec.Cli.Tests;

/// <summary>
/// Commands that write to a full disk end with one error that names the file and says what to do. What was there before stays, nothing
/// half-written is left, and once there is space the same command gives what it gives elsewhere.
/// </summary>
public sealed class DiskFullTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly SmallDisk disk = SmallDisk.Mount();

    public DiskFullTests()
    {
        File.WriteAllLines(folder.File("r.csv"), ["user,item,rating", "a,x,5", "a,y,3", "b,x,4", "b,z,1"]);
        File.WriteAllLines(folder.File("u.csv"), ["a", "b"]);
        Directory.CreateDirectory(folder.File("notebooks"));
        File.WriteAllText(folder.File("notebooks/n.ipynb"), NotebookSamples.Json("1 + 1"));
        Directory.CreateDirectory(folder.File("from/ml-100k"));
        File.WriteAllLines(folder.File("from/ml-100k/u.data"), Enumerable.Range(1, 1000).Select(i => $"{i}\t1\t5\t1"));
    }

    public void Dispose()
    {
        disk.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("train --data r.csv --model ease --seed SEED --output DISK/m", true)]
    [InlineData("train --data r.csv --model ease --seed SEED --output DISK/m", false)]
    [InlineData("recommend --model MODEL --users u.csv --k SEED --output DISK/o.csv", true)]
    [InlineData("recommend --model MODEL --users u.csv --k SEED --output DISK/o.parquet", true)]
    [InlineData("data sample --seed SEED --output DISK/s", true)]
    [InlineData("data sample --seed SEED --output DISK/s", false)]
    [InlineData("data get ml-100k --accept-license --from from --data-dir DISK/d", false)]
    [InlineData("report --notebooks notebooks --output DISK/r", false)]
    public async Task Output_DiskFull_ErrorAndNothingHalfWrittenOrLost(string args, bool replaces)
    {
        if (args.Contains("MODEL", StringComparison.Ordinal))
        {
            Assert.Equal(0, (await RunAsync("train --data r.csv --model ease --output MODEL", "", 1)).ExitCode);
        }

        Assert.Equal(0, (await RunAsync(args, disk.Path, 1)).ExitCode);
        var largest = Directory.EnumerateFiles(disk.Path, "*", SearchOption.AllDirectories).Max(path => new FileInfo(path).Length);
        if (!replaces)
        {
            disk.Clear();
        }

        Assert.Equal(0, (await RunAsync(args, folder.File("whole"), 2)).ExitCode);
        var (before, whole) = (Content(disk.Path), Content(folder.File("whole")));
        foreach (var free in new[] { 0, largest / 2 })
        {
            disk.Fill(free);
            AssertDiskFull(await RunAsync(args, disk.Path, 2), disk.Path);
            disk.Empty();
            var after = Content(disk.Path);
            if (free == 0)
            {
                Assert.Equal(before, after);
            }

            Assert.Empty(before.Keys.Except(after.Keys));
            Assert.All(
                after, file => Assert.True(file.Value == before.GetValueOrDefault(file.Key) || file.Value == whole[file.Key], file.Key));
        }

        Assert.Equal(0, (await RunAsync(args, disk.Path, 2)).ExitCode);
        Assert.Equal(whole, Content(disk.Path));
    }

    [Fact]
    public async Task Checkpoint_DiskFull_ErrorAndNothingLeft()
    {
        const string Train = "train --data r.csv --model biased-mf --set epochs=3 --output OUTPUT --checkpoint DISK/c";
        disk.Fill(0);
        AssertDiskFull(await RunAsync(Train, disk.Path, 1), disk.Path);
        disk.Empty();
        Assert.Empty(Content(disk.Path));
        Assert.Equal(0, (await RunAsync(Train, disk.Path, 1)).ExitCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12 << 10)] // DuckDB gets to write the head of a file
    public async Task Tune_DiskFull_ErrorAndFinishedTrialsStay(int free)
    {
        const int Many = 300; // more than the free space takes
        disk.Fill(free);
        AssertDiskFull(await TuneAsync(Many), disk.InnerPath);
        disk.Empty();
        Assert.Empty(Content(disk.Path));

        Assert.Equal(0, (await TuneAsync(2)).ExitCode);
        disk.Fill(free);
        var full = await TuneAsync(Many);
        AssertDiskFull(full, disk.InnerPath);
        Assert.Contains("note: 2 fits are in", full.Error);
        disk.Empty();
        var resumed = await TuneAsync(Many);
        Assert.Equal(0, resumed.ExitCode);
        Assert.DoesNotContain("trial 2 ", resumed.Error);

        Task<CliRun> TuneAsync(int trials) => disk.RunAsync(
            "tune", "--data", folder.File("r.csv"), "--model", "ease", "--file", disk.InnerPath + "/t.duckdb", "--trials", $"{trials}");
    }

    [Fact]
    public async Task Sort_TemporaryDiskFull_ErrorSaysWhatToSetAndNothingIsLeft()
    {
        const string Large = "sql:SELECT range % 1000 AS \"user\", md5(range::VARCHAR) AS item FROM range(12000000) ORDER BY item";
        var run = await disk.RunWithTemporaryFilesAsync("data", "describe", Large);
        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            $"error: {disk.InnerPath}/: The disk is full, so data that do not fit into memory could not be written. "
            + "Free some space, or set TMPDIR to a folder on another disk, and run the command again.",
            run.Error.TrimEnd().Split('\n')[^1]); // lines of progress may stand before it
        Assert.Empty(Content(disk.Path));
    }

    // Pages of a report say how long it took.
    private static string Hash(string path) => path.EndsWith(".html", StringComparison.Ordinal)
        ? $"a page: {File.ReadAllText(path).TrimEnd().EndsWith("</html>", StringComparison.Ordinal)}"
        : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static Dictionary<string, string> Content(string place) => Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) != ".autorec-files.json") // knows the version before, too
        .ToDictionary(path => Path.GetRelativePath(place, path), Hash);

    private static void AssertDiskFull(CliRun run, string place)
    {
        Assert.Equal(1, run.ExitCode);
        var error = Assert.Single(run.Error.TrimEnd().Split('\n'), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.StartsWith($"error: {place}/", error);
        Assert.EndsWith(
            "The disk is full, so this could not be written. Free some space or choose another disk, and run the command again.", error);
    }

    private Task<CliRun> RunAsync(string args, string place, int seed) => CliRun.OfAsync([.. args.Split(' ').Select(word => word switch
    {
        "SEED" => $"{seed}",
        "MODEL" => folder.File("model"),
        "OUTPUT" => folder.File("output"),
        "from" or "notebooks" => folder.File(word),
        _ when word.StartsWith("DISK", StringComparison.Ordinal) => place + word[4..],
        _ when word.Contains('.', StringComparison.Ordinal) => folder.File(word),
        _ => word,
    })]);
}
