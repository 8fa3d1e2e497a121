using AutoRec.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>
/// The last layer of an autoencoder whose loss is about some of its outputs alone, such as those of the items that a user has rated, with
/// its own Adam.
/// </summary>
internal abstract class EntryOutputLayer : IOptimizer
{
    private const int ItemsPerBlock = 64;

    /// <summary>Makes the layer as torch computes it, with all outputs, or one that computes those alone that the loss is about.</summary>
    /// <param name="layer">
    /// Where the weights start. Torch trains it in place; the other writes what it learned in <see cref="Save"/>. A bias without a gradient
    /// stays.
    /// </param>
    /// <param name="usesTorch">Whether torch computes it.</param>
    /// <param name="device">The device of torch.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w; null for none.</param>
    public static EntryOutputLayer Of(Linear layer, bool usesTorch, Device device, Func<Parameter, double>? decay = null) =>
        usesTorch ? new DenseEntryOutputLayer(layer, device, decay) : new SparseEntryOutputLayer(layer, decay);

    /// <summary>The loss of the outputs at entries. It must enter the whole loss with the factor 1.</summary>
    /// <param name="code">What the layer takes: [batch x units].</param>
    /// <param name="entries">The rows and items of the outputs.</param>
    /// <param name="loss">The loss as a scalar, of the outputs in the order of the entries: [entries].</param>
    /// <returns>The loss, whose gradient flows to <paramref name="code"/>.</returns>
    public abstract Tensor Loss(Tensor code, SparseBatch entries, Func<Tensor, Tensor> loss);

    /// <inheritdoc/>
    /// <remarks>The gradients are those of the last <see cref="Loss"/>.</remarks>
    public abstract void Step(double learningRate);

    /// <inheritdoc/>
    public abstract void AddTo(TrainingState state, string name);

    /// <inheritdoc/>
    public abstract void Save();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>W h + b at some entries: -> [entries].</summary>
    /// <param name="codes">The h of each row: [batch x units].</param>
    /// <param name="entries">The rows and items.</param>
    /// <param name="weights">W: [items x units].</param>
    /// <param name="biases">b: [items x 1].</param>
    public static Tensor Outputs(FloatRows codes, SparseBatch entries, FloatRows weights, FloatRows biases)
    {
        var outputs = empty(entries.Count);
        ComputeThreads.ForBlocks(weights.Count, ItemsPerBlock, (first, end) =>
        {
            var numbers = outputs.Numbers();
            for (var item = first; item < end; item++)
            {
                var rows = entries.RowsOf(item);
                var places = entries.EntriesOf(item);
                for (var i = 0; i < rows.Length; i++)
                {
                    numbers[places[i]] =
                        biases[item][0] + VectorKernels.Dot(ref weights[item][0], ref codes[rows[i]][0], weights.Width);
                }
            }
        });
        return outputs;
    }

    private sealed class DenseEntryOutputLayer(Linear layer, Device device, Func<Parameter, double>? decay) : EntryOutputLayer
    {
        private readonly TorchAdam adam = new([layer.weight, layer.bias!], decay);

        public override Tensor Loss(Tensor code, SparseBatch entries, Func<Tensor, Tensor> loss) =>
            loss(layer.forward(code).flatten().index_select(0, entries.Places(device)));

        public override void Step(double learningRate) => adam.Step(learningRate);

        public override void AddTo(TrainingState state, string name) => adam.AddTo(state, name);

        public override void Save()
        {
        }

        public override void Dispose() => adam.Dispose();
    }

    // Cost of a batch: three times entries x units for outputs and gradients, items x units for Adam.
    private sealed class SparseEntryOutputLayer(Linear layer, Func<Parameter, double>? decay) : EntryOutputLayer
    {
        private readonly OutputWeights weights = new(layer, decay);
        private FloatRows codes = new(0, (int)layer.weight.shape[1]); // [batch x units]
        private SparseBatch? entries;
        private Tensor? slopes; // [entries]

        public override Tensor Loss(Tensor code, SparseBatch entries, Func<Tensor, Tensor> loss)
        {
            this.entries = entries;
            FloatRows.Grow(ref codes, entries.RowCount);
            codes.Fill(code.detach().contiguous().Numbers());
            var outputs = Outputs(codes, entries, weights.Rows, weights.Biases);
            var value = loss(outputs.requires_grad_());
            value.backward();
            slopes = outputs.grad!;
            var ofCode = zeros(entries.RowCount, weights.Units);
            Parallel.For(0, entries.RowCount, ComputeThreads.Options, row => entries.AddColumnsOf(
                row,
                slopes.Numbers(),
                weights.Rows.All,
                weights.Rows.Stride,
                ofCode.Numbers().Slice(row * weights.Units, weights.Units)));
            return Losses.WithGradient(value.Number(), code, ofCode);
        }

        public override void Step(double learningRate)
        {
            var step = weights.Begin(learningRate);
            ComputeThreads.ForBlocks(weights.Items, ItemsPerBlock, (first, end) =>
            {
                var ofEntries = slopes!.Numbers();
                Span<float> gradient = new float[weights.Units];
                for (var item = first; item < end; item++)
                {
                    gradient.Clear();
                    entries!.AddRowsOf(item, ofEntries, codes.All, codes.Stride, gradient);
                    var ofBias = 0f;
                    foreach (var entry in entries.EntriesOf(item))
                    {
                        ofBias += ofEntries[entry];
                    }

                    weights.Update(item, gradient, ofBias, step);
                }
            });
        }

        public override void AddTo(TrainingState state, string name) => weights.AddTo(state, name);

        public override void Save() => weights.Save();

        public override void Dispose()
        {
        }
    }
}
