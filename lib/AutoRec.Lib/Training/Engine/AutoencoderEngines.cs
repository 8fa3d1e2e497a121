using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>
/// Updates the weights of an autoencoder with one hidden layer, a mini-batch at a time, by Adam, on the loss
/// sum over the entries of the target of weight (output - target)^2, plus penalty/2 (|W|^2 + |V|^2).
/// </summary>
internal interface IAutoencoderEngine : IDisposable
{
    /// <summary>One update.</summary>
    /// <param name="input">The rows that are encoded: [batch x inputs].</param>
    /// <param name="target">What their reconstruction is held against; may be <paramref name="input"/>: [batch x outputs].</param>
    /// <param name="weights">How much each entry of the target counts; none for 1 each: [entries of the target].</param>
    /// <param name="learningRate">Adam's learning rate.</param>
    /// <param name="penalty">The batch's share of lambda.</param>
    /// <returns>The batch's sum of squared errors, not weighted, before the update.</returns>
    double Step(SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double learningRate, double penalty);

    /// <summary>Weights and optimiser are part of the state of a training.</summary>
    void AddTo(TrainingState state);
}

/// <summary>Dense batches, torch's gradients, Adam over torch's memory: the definition.</summary>
/// <param name="network">From dense rows to their reconstruction: [batch x inputs] -> [batch x outputs].</param>
/// <param name="device">Where it lives.</param>
internal sealed class TorchAutoencoderEngine(nn.Module<Tensor, Tensor> network, Device device) : IAutoencoderEngine
{
    private readonly TorchAdam adam = new(network.parameters(), learningRate: 0.001);

    /// <inheritdoc/>
    public double Step(SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double learningRate, double penalty)
    {
        using var scope = NewDisposeScope();
        adam.LearningRate = learningRate;
        adam.ZeroGradients();
        var (loss, squaredError) = Loss(network, input, target, weights, penalty, device);
        loss.backward();
        adam.Step();
        return squaredError.ToDouble();
    }

    /// <inheritdoc/>
    public void AddTo(TrainingState state)
    {
        state.Add("network", network);
        adam.AddTo(state, "adam");
    }

    /// <summary>The loss, and the sum of squared errors in it without weights and penalty.</summary>
    public static (Tensor Loss, Tensor SquaredError) Loss(
        nn.Module<Tensor, Tensor> network, SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double penalty, Device device)
    {
        var ones = new float[target.Count];
        Array.Fill(ones, 1);
        var output = network.forward(input.ToDense(device));
        var values = target.ToDense(device);
        var mask = target.ToDense(device, ones);
        var squaredError = Losses.WeightedSquaredError(output, values, mask);
        var weighted = weights.IsEmpty ? squaredError : Losses.WeightedSquaredError(output, values, target.ToDense(device, weights.Span));
        return (weighted + (Losses.SquaredWeights(network) * (penalty / 2)), squaredError.detach());
    }

    /// <inheritdoc/>
    public void Dispose() => adam.Dispose();
}
