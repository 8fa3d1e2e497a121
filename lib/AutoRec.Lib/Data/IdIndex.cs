using System.Collections;

namespace AutoRec.Data;

/// <summary>
/// The two-way map between raw ids (strings, as files hold them) and rows (0, 1, 2, ..., as matrices use them).
/// Rows are given in the order in which ids are first met.
/// </summary>
public sealed class IdIndex : IReadOnlyList<string>
{
    private readonly List<string> ids = [];
    private readonly Dictionary<string, int> rows = new(StringComparer.Ordinal);

    /// <summary>Makes an index of <paramref name="ids"/>; an id that comes again keeps its first row.</summary>
    public IdIndex(IEnumerable<string> ids)
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

    /// <summary>How many ids there are; rows run from 0 to one less.</summary>
    public int Count => ids.Count;

    /// <summary>The raw id of a row.</summary>
    public string this[int row] => ids[row];

    /// <summary>The row of a raw id.</summary>
    /// <exception cref="KeyNotFoundException">The id is not in the index.</exception>
    public int RowOf(string id) => rows.TryGetValue(id, out var row) ? row : throw new KeyNotFoundException($"The id '{id}' is unknown; {Count} ids are known.");

    /// <summary>Looks up the row of a raw id; false when the id is unknown.</summary>
    public bool TryGetRow(string id, out int row) => rows.TryGetValue(id, out row);

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ids.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal int GetOrAdd(string id)
    {
        if (!rows.TryGetValue(id, out var row))
        {
            row = ids.Count;
            ids.Add(id);
            rows.Add(id, row);
        }

        return row;
    }

    // Saves the string allocation for every id but the first of its kind, which is what most lines of a file hold.
    internal int GetOrAdd(ReadOnlySpan<char> id)
    {
        if (rows.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out var row))
        {
            return row;
        }

        return GetOrAdd(id.ToString());
    }
}
