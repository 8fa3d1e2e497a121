using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The networks of the multinomial VAE: an encoder to the mean and log-variance of a Gaussian over the latent vector,
/// and a decoder to the logits of a multinomial over items; one tanh hidden layer each (Liang et al., WWW 2018).
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
public sealed class MultVaeNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>[items] -> [hidden].</summary>
    public readonly Linear encoder_hidden;

    /// <summary>[hidden] -> [2 latent]: means, then log-variances.</summary>
    public readonly Linear encoder_latent;

    /// <summary>[latent] -> [hidden].</summary>
    public readonly Linear decoder_hidden;

    /// <summary>[hidden] -> [items].</summary>
    public readonly Linear decoder_output;

    private readonly int latent;

    /// <summary>A network with Glorot-uniform weights and biases from a normal of deviation 0.001.</summary>
    /// <param name="items">Units of input and output.</param>
    /// <param name="hidden">Units of each hidden layer.</param>
    /// <param name="latent">Length of the latent vector.</param>
    /// <param name="generator">The source of the weights.</param>
    public MultVaeNetwork(int items, int hidden, int latent, Generator generator)
        : base(nameof(MultVaeNetwork))
    {
        this.latent = latent;
        encoder_hidden = Layer(items, hidden, generator);
        encoder_latent = Layer(hidden, 2 * latent, generator);
        decoder_hidden = Layer(latent, hidden, generator);
        decoder_output = Layer(hidden, items, generator);
        RegisterComponents();
    }

    /// <summary>The logits of users at their latent mean, as scoring takes them: [batch x items] -> [batch x items].</summary>
    /// <param name="input">Histories, each row of length 1 (L2).</param>
    public override Tensor forward(Tensor input) => Decode(Encode(input).Mean);

    /// <summary>[batch x items] -> two times [batch x latent].</summary>
    public (Tensor Mean, Tensor LogVariance) Encode(Tensor input)
    {
        var both = encoder_latent.forward(tanh(encoder_hidden.forward(input)));
        return (both.narrow(1, 0, latent), both.narrow(1, latent, latent));
    }

    /// <summary>[batch x latent] -> logits [batch x items].</summary>
    public Tensor Decode(Tensor z) => decoder_output.forward(tanh(decoder_hidden.forward(z)));

    private static Linear Layer(int inputs, int outputs, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var layer = nn.Linear(inputs, outputs);
        var bound = Math.Sqrt(6.0 / (inputs + outputs));
        layer.weight.copy_((rand(outputs, inputs, generator: generator) * (2 * bound)) - bound);
        layer.bias!.copy_(randn(outputs, generator: generator) * 0.001);
        return layer;
    }
}
