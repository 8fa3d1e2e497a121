using AutoRec.Distributed;
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
    private readonly LeafSplit units;
    private readonly int features;

    /// <summary>W: [hidden x (visible + features)].</summary>
    public readonly Parameter encoder_weight;

    /// <summary>mu: [hidden].</summary>
    public readonly Parameter encoder_bias;

    /// <summary>V: [visible x (hidden + features)].</summary>
    public readonly Parameter decoder_weight;

    /// <summary>b: [visible].</summary>
    public readonly Parameter decoder_bias;

    /// <summary>A network with Glorot-uniform weights and biases near 0, on one process.</summary>
    /// <param name="visible">Units of the ratings at input and output.</param>
    /// <param name="features">Side features.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="generator">The source of the weights.</param>
    public HybridAutoRecNetwork(int visible, int features, int hidden, Generator generator)
        : this(LeafSplit.OneLeaf(visible), features, hidden, generator)
    {
    }

    /// <summary>The part of a network with Glorot-uniform weights and biases near 0 that is of the visible units of this process.</summary>
    /// <param name="units">Units of the ratings at input and output.</param>
    /// <param name="features">Side features.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="generator">The source of the weights.</param>
    public HybridAutoRecNetwork(LeafSplit units, int features, int hidden, Generator generator)
        : base(nameof(HybridAutoRecNetwork))
    {
        (this.units, this.features) = (units, features);
        using var scope = NewDisposeScope();
        var encoder = Layers.Glorot(units.With(features), LeafSplit.OneLeaf(hidden), generator);
        var decoder = Layers.Glorot(LeafSplit.OneLeaf(hidden + features), units, generator);
        (encoder_weight, encoder_bias) = (Layers.Parameter(encoder.Weight), Layers.Parameter(encoder.Bias));
        (decoder_weight, decoder_bias) = (Layers.Parameter(decoder.Weight), Layers.Parameter(decoder.Bias));
        RegisterComponents();
    }

    /// <summary>Ratings and features side by side to ratings: [batch x (visible + features)] -> [batch x visible].</summary>
    public override Tensor forward(Tensor input)
    {
        var hidden = tanh(nn.functional.linear(input, encoder_weight, encoder_bias));
        var code = cat([hidden, input.narrow(1, input.shape[1] - features, features)], 1);
        return nn.functional.linear(code, decoder_weight, decoder_bias);
    }

    /// <inheritdoc/>
    public Parameter OutputBias => decoder_bias;

    /// <inheritdoc/>
    public AutoencoderWeights CopyWeights()
    {
        using var scope = NewDisposeScope();
        return new(
            encoder_weight.t().CopyRows(), encoder_bias.CopyNumbers(), decoder_weight.CopyRows(), decoder_bias.CopyNumbers())
        {
            Units = units,
            Joined = features,
        };
    }
}
