using System.Numerics.Tensors;
using AutoRec.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>The first layer of an autoencoder of sparse rows, W x + b, with its own Adam.</summary>
internal abstract class InputLayer : IOptimizer
{
    /// <summary>Makes the layer as torch computes it, or one without a dense batch.</summary>
    /// <param name="layer">
    /// Where the weights start. Torch trains it in place; the other writes what it learned in <see cref="Save"/>.
    /// </param>
    /// <param name="usesTorch">Whether torch computes it.</param>
    /// <param name="device">The device of torch.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w; null for none.</param>
    /// <param name="isLazy">
    /// Whether Adam leaves weights and moments of inputs that a batch does not have as they are; not with torch. Default false.
    /// </param>
    public static InputLayer Of(
        Linear layer, bool usesTorch, Device device, Func<Parameter, double>? decay = null, bool isLazy = false) =>
        usesTorch ? new DenseInputLayer(layer, device, decay) : new SparseInputLayer(layer, decay, isLazy);

    /// <summary>Rows to pre-activations, through which gradients flow: -> [batch x units].</summary>
    public abstract Tensor Forward(SparseBatch rows);

    /// <inheritdoc/>
    /// <remarks>The gradient is that of what the last <see cref="Forward"/> returned.</remarks>
    public abstract void Step(double learningRate);

    /// <inheritdoc/>
    public abstract void Save();

    /// <summary>Replaces the weights by those of the torch layer.</summary>
    public abstract void Load();

    /// <inheritdoc/>
    public abstract void AddTo(TrainingState state, string name);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>W x + b of sparse rows: -> [batch x units].</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="weights">W, transposed: [columns x units].</param>
    /// <param name="bias">b: [1 x units].</param>
    public static Tensor Outputs(SparseBatch rows, FloatRows weights, FloatRows bias)
    {
        var outputs = empty(rows.RowCount, weights.Width);
        Parallel.For(0, rows.RowCount, ComputeThreads.Options, row =>
        {
            var ofRow = outputs.Numbers().Slice(row * weights.Width, weights.Width);
            bias[0].CopyTo(ofRow);
            rows.AddColumnsOf(row, rows.AllValues, weights.All, weights.Stride, ofRow);
        });
        return outputs;
    }

    private sealed class DenseInputLayer(Linear layer, Device device, Func<Parameter, double>? decay) : InputLayer
    {
        private readonly TorchAdam adam = new([layer.weight, layer.bias!], decay);

        public override Tensor Forward(SparseBatch rows) => layer.forward(rows.ToDense(device));

        public override void Step(double learningRate) => adam.Step(learningRate);

        public override void Save()
        {
        }

        public override void Load()
        {
        }

        public override void AddTo(TrainingState state, string name) => adam.AddTo(state, name);

        public override void Dispose() => adam.Dispose();
    }

    // Cost of a batch: entries x units for the gradient, columns x units for Adam, each row of weights once through the cache.
    private sealed class SparseInputLayer : InputLayer
    {
        private const int ColumnsPerBlock = 64;

        private readonly Linear layer;
        private readonly bool isLazy;
        private readonly int columns;
        private readonly int units;
        private readonly Adam weight; // [columns x units]: torch's, transposed
        private readonly Adam bias;   // [units]
        private readonly float weightDecay;
        private readonly float biasDecay;
        private FloatRows slopes;     // [batch x units]: the gradient of the output
        private int updates;
        private SparseBatch? rows;
        private Tensor? output;

        public SparseInputLayer(Linear layer, Func<Parameter, double>? decay, bool isLazy)
        {
            (this.layer, this.isLazy) = (layer, isLazy);
            (units, columns) = ((int)layer.weight.shape[0], (int)layer.weight.shape[1]);
            weight = new Adam(new FloatRows(columns, units));
            bias = new Adam(new FloatRows(1, units));
            slopes = new FloatRows(0, units);
            weightDecay = (float)(decay?.Invoke(layer.weight) ?? 0);
            biasDecay = (float)(decay?.Invoke(layer.bias!) ?? 0);
            Load();
        }

        public override Tensor Forward(SparseBatch rows)
        {
            this.rows = rows;
            output = Outputs(rows, weight.Parameters, bias.Parameters).requires_grad_();
            return output;
        }

        public override void Step(double learningRate)
        {
            var step = Adam.At(++updates, learningRate);
            FloatRows.Grow(ref slopes, rows!.RowCount);
            slopes.Fill(output!.grad!.contiguous().Numbers());
            ComputeThreads.ForBlocks(columns, ColumnsPerBlock, (first, end) =>
            {
                Span<float> gradient = new float[units];
                for (var column = first; column < end; column++)
                {
                    if (isLazy && rows.RowsOf(column).IsEmpty)
                    {
                        continue;
                    }

                    gradient.Clear();
                    rows.AddRowsOf(column, rows.AllValues, slopes.All, slopes.Stride, gradient);
                    weight.Update(column, gradient, weightDecay, step);
                }
            });
            var biasGradient = new float[units];
            for (var row = 0; row < rows.RowCount; row++)
            {
                TensorPrimitives.Add(biasGradient, slopes[row], biasGradient);
            }

            bias.Update(0, biasGradient, biasDecay, step);
        }

        public override void Save()
        {
            using var scope = NewDisposeScope();
            using var noGradient = no_grad();
            var transposed = empty(columns, units);
            weight.Parameters.CopyTo(transposed.Numbers());
            layer.weight.copy_(transposed.t());
            bias.Parameters.CopyTo(layer.bias!.Numbers());
        }

        public override void Load()
        {
            using var scope = NewDisposeScope();
            weight.Parameters.Fill(layer.weight.detach().t().contiguous().Numbers());
            bias.Parameters.Fill(layer.bias!.detach().Numbers());
        }

        public override void AddTo(TrainingState state, string name)
        {
            weight.AddTo(state, $"{name}.weight");
            bias.AddTo(state, $"{name}.bias");
            state.Add($"{name}.updates", () => updates, value => updates = value);
        }

        public override void Dispose()
        {
        }
    }
}
