using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>
/// A batch of a hybrid AutoRec: rows of centred values as target, and as input the same with some hidden and the features of the row
/// behind them.
/// </summary>
/// <param name="matrix">The values: [rows x visible].</param>
/// <param name="frame">Their frame.</param>
/// <param name="features">The features: [rows x features].</param>
/// <param name="dropout">The share of ratings that are hidden from the encoder.</param>
/// <param name="predictionWeight">The weight of the errors of hidden ratings.</param>
/// <param name="reconstructionWeight">The weight of the errors of the others.</param>
internal sealed class HybridBatch(
    InteractionMatrix matrix,
    RatingFrame frame,
    InteractionMatrix features,
    double dropout,
    double predictionWeight,
    double reconstructionWeight)
{
    private readonly InteractionMatrix read = frame.ToInput(matrix);
    private float[] weights = [];

    /// <summary>[batch x (visible + features)].</summary>
    public SparseBatch Input { get; } = new(matrix.ColumnCount + features.ColumnCount);

    /// <summary>[batch x visible].</summary>
    public SparseBatch Target { get; } = new(matrix.ColumnCount);

    /// <summary>The weight of each entry of the target: [entries of the target].</summary>
    public ReadOnlyMemory<float> Weights => weights.AsMemory(0, Target.Count);

    /// <summary>Replaces the batch by rows of the matrix, and draws which ratings are hidden.</summary>
    public void Fill(ReadOnlySpan<int> rows, Generator generator)
    {
        Target.Fill(matrix, rows);
        Input.Fill(read, rows, features);
        if (weights.Length < Target.Count)
        {
            weights = new float[Target.Count];
        }

        // Errors are those of values, of which the target holds other units.
        var unit = CentredRows.UnitOf(frame);
        var ofSeen = (float)(reconstructionWeight * unit * unit);
        var ofHidden = (float)(predictionWeight * unit * unit);
        using var draws = rand(Math.Max(1, Target.Count), generator: generator);
        var drawn = draws.Numbers();
        for (var row = 0; row < rows.Length; row++)
        {
            var centred = Target.Values(row);
            var input = Input.Values(row);
            if (!frame.IsCentred && !centred.IsEmpty)
            {
                TensorPrimitives.Subtract(centred, TensorPrimitives.Sum<float>(centred) / centred.Length, centred);
                TensorPrimitives.Divide(centred, unit, centred);
                centred.CopyTo(input);
            }

            var first = Target.FirstEntry(row);
            for (var i = 0; i < centred.Length; i++)
            {
                var isSeen = drawn[first + i] >= dropout;
                input[i] = isSeen ? input[i] : 0;
                weights[first + i] = isSeen ? ofSeen : ofHidden;
            }
        }
    }
}
