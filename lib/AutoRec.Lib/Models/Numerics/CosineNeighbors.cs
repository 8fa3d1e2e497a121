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
    private readonly InteractionMatrix byColumn; // [columns x rows]
    private readonly double[] norms; // of each row
    private readonly double shrinkage;

    public CosineNeighbors(InteractionMatrix rows, double shrinkage)
    {
        byColumn = rows.Transpose();
        norms = [.. Enumerable.Range(0, rows.RowCount).Select(row => Norm(rows.Values(row)))];
        this.shrinkage = shrinkage;
    }

    /// <summary>
    /// The <paramref name="k"/> rows with the highest similarity, best first; of equals the lower row. Rows that have
    /// nothing in common, or a similarity below 0, are no neighbours, so that fewer may come back.
    /// </summary>
    /// <param name="columns">The columns of the row that others are compared with.</param>
    /// <param name="values">Its values.</param>
    /// <param name="self">A row that is left out, or -1.</param>
    /// <param name="k">The cut-off.</param>
    public IEnumerable<Recommendation> Find(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, int self, int k)
    {
        var similarities = new float[norms.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var rows = byColumn.Columns(columns[i]);
            var rowValues = byColumn.Values(columns[i]);
            for (var j = 0; j < rows.Length; j++)
            {
                similarities[rows[j]] += values[i] * rowValues[j];
            }
        }

        var norm = Norm(values);
        for (var row = 0; row < similarities.Length; row++)
        {
            if (similarities[row] != 0)
            {
                similarities[row] = (float)(similarities[row] / ((norm * norms[row]) + shrinkage));
            }
        }

        return Ranking.TopK(similarities, self < 0 ? [] : [self], k, TieOrder.ByRow).Items.TakeWhile(neighbor => neighbor.Score > 0);
    }

    private static double Norm(ReadOnlySpan<float> values) => Math.Sqrt(TensorPrimitives.SumOfSquares(values));
}
