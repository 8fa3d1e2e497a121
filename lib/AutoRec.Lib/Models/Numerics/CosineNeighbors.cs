using System.Collections.Concurrent;
using System.Numerics;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Finds the rows of a sparse matrix that are most like a given one: cosine with shrinkage,
/// x.y / (|x| |y| + shrinkage), which draws similarities that rest on few common entries to 0.
/// </summary>
internal sealed class CosineNeighbors
{
    private const int BitsPerWord = 64;

    private readonly InteractionMatrix byColumn; // [columns x rows]
    private readonly double[] norms; // of each row
    private readonly double shrinkage;
    private readonly double penalty;
    private readonly ConcurrentBag<Workspace> workspaces = []; // as many as threads search at once

    /// <param name="rows">The rows.</param>
    /// <param name="shrinkage">What is added to the product of two norms.</param>
    /// <param name="penalty">What is added to the square of a norm.</param>
    public CosineNeighbors(InteractionMatrix rows, double shrinkage, double penalty = 0)
    {
        byColumn = rows.Transpose();
        (this.shrinkage, this.penalty) = (shrinkage, penalty);
        norms = [.. Enumerable.Range(0, rows.RowCount).Select(row => Norm(rows.Values(row)))];
    }

    /// <summary>
    /// The <paramref name="k"/> rows with the highest similarity, best first; of equals the lower row. Rows that have
    /// nothing in common, or a similarity below 0, are no neighbours, so that fewer may come back. The time grows with the entries of
    /// the given columns, not with the number of rows.
    /// </summary>
    /// <param name="columns">The columns of the row that others are compared with.</param>
    /// <param name="values">Its values.</param>
    /// <param name="self">A row that is left out, or -1.</param>
    /// <param name="k">The cut-off.</param>
    public Recommendation[] Find(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, int self, int k)
    {
        var space = workspaces.TryTake(out var free) ? free : new Workspace(norms.Length);
        var entries = 0L;
        foreach (var column in columns)
        {
            entries += byColumn.RowLength(column);
        }

        var norm = Norm(values);
        var nearest = entries > norms.Length / 4
            ? AmongAll(space, columns, values, norm, self, k)
            : AmongTouched(space, columns, values, norm, self, k);
        workspaces.Add(space);
        var count = nearest.Length;
        while (count > 0 && !(nearest[count - 1].Score > 0))
        {
            count--;
        }

        return nearest[..count];
    }

    private Recommendation[] AmongAll(
        Workspace space, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, double norm, int self, int k)
    {
        var sums = space.Sums;
        for (var i = 0; i < columns.Length; i++)
        {
            var rows = byColumn.Columns(columns[i]);
            var rowValues = byColumn.Values(columns[i]);
            var value = values[i];
            for (var j = 0; j < rows.Length; j++)
            {
                sums[rows[j]] += value * rowValues[j];
            }
        }

        for (var row = 0; row < sums.Length; row++)
        {
            sums[row] = Similarity(sums[row], norm, row);
        }

        var nearest = Ranking.TopK(sums, self < 0 ? [] : [self], k, TieOrder.ByRow).Items;
        Array.Clear(sums);
        return nearest;
    }

    private Recommendation[] AmongTouched(
        Workspace space, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, double norm, int self, int k)
    {
        var (sums, isTouched, touched) = (space.Sums, space.IsTouched, space.Touched);
        for (var i = 0; i < columns.Length; i++)
        {
            var rows = byColumn.Columns(columns[i]);
            var rowValues = byColumn.Values(columns[i]);
            for (var j = 0; j < rows.Length; j++)
            {
                var row = rows[j];
                isTouched[row / BitsPerWord] |= 1UL << row; // The shift takes the lower 6 bits.
                sums[row] += values[i] * rowValues[j];
            }
        }

        // In the order of rows, which decides between equals.
        var (similarities, count) = (space.Similarities, 0);
        for (var word = 0; word < isTouched.Length; word++)
        {
            for (var bits = isTouched[word]; bits != 0; bits &= bits - 1)
            {
                var row = (word * BitsPerWord) + BitOperations.TrailingZeroCount(bits);
                touched[count] = row;
                similarities[count++] = row == self ? float.NegativeInfinity : Similarity(sums[row], norm, row);
                sums[row] = 0;
            }

            isTouched[word] = 0;
        }

        return Array.ConvertAll(
            Ranking.TopK(similarities.AsSpan(0, count), [], k, TieOrder.ByRow).Items, place => place with { Item = touched[place.Item] });
    }

    private float Similarity(float product, double norm, int row) =>
        product == 0 ? 0 : (float)(product / ((norm * norms[row]) + shrinkage));

    private double Norm(ReadOnlySpan<float> values) => Math.Sqrt(TensorPrimitives.SumOfSquares(values) + penalty);

    /// <summary>What a search needs; between searches all numbers are 0.</summary>
    private sealed class Workspace(int rows)
    {
        public float[] Sums { get; } = new float[rows];

        public ulong[] IsTouched { get; } = new ulong[(rows / BitsPerWord) + 1]; // a bit for each row

        public int[] Touched { get; } = new int[rows];

        public float[] Similarities { get; } = new float[rows]; // of those
    }
}
