using AutoRec.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>A vector for each row of the training data, such as a user's node, with its own Adam.</summary>
internal abstract class EmbeddingLayer : IOptimizer
{
    /// <summary>Makes the layer as torch computes it, or one without a gradient as large as all vectors.</summary>
    /// <param name="vectors">
    /// Where the vectors start: [rows x units]. Torch trains it in place; the other writes what it learned in <see cref="Save"/>.
    /// </param>
    /// <param name="usesTorch">Whether torch computes it.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w; null for none.</param>
    public static EmbeddingLayer Of(Parameter vectors, bool usesTorch, Func<Parameter, double>? decay = null) =>
        usesTorch ? new DenseEmbeddingLayer(vectors, decay) : new SparseEmbeddingLayer(vectors, decay);

    /// <summary>The vectors of different rows, through which gradients flow: [batch] -> [batch x units].</summary>
    public abstract Tensor Forward(int[] rows);

    /// <inheritdoc/>
    /// <remarks>The gradient is that of what the last <see cref="Forward"/> returned.</remarks>
    public abstract void Step(double learningRate);

    /// <inheritdoc/>
    public abstract void AddTo(TrainingState state, string name);

    /// <inheritdoc/>
    public abstract void Save();

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class DenseEmbeddingLayer(Parameter vectors, Func<Parameter, double>? decay) : EmbeddingLayer
    {
        private readonly TorchAdam adam = new([vectors], decay);

        public override Tensor Forward(int[] rows) =>
            vectors.index_select(0, tensor(Array.ConvertAll(rows, row => (long)row), device: vectors.device));

        public override void Step(double learningRate) => adam.Step(learningRate);

        public override void AddTo(TrainingState state, string name) => adam.AddTo(state, name);

        public override void Save()
        {
        }

        public override void Dispose() => adam.Dispose();
    }

    // Cost of a batch: Adam for all vectors, because their moments and their penalty go on without a gradient.
    private sealed class SparseEmbeddingLayer : EmbeddingLayer
    {
        private const int RowsPerBlock = 256;

        private readonly Parameter vectors;
        private readonly Adam adam; // [rows x units]
        private readonly float decay;
        private readonly int[] places; // [rows]: of those of the batch, where they are in it; -1 for all others
        private int[] rows = [];
        private Tensor? output; // [batch x units]
        private int updates;

        public SparseEmbeddingLayer(Parameter vectors, Func<Parameter, double>? decay)
        {
            this.vectors = vectors;
            adam = new Adam(FloatRows.CopyOf(vectors.Numbers(), (int)vectors.shape[1]));
            this.decay = (float)(decay?.Invoke(vectors) ?? 0);
            places = new int[adam.Parameters.Count];
            Array.Fill(places, -1);
        }

        public override Tensor Forward(int[] rows)
        {
            Array.ForEach(this.rows, row => places[row] = -1);
            this.rows = rows;
            output = empty(rows.Length, adam.Parameters.Width);
            var numbers = output.Numbers();
            for (var i = 0; i < rows.Length; i++)
            {
                places[rows[i]] = i;
                adam.Parameters[rows[i]].CopyTo(numbers[(i * adam.Parameters.Width)..]);
            }

            return output.requires_grad_();
        }

        public override void Step(double learningRate)
        {
            var step = Adam.At(++updates, learningRate);
            var gradient = output!.grad!.contiguous();
            var (count, units) = (adam.Parameters.Count, adam.Parameters.Width);
            var none = new float[units];
            ComputeThreads.ForBlocks(count, RowsPerBlock, (first, end) =>
            {
                var ofBatch = gradient.Numbers();
                for (var row = first; row < end; row++)
                {
                    adam.Update(row, places[row] < 0 ? none : ofBatch.Slice(places[row] * units, units), decay, step);
                }
            });
        }

        public override void AddTo(TrainingState state, string name)
        {
            adam.AddTo(state, $"{name}.vectors");
            state.Add($"{name}.updates", () => updates, value => updates = value);
        }

        public override void Save()
        {
            using var noGradient = no_grad();
            adam.Parameters.CopyTo(vectors.Numbers());
        }

        public override void Dispose()
        {
        }
    }
}
