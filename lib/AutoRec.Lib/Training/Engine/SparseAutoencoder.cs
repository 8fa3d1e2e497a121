using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Native;

namespace AutoRec.Training;

/// <summary>
/// Trains x -> V {g(W x + mu), z} + b on sparse rows with the weighted squared error of observed entries and an L2 penalty, by
/// Adam, and never makes anything dense: one mini-batch costs (entries of the batch) x hidden for the gradients and
/// (inputs + outputs) x hidden for the optimiser. z are features joined to the hidden layer, or nothing.
/// </summary>
/// <remarks>
/// The rows of W and V lie on the processes of <see cref="AutoencoderWeights.Units"/>, in general on one. A mini-batch has three parts, and
/// between them two sums of [batch x hidden] over all units, which are all that processes exchange.
/// <list type="number">
/// <item>Pre-activations of the batch's rows, from W.</item>
/// <item>Errors of the observed entries and the gradient of each row's hidden units, from V.</item>
/// <item>For each row of W and of V its gradient and its update. V needs no gradient of hidden units, so its updates take place while
/// these are summed.</item>
/// </list>
/// Each row of the batch, of W and of V is the work of one thread, and sums over units are made in the order of <see cref="LeafSplit"/>:
/// results do not depend on the number of threads or processes.
/// </remarks>
internal sealed class SparseAutoencoder : IAutoencoderEngine
{
    private const int UnitsPerBlock = 64;

    private readonly Activation activation;
    private readonly AutoencoderWeights weights;
    private readonly LeafSplit units;
    private readonly RowExchange? exchange; // null if each process gets all rows
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
    private float[] preActivations = []; // [nodes x batch x hidden], without the bias; complete: [batch x hidden]
    private FloatRows codes;              // [batch x code]: g of pre-activations, and the joined features
    private float[] hiddenGradients = []; // [nodes x batch x hidden]; complete: [batch x hidden]
    private FloatRows deltas;             // [batch x hidden]: the gradients of pre-activations
    private float[] errors = [];         // [entries of the target]: the gradient at the output
    private double[] squaredErrors = []; // [batch x leaves]

    /// <summary>An engine that changes these weights in place.</summary>
    /// <param name="activation">g: sigmoid or tanh.</param>
    /// <param name="weights">W, mu, V and b.</param>
    /// <param name="isLazy">
    /// Whether a row of W or V is updated only by batches that have an entry for it (lazy Adam). The penalty of the other batches is made
    /// up for at the next update.
    /// </param>
    /// <param name="hasOutputBias">Whether b is trained; if not, it stays as it is.</param>
    /// <param name="exchangesRows">
    /// Whether a process exchanges only the rows of a batch that it has an entry of; else each gets all rows. The results are the same.
    /// </param>
    public SparseAutoencoder(
        Activation activation,
        AutoencoderWeights weights,
        bool isLazy = false,
        bool hasOutputBias = true,
        bool exchangesRows = false)
    {
        exchange = exchangesRows && weights.Units.Group.Size > 1 ? new RowExchange(weights.Units) : null;
        this.hasOutputBias = hasOutputBias;
        this.activation = activation;
        this.weights = weights;
        units = weights.Units;
        hidden = weights.Hidden;
        code = weights.Code;
        inputs = weights.Encoder.Count;
        outputs = weights.DecoderBias.Length;
        encoder = new Adam(weights.Encoder);
        encoderBias = new Adam(FloatRows.Of(weights.EncoderBias, hidden));
        decoder = new Adam(weights.Decoder);
        decoderBias = new Adam(FloatRows.Of(weights.DecoderBias, 1));
        codes = new FloatRows(0, code);
        deltas = new FloatRows(0, hidden);
        encoderPenalty = isLazy ? new double[inputs] : null;
        decoderPenalty = isLazy ? new double[outputs] : null;
    }

    /// <summary>W, mu, V and b with their optimisers, in this order.</summary>
    public IReadOnlyList<Adam> Parameters => [encoder, encoderBias, decoder, decoderBias];

    /// <inheritdoc/>
    public double Step(SparseBatch input, SparseBatch target, ReadOnlyMemory<float> weights, double learningRate, double penalty)
    {
        var rows = input.RowCount;
        var sums = Sizes.Of("rows of a batch x hidden units", rows, hidden);
        Sizes.Grow(ref preActivations, Sizes.Of("sums of a batch x hidden units", units.NodeCount, sums));
        Sizes.Grow(ref hiddenGradients, Sizes.Of("sums of a batch x hidden units", units.NodeCount, sums));
        FloatRows.Grow(ref codes, rows);
        FloatRows.Grow(ref deltas, rows);
        Sizes.Grow(ref squaredErrors, Sizes.Of("rows of a batch x leaves", rows, LeafSplit.LeafCount));
        Sizes.Grow(ref errors, target.Count);
        exchange?.Begin(rows, row => input.Columns(row).Length > 0 || target.Columns(row).Length > 0);
        ForEachRow(rows, (row, scratch) => Encode(input, row, sums, scratch));
        Complete(preActivations, sums);
        ForEachRow(rows, (row, scratch) => Compare(input, target, weights.Span, row, sums, scratch));

        var step = Adam.At(++updates, learningRate);
        penalties += penalty;
        var summed = units.Group.Size == 1 ? Task.CompletedTask : Task.Run(() => Complete(hiddenGradients, sums));
        ForEachBlock(outputs, block => UpdateDecoder(target, block, penalty, step));
        summed.GetAwaiter().GetResult();
        Differentiate(rows);
        ForEachBlock(inputs, block => UpdateEncoder(input, block, penalty, step));
        var biasGradient = new float[hidden];
        if (exchange is null)
        {
            for (var row = 0; row < rows; row++)
            {
                AddToBias(row);
            }
        }
        else
        {
            exchange.AddRows(biasGradient, AddToBias);
        }

        encoderBias.Update(0, biasGradient, 0, step);
        return SquaredError(rows);

        void AddToBias(int row) => TensorPrimitives.Add(biasGradient, deltas[row], biasGradient);
    }

    /// <inheritdoc/>
    public AutoencoderWeights? Weights => weights;

    /// <inheritdoc/>
    public AutoencoderWeights CopyWeights(AutoencoderWeights? older = null) => weights.Copy(older);

    /// <inheritdoc/>
    public void AddTo(TrainingState state, string name)
    {
        encoder.AddTo(state, $"{name}.encoder", weights.Inputs);
        encoderBias.AddTo(state, $"{name}.encoder_bias");
        decoder.AddTo(state, $"{name}.decoder", units);
        decoderBias.AddTo(state, $"{name}.decoder_bias", units);
        state.Add($"{name}.updates", () => updates, value => updates = value);
        state.Add($"{name}.penalties", () => penalties, value => penalties = value);
        if (encoderPenalty is not null && decoderPenalty is not null)
        {
            state.Add($"{name}.encoder_penalty", encoderPenalty, units).Add($"{name}.decoder_penalty", decoderPenalty, units);
        }
    }

    /// <inheritdoc/>
    public void Save()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void ForEachRow(int rows, Action<int, float[]> act) => Parallel.For(
        0,
        rows,
        ComputeThreads.Options,
        () => new float[LeafSplit.ScratchOf(hidden)],
        (row, _, scratch) =>
        {
            act(row, scratch);
            return scratch;
        },
        _ => { });

    private static void ForEachBlock(int count, Action<Range> act) =>
        ComputeThreads.ForBlocks(count, UnitsPerBlock, (first, end) => act(first..end));

    // The sums over all units, for the rows that this process needs.
    private void Complete(float[] sums, int length)
    {
        if (exchange is null)
        {
            units.Complete(sums, length);
        }
        else
        {
            exchange.Complete(sums, hidden);
        }
    }

    private void Encode(SparseBatch input, int row, int sums, float[] scratch)
    {
        var terms = new HiddenLayer.Terms(input.Columns(row), input.Values(row), encoder.Parameters);
        units.SumRow(input.Columns(row), ref terms, preActivations.AsSpan(row * hidden), sums, hidden, scratch);
    }

    private void Compare(SparseBatch input, SparseBatch target, ReadOnlySpan<float> weights, int row, int sums, float[] scratch)
    {
        Activate(input, row);
        var squares = squaredErrors.AsSpan(row * LeafSplit.LeafCount, LeafSplit.LeafCount);
        squares.Clear();
        var columns = target.Columns(row);
        var first = target.FirstEntry(row);
        var terms = new ErrorTerms
        {
            Columns = columns,
            Values = target.Values(row),
            Weights = weights.IsEmpty ? weights : weights[first..],
            Code = codes[row],
            Decoder = decoder.Parameters,
            DecoderBias = decoderBias.Parameters.All,
            Slopes = errors.AsSpan(first, columns.Length),
            Squares = squares,
        };
        units.SumRow(columns, ref terms, hiddenGradients.AsSpan(row * hidden), sums, hidden, scratch);
    }

    private void Activate(SparseBatch input, int row)
    {
        HiddenLayer.Activate(activation, preActivations.AsSpan(row * hidden, hidden), encoderBias.Parameters[0], codes[row][..hidden]);
        HiddenLayer.Join(input.Columns(row), input.Values(row), outputs, codes[row][hidden..]);
    }

    // Through g: g' = g (1 - g) of the sigmoid, 1 - g^2 of tanh.
    private void Differentiate(int rows) => Parallel.For(0, rows, ComputeThreads.Options, row =>
    {
        var units = codes[row];
        var gradient = hiddenGradients.AsSpan(row * hidden, hidden);
        var delta = deltas[row];
        for (var unit = 0; unit < hidden; unit++)
        {
            delta[unit] = gradient[unit]
                * (activation == Activation.Sigmoid ? units[unit] * (1 - units[unit]) : 1 - (units[unit] * units[unit]));
        }
    });

    private double SquaredError(int rows)
    {
        Span<double> ofLeaves = stackalloc double[LeafSplit.LeafCount];
        ofLeaves.Clear();
        for (var row = 0; row < rows; row++)
        {
            TensorPrimitives.Add(ofLeaves, squaredErrors.AsSpan(row * LeafSplit.LeafCount, LeafSplit.LeafCount), ofLeaves);
        }

        return LeafSplit.Sum(units.Group, ofLeaves)[0];
    }

    private void UpdateEncoder(SparseBatch input, Range block, double penalty, AdamStep step)
    {
        Span<float> gradient = new float[hidden];
        for (var unit = block.Start.Value; unit < Math.Min(inputs, block.End.Value); unit++)
        {
            if (IsDue(encoderPenalty, unit, input.RowsOf(unit).Length, penalty, out var due))
            {
                gradient.Clear();
                input.AddRowsOf(unit, input.AllValues, deltas.All, deltas.Stride, gradient);
                encoder.Update(unit, gradient, (float)due, step);
            }
        }
    }

    private void UpdateDecoder(SparseBatch target, Range block, double penalty, AdamStep step)
    {
        Span<float> gradient = new float[code];
        for (var unit = block.Start.Value; unit < Math.Min(outputs, block.End.Value); unit++)
        {
            var entries = target.EntriesOf(unit);
            if (!IsDue(decoderPenalty, unit, entries.Length, penalty, out var due))
            {
                continue;
            }

            gradient.Clear();
            target.AddRowsOf(unit, errors, codes.All, codes.Stride, gradient);
            var biasGradient = 0f;
            foreach (var entry in entries)
            {
                biasGradient += errors[entry];
            }

            decoder.Update(unit, gradient, (float)due, step);
            if (hasOutputBias)
            {
                decoderBias.Update(unit, [biasGradient], 0, step);
            }
        }
    }

    // Whether a row of weights is updated now, and with what penalty.
    private bool IsDue(double[]? had, int unit, int entries, double penalty, out double due)
    {
        due = penalty;
        if (had is null)
        {
            return true;
        }

        if (entries > 0)
        {
            due = penalties - had[unit];
            had[unit] = penalties;
        }

        return entries > 0;
    }

    // Of a row: 2 weight (output - target) V of each entry, and its squared errors by leaf.
    private ref struct ErrorTerms : ILeafTerms
    {
        public required ReadOnlySpan<int> Columns { get; init; }

        public required ReadOnlySpan<float> Values { get; init; }

        public required ReadOnlySpan<float> Weights { get; init; }

        public required Span<float> Code { get; init; }

        public required FloatRows Decoder { get; init; }

        public required ReadOnlySpan<float> DecoderBias { get; init; }

        public required Span<float> Slopes { get; init; }

        public required Span<double> Squares { get; init; }

        public readonly void Add(int leaf, int firstEntry, int endEntry, Span<float> sum)
        {
            var squaredError = 0.0;
            var products = new RowProducts(Decoder, Columns[firstEntry..endEntry], Code);
            var gradient = new ScaledSum(Decoder.All, Decoder.Stride, sum);
            for (var i = firstEntry; i < endEntry; i++)
            {
                var error = products.Next() + DecoderBias[Columns[i]] - Values[i];
                squaredError += error * (double)error;
                var slope = Weights.IsEmpty ? 2 * error : 2 * error * Weights[i];
                Slopes[i] = slope;
                gradient.Add(Columns[i], slope);
            }

            gradient.Complete();
            Squares[leaf] = squaredError;
        }
    }
}
