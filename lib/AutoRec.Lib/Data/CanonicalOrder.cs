using System.Buffers.Binary;

namespace AutoRec.Data;

/// <summary>Interactions in columns, in any order.</summary>
internal sealed record InteractionColumns(IdIndex Users, IdIndex Items, int[] UserRows, int[] ItemRows, float[] Values, long[]? Timestamps);

/// <summary>
/// The order of users, items and interactions, which does not depend on the order of lines in a file: ids ordinally by their UTF-8
/// bytes, interactions by user and then by item.
/// </summary>
internal static class CanonicalOrder
{
    private const int KeyBytes = sizeof(ulong);

    /// <summary>
    /// Sorts ids and interactions; what is in order already stays as it is. Several interactions of a user and an item then follow
    /// each other. The arrays of <paramref name="columns"/> are reused.
    /// </summary>
    public static InteractionColumns Sort(InteractionColumns columns)
    {
        var users = Sort(columns.Users, columns.UserRows);
        var items = Sort(columns.Items, columns.ItemRows);
        return SortByRows(columns with { Users = users, Items = items });
    }

    /// <summary>Sorts interactions whose ids are in order. The arrays of <paramref name="columns"/> are reused.</summary>
    public static InteractionColumns SortByRows(InteractionColumns columns)
    {
        var (users, items, userRows, itemRows) = (columns.Users, columns.Items, columns.UserRows, columns.ItemRows);
        if (AreSorted(userRows, itemRows))
        {
            return columns;
        }

        var (offsets, keys) = Grouped(userRows, itemRows, users.Count);
        for (var user = 0; user < users.Count; user++)
        {
            keys.AsSpan(offsets[user], offsets[user + 1] - offsets[user]).Sort();
        }

        var values = new float[keys.Length];
        var timestamps = columns.Timestamps is null ? null : new long[keys.Length];
        for (var user = 0; user < users.Count; user++)
        {
            userRows.AsSpan(offsets[user], offsets[user + 1] - offsets[user]).Fill(user);
        }

        for (var i = 0; i < keys.Length; i++)
        {
            var position = (int)keys[i];
            itemRows[i] = (int)(keys[i] >> 32);
            values[i] = columns.Values[position];
            if (timestamps is not null)
            {
                timestamps[i] = columns.Timestamps![position];
            }
        }

        return new InteractionColumns(users, items, userRows, itemRows, values, timestamps);
    }

    /// <summary>The ids of several indexes in one, sorted. An index that has all of them is taken as it is.</summary>
    public static IdIndex Union(IEnumerable<IdIndex> indexes)
    {
        IdIndex[] different = [.. indexes.Distinct()];
        if (different.Length == 1)
        {
            return different[0];
        }

        var all = new IdIndex();
        foreach (var index in different)
        {
            for (var row = 0; row < index.Count; row++)
            {
                all.GetOrAdd(index.Bytes(row));
            }
        }

        return Sort(different.FirstOrDefault(index => index.Count == all.Count) ?? all, []);
    }

    /// <summary>The ids in order, and <paramref name="rows"/> changed in place to what they are in that order.</summary>
    public static IdIndex Sort(IdIndex ids, Span<int> rows)
    {
        if (RowsInOrder(ids) is not { } order)
        {
            return ids;
        }

        var newRow = new int[order.Length];
        for (var row = 0; row < order.Length; row++)
        {
            newRow[order[row]] = row;
        }

        foreach (ref var row in rows)
        {
            row = newRow[row];
        }

        return ids.Select(order);
    }

    /// <summary>The rows of an index in the order of the ids; null when that is their order already.</summary>
    private static int[]? RowsInOrder(IdIndex ids)
    {
        var isSorted = true;
        for (var row = 1; row < ids.Count && isSorted; row++)
        {
            isSorted = ids.Bytes(row - 1).SequenceCompareTo(ids.Bytes(row)) < 0;
        }

        if (isSorted)
        {
            return null;
        }

        // Eight bytes at a time as numbers, which sort many times as fast as texts: first all ids by their first eight bytes, then
        // each stretch of ids that are alike so far by the next eight.
        int[] rows = [.. Enumerable.Range(0, ids.Count)];
        var keys = new ulong[ids.Count];
        var stretches = new Stack<(int Start, int Length, int Skip)>([(0, ids.Count, 0)]);
        while (stretches.TryPop(out var stretch))
        {
            var (start, length, skip) = stretch;
            var part = rows.AsSpan(start, length);
            var partKeys = keys.AsSpan(start, length);
            var longest = 0;
            for (var i = 0; i < length; i++)
            {
                var id = ids.Bytes(part[i]);
                partKeys[i] = Key(id, skip);
                longest = Math.Max(longest, id.Length);
            }

            partKeys.Sort(part);
            for (int first = 0, end; first < length; first = end)
            {
                end = first + 1;
                while (end < length && partKeys[end] == partKeys[first])
                {
                    end++;
                }

                if (end - first > 1 && longest > skip + KeyBytes)
                {
                    stretches.Push((start + first, end - first, skip + KeyBytes));
                }
                else if (end - first > 1)
                {
                    part[first..end].Sort((a, b) => ids.Bytes(a).Length.CompareTo(ids.Bytes(b).Length)); // they differ in zeros at the end
                }
            }
        }

        return rows;
    }

    /// <summary>Eight bytes of an id as a number that sorts as they do, with zeros behind the end.</summary>
    private static ulong Key(ReadOnlySpan<byte> id, int skip)
    {
        if (id.Length >= skip + KeyBytes)
        {
            return BinaryPrimitives.ReadUInt64BigEndian(id[skip..]);
        }

        var key = 0UL;
        for (var i = skip; i < skip + KeyBytes; i++)
        {
            key = (key << 8) | (i < id.Length ? id[i] : 0UL);
        }

        return key;
    }

    private static bool AreSorted(ReadOnlySpan<int> userRows, ReadOnlySpan<int> itemRows)
    {
        for (var i = 1; i < userRows.Length; i++)
        {
            if (userRows[i] < userRows[i - 1] || (userRows[i] == userRows[i - 1] && itemRows[i] < itemRows[i - 1]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The interactions of each user together (a counting sort), each as a number that sorts by item: the item's row in the upper half,
    /// the position in the lower.
    /// </summary>
    private static (int[] Offsets, long[] Keys) Grouped(ReadOnlySpan<int> userRows, ReadOnlySpan<int> itemRows, int userCount)
    {
        var offsets = new int[userCount + 1];
        foreach (var user in userRows)
        {
            offsets[user + 1]++;
        }

        for (var user = 0; user < userCount; user++)
        {
            offsets[user + 1] += offsets[user];
        }

        var next = offsets.AsSpan(0, userCount).ToArray();
        var keys = new long[userRows.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[next[userRows[i]]++] = ((long)itemRows[i] << 32) | (uint)i;
        }

        return (offsets, keys);
    }
}
