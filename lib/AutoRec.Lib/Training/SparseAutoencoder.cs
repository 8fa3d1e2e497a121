using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Training;

/// <summary>
/// Trains r -> V g(W r + mu) + b on sparse rows with the masked squared error and an L2 penalty, by Adam, and never makes
/// anything dense: one mini-batch costs (observed entries of the batch) x hidden for the gradients and
/// visible x hidden for the optimiser.
/// </summary>
/// <remarks>
/// A mini-batch has three parts with two points between them at which small buffers are complete. Were the rows of W
/// and V spread over processes, the sums of these two [batch x hidden] buffers are all they would have to exchange.
/// <list type="number">
/// <item>Pre-activations of the batch's rows, from W. Complete: hidden pre-activations.</item>
/// <item>Errors of the observed entries and the gradient of each row's hidden units, from V. Complete: hidden gradients.</item>
/// <item>For each visible unit the gradient of its rows of W and V, and their update.</item>
/// </list>
/// Each row and each visible unit is the work of one thread, in a fixed order: results do not depend on the number of threads.
/// </remarks>
internal sealed class SparseAutoencoder
{
    private readonly InteractionMatrix matrix; // [rows x visible]
    private readonly int hidden;
    private readonly Adam encoder;       // W: [visible x hidden]
    private readonly Adam encoderBias;   // mu: [hidden]
    private readonly Adam decoder;       // V: [visible x hidden]
    private readonly Adam decoderBias;   // b: [visible]
    private int updates;

    // Of the current batch, grown when a batch needs more.
    private float[] activations = [];    // [batch x hidden]: pre-activations, then g of them
    private float[] hiddenGradients = []; // [batch x hidden]
    private float[] errors = [];         // [entries], in the order of the batch's rows
    private double[] squaredErrors = []; // [batch]
    private int[] firstEntry = [];       // [batch + 1]
    private int[] unitStart = [];        // [visible + 1]
    private int[] unitRow = [];          // [entries], by visible unit: the row within the batch
    private int[] unitEntry = [];        // [entries], by visible unit: the entry

    /// <summary>A trainer of these weights, which it changes in place.</summary>
    public SparseAutoencoder(InteractionMatrix matrix, int hidden, float[] encoder, float[] encoderBias, float[] decoder, float[] decoderBias)
    {
        this.matrix = matrix;
        this.hidden = hidden;
        this.encoder = new Adam(encoder);
        this.encoderBias = new Adam(encoderBias);
        this.decoder = new Adam(decoder);
        this.decoderBias = new Adam(decoderBias);
    }

    /// <summary>One update.</summary>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="learningRate">Adam's learning rate.</param>
    /// <param name="penalty">lambda of this batch's penalty lambda/2 (|W|^2 + |V|^2).</param>
    /// <returns>The sum of squared errors before the update.</returns>
    public double Step(ReadOnlyMemory<int> rows, double learningRate, double penalty)
    {
        Prepare(rows.Span);
        Parallel.For(0, rows.Length, ComputeThreads.Options, i => Activate(rows.Span[i], i));

        // Here the hidden pre-activations of the batch are complete (and already passed through g).
        Parallel.For(0, rows.Length, ComputeThreads.Options, i => Compare(rows.Span[i], i));

        // Here the hidden gradients of the batch are complete.
        var step = Adam.At(++updates, learningRate);
        Parallel.For(0, Blocks, ComputeThreads.Options, block => UpdateUnits(block, rows.Span, (float)penalty, step));
        var biasGradient = new float[hidden];
        for (var i = 0; i < rows.Length; i++)
        {
            TensorPrimitives.Add(biasGradient, Gradient(i), biasGradient);
        }

        encoderBias.Update(0, biasGradient, 0, step);
        return squaredErrors.AsSpan(0, rows.Length).ToArray().Sum();
    }

    private const int UnitsPerBlock = 64;

    private int Blocks => (matrix.ColumnCount + UnitsPerBlock - 1) / UnitsPerBlock;

    private Span<float> Activation(int i) => activations.AsSpan(i * hidden, hidden);

    private Span<float> Gradient(int i) => hiddenGradients.AsSpan(i * hidden, hidden);

    // Sorts the batch's entries by visible unit (a counting sort), so that each unit finds its own.
    private void Prepare(ReadOnlySpan<int> rows)
    {
        Grow(ref activations, rows.Length * hidden);
        Grow(ref hiddenGradients, rows.Length * hidden);
        Grow(ref squaredErrors, rows.Length);
        Grow(ref firstEntry, rows.Length + 1);
        Grow(ref unitStart, matrix.ColumnCount + 1);
        for (var i = 0; i < rows.Length; i++)
        {
            firstEntry[i + 1] = firstEntry[i] + matrix.RowLength(rows[i]);
        }

        var entries = firstEntry[rows.Length];
        Grow(ref errors, entries);
        Grow(ref unitRow, entries);
        Grow(ref unitEntry, entries);
        Array.Clear(unitStart);
        foreach (var row in rows)
        {
            foreach (var unit in matrix.Columns(row))
            {
                unitStart[unit + 1]++;
            }
        }

        for (var unit = 0; unit < matrix.ColumnCount; unit++)
        {
            unitStart[unit + 1] += unitStart[unit];
        }

        var next = unitStart.AsSpan(0, matrix.ColumnCount).ToArray();
        for (var i = 0; i < rows.Length; i++)
        {
            var entry = firstEntry[i];
            foreach (var unit in matrix.Columns(rows[i]))
            {
                var place = next[unit]++;
                unitRow[place] = i;
                unitEntry[place] = entry++;
            }
        }
    }

    private void Activate(int row, int i)
    {
        var activation = Activation(i);
        encoderBias.Parameters.CopyTo(activation);
        var units = matrix.Columns(row);
        var ratings = matrix.Values(row);
        for (var entry = 0; entry < units.Length; entry++)
        {
            VectorKernels.AddScaled(ref activation[0], ref encoder.Parameters[units[entry] * hidden], ratings[entry], hidden);
        }

        TensorPrimitives.Sigmoid(activation, activation);
    }

    private void Compare(int row, int i)
    {
        var activation = Activation(i);
        var gradient = Gradient(i);
        gradient.Clear();
        var units = matrix.Columns(row);
        var ratings = matrix.Values(row);
        var squaredError = 0.0;
        for (var entry = 0; entry < units.Length; entry++)
        {
            ref var weights = ref decoder.Parameters[units[entry] * hidden];
            var error = VectorKernels.Dot(ref activation[0], ref weights, hidden) + decoderBias.Parameters[units[entry]] - ratings[entry];
            squaredError += error * (double)error;
            errors[firstEntry[i] + entry] = 2 * error;
            VectorKernels.AddScaled(ref gradient[0], ref weights, 2 * error, hidden);
        }

        squaredErrors[i] = squaredError;

        // Through g: g' = g (1 - g).
        for (var unit = 0; unit < gradient.Length; unit++)
        {
            gradient[unit] *= activation[unit] * (1 - activation[unit]);
        }
    }

    private void UpdateUnits(int block, ReadOnlySpan<int> rows, float penalty, AdamStep step)
    {
        Span<float> encoderGradient = new float[hidden];
        Span<float> decoderGradient = new float[hidden];
        Span<float> biasGradient = stackalloc float[1];
        var end = Math.Min(matrix.ColumnCount, (block + 1) * UnitsPerBlock);
        for (var unit = block * UnitsPerBlock; unit < end; unit++)
        {
            encoderGradient.Clear();
            decoderGradient.Clear();
            biasGradient[0] = 0;
            for (var place = unitStart[unit]; place < unitStart[unit + 1]; place++)
            {
                var i = unitRow[place];
                var entry = unitEntry[place];
                var rating = matrix.Values()[matrix.Offsets[rows[i]] + entry - firstEntry[i]];
                VectorKernels.AddScaled(ref encoderGradient[0], ref hiddenGradients[i * hidden], rating, hidden);
                VectorKernels.AddScaled(ref decoderGradient[0], ref activations[i * hidden], errors[entry], hidden);
                biasGradient[0] += errors[entry];
            }

            encoder.Update(unit * hidden, encoderGradient, penalty, step);
            decoder.Update(unit * hidden, decoderGradient, penalty, step);
            decoderBias.Update(unit, biasGradient, 0, step);
        }
    }

    private static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[length];
        }
    }
}
