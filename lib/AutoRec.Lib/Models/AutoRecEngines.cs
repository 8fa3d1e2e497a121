using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>Updates the weights of an AutoRec, a mini-batch at a time, by Adam.</summary>
internal interface IAutoRecEngine : IDisposable
{
    /// <summary>One update on the loss sum of squared errors + penalty/2 (|W|^2 + |V|^2).</summary>
    /// <param name="batch">The rows of the batch.</param>
    /// <param name="learningRate">Adam's learning rate.</param>
    /// <param name="penalty">The batch's share of lambda.</param>
    /// <returns>The batch's sum of squared errors, before the update.</returns>
    double Step(int[] batch, double learningRate, double penalty);

    /// <summary>A copy of the weights as they are now.</summary>
    AutoRecWeights Weights();
}

/// <summary>Dense batches, torch's gradients, torch's Adam.</summary>
internal sealed class TorchAutoRecEngine : IAutoRecEngine
{
    private readonly AutoRecNetwork network;
    private readonly TorchAdam adam;
    private readonly DenseBatches batches;

    /// <summary>An engine that changes <paramref name="network"/>, which it moves to the device.</summary>
    public TorchAutoRecEngine(InteractionMatrix matrix, AutoRecNetwork network, Device device)
    {
        this.network = network.to(device);
        adam = new TorchAdam(network.parameters(), learningRate: 0.001);
        batches = new DenseBatches(matrix, device);
    }

    /// <inheritdoc/>
    public double Step(int[] batch, double learningRate, double penalty)
    {
        using var scope = NewDisposeScope();
        adam.LearningRate = learningRate;

        adam.ZeroGradients();
        var ratings = batches.Values(batch);
        var squaredError = Losses.MaskedSquaredError(network.forward(ratings), ratings, batches.Mask(batch));
        var squaredWeights = network.encoder_weight.square().sum() + network.decoder_weight.square().sum();
        (squaredError + (squaredWeights * (penalty / 2))).backward();
        adam.Step();
        return squaredError.ToDouble();
    }

    /// <inheritdoc/>
    public AutoRecWeights Weights() => AutoRecWeights.Of(network);

    /// <inheritdoc/>
    public void Dispose() => adam.Dispose();
}

/// <summary>Fused loops over the observed ratings.</summary>
internal sealed class SparseAutoRecEngine : IAutoRecEngine
{
    private readonly AutoRecWeights weights;
    private readonly SparseAutoencoder autoencoder;

    /// <summary>An engine that starts from the weights of <paramref name="network"/>.</summary>
    public SparseAutoRecEngine(InteractionMatrix matrix, AutoRecNetwork network)
    {
        weights = AutoRecWeights.Of(network);
        autoencoder = new SparseAutoencoder(matrix, weights.Hidden, weights.Encoder, weights.EncoderBias, weights.Decoder, weights.DecoderBias);
    }

    /// <inheritdoc/>
    public double Step(int[] batch, double learningRate, double penalty) => autoencoder.Step(batch, learningRate, penalty);

    /// <inheritdoc/>
    public AutoRecWeights Weights() => weights with
    {
        Encoder = [.. weights.Encoder],
        EncoderBias = [.. weights.EncoderBias],
        Decoder = [.. weights.Decoder],
        DecoderBias = [.. weights.DecoderBias],
    };

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
