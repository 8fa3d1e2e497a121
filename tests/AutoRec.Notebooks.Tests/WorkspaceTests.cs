using AutoRec.Data;
using AutoRec.Splitting;

namespace AutoRec.Notebooks.Tests;

[Collection("environment")]
public sealed class WorkspaceTests : IDisposable
{
    private static readonly ISplitter Splitter = new RandomSplitter(0.8);
    private readonly string root = Directory.CreateTempSubdirectory("autorec-workspace-").FullName;

    private Workspace Files => Workspace.Of("sample", root);

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void ReadSplit_Written_IsTheVerySame()
    {
        var log = Log();
        var written = Files.WriteSplit(Splitter, log, 7);
        var read = Files.ReadSplit(Splitter, log, 7);
        Assert.Equal(written.TrainLog.UserRows, read.TrainLog.UserRows);
        Assert.Equal(written.TrainLog.ItemRows, read.TrainLog.ItemRows);
        Assert.Equal(written.TrainLog.Values, read.TrainLog.Values);
        Assert.Equal(written.TrainLog.Timestamps, read.TrainLog.Timestamps);
        Assert.Equal(written.Train.Scale, read.Train.Scale);
        Assert.Equal(written.Test.Targets.Columns().ToArray(), read.Test.Targets.Columns().ToArray());
        Assert.Equal(written.Test.Targets.Offsets.ToArray(), read.Test.Targets.Offsets.ToArray());
        Assert.Equal(20, read.Test.Targets.Count);
    }

    [Fact]
    public void ReadSplit_NothingWritten_MakesTheSameSplit()
    {
        var log = Log();
        var made = Files.ReadSplit(Splitter, log, 7);
        Assert.False(Directory.Exists(Files.Folder));
        Assert.Equal(Files.WriteSplit(Splitter, log, 7).TrainLog.ItemRows, made.TrainLog.ItemRows);
    }

    [Fact]
    public void ReadSplit_OtherSeedSplitterOrLog_DoesNotUseWhatLiesThere()
    {
        var log = Log();
        Files.WriteSplit(Splitter, log, 7);
        var (other, printed) = Printed(() => Files.ReadSplit(Splitter, log, 8));
        Assert.Contains("random:0.8, seed 7", printed, StringComparison.Ordinal);
        Assert.Equal(Splitter.Split(log, 8).TrainLog.ItemRows, other.TrainLog.ItemRows);

        Assert.Equal(50, Printed(() => Files.ReadSplit(new RandomSplitter(0.5), log, 7)).Result.Test.Targets.Count);
        var changed = Log(lastRating: 1);
        Assert.Equal(
            Splitter.Split(changed, 7).TrainLog.Values, Printed(() => Files.ReadSplit(Splitter, changed, 7)).Result.TrainLog.Values);
    }

    [Fact]
    public void ReadSplit_PartsChangedAfterwards_Throws()
    {
        Files.WriteSplit(Splitter, Log(), 7);
        var train = Path.Combine(Files.Folder, "train.csv");
        File.WriteAllLines(train, File.ReadAllLines(train).SkipLast(1));
        Assert.Contains(
            "was changed", Assert.Throws<DataFileException>(() => Files.ReadSplit(Splitter, Log(), 7)).Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(Files.Folder, "split.json"), "no json");
        Assert.Throws<DataFileException>(() => Files.ReadSplit(Splitter, Log(), 7));
    }

    [Fact]
    public void WriteSplit_WholeUsersHeldOut_Throws()
    {
        Assert.Throws<ArgumentException>(() => Files.WriteSplit(new StrongGeneralizationSplitter(2), Log(), 7));
        Assert.False(Directory.Exists(Files.Folder));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData("---")]
    [InlineData(" ")]
    public void Of_NoName_Throws(string name) => Assert.Throws<ArgumentException>(() => Workspace.Of(name, root));

    [Theory]
    [InlineData("ml-1m", "ml-1m")]
    [InlineData("../my data/ratings.csv", "ratings.csv")]
    [InlineData("my ratings", "my-ratings")]
    public void Of_NameOrPath_IsOneFolderBelow(string dataset, string folder) =>
        Assert.Equal(Path.Combine(root, "artifacts", "notebooks", folder), Workspace.Of(dataset, root).Folder);

    [Fact]
    public void Of_NoRoot_FindsTheRepository() =>
        Assert.EndsWith(Path.Combine("artifacts", "notebooks", "ml-1m"), Workspace.Of("ml-1m").Folder, StringComparison.Ordinal);

    private static (Split Result, string Text) Printed(Func<Split> action)
    {
        var before = Console.Out;
        var text = new StringWriter();
        Console.SetOut(text);
        try
        {
            return (action(), text.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    // Ten users, ten items, every pair rated; ids with commas and quotes, as shops have them.
    private static Interactions Log(float lastRating = 5)
    {
        var builder = new InteractionsBuilder();
        for (var i = 0; i < 100; i++)
        {
            builder.Add($"user, {i / 10}", $"item \"{i % 10}\"", i == 99 ? lastRating : 1 + (i % 5), 1_000_000 + i);
        }

        return builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
    }
}
