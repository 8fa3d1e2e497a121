using System.Security.Cryptography;
using AutoRec.Data;
using DuckDB.NET.Data;

namespace AutoRec.Distributed;

/// <summary>
/// Writes a partitioned log: each part has a contiguous run of users, or items. Where the number of parts is a multiple of that of leaves,
/// each leaf of a <see cref="LeafSplit"/> of the whole log is a run of parts.
/// </summary>
internal static class ShardWriter
{
    private const int RowsAtATime = 1 << 16;

    /// <summary>Throws if a log cannot be written to a folder, so that this is known before it is read.</summary>
    /// <returns>The full path.</returns>
    /// <exception cref="DataFileException">There is something at the path, or it cannot be written.</exception>
    public static string CheckOutput(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()))
        {
            throw new DataFileException(
                folder, "The output must be a new or empty folder. Nothing was overwritten. Choose another folder, or delete this one.");
        }

        WholeFile.CheckFolderWritable(Path.GetDirectoryName(folder)!);
        return folder;
    }

    /// <summary>Writes a log. The folder appears when all of it is written.</summary>
    /// <param name="log">The log, or the share of this process, which is that of some of the parts.</param>
    /// <param name="by">By what it is cut.</param>
    /// <param name="parts">The number of parts at most; parts without a user or item are left out.</param>
    /// <param name="folder">The folder: missing or empty. All processes write to it.</param>
    /// <param name="progress">Receives how many interactions are written.</param>
    /// <param name="cancellation">Ends the work; nothing stays.</param>
    /// <param name="group">The processes that have the log together. Default: this one alone.</param>
    /// <exception cref="DataFileException">There is something at the path, or it cannot be written.</exception>
    public static ShardManifest Write(
        Interactions log,
        ShardBy by,
        int parts,
        string folder,
        IProgress<WorkReport>? progress = null,
        CancellationToken cancellation = default,
        IProcessGroup? group = null)
    {
        group ??= ProcessGroup.Single;
        var manifest = default(ShardManifest);
        if (group.Rank > 0)
        {
            WriteTo(group.OfFirst(() => ""));
            group.Barrier();
            return manifest!;
        }

        folder = CheckOutput(folder);
        var parent = Path.GetDirectoryName(folder)!;
        Directory.CreateDirectory(parent);
        using var held = FileLock.TryTake(Path.Combine(parent, $".{Path.GetFileName(folder)}.lock"), TimeSpan.Zero)
            ?? throw new DataFileException(folder, "Another process is writing this folder. Wait for it, or choose another folder.");
        WholeFolder.RemoveLeftovers(folder);
        WholeFolder.Write(folder, beside =>
        {
            WriteTo(group.OfFirst(() => beside));
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder); // Empty.
            }
        });
        group.Barrier();
        return manifest!;

        void WriteTo(string beside) => DiskFull.Guard(folder, () => manifest = Directory.Exists(beside)
            ? WriteFiles(log, by, parts, beside, progress, cancellation, group)
            : throw new DataFileException(
                folder, "This rank does not see the folder that rank 0 makes. --output must be in a folder that all machines share."));
    }

    private static ShardManifest WriteFiles(
        Interactions log,
        ShardBy by,
        int parts,
        string folder,
        IProgress<WorkReport>? progress,
        CancellationToken cancellation,
        IProcessGroup group)
    {
        var userCounts = group.Sum(Codes.Count(log.UserRows.AsSpan(), log.Users.Count));
        var itemCounts = group.Sum(Codes.Count(log.ItemRows.AsSpan(), log.Items.Count));
        var counts = by == ShardBy.User ? userCounts : itemCounts;
        var (own, ownEnd) = log.Share is { } share ? (share.First, share.End) : (0, counts.Length);
        var offsets = new int[counts.Length + 1]; // from the first interaction of this process
        for (var code = own; code < ownEnd; code++)
        {
            offsets[code + 1] = offsets[code] + counts[code];
        }

        var (order, starts) = (by == ShardBy.User ? null : ByItem(log, offsets), LeafSplit.Cut(counts, parts));
        var steps = new WorkSteps(progress, "", log.Count, "interactions");
        (int First, int End)[] cut = [.. starts.Zip(starts.Skip(1)).Where(part => part.First < part.Second)];
        var written = group.OfAll(group.WorkOnAll(() => cut.Index().Where(part => part.Item.First >= own && part.Item.End <= ownEnd)
            .Select(part => WritePart(part.Index, part.Item.First, part.Item.End)).ToArray()));
        var (hasTimes, path, text) = (group.OfAll(log.HasTimestamps).Contains(true), Path.Combine(folder, ShardManifest.FileName), "");
        group.WorkOnFirst(() =>
        {
            text = new ShardManifest
            {
                By = by,
                Users = log.Users.Count,
                Items = log.Items.Count,
                Count = log.WholeCount,
                HasTimes = hasTimes,
                Feedback = log.Feedback,
                Fingerprint = DataFingerprint.Of(log),
                UserFile = WriteIds("users.parquet", log.Users, userCounts),
                ItemFile = WriteIds("items.parquet", log.Items, itemCounts),
                Parts = [.. written.SelectMany(part => part)],
            }.Write();
            WholeFile.Write(path, text);
        });
        return ShardManifest.Read(path, group.OfFirst(() => text));

        ShardPart WritePart(int number, int first, int end)
        {
            var file = WriteFile(folder, FormattableString.Invariant($"part-{number:0000}.parquet"), Columns(), Rows);
            return new ShardPart(file, first, end, offsets[end] - offsets[first]);

            void Rows(DuckDBAppender rows)
            {
                for (var place = offsets[first]; place < offsets[end]; place++)
                {
                    if (place % RowsAtATime == 0)
                    {
                        cancellation.ThrowIfCancellationRequested();
                    }

                    var i = order is null ? place : order[place];
                    var row = rows.CreateRow().AppendValue(log.UserRows[i]).AppendValue(log.ItemRows[i]).AppendValue(log.Values[i]);
                    row = log.HasTimestamps ? row.AppendValue(log.Timestamps[i]) : row;
                    (order is null ? row : row.AppendValue(log.PositionOf(i))).EndRow();
                    steps.Add();
                }
            }
        }

        string Columns() => "\"user\" INTEGER, item INTEGER, value FLOAT" + (log.HasTimestamps ? ", time BIGINT" : "")
            + (order is null ? "" : ", position INTEGER");

        ShardFile WriteIds(string name, IdIndex ids, int[] counts) => WriteFile(folder, name, "id VARCHAR, ratings INTEGER", rows =>
        {
            for (var row = 0; row < ids.Count; row++)
            {
                rows.CreateRow().AppendValue(ids[row]).AppendValue(counts[row]).EndRow();
            }
        });
    }

    private static ShardFile WriteFile(string folder, string name, string columns, Action<DuckDBAppender> fill)
    {
        var path = Path.Combine(folder, name);
        ParquetOutput.Write(path, columns, fill);
        WholeFile.Flush(path);
        using var stream = File.OpenRead(path);
        return new ShardFile(name, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    // The positions of interactions by item, and by user within an item.
    private static int[] ByItem(Interactions log, int[] offsets)
    {
        var (next, order) = (offsets.ToArray(), new int[log.Count]);
        for (var i = 0; i < log.Count; i++)
        {
            order[next[log.ItemRows[i]]++] = i;
        }

        return order;
    }
}
