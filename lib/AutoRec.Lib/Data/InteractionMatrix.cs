using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace AutoRec.Data;

/// <summary>
/// A sparse matrix of interactions, [users x items] unless transposed, in compressed rows (CSR): the columns of a row
/// are sorted, each occurs once, and only what was observed takes memory (8 bytes an entry and 4 a row).
/// </summary>
public sealed class InteractionMatrix
{
    private readonly int[] offsets; // [rows + 1]
    private readonly int[] columns; // [entries]
    private readonly float[] values; // [entries]
    private readonly long[] times; // [entries]; empty where they are not known
    private InteractionMatrix? transposed;

    private InteractionMatrix(int columnCount, int[] offsets, int[] columns, float[] values, Feedback feedback, long[]? times = null)
    {
        ColumnCount = columnCount;
        Feedback = feedback;
        this.offsets = offsets;
        this.columns = columns;
        this.values = values;
        this.times = times ?? [];
    }

    /// <summary>Rows: users, unless transposed.</summary>
    public int RowCount => offsets.Length - 1;

    /// <summary>Columns: items, unless transposed.</summary>
    public int ColumnCount { get; }

    /// <summary>The number of stored entries.</summary>
    public int Count => values.Length;

    /// <summary>
    /// What values say, and which entries are positive; it is that of the log. Of a matrix that was made of triplets every entry is
    /// positive. A transpose and a selection of rows keep it.
    /// </summary>
    public Feedback Feedback { get; }

    /// <summary>
    /// Which rows or columns this process has the entries of, where several processes have the matrix together; null where it has all. A
    /// transpose and a selection of rows or columns have none.
    /// </summary>
    internal LogShare? Share { get; private init; }

    /// <summary>
    /// The scale that values lie on, to which models clip their predictions: the one declared, or else the observed range.
    /// </summary>
    public RatingScale Scale => Feedback.Scale;

    /// <summary>
    /// Where each row starts in <see cref="Columns()"/> and <see cref="Values()"/>, with the end behind the last: [rows + 1].
    /// </summary>
    public ReadOnlySpan<int> Offsets => offsets;

    /// <summary>Makes a matrix of (row, column, value) triplets in any order.</summary>
    /// <param name="rowCount">Rows, those without an entry included.</param>
    /// <param name="columnCount">Columns, those without an entry included.</param>
    /// <param name="rows">The row of each entry.</param>
    /// <param name="columns">The column of each entry.</param>
    /// <param name="values">The value of each entry.</param>
    /// <param name="scale">The scale of the values; null takes the observed range (0 to 0 without entries).</param>
    /// <exception cref="ArgumentException">The spans differ in length, an index is out of range, or a pair occurs twice.</exception>
    public static InteractionMatrix FromTriplets(
        int rowCount,
        int columnCount,
        ReadOnlySpan<int> rows,
        ReadOnlySpan<int> columns,
        ReadOnlySpan<float> values,
        RatingScale? scale = null) =>
        FromTriplets(rowCount, columnCount, rows, columns, values, Feedback.OfAnyValue(scale ?? ObservedRange(values)));

    /// <inheritdoc cref="FromTriplets(int, int, ReadOnlySpan{int}, ReadOnlySpan{int}, ReadOnlySpan{float}, RatingScale?)"/>
    internal static InteractionMatrix FromTriplets(
        int rowCount,
        int columnCount,
        ReadOnlySpan<int> rows,
        ReadOnlySpan<int> columns,
        ReadOnlySpan<float> values,
        Feedback feedback,
        ReadOnlySpan<long> times = default,
        LogShare? share = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        if (rows.Length != columns.Length || rows.Length != values.Length || (!times.IsEmpty && rows.Length != times.Length))
        {
            throw new ArgumentException($"Rows ({rows.Length}), columns ({columns.Length}) and values ({values.Length}) differ in length.");
        }

        // Two counting sorts, first by column and then, stably, by row, leave the columns of each row sorted.
        var order = CountingSort(columns, columnCount, Ascending(rows.Length), out _);
        order = CountingSort(rows, rowCount, order, out var offsets);
        var sortedColumns = new int[order.Length];
        var sortedValues = new float[order.Length];
        var sortedTimes = times.IsEmpty ? [] : new long[order.Length];
        for (var i = 0; i < order.Length; i++)
        {
            sortedColumns[i] = columns[order[i]];
            sortedValues[i] = values[order[i]];
            if (sortedTimes.Length > 0)
            {
                sortedTimes[i] = times[order[i]];
            }

            if (i > 0 && sortedColumns[i] == sortedColumns[i - 1] && rows[order[i]] == rows[order[i - 1]])
            {
                throw new ArgumentException($"The pair (row {rows[order[i]]}, column {sortedColumns[i]}) occurs twice.");
            }
        }

        return new InteractionMatrix(columnCount, offsets, sortedColumns, sortedValues, feedback, sortedTimes) { Share = share };
    }

    /// <summary>Makes a matrix of triplets that are sorted by row and then by column, without copying columns and values.</summary>
    internal static InteractionMatrix FromSorted(
        int rowCount,
        int columnCount,
        ReadOnlySpan<int> rows,
        ImmutableArray<int> columns,
        ImmutableArray<float> values,
        ImmutableArray<long> times,
        Feedback feedback,
        LogShare? share = null)
    {
        var offsets = new int[rowCount + 1];
        foreach (var row in rows)
        {
            offsets[row + 1]++;
        }

        for (var row = 0; row < rowCount; row++)
        {
            offsets[row + 1] += offsets[row];
        }

        return new InteractionMatrix(columnCount, offsets, Shared(columns), Shared(values), feedback, Shared(times)) { Share = share };

        static T[] Shared<T>(ImmutableArray<T> array) => ImmutableCollectionsMarshal.AsArray(array)!; // a matrix never changes its arrays
    }

    /// <summary>Makes a matrix of rows whose columns are ascending, without copying. The scale is the observed range.</summary>
    internal static InteractionMatrix FromRows(int columnCount, int[] offsets, int[] columns, float[] values) =>
        new(columnCount, offsets, columns, values, Feedback.OfAnyValue(ObservedRange(values)));

    /// <summary>The columns of all entries, row after row: [entries].</summary>
    public ReadOnlySpan<int> Columns() => columns;

    /// <summary>The columns of one row, ascending.</summary>
    public ReadOnlySpan<int> Columns(int row) => columns.AsSpan(offsets[row], RowLength(row));

    /// <summary>The values of all entries, row after row: [entries].</summary>
    public ReadOnlySpan<float> Values() => values;

    /// <summary>The values of one row, in the order of its columns.</summary>
    public ReadOnlySpan<float> Values(int row) => values.AsSpan(offsets[row], RowLength(row));

    /// <summary>
    /// When each entry happened, in the order of <see cref="Values()"/> and in seconds since 1970-01-01 UTC; empty where that is not
    /// known. A transpose and a selection of rows have none.
    /// </summary>
    internal ReadOnlySpan<long> Times() => times;

    /// <summary>The number of entries of one row.</summary>
    public int RowLength(int row) => offsets[row + 1] - offsets[row];

    /// <summary>The number of entries of each row.</summary>
    public int[] RowLengths() => [.. Enumerable.Range(0, RowCount).Select(RowLength)];

    /// <summary>The entries of one row, with ascending columns.</summary>
    public (int Column, float Value)[] Row(int row) => [.. Columns(row).ToArray().Zip(Values(row).ToArray())];

    /// <summary>The number of rows that have an entry.</summary>
    public int CountRows() => Enumerable.Range(0, RowCount).Count(row => RowLength(row) > 0);

    /// <summary>The row of each entry: [count].</summary>
    internal int[] RowOfEachEntry()
    {
        var rows = new int[Count];
        for (var row = 0; row < RowCount; row++)
        {
            rows.AsSpan(Offsets[row], RowLength(row)).Fill(row);
        }

        return rows;
    }

    /// <summary>The number of entries of each column.</summary>
    internal int[] CountByColumn() => Codes.Count(columns, ColumnCount);

    /// <summary>Whether an entry is stored.</summary>
    public bool Contains(int row, int column) => Columns(row).BinarySearch(column) >= 0;

    /// <summary>The transpose, made at the first call and kept.</summary>
    public InteractionMatrix Transpose()
    {
        if (transposed is null)
        {
            transposed = TransposeOnce();
            transposed.transposed = this;
        }

        return transposed;
    }

    /// <summary>The transpose, which is not kept.</summary>
    internal InteractionMatrix TransposeOnce()
    {
        var newOffsets = new int[ColumnCount + 1];
        foreach (var column in columns)
        {
            newOffsets[column + 1]++;
        }

        for (var column = 0; column < ColumnCount; column++)
        {
            newOffsets[column + 1] += newOffsets[column];
        }

        // Row after row, so that the columns of each new row are ascending.
        var (next, newColumns, newValues) = (newOffsets.AsSpan(0, ColumnCount).ToArray(), new int[Count], new float[Count]);
        for (var row = 0; row < RowCount; row++)
        {
            for (var entry = offsets[row]; entry < offsets[row + 1]; entry++)
            {
                var place = next[columns[entry]]++;
                (newColumns[place], newValues[place]) = (row, values[entry]);
            }
        }

        return new InteractionMatrix(RowCount, newOffsets, newColumns, newValues, Feedback);
    }

    /// <summary>The rows <paramref name="rows"/>, in that order, as a matrix of their own with the same columns.</summary>
    public InteractionMatrix SelectRows(ReadOnlySpan<int> rows)
    {
        var newOffsets = new int[rows.Length + 1];
        for (var i = 0; i < rows.Length; i++)
        {
            newOffsets[i + 1] = newOffsets[i] + RowLength(rows[i]);
        }

        var newColumns = new int[newOffsets[^1]];
        var newValues = new float[newOffsets[^1]];
        for (var i = 0; i < rows.Length; i++)
        {
            Columns(rows[i]).CopyTo(newColumns.AsSpan(newOffsets[i]));
            Values(rows[i]).CopyTo(newValues.AsSpan(newOffsets[i]));
        }

        return new InteractionMatrix(ColumnCount, newOffsets, newColumns, newValues, Feedback);
    }

    /// <summary>The columns of another matrix behind those of this one.</summary>
    /// <param name="right">A matrix with as many rows.</param>
    internal InteractionMatrix Beside(InteractionMatrix right)
    {
        var (newColumns, newValues) = (new int[Count + right.Count], new float[Count + right.Count]);
        var newOffsets = new int[offsets.Length];
        for (var row = 0; row < RowCount; row++)
        {
            var (start, middle) = (newOffsets[row], newOffsets[row] + RowLength(row));
            newOffsets[row + 1] = middle + right.RowLength(row);
            Columns(row).CopyTo(newColumns.AsSpan(start));
            TensorPrimitives.Add(right.Columns(row), ColumnCount, newColumns.AsSpan(middle));
            Values(row).CopyTo(newValues.AsSpan(start));
            right.Values(row).CopyTo(newValues.AsSpan(middle));
        }

        return new InteractionMatrix(ColumnCount + right.ColumnCount, newOffsets, newColumns, newValues, Feedback);
    }

    /// <summary>A contiguous part of the columns, as a matrix of its own with the same rows.</summary>
    /// <param name="first">The first column, which becomes column 0.</param>
    /// <param name="end">The end behind the last.</param>
    internal InteractionMatrix SelectColumns(int first, int end)
    {
        if (first == 0 && end == ColumnCount)
        {
            return this;
        }

        var (newOffsets, starts) = (new int[offsets.Length], new int[RowCount]);
        for (var row = 0; row < RowCount; row++)
        {
            starts[row] = offsets[row] + Place(row, first);
            newOffsets[row + 1] = newOffsets[row] + Place(row, end) - Place(row, first);
        }

        var (newColumns, newValues) = (new int[newOffsets[^1]], new float[newOffsets[^1]]);
        for (var row = 0; row < RowCount; row++)
        {
            var length = newOffsets[row + 1] - newOffsets[row];
            TensorPrimitives.Subtract(columns.AsSpan(starts[row], length), first, newColumns.AsSpan(newOffsets[row]));
            values.AsSpan(starts[row], length).CopyTo(newValues.AsSpan(newOffsets[row]));
        }

        return new InteractionMatrix(end - first, newOffsets, newColumns, newValues, Feedback);

        int Place(int row, int column) => Columns(row).BinarySearch(column) is var place && place < 0 ? ~place : place;
    }

    /// <summary>Some of the entries and those of another matrix, which has none of them.</summary>
    /// <param name="isKept">Whether an entry is kept, by its row and its column.</param>
    /// <param name="others">Further entries: [rows x columns].</param>
    /// <param name="share">The share that these are.</param>
    internal InteractionMatrix With(Func<int, int, bool> isKept, InteractionMatrix others, LogShare share)
    {
        var newOffsets = new int[offsets.Length];
        for (var row = 0; row < RowCount; row++)
        {
            newOffsets[row + 1] = newOffsets[row] + others.RowLength(row);
            foreach (var column in Columns(row))
            {
                newOffsets[row + 1] += isKept(row, column) ? 1 : 0;
            }
        }

        var (newColumns, newValues, place) = (new int[newOffsets[^1]], new float[newOffsets[^1]], 0);
        for (var row = 0; row < RowCount; row++)
        {
            var (entry, other) = (offsets[row], others.offsets[row]);
            while (place < newOffsets[row + 1])
            {
                while (entry < offsets[row + 1] && !isKept(row, columns[entry]))
                {
                    entry++;
                }

                var isOther = entry == offsets[row + 1]
                    || (other < others.offsets[row + 1] && others.columns[other] < columns[entry]);
                (newColumns[place], newValues[place++]) = isOther
                    ? (others.columns[other], others.values[other++])
                    : (columns[entry], values[entry++]);
            }
        }

        return new InteractionMatrix(ColumnCount, newOffsets, newColumns, newValues, Feedback) { Share = share };
    }

    /// <summary>The entries that are positive, with rows, columns and feedback as they are.</summary>
    public InteractionMatrix Positives()
    {
        var count = 0;
        foreach (var value in values)
        {
            count += Feedback.IsPositive(value) ? 1 : 0;
        }

        if (count == Count)
        {
            return this;
        }

        var (newOffsets, newColumns, newValues) = (new int[offsets.Length], new int[count], new float[count]);
        var newTimes = times.Length == 0 ? [] : new long[count];
        var kept = 0;
        for (var row = 0; row < RowCount; row++)
        {
            for (var entry = offsets[row]; entry < offsets[row + 1]; entry++)
            {
                if (Feedback.IsPositive(values[entry]))
                {
                    (newColumns[kept], newValues[kept]) = (columns[entry], values[entry]);
                    if (newTimes.Length > 0)
                    {
                        newTimes[kept] = times[entry];
                    }

                    kept++;
                }
            }

            newOffsets[row + 1] = kept;
        }

        return new InteractionMatrix(ColumnCount, newOffsets, newColumns, newValues, Feedback, newTimes);
    }

    /// <summary>
    /// The entries that a model learns from and knows a user by: all ratings for a model that predicts ratings; otherwise, and where there
    /// are no ratings, the positives.
    /// </summary>
    internal InteractionMatrix LearnedBy(bool predictsRatings) => predictsRatings && Feedback.HasRatings ? this : Positives();

    /// <summary>The same entries, each with the value 1, on the scale 0 to 1: implicit feedback.</summary>
    public InteractionMatrix Binarize()
    {
        var ones = new float[Count];
        Array.Fill(ones, 1f);
        return WithValues(ones, Feedback.Likes);
    }

    /// <summary>The same entries with other values, on another scale.</summary>
    /// <param name="newValues">The values, in the order of <see cref="Values()"/>: [entries].</param>
    /// <param name="scale">Their scale.</param>
    internal InteractionMatrix WithValues(float[] newValues, RatingScale scale) =>
        WithValues(newValues, Feedback.OfAnyValue(scale));

    private InteractionMatrix WithValues(float[] newValues, Feedback feedback) => newValues.Length == Count
        ? new InteractionMatrix(ColumnCount, offsets, columns, newValues, feedback, times) { Share = Share }
        : throw new ArgumentException($"There are {newValues.Length} values for {Count} entries.", nameof(newValues));

    private static RatingScale ObservedRange(ReadOnlySpan<float> values) =>
        values.IsEmpty ? default : new RatingScale(TensorPrimitives.Min(values), TensorPrimitives.Max(values));

    private static int[] Ascending(int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = i;
        }

        return numbers;
    }

    private static int[] CountingSort(ReadOnlySpan<int> keys, int keyCount, int[] order, out int[] offsets)
    {
        offsets = new int[keyCount + 1];
        foreach (var key in keys)
        {
            if ((uint)key >= (uint)keyCount)
            {
                throw new ArgumentException($"The index {key} is outside 0..{keyCount - 1}.");
            }

            offsets[key + 1]++;
        }

        for (var key = 0; key < keyCount; key++)
        {
            offsets[key + 1] += offsets[key];
        }

        var next = offsets.AsSpan(0, keyCount).ToArray();
        var sorted = new int[order.Length];
        foreach (var position in order)
        {
            sorted[next[keys[position]]++] = position;
        }

        return sorted;
    }
}
