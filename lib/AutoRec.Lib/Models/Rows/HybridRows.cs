using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Persistence;
using AutoRec.Training;

namespace AutoRec.Models.Rows;

/// <summary>
/// How a hybrid AutoRec reads rows: their values, and behind them the features of each. With a baseline values are residuals; without one
/// they are centred at the mean of their row and taken in units of half the range of the scale. The mean is then the last joined feature,
/// which outputs alone have a weight for.
/// </summary>
/// <param name="frame">The frame of the values.</param>
/// <param name="features">The features of the rows of the training data: [rows x features].</param>
internal sealed class HybridRows(RatingFrame frame, InteractionMatrix features)
{
    /// <summary>g, whatever the frame.</summary>
    public const Activation Activation = Training.Activation.Tanh;

    /// <summary>The values that one unit of an output is worth.</summary>
    public float Unit => frame.IsCentred ? 1 : frame.ValueRange / 2;

    /// <summary>Centres rows that have all their values.</summary>
    /// <param name="values">[rows x visible].</param>
    /// <returns>What outputs are compared with, and the mean that was taken off each row; no means with a baseline.</returns>
    public (InteractionMatrix Centred, float[] Means) Centre(InteractionMatrix values)
    {
        if (frame.IsCentred)
        {
            return (values, []);
        }

        float[] centred = [.. values.Values()], means = new float[values.RowCount];
        for (var row = 0; row < means.Length; row++)
        {
            var its = centred.AsSpan(values.Offsets[row], values.RowLength(row));
            means[row] = TensorPrimitives.Sum<float>(its) / Math.Max(1, its.Length);
            TensorPrimitives.Subtract(its, means[row], its);
            TensorPrimitives.Divide(its, Unit, its);
        }

        return (values.WithValues(centred, values.Scale), means);
    }

    /// <summary>Rows as the network reads them: [rows x (units of this process + features)].</summary>
    /// <param name="centred">Rows of <see cref="Centre"/>: [rows x visible].</param>
    /// <param name="rows">For each the row of the training data that has its features, or -1 for features of 0.</param>
    /// <param name="units">How the visible units lie on processes.</param>
    public InteractionMatrix Read(InteractionMatrix centred, ReadOnlySpan<int> rows, LeafSplit units)
    {
        var ofRows = new MatrixBuilder(features);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var i = 0; rows[row] >= 0 && i < features.RowLength(rows[row]); i++)
            {
                ofRows.Add(row, features.Columns(rows[row])[i], features.Values(rows[row])[i]);
            }
        }

        return frame.ToInput(centred).SelectColumns(units.First, units.End).Beside(ofRows.ToMatrix(rows.Length));
    }

    /// <summary>Rows as the weights of <see cref="ToValues"/> read them: with the mean of each, if one was taken off.</summary>
    public static InteractionMatrix WithMeans(InteractionMatrix read, float[] means) => means.Length == 0
        ? read
        : read.Beside(InteractionMatrix.FromRows(1, [.. Enumerable.Range(0, means.Length + 1)], new int[means.Length], means));

    /// <summary>Weights whose outputs are values.</summary>
    public AutoencoderWeights ToValues(AutoencoderWeights weights)
    {
        if (frame.IsCentred)
        {
            return weights;
        }

        var all = weights with { Joined = weights.Joined + 1 };
        var (encoder, decoder, bias) = (
            new FloatRows(all.Inputs.Own, all.Hidden), new FloatRows(all.Units.Own, all.Code), new float[weights.DecoderBias.Length]);
        weights.Encoder.CopyTo(encoder); // The mean has weights of 0 there.
        TensorPrimitives.Multiply(weights.DecoderBias, Unit, bias);
        for (var output = 0; output < bias.Length; output++)
        {
            var row = decoder[output];
            TensorPrimitives.Multiply(weights.Decoder[output], Unit, row);
            row[^1] = 1;
        }

        return all with { Encoder = encoder, Decoder = decoder, DecoderBias = bias };
    }

    /// <summary>Adds the features to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state) => state
        .Add("feature_count", [features.ColumnCount])
        .Add("feature_offsets", features.Offsets.ToArray())
        .Add("feature_columns", features.Columns().ToArray())
        .Add("feature_values", features.Values().ToArray());

    /// <summary>The features of a saved model; null for one without.</summary>
    public static HybridRows? Load(ModelState state, RatingFrame frame)
    {
        if (!state.Names.Contains("feature_offsets"))
        {
            return null;
        }

        var offsets = state.Ints("feature_offsets");
        var (columns, values) = (state.Ints("feature_columns"), state.Floats("feature_values"));
        return new HybridRows(frame, InteractionMatrix.FromRows(state.Ints("feature_count")[0], offsets, columns, values));
    }
}
