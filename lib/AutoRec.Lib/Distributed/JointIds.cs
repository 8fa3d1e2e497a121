using AutoRec.Data;

namespace AutoRec.Distributed;

/// <summary>
/// Agrees on the codes of ids of which each process of a group knows some: an id's code is its place among all of them in their order, as
/// in a log that one process reads. Process 0 unites the ids and sends them to all in pieces; the others keep none that they do not have.
/// </summary>
internal static class JointIds
{
    private const int IdsAtATime = 1 << 20;

    /// <summary>Gives the ids codes.</summary>
    /// <param name="ids">The ids of this process.</param>
    /// <param name="rows">Rows of them, which become codes; an id without a row does not count.</param>
    /// <param name="group">The processes.</param>
    /// <param name="idsAtATime">Ids of a piece; tests make it small. Default 2^20.</param>
    /// <returns>All ids; on other processes than 0 the number of them alone.</returns>
    public static IdIndex Agree(IdIndex ids, int[] rows, IProcessGroup group, int idsAtATime = IdsAtATime)
    {
        ids = CanonicalOrder.Sort(ids, rows);
        var isUsed = new bool[ids.Count];
        foreach (var row in rows)
        {
            isUsed[row] = true;
        }

        int[] used = [.. Enumerable.Range(0, ids.Count).Where(row => isUsed[row])];
        var all = Union(ids.Select(used), group, idsAtATime);
        group.WorkOnFirst(() => all = CanonicalOrder.Sort(all, []));

        var (codes, known, first) = (new int[ids.Count], 0, 0);
        ForPieces(all, 0, group, idsAtATime, group.OfFirst(() => all.Count), (text, ends) =>
        {
            for (var i = 0; i < ends.Length && known < used.Length; i++)
            {
                var start = i == 0 ? 0 : ends[i - 1];
                if (ids.Bytes(used[known]).SequenceEqual(text.AsSpan(start, ends[i] - start)))
                {
                    codes[used[known++]] = first + i; // Both are sorted.
                }
            }

            first += ends.Length;
        });
        foreach (ref var row in rows.AsSpan())
        {
            row = codes[row];
        }

        return group.Rank == 0 ? all : IdIndex.OfUnknown(first);
    }

    // On process 0 the ids of all, in any order.
    private static IdIndex Union(IdIndex own, IProcessGroup group, int idsAtATime)
    {
        var all = new IdIndex();
        if (group.Rank == 0)
        {
            all.AddAll(own);
        }

        var counts = group.AllGather(own.Count);
        for (var from = 1; from < group.Size; from++)
        {
            ForPieces(own, from, group, idsAtATime, counts[from], (text, ends) =>
            {
                for (var i = 0; i < ends.Length && group.Rank == 0; i++)
                {
                    var start = i == 0 ? 0 : ends[i - 1];
                    all.GetOrAdd(text.AsSpan(start, ends[i] - start));
                }
            });
        }

        return all;
    }

    // Hands the ids of one process over to all, some at a time: their text, and where each ends in it.
    private static void ForPieces(
        IdIndex ids, int from, IProcessGroup group, int idsAtATime, int count, Action<byte[], int[]> take)
    {
        for (var first = 0; first < count; first += idsAtATime)
        {
            var ends = new int[Math.Min(idsAtATime, count - first)];
            var text = Array.Empty<byte>();
            if (group.Rank == from)
            {
                using var bytes = new MemoryStream();
                for (var i = 0; i < ends.Length; i++)
                {
                    bytes.Write(ids.Bytes(first + i));
                    ends[i] = checked((int)bytes.Length);
                }

                text = bytes.ToArray();
            }

            group.Broadcast(ends.AsSpan(), from);
            text = group.Rank == from ? text : new byte[ends[^1]];
            group.Broadcast(text.AsSpan(), from);
            take(text, ends);
        }
    }
}
