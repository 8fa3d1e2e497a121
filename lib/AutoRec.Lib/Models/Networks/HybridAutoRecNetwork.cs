using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The network of the hybrid autoencoder: V tanh(W {x, z} + mu), with the side features z joined to the input x and again
/// to the hidden layer (Strub, Gaudel, Mary, DLRS 2016).
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
public sealed class HybridAutoRecNetwork : nn.Module<Tensor, Tensor, Tensor>
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

    /// <summary>[batch x visible] and [batch x features] -> [batch x visible].</summary>
    public override Tensor forward(Tensor input, Tensor features) => decoder.forward(Encode(input, features));

    /// <summary>The hidden layer with the features joined to it: -> [batch x (hidden + features)].</summary>
    public Tensor Encode(Tensor input, Tensor features) => cat([tanh(encoder.forward(cat([input, features], 1))), features], 1);
}
