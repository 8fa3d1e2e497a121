using System.Security.Cryptography;
using Apache.Arrow;

namespace AutoRec.Data;

/// <summary>
/// A partitioned log: a folder that <c>autorec data shard</c> wrote, on this machine or in an object store. Each file is compared with its
/// checksum before it is read.
/// </summary>
internal sealed class ShardFolder : IDisposable
{
    private const string S3 = "s3://";
    private const string Advice = "Copy the folder again, or run 'autorec data shard' again.";

    private readonly string name;
    private readonly Func<string, string> localFile; // of a name in the folder; a file that may be missing
    private readonly IDisposable? resources;

    private ShardFolder(string name, Func<string, string> localFile, IDisposable? resources = null)
    {
        (this.name, this.localFile, this.resources) = (name, localFile, resources);
        var path = localFile(ShardManifest.FileName);
        if (!File.Exists(path))
        {
            throw new DataFileException(
                name, $"This is not a partitioned log: there is no {ShardManifest.FileName}. Write one with 'autorec data shard'.");
        }

        Manifest = ShardManifest.Read(PathOf(ShardManifest.FileName), File.ReadAllText(path));
    }

    /// <summary>What the log consists of.</summary>
    public ShardManifest Manifest { get; }

    /// <summary>Whether a source is a partitioned log.</summary>
    public static bool Is(string source) => IsInStore(source) || File.Exists(Path.Combine(source, ShardManifest.FileName));

    /// <summary>Opens a partitioned log.</summary>
    /// <param name="source">A folder with a manifest, or the address of one: <c>s3://bucket/folder</c>.</param>
    /// <param name="cancellation">Ends the copy of a file from a store.</param>
    /// <exception cref="DataFileException">
    /// The manifest is damaged or of a newer version, or the store cannot be read from here.
    /// </exception>
    public static ShardFolder Open(string source, CancellationToken cancellation)
    {
        if (!IsInStore(source))
        {
            return new ShardFolder(source, file => Path.Combine(source, file));
        }

        var store = ShardStore.Open(source, cancellation);
        try
        {
            return new ShardFolder(source, store.Copy, store);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Reads all interactions.</summary>
    public Interactions Read(IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var columns = Columns(0, Manifest.Codes, progress, cancellation, out _) with
        {
            Users = Ids(ShardBy.User, cancellation),
            Items = Ids(ShardBy.Item, cancellation),
        };
        var log = Interactions.Of(columns, DuplicateRule.KeepLast, new FeedbackRule(), out _).WithFeedback(Manifest.Feedback);
        return DataFingerprint.Of(log) == Manifest.Fingerprint ? log : throw new DataFileException(
            name, $"The parts do not make up the log that {ShardManifest.FileName} describes. Run 'autorec data shard' again.");
    }

    /// <summary>Reads the share of one of several processes, from the parts that have it. Only process 0 gets the ids of users.</summary>
    public Interactions Read(ShareReading how, IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var counts = Counts(how.By, cancellation);
        var share = new LogShare(how.By, how.Starts(counts), how.Rank);
        var columns = Columns(share.First, share.End, progress, cancellation, out var positions) with
        {
            Users = how.Rank > 0 ? IdIndex.OfUnknown(Manifest.Users) : Ids(ShardBy.User, cancellation),
            Items = Ids(ShardBy.Item, cancellation),
        };
        positions.AsSpan().Sort(); // As the interactions are going to be.
        int[] places = how.By == ShardBy.User ? [counts.Take(share.First).Sum()] : positions;
        var whole = new WholeLog(Sizes.Of("interactions", Manifest.Count, 1), Manifest.Fingerprint, places);
        return Interactions.OfShare(columns, Manifest.Feedback, share, whole);
    }

    /// <summary>The ids of users or items, in the order of their codes.</summary>
    public IdIndex Ids(ShardBy of, CancellationToken cancellation)
    {
        var (file, count) = FileOf(of);
        var ids = new IdIndex();
        foreach (var batch in Batches(file, "id", cancellation))
        {
            var texts = (StringArray)batch.Column(0);
            for (var row = 0; row < batch.Length; row++)
            {
                ids.GetOrAdd(texts.GetBytes(row));
            }
        }

        return ids.Count == count ? ids : throw Wrong(file);
    }

    /// <summary>The number of interactions of each user or item, in the order of their codes.</summary>
    public int[] Counts(ShardBy of, CancellationToken cancellation)
    {
        var (file, count) = FileOf(of);
        var counts = new List<int>(count);
        foreach (var batch in Batches(file, "ratings", cancellation))
        {
            counts.AddRange(((Int32Array)batch.Column(0)).Values);
        }

        return counts.Count == count ? [.. counts] : throw Wrong(file);
    }

    /// <summary>Reads the interactions of some users or items, from the parts that have them, without ids.</summary>
    /// <param name="first">The first code.</param>
    /// <param name="end">The end behind the last.</param>
    /// <param name="progress">Receives how many interactions are read.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <param name="positions">The place of each in the whole log, where that is cut by items; else empty.</param>
    public InteractionColumns Columns(
        int first, int end, IProgress<WorkReport>? progress, CancellationToken cancellation, out int[] positions)
    {
        ShardPart[] parts = [.. Manifest.Parts.Where(part => part.First < end && first < part.End)];
        var rows = Sizes.Of("interactions", parts.Sum(part => (long)part.Rows), 1);
        var (users, items, values) = (new int[rows], new int[rows], new float[rows]);
        var times = Manifest.HasTimes ? new long[rows] : null;
        positions = Manifest.By == ShardBy.Item ? new int[rows] : [];
        var select = "\"user\", item, value" + (Manifest.HasTimes ? ", time" : "") + (positions.Length > 0 ? ", position" : "");
        var (codes, kept, steps) = (Manifest.By == ShardBy.User ? users : items, 0, new WorkSteps(progress, "", rows, "interactions"));
        foreach (var part in parts)
        {
            var start = kept;
            foreach (var batch in Batches(part.File, select, cancellation))
            {
                if (batch.Length > part.Rows - (kept - start))
                {
                    throw Wrong(part.File);
                }

                var place = kept;
                ((Int32Array)batch.Column(0)).Values.CopyTo(users.AsSpan(place));
                ((Int32Array)batch.Column(1)).Values.CopyTo(items.AsSpan(place));
                ((FloatArray)batch.Column(2)).Values.CopyTo(values.AsSpan(place));
                if (times is not null)
                {
                    ((Int64Array)batch.Column(3)).Values.CopyTo(times.AsSpan(place));
                }

                if (positions.Length > 0)
                {
                    ((Int32Array)batch.Column(batch.ColumnCount - 1)).Values.CopyTo(positions.AsSpan(place));
                }

                kept += batch.Length;
                steps.Add(batch.Length);
            }

            if (kept - start != part.Rows
                || users.AsSpan(start, part.Rows).ContainsAnyExceptInRange(0, Manifest.Users - 1)
                || items.AsSpan(start, part.Rows).ContainsAnyExceptInRange(0, Manifest.Items - 1)
                || codes.AsSpan(start, part.Rows).ContainsAnyExceptInRange(part.First, part.End - 1))
            {
                throw Wrong(part.File);
            }
        }

        // Parts are sorted by code, so that what is not asked for lies at the ends.
        var from = codes.AsSpan().IndexOfAnyInRange(first, end - 1) is >= 0 and var found ? found : rows;
        var to = codes.AsSpan().LastIndexOfAnyInRange(first, end - 1) + 1;
        if (from > 0 || to < rows)
        {
            to = Math.Max(from, to);
            (users, items, values, times) = (users[from..to], items[from..to], values[from..to], times?[from..to]);
            positions = positions.Length > 0 ? positions[from..to] : [];
        }

        return new InteractionColumns(new(), new(), users, items, values, times);
    }

    /// <inheritdoc/>
    public void Dispose() => resources?.Dispose();

    private (ShardFile File, int Count) FileOf(ShardBy of) =>
        of == ShardBy.User ? (Manifest.UserFile, Manifest.Users) : (Manifest.ItemFile, Manifest.Items);

    private static bool IsInStore(string source) => source.StartsWith(S3, StringComparison.OrdinalIgnoreCase) && !Path.Exists(source);

    private IEnumerable<RecordBatch> Batches(ShardFile file, string columns, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var path = localFile(file.Name);
        if (!File.Exists(path))
        {
            throw new DataFileException(
                PathOf(file.Name), $"This part of the partitioned log is missing; {ShardManifest.FileName} names it. {Advice}");
        }

        using (var stream = File.OpenRead(path))
        {
            if (Convert.ToHexStringLower(SHA256.HashData(stream)) != file.Checksum)
            {
                throw new DataFileException(
                    PathOf(file.Name),
                    $"This part of the partitioned log was changed or cut off: its checksum is not the one in {ShardManifest.FileName}. "
                    + Advice);
            }
        }

        using var database = new DuckDbSession(cancellation);
        foreach (var batch in database.Batches($"SELECT {columns} FROM read_parquet({DuckDbSession.FileName(path)})"))
        {
            yield return batch;
        }
    }

    private DataFileException Wrong(ShardFile file) => new(
        PathOf(file.Name), $"This part of the partitioned log does not hold what {ShardManifest.FileName} says. {Advice}");

    private string PathOf(string file) => IsInStore(name) ? $"{name.TrimEnd('/')}/{file}" : Path.Combine(name, file);
}
