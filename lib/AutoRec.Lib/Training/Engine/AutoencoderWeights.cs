using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Native;
using AutoRec.Persistence;
using TorchSharp.Modules;

namespace AutoRec.Training;

/// <summary>
/// The weights of an autoencoder with one hidden layer, x -> V {g(W x + mu), z} + b, outside torch. z are joined features, or nothing.
/// Where the visible units lie on several processes, these are the rows of the units of this process, which its inputs and outputs are. The
/// inputs of joined features lie on the last process.
/// </summary>
/// <param name="Encoder">W, a row for each input, which visible units and joined features are: [inputs x hidden].</param>
/// <param name="EncoderBias">mu: [hidden].</param>
/// <param name="Decoder">V, a row for each output: [outputs x (hidden + joined)].</param>
/// <param name="DecoderBias">b: [outputs].</param>
internal sealed record AutoencoderWeights(FloatRows Encoder, float[] EncoderBias, FloatRows Decoder, float[] DecoderBias)
{
    private const int RowsAtATime = 1024; // bounds the memory of their sums

    /// <summary>
    /// How the visible units lie on processes, and the order of sums over them. Default: one process, one after the other.
    /// </summary>
    public LeafSplit Units { get; init; } = LeafSplit.OneLeaf(DecoderBias.Length);

    /// <summary>Joined features, whose columns come behind those of the visible units. Default 0.</summary>
    public int Joined { get; init; }

    /// <summary>How the inputs lie on processes: visible units, and joined features behind the last.</summary>
    public LeafSplit Inputs => Units.With(Joined);

    /// <summary>Hidden units.</summary>
    public int Hidden => EncoderBias.Length;

    /// <summary>Hidden units and joined features.</summary>
    public int Code => Hidden + Joined;

    /// <summary>The weights of a saved model; those of earlier versions have no leaves.</summary>
    public static AutoencoderWeights Of(ModelState state)
    {
        var weights = new AutoencoderWeights(
            FloatRows.Of(state.Floats("encoder_weight"), state.Size("encoder_weight").Columns),
            state.Floats("encoder_bias"),
            FloatRows.Of(state.Floats("decoder_weight"), state.Size("decoder_weight").Columns),
            state.Floats("decoder_bias"))
        {
            Joined = JoinedOf(state),
        };
        return WeightParts.SplitOf(state) is { } units ? weights with { Units = units } : weights;
    }

    /// <summary>The weights of a checkpoint, whose units lie as those of the training that resumes.</summary>
    public static AutoencoderWeights Of(ModelState state, LeafSplit units) => new(
        FloatRows.Of(state.OwnFloats("encoder_weight", units.With(JoinedOf(state))), state.Size("encoder_weight").Columns),
        state.Floats("encoder_bias"),
        FloatRows.Of(state.OwnFloats("decoder_weight", units), state.Size("decoder_weight").Columns),
        state.OwnFloats("decoder_bias", units))
    {
        Units = units,
        Joined = JoinedOf(state),
    };

    /// <summary>Makes a copy that later steps do not change.</summary>
    /// <param name="older">A copy of the same weights that is no longer needed: it is written over, and returned. Null for none.</param>
    public AutoencoderWeights Copy(AutoencoderWeights? older)
    {
        if (older is null)
        {
            return new(Encoder.Copy(), [.. EncoderBias], Decoder.Copy(), [.. DecoderBias]) { Units = Units, Joined = Joined };
        }

        Encoder.CopyTo(older.Encoder);
        EncoderBias.CopyTo(older.EncoderBias, 0);
        Decoder.CopyTo(older.Decoder);
        DecoderBias.CopyTo(older.DecoderBias, 0);
        return older;
    }

    /// <summary>Adds the weights to the arrays of a model.</summary>
    public ModelState SaveTo(ModelState state) => state
        .Add("encoder_weight", Encoder.ToArray(), Inputs, Hidden)
        .Add("encoder_bias", EncoderBias)
        .Add("decoder_weight", Decoder.ToArray(), Units, Code)
        .Add("decoder_bias", DecoderBias, Units)
        .Add(WeightParts.Leaves, [.. Units.Starts]);

    /// <summary>Encodes rows, together with the processes that the units lie on.</summary>
    /// <param name="rows">The rows as the network reads them: [rows x (units of this process + joined)].</param>
    /// <param name="activation">The activation of the hidden layer.</param>
    /// <returns>The hidden layer of each row with its joined features, on each process: [rows x (hidden + joined)].</returns>
    public float[] Encode(InteractionMatrix rows, Activation activation)
    {
        var codes = new float[Sizes.Of("rows x hidden units", rows.RowCount, Code)];
        var sums = new float[Units.NodeCount * Math.Min(rows.RowCount, RowsAtATime) * Hidden];
        for (var start = 0; start < rows.RowCount; start += RowsAtATime)
        {
            var (first, count) = (start, Math.Min(RowsAtATime, rows.RowCount - start));
            Parallel.For(0, count, ComputeThreads.Options, i =>
            {
                var terms = new HiddenLayer.Terms(rows.Columns(first + i), rows.Values(first + i), Encoder);
                var scratch = new float[LeafSplit.ScratchOf(Hidden)];
                Units.SumRow(rows.Columns(first + i), ref terms, sums.AsSpan(i * Hidden), count * Hidden, Hidden, scratch);
            });
            Units.Complete(sums, count * Hidden);
            Parallel.For(0, count, ComputeThreads.Options, i =>
            {
                var code = codes.AsSpan((first + i) * Code, Code);
                HiddenLayer.Activate(activation, sums.AsSpan(i * Hidden, Hidden), EncoderBias, code[..Hidden]);
                HiddenLayer.Join(rows.Columns(first + i), rows.Values(first + i), Units.Own, code[Hidden..]);
            });
        }

        return codes;
    }

    private static int JoinedOf(ModelState state) => state.Size("decoder_weight").Columns - state.Shape("encoder_bias")[0];
}

/// <summary>A torch network that is an autoencoder with one hidden layer.</summary>
internal interface IAutoencoderNetwork
{
    /// <summary>b: [outputs]. Without a gradient it is not trained.</summary>
    Parameter OutputBias { get; }

    /// <summary>Copies the weights out of torch.</summary>
    AutoencoderWeights CopyWeights();
}
