using AutoRec.Persistence;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// An autoencoder with any number of hidden layers: an encoder of the given widths and a decoder that mirrors it.
/// </summary>
/// <remarks>The field names are the keys of the state dictionary and so part of the file format.</remarks>
internal sealed class DeepAutoencoderNetwork : nn.Module<Tensor, Tensor>
{
    /// <summary>[visible] -> widths[0] -> ... -> widths[^1].</summary>
    public readonly ModuleList<Linear> encoder;

    /// <summary>widths[^1] -> ... -> widths[0] -> [visible].</summary>
    public readonly ModuleList<Linear> decoder;

    private readonly LayerWidths widths;
    private readonly Activation hidden;
    private readonly OutputActivation output;

    /// <summary>A network with Glorot-uniform weights and biases near 0.</summary>
    /// <param name="visible">Units of input and output.</param>
    /// <param name="widths">Units of the encoder's layers, the last being the code.</param>
    /// <param name="hidden">The activation of each layer but the last.</param>
    /// <param name="output">The activation of the last layer.</param>
    /// <param name="generator">The source of the weights.</param>
    public DeepAutoencoderNetwork(int visible, LayerWidths widths, Activation hidden, OutputActivation output, Generator generator)
        : base(nameof(DeepAutoencoderNetwork))
    {
        (this.widths, this.hidden, this.output) = (widths, hidden, output);
        int[] units = [visible, .. widths];
        var layers = Enumerable.Range(1, widths.Count);
        encoder = [.. layers.Select(layer => Layers.Glorot(units[layer - 1], units[layer], generator))];
        decoder = [.. layers.Reverse().Select(layer => Layers.Glorot(units[layer], units[layer - 1], generator))];
        RegisterComponents();
    }

    /// <summary>The number of items.</summary>
    public int ItemCount => (int)encoder[0].weight.shape[1];

    /// <summary>Whether a sigmoid follows the last layer.</summary>
    public bool IsSigmoid => output == OutputActivation.Sigmoid;

    /// <summary>The network that the options describe.</summary>
    public static DeepAutoencoderNetwork Of(DeepAutoencoderOptions options, int items, Generator generator) =>
        new(items, options.Widths, options.HiddenActivation, options.OutputActivation, generator);

    /// <summary>The network of a saved model.</summary>
    public static DeepAutoencoderNetwork Load(ModelState state)
    {
        var (items, widths) = (state.Size("encoder.0.weight").Columns, LayerWidths.Of(state.Ints("widths")));
        for (var layer = 0; layer < widths.Count; layer++)
        {
            var (outer, inner) = (layer == 0 ? items : widths[layer - 1], widths[layer]);
            state.Require($"encoder.{layer}.weight", inner, outer);
            state.Require($"decoder.{widths.Count - 1 - layer}.weight", outer, inner);
        }

        return state.Ints("activations") is [var hidden, var output]
            && Enum.IsDefined((Activation)hidden) && Enum.IsDefined((OutputActivation)output)
            ? NetworkState.Load(state, generator => new DeepAutoencoderNetwork(
                items, widths, (Activation)hidden, (OutputActivation)output, generator))
            : throw new InvalidDataException("The model's 'activations' must be the numbers of two activations.");
    }

    /// <summary>Adds the architecture to the arrays of a model, beside the parameters.</summary>
    public ModelState SaveTo(ModelState state) => state.Add("widths", [.. widths]).Add("activations", [(int)hidden, (int)output]);

    /// <summary>Reconstructs rows, up to the output's own activation: [batch x visible] -> [batch x visible].</summary>
    public override Tensor forward(Tensor input) => decoder[^1].forward(BeforeOutput(encoder[0].forward(input)));

    /// <summary>What lies between the first layer's outputs and the last layer: [batch x widths[0]] -> [batch x widths[0]].</summary>
    public Tensor BeforeOutput(Tensor first)
    {
        var layer = Apply(hidden, first);
        foreach (var inner in encoder.Skip(1).Concat(decoder.SkipLast(1)))
        {
            layer = Apply(hidden, inner.forward(layer));
        }

        return layer;
    }

    private static Tensor Apply(Activation activation, Tensor input) => activation switch
    {
        Activation.Sigmoid => input.sigmoid(),
        Activation.Relu => input.relu(),
        Activation.Tanh => input.tanh(),
        Activation.Elu => input.Elu(),
        Activation.Selu => nn.functional.selu(input, inplace: false),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation."),
    };
}
