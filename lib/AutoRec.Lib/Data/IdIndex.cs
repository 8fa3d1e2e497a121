using System.Collections;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace AutoRec.Data;

/// <summary>
/// The two-way map between raw ids (strings, as files hold them) and rows (0, 1, 2, ..., as matrices use them).
/// </summary>
/// <remarks>
/// Ids lie end to end as UTF-8, which for millions of them takes a quarter of the memory of strings in a dictionary; the
/// table that finds the row of an id is made at the first search. Reading is safe from several threads, adding is not.
/// </remarks>
public sealed class IdIndex : IReadOnlyList<string>
{
    private const int StackBytes = 256;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] text = [];
    private int[] ends = []; // [count]: where each id ends in the text
    private int[]? table; // rows + 1 by hash, 0 where free; its length is a power of two

    /// <summary>Makes an index of <paramref name="ids"/> in their order; an id that comes again keeps its first row.</summary>
    /// <exception cref="ArgumentException">An id is no text: it has half of a surrogate pair.</exception>
    internal IdIndex(IEnumerable<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        foreach (var id in ids)
        {
            GetOrAdd(id);
        }
    }

    internal IdIndex()
    {
    }

    /// <summary>An empty index with room for so many ids of so many bytes in all.</summary>
    internal IdIndex(int count, int bytes)
    {
        ends = new int[count];
        text = new byte[bytes];
    }

    /// <summary>An index of so many ids that are not known here, for a process that needs the rows alone.</summary>
    internal static IdIndex OfUnknown(int count) => new(count, 0) { Count = count };

    /// <summary>How many ids there are; rows run from 0 to one less.</summary>
    public int Count { get; private set; }

    /// <summary>The raw id of a row.</summary>
    public string this[int row] => Utf8.GetString(Bytes(row));

    /// <summary>The row of a raw id.</summary>
    /// <exception cref="KeyNotFoundException">The id is not in the index.</exception>
    public int RowOf(string id) =>
        TryGetRow(id, out var row) ? row : throw new KeyNotFoundException($"The id '{id}' is unknown; {Count} ids are known.");

    /// <summary>Looks up the row of a raw id; false when the id is unknown.</summary>
    public bool TryGetRow(string id, out int row)
    {
        ArgumentNullException.ThrowIfNull(id);
        var length = Utf8.GetMaxByteCount(id.Length);
        var bytes = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        row = Find(bytes[..Utf8.GetBytes(id, bytes)], out _);
        return row >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var row = 0; row < Count; row++)
        {
            yield return this[row];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The raw id of a row, as UTF-8.</summary>
    internal ReadOnlySpan<byte> Bytes(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
        var start = row == 0 ? 0 : ends[row - 1];
        return text.AsSpan(start, ends[row] - start);
    }

    /// <summary>Looks up the row of a raw id in UTF-8; -1 when it is unknown.</summary>
    internal bool TryGetRow(ReadOnlySpan<byte> id, out int row)
    {
        row = Find(id, out _);
        return row >= 0;
    }

    /// <summary>Adds the ids of another index that are not here yet.</summary>
    /// <returns>The row here of each row there.</returns>
    internal int[] AddAll(IdIndex other)
    {
        var rows = new int[other.Count];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row] = GetOrAdd(other.Bytes(row));
        }

        return rows;
    }

    internal int GetOrAdd(string id) => GetOrAdd(id.AsSpan());

    internal int GetOrAdd(ReadOnlySpan<char> id)
    {
        var length = Utf8.GetMaxByteCount(id.Length);
        var bytes = length <= StackBytes ? stackalloc byte[StackBytes] : new byte[length];
        return GetOrAdd(bytes[..Utf8.GetBytes(id, bytes)]);
    }

    internal int GetOrAdd(ReadOnlySpan<byte> id)
    {
        var row = Find(id, out var slot);
        if (row >= 0)
        {
            return row;
        }

        row = AddNew(id);
        table![slot] = row + 1;
        if (table.Length < 2 * Count)
        {
            table = null; // the next search makes a larger one
        }

        return row;
    }

    /// <summary>The ids of some rows, none of them twice, in that order.</summary>
    internal IdIndex Select(ReadOnlySpan<int> rows)
    {
        var bytes = 0;
        foreach (var row in rows)
        {
            bytes += Bytes(row).Length;
        }

        var selected = new IdIndex(rows.Length, bytes);
        foreach (var row in rows)
        {
            selected.AddNew(Bytes(row));
        }

        return selected;
    }

    private int AddNew(ReadOnlySpan<byte> id)
    {
        var start = Count == 0 ? 0 : ends[Count - 1];
        var end = checked(start + id.Length);
        text = Grown(text, end);
        ends = Grown(ends, Count + 1);
        id.CopyTo(text.AsSpan(start));
        ends[Count] = end;
        return Count++;
    }

    private static T[] Grown<T>(T[] array, int needed)
    {
        if (needed > array.Length)
        {
            Array.Resize(ref array, (int)Math.Clamp(2L * array.Length, Math.Max(needed, 16), Math.Max(needed, Array.MaxLength)));
        }

        return array;
    }

    /// <summary>The row of an id, or -1 and the free slot of the table where it belongs.</summary>
    private int Find(ReadOnlySpan<byte> id, out int slot)
    {
        var slots = table ??= MakeTable();
        slot = (int)Hash(id) & (slots.Length - 1);
        while (slots[slot] is var entry && entry != 0)
        {
            if (Bytes(entry - 1).SequenceEqual(id))
            {
                return entry - 1;
            }

            slot = (slot + 1) & (slots.Length - 1);
        }

        return -1;
    }

    private int[] MakeTable()
    {
        var slots = new int[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4 * Count, 16))];
        for (var row = 0; row < Count; row++)
        {
            var slot = (int)Hash(Bytes(row)) & (slots.Length - 1);
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & (slots.Length - 1);
            }

            slots[slot] = row + 1;
        }

        return slots;
    }

    // Multiply and fold eight bytes at a time. Nothing that is saved depends on it.
    private static ulong Hash(ReadOnlySpan<byte> id)
    {
        var hash = 0x9e3779b97f4a7c15UL ^ (ulong)id.Length;
        while (id.Length >= 8)
        {
            hash = Mixed(hash ^ MemoryMarshal.Read<ulong>(id));
            id = id[8..];
        }

        var rest = 0UL;
        foreach (var letter in id)
        {
            rest = (rest << 8) | letter;
        }

        return Mixed(hash ^ rest);

        static ulong Mixed(ulong value)
        {
            var high = Math.BigMul(value, 0xd6e8feb86659fd93UL, out var low);
            return high ^ low;
        }
    }
}
