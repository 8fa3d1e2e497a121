using System.Numerics.Tensors;
using AutoRec.Data;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>
/// Some rows of a sparse matrix, with values that may be changed for training, and their entries by column as well: what
/// layers as wide as the catalogue need in place of a dense batch. Its buffers are used again from batch to batch.
/// </summary>
/// <param name="columnCount">Columns of the matrix.</param>
internal sealed class SparseBatch(int columnCount)
{
    private const int DrawsAtOnce = 1 << 12;

    private int[] rowStart = [0];     // [rows + 1]
    private int[] columns = [];       // [entries]
    private float[] values = [];      // [entries]
    private readonly int[] columnStart = new int[columnCount + 1];
    private readonly int[] next = new int[columnCount];
    private int[] entryRow = [];      // [entries], by column
    private int[] entryOf = [];       // [entries], by column

    /// <summary>Rows of the batch.</summary>
    public int RowCount { get; private set; }

    /// <summary>Columns.</summary>
    public int ColumnCount => columnCount;

    /// <summary>Entries of the batch.</summary>
    public int Count => rowStart[RowCount];

    /// <summary>The values of all entries, row after row; to be changed in place: [entries].</summary>
    public Span<float> AllValues => values.AsSpan(0, Count);

    /// <summary>Replaces the batch by rows of a matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="rows">Its rows, in the order of the batch.</param>
    /// <returns>This batch.</returns>
    public SparseBatch Fill(InteractionMatrix matrix, ReadOnlySpan<int> rows)
    {
        RowCount = rows.Length;
        Sizes.Grow(ref rowStart, rows.Length + 1);
        for (var i = 0; i < rows.Length; i++)
        {
            rowStart[i + 1] = rowStart[i] + matrix.RowLength(rows[i]);
        }

        Sizes.Grow(ref columns, Count);
        Sizes.Grow(ref values, Count);
        for (var i = 0; i < rows.Length; i++)
        {
            matrix.Columns(rows[i]).CopyTo(columns.AsSpan(rowStart[i]));
            matrix.Values(rows[i]).CopyTo(values.AsSpan(rowStart[i]));
        }

        SortByColumn();
        return this;
    }

    /// <summary>The number of a row's first entry.</summary>
    public int FirstEntry(int row) => rowStart[row];

    /// <summary>The columns of a row.</summary>
    public ReadOnlySpan<int> Columns(int row) => columns.AsSpan(rowStart[row], rowStart[row + 1] - rowStart[row]);

    /// <summary>The values of a row, in the order of its columns; to be changed in place.</summary>
    public Span<float> Values(int row) => values.AsSpan(rowStart[row], rowStart[row + 1] - rowStart[row]);

    /// <summary>The rows of a column's entries, ascending.</summary>
    public ReadOnlySpan<int> RowsOf(int column) => entryRow.AsSpan(columnStart[column], columnStart[column + 1] - columnStart[column]);

    /// <summary>The numbers of a column's entries, ascending.</summary>
    public ReadOnlySpan<int> EntriesOf(int column) => entryOf.AsSpan(columnStart[column], columnStart[column + 1] - columnStart[column]);

    /// <summary>Adds to a sum, for each entry of a row, a number of the entry times the vector of its column.</summary>
    /// <param name="row">The row of the batch.</param>
    /// <param name="numbers">Such as the values: [entries].</param>
    /// <param name="vectors">[columns x stride].</param>
    /// <param name="stride">The distance of vectors: the length of the sum, or more.</param>
    /// <param name="sum">The sum.</param>
    public void AddColumnsOf(int row, ReadOnlySpan<float> numbers, Span<float> vectors, int stride, Span<float> sum)
    {
        var terms = new ScaledSum(vectors, stride, sum);
        for (var entry = rowStart[row]; entry < rowStart[row + 1]; entry++)
        {
            if (numbers[entry] is not 0 and var number)
            {
                terms.Add(columns[entry], number);
            }
        }

        terms.Complete();
    }

    /// <summary>Adds to a sum, for each entry of a column, a number of the entry times the vector of its row.</summary>
    /// <param name="column">The column.</param>
    /// <param name="numbers">Such as the values: [entries].</param>
    /// <param name="vectors">[rows x stride].</param>
    /// <param name="stride">The distance of vectors: the length of the sum, or more.</param>
    /// <param name="sum">The sum.</param>
    public void AddRowsOf(int column, ReadOnlySpan<float> numbers, Span<float> vectors, int stride, Span<float> sum)
    {
        var terms = new ScaledSum(vectors, stride, sum);
        for (var place = columnStart[column]; place < columnStart[column + 1]; place++)
        {
            if (numbers[entryOf[place]] is not 0 and var number)
            {
                terms.Add(entryRow[place], number);
            }
        }

        terms.Complete();
    }

    /// <summary>Each entry becomes 1.</summary>
    public SparseBatch Binarize()
    {
        AllValues.Fill(1);
        return this;
    }

    /// <summary>Each value becomes as many times as large.</summary>
    public SparseBatch Scale(float factor)
    {
        TensorPrimitives.Multiply(AllValues, factor, AllValues);
        return this;
    }

    /// <summary>Adds normal noise to the values.</summary>
    /// <param name="deviation">The standard deviation of the noise; 0 for none.</param>
    /// <param name="generator">The source of randomness: one draw an entry, so the same on every device and with every engine.</param>
    public SparseBatch AddNoise(double deviation, Generator generator)
    {
        if (deviation > 0 && Count > 0)
        {
            using var draws = randn(Count, generator: generator);
            TensorPrimitives.MultiplyAdd(draws.Numbers(), (float)deviation, AllValues, AllValues);
        }

        return this;
    }

    /// <summary>
    /// Adds entries of value 0 at random columns where a row has no entry, each by itself with the probability that gives the requested
    /// number on average. The columns between two of them are passed over in one draw, from a geometric distribution.
    /// </summary>
    /// <param name="perEntry">How many to add for each entry of a row, at least 0; infinity adds all there are.</param>
    /// <param name="generator">The source of randomness.</param>
    public SparseBatch AddZeros(double perEntry, Generator generator)
    {
        var starts = new int[RowCount + 1];
        List<int> newColumns = [];
        List<float> newValues = [];
        double[] draws = [];
        var drawn = 0;
        for (var row = 0; row < RowCount; row++)
        {
            var (first, count) = (rowStart[row], rowStart[row + 1] - rowStart[row]);
            var others = columnCount - count;
            var probability = count == 0 ? 0 : Math.Min(1, perEntry * count / Math.Max(1, others));
            var own = 0;
            for (var other = Gap(probability); other < others; other += 1 + Gap(probability))
            {
                while (own < count && columns[first + own] <= other + own)
                {
                    AddOwn();
                }

                newColumns.Add((int)other + own);
                newValues.Add(0);
            }

            while (own < count)
            {
                AddOwn();
            }

            starts[row + 1] = newColumns.Count;

            void AddOwn()
            {
                newColumns.Add(columns[first + own]);
                newValues.Add(values[first + own]);
                own++;
            }
        }

        (rowStart, columns, values) = (starts, [.. newColumns], [.. newValues]);
        SortByColumn();
        return this;

        // How many columns come before the next one that gets an entry.
        double Gap(double probability)
        {
            if (probability is 0 or 1)
            {
                return probability == 0 ? double.PositiveInfinity : 0;
            }

            if (drawn == draws.Length)
            {
                using var more = rand(DrawsAtOnce, dtype: ScalarType.Float64, generator: generator);
                (draws, drawn) = (more.data<double>().ToArray(), 0);
            }

            return Math.Floor(Math.Log(1 - draws[drawn++]) / Math.Log(1 - probability));
        }
    }

    /// <summary>Each row becomes as long as 1 (L2); a row of zeros stays as it is.</summary>
    public SparseBatch Normalize()
    {
        for (var row = 0; row < RowCount; row++)
        {
            var length = TensorPrimitives.Norm<float>(Values(row));
            if (length > 0)
            {
                TensorPrimitives.Divide(Values(row), length, Values(row));
            }
        }

        return this;
    }

    /// <summary>Sets a random share of the entries to 0 and divides the others by what is left (Srivastava et al. 2014).</summary>
    /// <param name="share">The probability of each entry to be dropped, below 1.</param>
    /// <param name="generator">The source of randomness: one draw an entry, so the same on every device and with every engine.</param>
    public SparseBatch Drop(double share, Generator generator)
    {
        if (share > 0 && Count > 0)
        {
            using var draws = rand(Count, generator: generator);
            var scale = (float)(1 / (1 - share));
            var dropped = (float)share;
            var drawn = draws.Numbers();
            for (var entry = 0; entry < Count; entry++)
            {
                values[entry] = drawn[entry] >= dropped ? values[entry] * scale : 0;
            }
        }

        return this;
    }

    /// <summary>The values alone: [entries].</summary>
    /// <param name="device">The device of the tensor.</param>
    public Tensor ToValues(Device device)
    {
        var numbers = empty(Count); // torch's own memory: see ToDense
        AllValues.CopyTo(numbers.Numbers());
        return numbers.to(device);
    }

    /// <summary>Where the entries are among the numbers of the dense rows, row x columns + column: [entries].</summary>
    /// <param name="device">The device of the tensor.</param>
    public Tensor Places(Device device)
    {
        var places = new long[Count];
        for (var row = 0; row < RowCount; row++)
        {
            for (var entry = rowStart[row]; entry < rowStart[row + 1]; entry++)
            {
                places[entry] = ((long)row * columnCount) + columns[entry];
            }
        }

        return tensor(places).to(device);
    }

    /// <summary>The rows with all their zeros: [rows x columns].</summary>
    /// <param name="device">The device of the tensor.</param>
    public Tensor ToDense(Device device) => ToDense(device, AllValues);

    /// <summary>The rows with all their zeros and other values at the entries: [rows x columns].</summary>
    /// <param name="device">The device of the tensor.</param>
    /// <param name="entryValues">The values: [entries].</param>
    public Tensor ToDense(Device device, ReadOnlySpan<float> entryValues)
    {
        // Filled in torch's own memory: a tensor over a managed array is not aligned, and matrix products on it may then
        // differ in the last bit from run to run.
        var dense = zeros(RowCount, columnCount);
        var numbers = dense.Numbers();
        for (var row = 0; row < RowCount; row++)
        {
            var target = numbers.Slice(row * columnCount, columnCount);
            var its = Columns(row);
            for (var i = 0; i < its.Length; i++)
            {
                target[its[i]] = entryValues[rowStart[row] + i];
            }
        }

        return dense.to(device);
    }

    // A counting sort, in which the entries of a column keep the order of their rows.
    private void SortByColumn()
    {
        Sizes.Grow(ref entryRow, Count);
        Sizes.Grow(ref entryOf, Count);
        Array.Clear(columnStart);
        foreach (var column in columns.AsSpan(0, Count))
        {
            columnStart[column + 1]++;
        }

        for (var column = 0; column < columnCount; column++)
        {
            columnStart[column + 1] += columnStart[column];
        }

        columnStart.AsSpan(0, columnCount).CopyTo(next);
        for (var row = 0; row < RowCount; row++)
        {
            for (var entry = rowStart[row]; entry < rowStart[row + 1]; entry++)
            {
                var place = next[columns[entry]]++;
                entryRow[place] = row;
                entryOf[place] = entry;
            }
        }
    }
}
