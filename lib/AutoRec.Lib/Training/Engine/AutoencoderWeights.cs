using AutoRec.Persistence;
using TorchSharp.Modules;

namespace AutoRec.Training;

/// <summary>
/// The weights of an autoencoder with one hidden layer, x -> V {g(W x + mu), z} + b, outside torch. z are joined features, or nothing.
/// </summary>
/// <param name="Encoder">W, a row for each input: [inputs x hidden].</param>
/// <param name="EncoderBias">mu: [hidden].</param>
/// <param name="Decoder">V, a row for each output: [outputs x (hidden + joined)].</param>
/// <param name="DecoderBias">b: [outputs].</param>
internal sealed record AutoencoderWeights(float[] Encoder, float[] EncoderBias, float[] Decoder, float[] DecoderBias)
{
    /// <summary>Hidden units.</summary>
    public int Hidden => EncoderBias.Length;

    /// <summary>Hidden units and joined features.</summary>
    public int Code => DecoderBias.Length == 0 ? Hidden : Decoder.Length / DecoderBias.Length;

    /// <summary>The weights of a saved model or checkpoint.</summary>
    public static AutoencoderWeights Of(ModelState state) =>
        new(state.Floats("encoder_weight"), state.Floats("encoder_bias"), state.Floats("decoder_weight"), state.Floats("decoder_bias"));

    /// <summary>Makes a copy that later steps do not change.</summary>
    public AutoencoderWeights Copy() => new([.. Encoder], [.. EncoderBias], [.. Decoder], [.. DecoderBias]);

    /// <summary>Adds the weights to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state) => state
        .Add("encoder_weight", Encoder, Encoder.Length / Hidden, Hidden)
        .Add("encoder_bias", EncoderBias)
        .Add("decoder_weight", Decoder, DecoderBias.Length, Code)
        .Add("decoder_bias", DecoderBias);

    /// <summary>The weights of an input: [hidden].</summary>
    public Span<float> EncoderRow(int input) => Encoder.AsSpan(input * Hidden, Hidden);

    /// <summary>The weights of an output: [hidden + joined].</summary>
    public Span<float> DecoderRow(int output) => Decoder.AsSpan(output * Code, Code);
}

/// <summary>A torch network that is an autoencoder with one hidden layer.</summary>
internal interface IAutoencoderNetwork
{
    /// <summary>b: [outputs]. Without a gradient it is not trained.</summary>
    Parameter OutputBias { get; }

    /// <summary>Copies the weights out of torch.</summary>
    AutoencoderWeights CopyWeights();

    /// <summary>Replaces the weights.</summary>
    void SetWeights(AutoencoderWeights weights);
}
