using AutoRec.Distributed;
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
    // Rows are drawn in blocks, which gives the numbers of one draw: a process keeps those of its units and never holds the others.
    private const int RowsPerDraw = 1024;

    private readonly bool isTanh;
    private readonly LeafSplit units;

    /// <summary>W, transposed: [visible x hidden].</summary>
    public readonly Parameter encoder_weight;

    /// <summary>mu: [hidden].</summary>
    public readonly Parameter encoder_bias;

    /// <summary>V: [visible x hidden].</summary>
    public readonly Parameter decoder_weight;

    /// <summary>b: [visible].</summary>
    public readonly Parameter decoder_bias;

    /// <summary>A network with Glorot-uniform weights and zero biases, on one process.</summary>
    /// <param name="visible">Units of input and output.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="activation">g: sigmoid or tanh.</param>
    /// <param name="generator">The source of the weights.</param>
    public AutoRecNetwork(int visible, int hidden, Activation activation, Generator generator)
        : this(LeafSplit.OneLeaf(visible), hidden, activation, generator)
    {
    }

    /// <summary>The part of a network with Glorot-uniform weights and zero biases that is of the visible units of this process.</summary>
    /// <param name="units">Units of input and output.</param>
    /// <param name="hidden">Units of the hidden layer.</param>
    /// <param name="activation">g: sigmoid or tanh.</param>
    /// <param name="generator">The source of the weights.</param>
    public AutoRecNetwork(LeafSplit units, int hidden, Activation activation, Generator generator)
        : base(nameof(AutoRecNetwork))
    {
        this.units = units;
        isTanh = activation == Activation.Tanh;
        encoder_weight = Glorot(units, hidden, generator);
        encoder_bias = new Parameter(zeros(hidden));
        decoder_weight = Glorot(units, hidden, generator);
        decoder_bias = new Parameter(zeros(units.Own));
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
        return new(encoder_weight.CopyRows(), encoder_bias.CopyNumbers(), decoder_weight.CopyRows(), decoder_bias.CopyNumbers())
        {
            Units = units,
        };
    }

    private static Parameter Glorot(LeafSplit units, int hidden, Generator generator)
    {
        var bound = Math.Sqrt(6.0 / (units.Count + hidden));
        var own = empty(units.Own, hidden);
        for (var start = 0; start < units.Count; start += RowsPerDraw)
        {
            using var scope = NewDisposeScope();
            var rows = Math.Min(RowsPerDraw, units.Count - start);
            var drawn = rand(rows, hidden, generator: generator).Times(2 * bound).Minus(bound);
            var (first, end) = (Math.Max(start, units.First), Math.Min(start + rows, units.End));
            if (first < end)
            {
                own.narrow(0, first - units.First, end - first).copy_(drawn.narrow(0, first - start, end - first));
            }
        }

        return new Parameter(own);
    }
}
