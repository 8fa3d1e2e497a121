using System.Globalization;
using AutoRec.Data;
using AutoRec.Distributed;

namespace AutoRec.Tests.Distributed;

/// <summary>A partitioned log is the log that it was made of, and says so where it is not.</summary>
public sealed class ShardTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The truth is the file that was read, whatever the order of its lines.
    [Theory]
    [InlineData(nameof(ShardBy.User), 1)]
    [InlineData(nameof(ShardBy.User), 64)]
    [InlineData(nameof(ShardBy.Item), 1)]
    [InlineData(nameof(ShardBy.Item), 5)]
    public void Write_AnyPartsAndOrderOfLines_ReadIsTheSameLog(string by, int parts)
    {
        var random = new Random(7);
        string[] lines = [.. Enumerable.Range(0, 400).Select(_ => string.Create(
            CultureInfo.InvariantCulture,
            $"ü{random.Next(40)},\"i,{random.Next(25)}\",{random.Next(1, 11) / 2.0},{random.Next(1, 2_000_000_000)}"))];
        var expected = RatingsReader.Read(folder.Write("a.csv", Csv(lines))).Interactions;
        random.Shuffle(lines);
        var log = RatingsReader.Read(folder.Write("b.csv", Csv(lines))).Interactions;
        var manifest = ShardWriter.Write(log, Enum.Parse<ShardBy>(by), parts, folder["shards"]);
        Assert.InRange(manifest.Parts.Count, Math.Min(parts, 20), parts);
        var read = RatingsReader.Read(folder["shards"]).Interactions;
        InteractionsAssert.Equal(expected, read);
        Assert.Equal(expected.Feedback, read.Feedback);
        Assert.Equal(DataFingerprint.Of(expected), manifest.Fingerprint);

        static string Csv(string[] lines) => $"user,item,rating,timestamp\n{string.Join('\n', lines)}\n";
    }

    // Feedback was decided by the name of the column, which the parts do not have.
    [Fact]
    public void Write_Counts_FeedbackIsKeptAndCanBeDeclaredAnew()
    {
        var log = RatingsReader.Read(folder.Write("a.csv", "user,item,plays\na,x,3\na,y,1\nb,x,12\n")).Interactions;
        ShardWriter.Write(log, ShardBy.User, 2, folder["shards"]);
        Assert.Equal(log.Feedback, RatingsReader.Read(folder["shards"]).Interactions.Feedback);
        Assert.Equal(
            RatingsReader.Read(folder["a.csv"], new ReadOptions { PositiveFrom = 3 }).Interactions.Feedback,
            RatingsReader.Read(folder["shards"], new ReadOptions { PositiveFrom = 3 }).Interactions.Feedback);
    }

    [Theory]
    [InlineData("part-0001.parquet", null, "part-0001.parquet: This part of the partitioned log is missing")]
    [InlineData("part-0002.parquet", "other", "part-0002.parquet: This part of the partitioned log was changed or cut off")]
    [InlineData("items.parquet", "other", "items.parquet: This part of the partitioned log was changed or cut off")]
    [InlineData("shards.json", "{", "shards.json: The description of the partitioned log is cut off or damaged")]
    [InlineData("shards.json", "{\"format\":\"autorec-shards\",\"format-version\":9}", "shards.json: A newer version of autorec wrote")]
    public void Read_FileMissingOrChanged_ErrorNamesIt(string file, string? content, string message)
    {
        ShardWriter.Write(SomeRatings.Log(300), ShardBy.User, 4, folder["shards"]);
        File.Delete(folder[$"shards/{file}"]);
        if (content is not null)
        {
            folder.Write($"shards/{file}", content);
        }

        var error = Assert.Throws<DataFileException>(() => RatingsReader.Read(folder["shards"]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(ShardBy.User))]
    [InlineData(nameof(ShardBy.Item))]
    public void Columns_LeavesOfARank_OnlyTheirPartsAreRead(string name)
    {
        var (log, by) = (SomeRatings.Log(600), Enum.Parse<ShardBy>(name));
        var manifest = ShardWriter.Write(log, by, 16, folder["shards"]);
        using var shards = ShardFolder.Open(folder["shards"], default);
        var counts = shards.Counts(by, default);
        var leaves = LeafSplit.Cut(counts, LeafSplit.LeafCount);
        var (first, end) = (leaves[2], leaves[4]);
        foreach (var part in manifest.Parts.Where(part => part.End <= first || part.First >= end))
        {
            File.Delete(folder[$"shards/{part.File.Name}"]); // Reading one of these would fail.
        }

        var columns = shards.Columns(first, end, null, default, out var positions);
        int[] expected = [.. Enumerable.Range(0, log.Count).Where(i => (by == ShardBy.User ? log.UserRows : log.ItemRows)[i] is var code
            && code >= first && code < end)];
        Assert.Equal(expected.Select(i => (log.UserRows[i], log.ItemRows[i], log.Values[i])).Order(), Enumerable
            .Range(0, columns.Values.Length).Select(i => (columns.UserRows[i], columns.ItemRows[i], columns.Values[i])).Order());
        Assert.Equal(by == ShardBy.Item ? expected : [], positions.Order());
    }

    [Fact]
    public void Write_FolderWithAForeignFile_NothingIsOverwritten()
    {
        folder.Write("shards/notes.txt", "mine");
        var error = Assert.Throws<DataFileException>(() => ShardWriter.Write(SomeRatings.Log(50), ShardBy.User, 2, folder["shards"]));
        Assert.Contains("must be a new or empty folder", error.Message, StringComparison.Ordinal);
        Assert.Equal([folder["shards/notes.txt"]], Directory.EnumerateFileSystemEntries(folder["shards"]));
    }

    [Fact]
    public void Write_Cancelled_NothingStays()
    {
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ShardWriter.Write(SomeRatings.Log(50), ShardBy.User, 2, folder["shards"], cancellation: new CancellationToken(canceled: true)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    // What a store gives is copied; here the store is a folder, which DuckDB reads without an extension.
    [Fact]
    public void Copy_FileOfAStore_HasItsBytes()
    {
        folder.Write("a.bin", "some bytes");
        using var store = ShardStore.Open(folder.Path, default, extension: null);
        Assert.Equal("some bytes", File.ReadAllText(store.Copy("a.bin")));
    }

    [Fact]
    public void Read_S3WithoutTheExtension_SaysWhatToInstall()
    {
        var error = Assert.Throws<DataFileException>(() => RatingsReader.Read("s3://bucket/ratings"));
        Assert.SkipWhen(error.Message.Contains("cannot be read", StringComparison.Ordinal), "DuckDB's extension httpfs is installed here.");
        Assert.Contains(
            "s3://bucket/ratings: To read from S3, DuckDB's extension httpfs must be installed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PartsByTheOtherCode_ErrorSaysWhatToType()
    {
        ShardWriter.Write(SomeRatings.Log(50), ShardBy.User, 2, folder["shards"]);
        var options = new ReadOptions { Share = SharedRatings.ReadingOf("autorec-user", ShardBy.Item, ProcessGroup.Single) };
        var error = Assert.Throws<ArgumentException>(() => RatingsReader.Read(folder["shards"], options));
        Assert.Contains($"'autorec data shard --data {folder["shards"]} --by item --output DIR'", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RatingsReader.Read(folder["shards"], options with
        {
            Share = SharedRatings.ReadingOf("autorec-item", ShardBy.User, ProcessGroup.Single),
            Filter = new InteractionFilter { UserCore = 2 },
        }));
    }
}
