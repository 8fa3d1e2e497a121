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
    /// <param name="log">The log.</param>
    /// <param name="by">By what it is cut.</param>
    /// <param name="parts">The number of parts at most; parts without a user or item are left out.</param>
    /// <param name="folder">The folder: missing or empty.</param>
    /// <param name="progress">Receives how many interactions are written.</param>
    /// <param name="cancellation">Ends the work; nothing stays.</param>
    /// <exception cref="DataFileException">There is something at the path, or it cannot be written.</exception>
    public static ShardManifest Write(
        Interactions log,
        ShardBy by,
        int parts,
        string folder,
        IProgress<WorkReport>? progress = null,
        CancellationToken cancellation = default)
    {
        folder = CheckOutput(folder);
        var parent = Path.GetDirectoryName(folder)!;
        Directory.CreateDirectory(parent);
        using var held = FileLock.TryTake(Path.Combine(parent, $".{Path.GetFileName(folder)}.lock"), TimeSpan.Zero)
            ?? throw new DataFileException(folder, "Another process is writing this folder. Wait for it, or choose another folder.");
        WholeFolder.RemoveLeftovers(folder);
        var manifest = default(ShardManifest);
        WholeFolder.Write(folder, beside =>
        {
            DiskFull.Guard(folder, () => manifest = WriteFiles(log, by, parts, beside, progress, cancellation));
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder); // Empty.
            }
        });
        return manifest!;
    }

    private static ShardManifest WriteFiles(
        Interactions log, ShardBy by, int parts, string folder, IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var (userCounts, itemCounts) = (Counts(log.UserRows.AsSpan(), log.Users.Count), Counts(log.ItemRows.AsSpan(), log.Items.Count));
        var counts = by == ShardBy.User ? userCounts : itemCounts;
        var offsets = new int[counts.Length + 1];
        for (var code = 0; code < counts.Length; code++)
        {
            offsets[code + 1] = offsets[code] + counts[code];
        }

        var (order, starts) = (by == ShardBy.User ? null : ByItem(log, offsets), LeafSplit.Cut(counts, parts));
        var steps = new WorkSteps(progress, "", log.Count, "interactions");
        var written = new List<ShardPart>();
        for (var part = 0; part < parts; part++)
        {
            var (first, end) = (starts[part], starts[part + 1]);
            if (first < end)
            {
                var file = WriteFile(folder, FormattableString.Invariant($"part-{written.Count:0000}.parquet"), Columns(), Rows);
                written.Add(new ShardPart(file, first, end, offsets[end] - offsets[first]));
            }

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
                    (order is null ? row : row.AppendValue(i)).EndRow();
                    steps.Add();
                }
            }
        }

        var manifest = new ShardManifest
        {
            By = by,
            Users = log.Users.Count,
            Items = log.Items.Count,
            Count = log.Count,
            HasTimes = log.HasTimestamps,
            Feedback = log.Feedback,
            Fingerprint = DataFingerprint.Of(log),
            UserFile = WriteIds("users.parquet", log.Users, userCounts),
            ItemFile = WriteIds("items.parquet", log.Items, itemCounts),
            Parts = written,
        };
        WholeFile.Write(Path.Combine(folder, ShardManifest.FileName), manifest.Write());
        return manifest;

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

    private static int[] Counts(ReadOnlySpan<int> rows, int count)
    {
        var counts = new int[count];
        foreach (var row in rows)
        {
            counts[row]++;
        }

        return counts;
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
