using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>The weights of a last layer outside torch, a row for each item, with their Adam.</summary>
internal sealed class OutputWeights
{
    private readonly Linear layer;
    private readonly Adam weight; // [items x units]
    private readonly Adam bias;   // [items x 1]
    private readonly bool isBiasTrained;
    private readonly float weightDecay;
    private readonly float biasDecay;
    private int updates;

    /// <summary>Copies the weights of a layer.</summary>
    /// <param name="layer">Where the weights start, and what <see cref="Save"/> writes to. A bias without a gradient stays.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w, of items that are updated; null for none.</param>
    public OutputWeights(Linear layer, Func<Parameter, double>? decay)
    {
        this.layer = layer;
        (Items, Units) = ((int)layer.weight.shape[0], (int)layer.weight.shape[1]);
        weight = new Adam(FloatRows.CopyOf(layer.weight.Numbers(), Units));
        bias = new Adam(FloatRows.CopyOf(layer.bias!.Numbers(), 1));
        isBiasTrained = layer.bias!.requires_grad;
        weightDecay = (float)(decay?.Invoke(layer.weight) ?? 0);
        biasDecay = (float)(decay?.Invoke(layer.bias!) ?? 0);
    }

    /// <summary>The number of items.</summary>
    public int Items { get; }

    /// <summary>The number of units that the layer takes.</summary>
    public int Units { get; }

    /// <summary>The weights: [items x units].</summary>
    public FloatRows Rows => weight.Parameters;

    /// <summary>The biases: [items x 1].</summary>
    public FloatRows Biases => bias.Parameters;

    /// <summary>Begins an update.</summary>
    /// <returns>What <see cref="Update"/> takes for each item.</returns>
    public AdamStep Begin(double learningRate) => Adam.At(++updates, learningRate);

    /// <summary>Updates the weights of an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="gradient">The gradient of its weights: [units].</param>
    /// <param name="ofBias">The gradient of its bias.</param>
    /// <param name="step">The update.</param>
    public void Update(int item, ReadOnlySpan<float> gradient, float ofBias, AdamStep step)
    {
        weight.Update(item, gradient, weightDecay, step);
        if (isBiasTrained)
        {
            bias.Update(item, [ofBias], biasDecay, step);
        }
    }

    /// <inheritdoc cref="ITrainedPart.AddTo"/>
    public void AddTo(TrainingState state, string name)
    {
        weight.AddTo(state, $"{name}.weight");
        bias.AddTo(state, $"{name}.bias");
        state.Add($"{name}.updates", () => updates, value => updates = value);
    }

    /// <inheritdoc cref="ITrainedPart.Save"/>
    public void Save()
    {
        using var noGradient = no_grad();
        weight.Parameters.CopyTo(layer.weight.Numbers());
        bias.Parameters.CopyTo(layer.bias!.Numbers());
    }
}
