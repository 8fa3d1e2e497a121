using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>
/// A batch of a hybrid AutoRec: rows of centred values as target, and as input the same with some hidden and the features of the row
/// behind them. Of both a process has the entries of its visible units.
/// </summary>
internal sealed class HybridBatch
{
    private readonly InteractionMatrix centred; // [rows x units of this process]
    private readonly int[] lengths;             // of whole rows
    private readonly int[] firsts;              // where the entries of this process begin in a whole row
    private readonly double dropout;
    private readonly float weightOfSeen;
    private readonly float weightOfHidden;
    private float[] weights = [];

    /// <summary>Prepares the batches of a training.</summary>
    /// <param name="values">The values: [rows x visible].</param>
    /// <param name="hybrid">How they are read, with the features of each row.</param>
    /// <param name="units">How the visible units lie on processes.</param>
    /// <param name="dropout">The share of ratings that are hidden from the encoder.</param>
    /// <param name="predictionWeight">The weight of the errors of hidden ratings.</param>
    /// <param name="reconstructionWeight">The weight of the errors of the others.</param>
    public HybridBatch(
        InteractionMatrix values,
        HybridRows hybrid,
        LeafSplit units,
        double dropout,
        double predictionWeight,
        double reconstructionWeight)
    {
        lengths = values.RowLengths();
        firsts = [.. Enumerable.Range(0, values.RowCount).Select(row => FirstOf(values.Columns(row), units.First))];
        (var whole, Means) = hybrid.Centre(values);
        Read = hybrid.Read(whole, Enumerable.Range(0, values.RowCount).ToArray(), units);
        centred = whole.SelectColumns(units.First, units.End);
        this.dropout = dropout;

        // Errors are those of values, of which the target holds other units.
        weightOfSeen = (float)(reconstructionWeight * hybrid.Unit * hybrid.Unit);
        weightOfHidden = (float)(predictionWeight * hybrid.Unit * hybrid.Unit);
        (Input, Target) = (new SparseBatch(Read.ColumnCount), new SparseBatch(centred.ColumnCount));

        static int FirstOf(ReadOnlySpan<int> columns, int first) => columns.BinarySearch(first) is var place && place < 0 ? ~place : place;
    }

    /// <summary>The rows as the network reads them, none hidden: [rows x (units of this process + features)].</summary>
    public InteractionMatrix Read { get; }

    /// <summary>The means that were taken off rows; see <see cref="HybridRows.Centre"/>.</summary>
    public float[] Means { get; }

    /// <summary>[batch x (units of this process + features)].</summary>
    public SparseBatch Input { get; }

    /// <summary>[batch x units of this process].</summary>
    public SparseBatch Target { get; }

    /// <summary>The weight of each entry of the target: [entries of the target].</summary>
    public ReadOnlyMemory<float> Weights => weights.AsMemory(0, Target.Count);

    /// <summary>Replaces the batch by rows of the matrix, and draws which ratings are hidden.</summary>
    public void Fill(ReadOnlySpan<int> rows, Generator generator)
    {
        Target.Fill(centred, rows);
        Input.Fill(Read, rows);
        if (weights.Length < Target.Count)
        {
            weights = new float[Target.Count];
        }

        // Every process draws for whole rows, so that its own entries have the draws that they have on one process.
        var count = 0;
        foreach (var row in rows)
        {
            count += lengths[row];
        }

        using var draws = rand(Math.Max(1, count), generator: generator);
        var drawn = draws.Numbers();
        for (var (row, start) = (0, 0); row < rows.Length; start += lengths[rows[row++]])
        {
            var input = Input.Values(row);
            var first = Target.FirstEntry(row);
            for (var i = 0; i < Target.Columns(row).Length; i++)
            {
                var isSeen = drawn[start + firsts[rows[row]] + i] >= dropout;
                input[i] = isSeen ? input[i] : 0;
                weights[first + i] = isSeen ? weightOfSeen : weightOfHidden;
            }
        }
    }
}
