using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The network of AutoRec: r -> V g(W r + mu) + b (Sedhain et al., WWW 2015, eq. 1).
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class AutoRecNetwork : nn.Module<Tensor, Tensor>, IAutoencoderNetwork
{
    private readonly bool isTanh;

    /// <summary>W, transposed: [visible x hidden].</summary>
    public readonly Parameter encoder_weight;

    /// <summary>mu: [hidden].</summary>
    public readonly Parameter encoder_bias;

    /// <summary>V: [visible x hidden].</summary>
    public readonly Parameter decoder_weight;

    /// <summary>b: [visible].</summary>
    public readonly Parameter decoder_bias;

    /// <summary>A network with Glorot-uniform weights and zero biases.</summary>
    /// <param name="visible">Units of input and output.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="activation">g: sigmoid or tanh.</param>
    /// <param name="generator">The source of the weights.</param>
    public AutoRecNetwork(int visible, int hidden, Activation activation, Generator generator)
        : base(nameof(AutoRecNetwork))
    {
        isTanh = activation == Activation.Tanh;
        encoder_weight = Glorot(visible, hidden, generator);
        encoder_bias = new Parameter(zeros(hidden));
        decoder_weight = Glorot(visible, hidden, generator);
        decoder_bias = new Parameter(zeros(visible));
        RegisterComponents();
    }

    /// <summary>Reconstructs rows: [batch x visible] -> [batch x visible].</summary>
    public override Tensor forward(Tensor input)
    {
        var sums = matmul(input, encoder_weight).Plus(encoder_bias);
        return matmul(isTanh ? tanh(sums) : sigmoid(sums), decoder_weight.t()).Plus(decoder_bias);
    }

    /// <inheritdoc/>
    public Parameter OutputBias => decoder_bias;

    /// <inheritdoc/>
    public AutoencoderWeights CopyWeights()
    {
        using var scope = NewDisposeScope();
        return new(encoder_weight.CopyNumbers(), encoder_bias.CopyNumbers(), decoder_weight.CopyNumbers(), decoder_bias.CopyNumbers());
    }

    /// <inheritdoc/>
    public void SetWeights(AutoencoderWeights weights)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        encoder_weight.copy_(tensor(weights.Encoder, encoder_weight.shape));
        encoder_bias.copy_(tensor(weights.EncoderBias));
        decoder_weight.copy_(tensor(weights.Decoder, decoder_weight.shape));
        decoder_bias.copy_(tensor(weights.DecoderBias));
    }

    private static Parameter Glorot(int visible, int hidden, Generator generator)
    {
        var bound = Math.Sqrt(6.0 / (visible + hidden));
        return new Parameter(rand(visible, hidden, generator: generator).Times(2 * bound).Minus(bound));
    }
}
