using AutoRec.Catalog;

namespace AutoRec.Cli.Tests;

/// <summary>Files that this program did not write are never deleted or overwritten, and that is known before the work begins.</summary>
public sealed class OutputTests : IDisposable
{
    private const string Precious = "precious\n";

    private readonly TemporaryFolder folder = new();

    public OutputTests()
    {
        File.WriteAllLines(folder.File("r.csv"), ["user,item,rating", "a,x,5", "a,y,3", "b,x,4", "b,z,1"]);
        File.WriteAllLines(folder.File("u.csv"), ["a", "b"]);
        Directory.CreateDirectory(folder.File("notebooks"));
        File.WriteAllText(folder.File("notebooks/n.ipynb"), NotebookSamples.Json("throw new System.Exception(\"it ran\");"));
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train --data r.csv --model biased-mf --output m --checkpoint FILE", "c.txt")]
    [InlineData("train --data r.csv --model biased-mf --output m --checkpoint FILE --resume", "c.txt")]
    [InlineData("train --data r.csv --model biased-mf --output m --checkpoint c", "c.fitting")]
    [InlineData("train --data r.csv --model biased-mf --output m --checkpoint c", "c.profiles")]
    [InlineData("train --data r.csv --model ease --output FILE", "m")]
    [InlineData("train --data r.csv --model ease --output FILE/m", "m")]
    [InlineData("train --data r.csv --model ease --output m", "m/notes.txt")]
    [InlineData("train --data r.csv --model ease --output m", "m/model.json")]
    [InlineData("train --data r.csv --model ease --output m", "m/items.json")]
    [InlineData("tune --data r.csv --model ease --file FILE", "t.duckdb")]
    [InlineData("recommend --model MODEL --users u.csv --output FILE", "o.csv")]
    [InlineData("recommend --model MODEL --users u.csv --output FILE", "o.parquet")]
    [InlineData("recommend --model MODEL --users u.csv --output u.csv", "other")]
    [InlineData("data sample --output s", "s/ratings.csv")]
    [InlineData("data sample --output s", "s/orders.csv")]
    [InlineData("run notebooks/n.ipynb --output o", "o/n.ipynb")]
    [InlineData("run notebooks/n.ipynb --output notebooks", "other")]
    [InlineData("report --notebooks notebooks --output o", "o/index.html")]
    [InlineData("report --notebooks notebooks --output o", "o/n.ipynb")]
    [InlineData("report --notebooks notebooks --output o", "o/assets/stix-two-math.woff2")]
    [InlineData("reproduce --only ml-100k-popularity --output o", "o/reproduction.md")]
    [InlineData("reproduce --pages --output o", "o/reproduction.json")]
    public async Task Output_FileOfSomebodyElse_ErrorBeforeTheWorkAndNothingChanges(string args, string precious)
    {
        if (args.Contains("MODEL", StringComparison.Ordinal))
        {
            await TrainAsync("kept");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(precious))!);
        await File.WriteAllTextAsync(folder.File(precious), Precious);
        var before = Content();
        var run = await CliRun.OfAsync([.. args.Split(' ').Select(word => word switch
        {
            "MODEL" => folder.File("kept"),
            _ when word.StartsWith("FILE", StringComparison.Ordinal) => folder.File(precious) + word[4..],
            _ when word.Contains('.')
                || args.Contains($"--output {word}", StringComparison.Ordinal)
                || word is "c" or "notebooks" => folder.File(word),
            _ => word,
        })]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("error: ", run.Error);
        Assert.DoesNotContain("epoch", run.Error);
        Assert.Equal(before, Content());
    }

    [Fact]
    public async Task Train_ModelFolderWithAnotherFile_NamesItAndKeepsTheModel()
    {
        await TrainAsync("m");
        await File.WriteAllTextAsync(folder.File("m/notes.txt"), Precious);
        var before = Content();
        var run = await CliRun.OfAsync("train", "--data", folder.File("r.csv"), "--model", "ease", "--output", folder.File("m"));
        Assert.Contains("Nothing was overwritten", run.Error);
        Assert.Contains("notes.txt", run.Error);
        Assert.Equal(before, Content());
    }

    [Fact]
    public async Task Train_ModelOfFormat2_IsReplacedWithoutARest()
    {
        await TrainAsync("m");
        foreach (var path in Directory.GetFiles(folder.File("m"), "*-*"))
        {
            File.Move(path, System.Text.RegularExpressions.Regex.Replace(path, "-[0-9a-f]{16}", ""));
        }

        var main = await File.ReadAllTextAsync(folder.File("m/model.json"));
        await File.WriteAllTextAsync(folder.File("m/model.json"), System.Text.RegularExpressions.Regex.Replace(main, "-[0-9a-f]{16}", ""));
        await TrainAsync("m");
        Assert.Equal("ease", FittedModel.Load(folder.File("m")).Entry.Name);
        Assert.Equal(5, Directory.GetFileSystemEntries(folder.File("m")).Length);
    }

    [Fact]
    public async Task Train_ResumeWithoutACheckpoint_IsAnError()
    {
        var run = await CliRun.OfAsync(
            "train",
            "--data",
            folder.File("r.csv"),
            "--model",
            "biased-mf",
            "--output",
            folder.File("m"),
            "--checkpoint",
            folder.File("c"),
            "--resume");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no checkpoint to resume from.", run.Error);
        Assert.False(Directory.Exists(folder.File("m")));
    }

    [Theory]
    [InlineData("train --data r.csv --model ease --output /proc/none/m")]
    [InlineData("tune --data r.csv --model ease --file /proc/t.duckdb")]
    [InlineData("data sample --output /proc/none")]
    [InlineData("run notebooks/n.ipynb --output /proc/none")]
    public async Task Output_FolderThatCannotBeWritten_ErrorBeforeTheWork(string args)
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no folder here that nobody can write.");
        var run =
            await CliRun.OfAsync([.. args.Split(' ').Select(word => word.Contains('.') && word[0] != '/' ? folder.File(word) : word)]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("No file can be created in this folder.", run.Error);
    }

    [Fact]
    public async Task Output_WhatARunWrote_IsReplaced()
    {
        await TrainAsync("kept");
        string[] recommend = ["recommend", "--model", folder.File("kept"), "--users", folder.File("u.csv"), "--output"];
        string[][] commands =
        [
            [.. recommend, folder.File("o.csv")],
            [.. recommend, folder.File("o.parquet")],
            ["data", "sample", "--output", folder.File("s")],
        ];
        foreach (var command in commands)
        {
            Assert.Equal(0, (await CliRun.OfAsync(command)).ExitCode);
            Assert.Equal(0, (await CliRun.OfAsync(command)).ExitCode);
        }

        Assert.Equal(0, (await CliRun.OfAsync("data", "sample", "--output", folder.File("s"), "--seed", "7")).ExitCode);
        await File.AppendAllTextAsync(folder.File("s/users.csv"), "mine\n"); // and what somebody changed is theirs
        Assert.Contains("users.csv exists in this folder", (await CliRun.OfAsync("data", "sample", "--output", folder.File("s"))).Error);
    }

    private async Task TrainAsync(string name) => Assert.Equal(
        0, (await CliRun.OfAsync("train", "--data", folder.File("r.csv"), "--model", "ease", "--output", folder.File(name))).ExitCode);

    private Dictionary<string, string> Content() => Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories)
        .ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)));
}
