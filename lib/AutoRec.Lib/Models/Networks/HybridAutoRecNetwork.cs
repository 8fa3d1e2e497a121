using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The network of the hybrid autoencoder: V tanh(W {x, z} + mu), with the side features z joined to the input x and again
/// to the hidden layer (Strub, Gaudel, Mary, DLRS 2016).
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class HybridAutoRecNetwork : nn.Module<Tensor, Tensor>, IAutoencoderNetwork
{
    /// <summary>[visible + features] -> [hidden].</summary>
    public readonly Linear encoder;

    /// <summary>[hidden + features] -> [visible].</summary>
    public readonly Linear decoder;

    /// <summary>A network with Glorot-uniform weights and biases near 0.</summary>
    /// <param name="visible">Units of the ratings at input and output.</param>
    /// <param name="features">Side features.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="generator">The source of the weights.</param>
    public HybridAutoRecNetwork(int visible, int features, int hidden, Generator generator)
        : base(nameof(HybridAutoRecNetwork))
    {
        encoder = Layers.Glorot(visible + features, hidden, generator);
        decoder = Layers.Glorot(hidden + features, visible, generator);
        RegisterComponents();
    }

    /// <summary>Ratings and features side by side to ratings: [batch x (visible + features)] -> [batch x visible].</summary>
    public override Tensor forward(Tensor input) => decoder.forward(Encode(input));

    /// <summary>
    /// The hidden layer with the features joined to it: [batch x (visible + features)] -> [batch x (hidden + features)].
    /// </summary>
    public Tensor Encode(Tensor input)
    {
        var visible = decoder.weight.shape[0];
        return cat([tanh(encoder.forward(input)), input.narrow(1, visible, input.shape[1] - visible)], 1);
    }

    /// <inheritdoc/>
    public Parameter OutputBias => decoder.bias!;

    /// <inheritdoc/>
    public AutoencoderWeights CopyWeights()
    {
        using var scope = NewDisposeScope();
        return new(
            encoder.weight.t().CopyNumbers(), encoder.bias!.CopyNumbers(), decoder.weight.CopyNumbers(), decoder.bias!.CopyNumbers());
    }

    /// <inheritdoc/>
    public void SetWeights(AutoencoderWeights weights)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        encoder.weight.copy_(tensor(weights.Encoder, encoder.weight.shape[1], encoder.weight.shape[0]).t());
        encoder.bias!.copy_(tensor(weights.EncoderBias));
        decoder.weight.copy_(tensor(weights.Decoder, decoder.weight.shape));
        decoder.bias!.copy_(tensor(weights.DecoderBias));
    }
}
