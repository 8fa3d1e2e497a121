using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Makes engines.</summary>
internal static class AutoencoderEngine
{
    /// <summary>Makes the engine that starts with the weights of a network.</summary>
    /// <param name="network">
    /// The network. Torch trains it in place; the sparse engine trains a copy of its weights.
    /// </param>
    /// <param name="activation">The activation of the hidden layer.</param>
    /// <param name="usesTorch">Whether torch computes it, on the device of the network.</param>
    /// <param name="isLazy">Whether the sparse engine's Adam is lazy; see <see cref="SparseAutoencoder"/>.</param>
    /// <param name="exchangesRows">Which rows processes exchange; see <see cref="SparseAutoencoder"/>.</param>
    public static IAutoencoderEngine Of<TNetwork>(
        TNetwork network, Activation activation, bool usesTorch, bool isLazy = false, bool exchangesRows = false)
        where TNetwork : nn.Module<Tensor, Tensor>, IAutoencoderNetwork =>
        usesTorch
            ? new TorchAutoencoderEngine<TNetwork>(network)
            : new SparseAutoencoder(activation, network.CopyWeights(), isLazy, network.OutputBias.requires_grad, exchangesRows);

    /// <summary>
    /// The loss by torch on dense batches, and the sum of squared errors in it, without weights and penalty: a scalar each.
    /// </summary>
    public static (Tensor Loss, Tensor SquaredError) Loss(
        nn.Module<Tensor, Tensor> network, SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double penalty)
    {
        var device = network.parameters().First().device;
        var ones = new float[target.Count];
        Array.Fill(ones, 1);
        var output = network.forward(input.ToDense(device));
        var values = target.ToDense(device);
        var mask = target.ToDense(device, ones);
        var squaredError = Losses.WeightedSquaredError(output, values, mask);
        var weighted = weights.IsEmpty ? squaredError : Losses.WeightedSquaredError(output, values, target.ToDense(device, weights.Span));
        return (weighted.Plus(Losses.SquaredWeights(network).Times(penalty / 2)), squaredError.detach());
    }
}

/// <summary>Dense batches, torch's gradients, Adam over torch's memory: the definition.</summary>
/// <param name="network">From dense rows to their reconstruction: [batch x inputs] -> [batch x outputs].</param>
internal sealed class TorchAutoencoderEngine<TNetwork>(TNetwork network) : IAutoencoderEngine
    where TNetwork : nn.Module<Tensor, Tensor>, IAutoencoderNetwork
{
    private readonly TorchAdam adam = new(network.parameters());

    /// <inheritdoc/>
    public double Step(SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double learningRate, double penalty)
    {
        using var scope = NewDisposeScope();
        var (loss, squaredError) = AutoencoderEngine.Loss(network, input, target, weights, penalty);
        loss.backward();
        adam.Step(learningRate);
        return squaredError.Number();
    }

    /// <inheritdoc/>
    public AutoencoderWeights? Weights => null;

    /// <inheritdoc/>
    public AutoencoderWeights CopyWeights(AutoencoderWeights? older = null) => network.CopyWeights();

    /// <inheritdoc/>
    public void AddTo(TrainingState state, string name) => adam.AddTo(state, name);

    /// <inheritdoc/>
    public void Save()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => adam.Dispose();
}
