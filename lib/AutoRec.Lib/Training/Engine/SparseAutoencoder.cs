using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Training;

/// <summary>
/// Trains x -> V {g(W x + mu), z} + b on sparse rows with the weighted squared error of observed entries and an L2 penalty, by
/// Adam, and never makes anything dense: one mini-batch costs (entries of the batch) x hidden for the gradients and
/// (inputs + outputs) x hidden for the optimiser. z are features joined to the hidden layer, or nothing.
/// </summary>
/// <remarks>
/// A mini-batch has three parts with two points between them at which small buffers are complete. Were the rows of W
/// and V spread over processes, the sums of these two [batch x hidden] buffers are all they would have to exchange.
/// <list type="number">
/// <item>Pre-activations of the batch's rows, from W. Complete: hidden pre-activations.</item>
/// <item>Errors of the observed entries and the gradient of each row's hidden units, from V. Complete: hidden gradients.</item>
/// <item>For each row of W and of V its gradient and its update.</item>
/// </list>
/// Each row of the batch, of W and of V is the work of one thread, in a fixed order: results do not depend on the number of threads.
/// </remarks>
internal sealed class SparseAutoencoder : IAutoencoderEngine
{
    private const int RowsPerBlock = 64;

    private readonly Activation activation;
    private readonly AutoencoderWeights weights;
    private readonly IAutoencoderNetwork? network;
    private readonly int hidden;
    private readonly int code;           // hidden units and joined features
    private readonly int inputs;
    private readonly int outputs;
    private readonly Adam encoder;       // W: [inputs x hidden]
    private readonly Adam encoderBias;   // mu: [hidden]
    private readonly Adam decoder;       // V: [outputs x code]
    private readonly Adam decoderBias;   // b: [outputs]
    private readonly bool hasOutputBias;
    private readonly double[]? encoderPenalty; // Of lazy updates: the sum of penalties that each row of W has had
    private readonly double[]? decoderPenalty;
    private double penalties;
    private int updates;

    // Of the current batch, grown when a batch needs more.
    private float[] codes = [];          // [batch x code]: pre-activations, then g of them, and the joined features
    private float[] hiddenGradients = []; // [batch x hidden]
    private float[] errors = [];         // [entries of the target]: the gradient at the output
    private double[] squaredErrors = []; // [batch]

    /// <summary>An engine that changes these weights in place.</summary>
    /// <param name="activation">g: sigmoid or tanh.</param>
    /// <param name="weights">W, mu, V and b.</param>
    /// <param name="isLazy">
    /// Whether a row of W or V is updated only by batches that have an entry for it (lazy Adam). The penalty of the other batches is made
    /// up for at the next update.
    /// </param>
    /// <param name="hasOutputBias">Whether b is trained; if not, it stays as it is.</param>
    /// <param name="network">Where <see cref="Save"/> writes to; null for nowhere.</param>
    public SparseAutoencoder(
        Activation activation,
        AutoencoderWeights weights,
        bool isLazy = false,
        bool hasOutputBias = true,
        IAutoencoderNetwork? network = null)
    {
        this.hasOutputBias = hasOutputBias;
        this.network = network;
        this.activation = activation;
        this.weights = weights;
        hidden = weights.Hidden;
        code = weights.Code;
        inputs = weights.Encoder.Length / hidden;
        outputs = weights.DecoderBias.Length;
        encoder = new Adam(weights.Encoder);
        encoderBias = new Adam(weights.EncoderBias);
        decoder = new Adam(weights.Decoder);
        decoderBias = new Adam(weights.DecoderBias);
        encoderPenalty = isLazy ? new double[inputs] : null;
        decoderPenalty = isLazy ? new double[outputs] : null;
    }

    /// <summary>W, mu, V and b with their optimisers, in this order.</summary>
    public IReadOnlyList<Adam> Parameters => [encoder, encoderBias, decoder, decoderBias];

    /// <inheritdoc/>
    public double Step(SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double learningRate, double penalty)
    {
        Grow(ref codes, Sizes.Of("rows of a batch x hidden units", input.RowCount, code));
        Grow(ref hiddenGradients, Sizes.Of("rows of a batch x hidden units", input.RowCount, hidden));
        Grow(ref squaredErrors, input.RowCount);
        Grow(ref errors, target.Count);
        Parallel.For(0, input.RowCount, ComputeThreads.Options, row => Encode(input, row));

        // Here the hidden pre-activations of the batch are complete (and already passed through g).
        Parallel.For(0, input.RowCount, ComputeThreads.Options, row => Compare(target, weights.Span, row));

        // Here the hidden gradients of the batch are complete.
        var step = Adam.At(++updates, learningRate);
        penalties += penalty;
        Parallel.For(0, (Math.Max(inputs, outputs) + RowsPerBlock - 1) / RowsPerBlock, ComputeThreads.Options, block =>
        {
            Span<float> gradient = new float[code];
            var end = (block + 1) * RowsPerBlock;
            for (var unit = block * RowsPerBlock; unit < Math.Min(inputs, end); unit++)
            {
                UpdateEncoder(input, unit, gradient[..hidden], penalty, step);
            }

            for (var unit = block * RowsPerBlock; unit < Math.Min(outputs, end); unit++)
            {
                UpdateDecoder(target, unit, gradient, penalty, step);
            }
        });
        var biasGradient = new float[hidden];
        for (var row = 0; row < input.RowCount; row++)
        {
            TensorPrimitives.Add(biasGradient, HiddenGradient(row), biasGradient);
        }

        encoderBias.Update(0, biasGradient, 0, step);
        return TensorPrimitives.Sum<double>(squaredErrors.AsSpan(0, input.RowCount));
    }

    /// <inheritdoc/>
    public AutoencoderWeights CopyWeights() => weights.Copy();

    /// <inheritdoc/>
    public void AddTo(TrainingState state, string name)
    {
        encoder.AddTo(state, $"{name}.encoder");
        encoderBias.AddTo(state, $"{name}.encoder_bias");
        decoder.AddTo(state, $"{name}.decoder");
        decoderBias.AddTo(state, $"{name}.decoder_bias");
        state.Add($"{name}.updates", () => updates, value => updates = value);
        state.Add($"{name}.penalties", () => penalties, value => penalties = value);
        if (encoderPenalty is not null && decoderPenalty is not null)
        {
            state.Add($"{name}.encoder_penalty", encoderPenalty).Add($"{name}.decoder_penalty", decoderPenalty);
        }
    }

    /// <inheritdoc/>
    public void Save() => network?.SetWeights(weights);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private Span<float> Code(int row) => codes.AsSpan(row * code, code);

    private Span<float> HiddenGradient(int row) => hiddenGradients.AsSpan(row * hidden, hidden);

    private void Encode(SparseBatch input, int row)
    {
        var units = Code(row)[..hidden];
        var features = Code(row)[hidden..];
        encoderBias.Parameters.CopyTo(units);
        features.Clear();
        input.AddColumnsOf(row, encoder.Parameters, units);
        var columns = input.Columns(row);
        var values = input.Values(row);
        for (var i = columns.Length - 1; i >= 0 && columns[i] >= outputs; i--) // Columns ascend.
        {
            features[columns[i] - outputs] = values[i];
        }

        if (activation == Activation.Sigmoid)
        {
            TensorPrimitives.Sigmoid(units, units);
        }
        else
        {
            TensorPrimitives.Tanh(units, units);
        }
    }

    private void Compare(SparseBatch target, ReadOnlySpan<float> weights, int row)
    {
        var units = Code(row);
        var gradient = HiddenGradient(row);
        gradient.Clear();
        var columns = target.Columns(row);
        var values = target.Values(row);
        var first = target.FirstEntry(row);
        var squaredError = 0.0;
        for (var i = 0; i < columns.Length; i++)
        {
            ref var decoderRow = ref decoder.Parameters[columns[i] * code];
            var error = VectorKernels.Dot(ref units[0], ref decoderRow, code) + decoderBias.Parameters[columns[i]] - values[i];
            squaredError += error * (double)error;
            var slope = weights.IsEmpty ? 2 * error : 2 * error * weights[first + i];
            errors[first + i] = slope;
            VectorKernels.AddScaled(ref gradient[0], ref decoderRow, slope, hidden);
        }

        squaredErrors[row] = squaredError;

        // Through g: g' = g (1 - g) of the sigmoid, 1 - g^2 of tanh.
        for (var unit = 0; unit < hidden; unit++)
        {
            gradient[unit] *= activation == Activation.Sigmoid ? units[unit] * (1 - units[unit]) : 1 - (units[unit] * units[unit]);
        }
    }

    private void UpdateEncoder(SparseBatch input, int unit, Span<float> gradient, double penalty, AdamStep step)
    {
        if (!IsDue(encoderPenalty, unit, input.RowsOf(unit).Length, ref penalty))
        {
            return;
        }

        gradient.Clear();
        input.AddRowsOf(unit, input.AllValues, hiddenGradients, gradient);
        encoder.Update(unit * hidden, gradient, (float)penalty, step);
    }

    private void UpdateDecoder(SparseBatch target, int unit, Span<float> gradient, double penalty, AdamStep step)
    {
        var entries = target.EntriesOf(unit);
        if (!IsDue(decoderPenalty, unit, entries.Length, ref penalty))
        {
            return;
        }

        gradient.Clear();
        target.AddRowsOf(unit, errors, codes, gradient);
        var biasGradient = 0f;
        foreach (var entry in entries)
        {
            biasGradient += errors[entry];
        }

        decoder.Update(unit * code, gradient, (float)penalty, step);
        if (hasOutputBias)
        {
            decoderBias.Update(unit, [biasGradient], 0, step);
        }
    }

    // Whether a row of weights is updated now, and with what penalty.
    private bool IsDue(double[]? had, int unit, int entries, ref double penalty)
    {
        if (had is null)
        {
            return true;
        }

        if (entries > 0)
        {
            penalty = penalties - had[unit];
            had[unit] = penalties;
        }

        return entries > 0;
    }

    private static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[length];
        }
    }
}
