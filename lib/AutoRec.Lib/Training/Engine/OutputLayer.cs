using AutoRec.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>
/// The last layer of an autoencoder whose loss is of the outputs of all items, with its own Adam.
/// </summary>
internal abstract class OutputLayer : IOptimizer
{
    /// <summary>Makes the layer with torch's gradients, or with loss and gradient in one pass over the outputs.</summary>
    /// <param name="layer">The layer, trained in place.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="usesTorch">Whether torch computes all of it.</param>
    /// <param name="device">The device of torch.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w; null for none.</param>
    /// <param name="precision">The numbers of the factors in the matrix products.</param>
    public static OutputLayer Of(
        Linear layer,
        OutputLoss loss,
        bool usesTorch,
        Device device,
        Func<Parameter, double>? decay = null,
        MatmulPrecision precision = MatmulPrecision.Float32) =>
        usesTorch
            ? new DenseOutputLayer(layer, loss, device, decay, precision)
            : new FusedOutputLayer(layer, loss, decay, precision);

    /// <summary>
    /// Makes the layer of a multinomial with a softmax over the items of a batch and as many others as are drawn (Jean, Cho, Memisevic,
    /// Bengio: On Using Very Large Target Vocabulary for Neural Machine Translation, ACL 2015): each of those that are drawn stands for as
    /// many as it was drawn from, so that the sum below the fraction is right in the mean. Adam is lazy: weights and moments of all other
    /// items stay.
    /// </summary>
    /// <param name="layer">Where the weights start, and what <see cref="Save"/> writes to.</param>
    /// <param name="samples">The number of draws, with replacement, for a batch.</param>
    /// <param name="generator">The source of the draws.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w, of items that take part; null for none.</param>
    /// <param name="precision">The numbers of the factors in the matrix products.</param>
    public static OutputLayer Sampled(
        Linear layer,
        int samples,
        Generator generator,
        Func<Parameter, double>? decay = null,
        MatmulPrecision precision = MatmulPrecision.Float32) =>
        new SampledOutputLayer(layer, samples, generator, decay, precision);

    /// <summary>The loss of a batch, mean over the rows. It must enter the whole loss with the factor 1.</summary>
    /// <param name="code">What the layer takes: [batch x units].</param>
    /// <param name="targets">What the loss compares the outputs with: [batch x items].</param>
    /// <param name="isTrained">Whether the layer's own weights get gradients.</param>
    /// <returns>A scalar, whose gradient flows to <paramref name="code"/>.</returns>
    public abstract Tensor Loss(Tensor code, SparseBatch targets, bool isTrained = true);

    /// <inheritdoc/>
    /// <remarks>The gradients are those of the last trained <see cref="Loss"/>.</remarks>
    public abstract void Step(double learningRate);

    /// <inheritdoc/>
    public abstract void AddTo(TrainingState state, string name);

    /// <inheritdoc/>
    public abstract void Save();

    /// <inheritdoc/>
    public abstract void Dispose();

    private abstract class WholeOutputLayer(Linear layer, Func<Parameter, double>? decay) : OutputLayer
    {
        protected Linear Layer => layer;

        protected TorchAdam Optimizer { get; } = new([layer.weight, layer.bias!], decay);

        public override void AddTo(TrainingState state, string name) => Optimizer.AddTo(state, name);

        public override void Save()
        {
        }

        public override void Dispose() => Optimizer.Dispose();
    }

    private sealed class DenseOutputLayer(
        Linear layer, OutputLoss loss, Device device, Func<Parameter, double>? decay, MatmulPrecision precision)
        : WholeOutputLayer(layer, decay)
    {
        public override Tensor Loss(Tensor code, SparseBatch targets, bool isTrained)
        {
            var (weight, bias) = isTrained ? (Layer.weight, Layer.bias!) : (Layer.weight.detach(), Layer.bias!.detach());
            var outputs = precision == MatmulPrecision.Float32
                ? nn.functional.linear(code, weight, bias)
                : precision.Of(code).mm(precision.Of(weight).t()).to(ScalarType.Float32).Plus(bias);
            return loss.Of(outputs, targets.ToDense(device));
        }

        public override void Step(double learningRate) => Optimizer.Step(learningRate);
    }

    private sealed class FusedOutputLayer(Linear layer, OutputLoss ofOutputs, Func<Parameter, double>? decay, MatmulPrecision precision)
        : WholeOutputLayer(layer, decay)
    {
        private readonly OutputGradient gradient = new(ofOutputs, precision);
        private (Tensor Weights, Tensor Bias) ofLayer;

        public override Tensor Loss(Tensor code, SparseBatch targets, bool isTrained)
        {
            using var noGradient = no_grad();
            var (loss, ofCode) = gradient.Of(code, Layer.weight, Layer.bias!, targets);
            if (isTrained)
            {
                ofLayer = gradient.OfLayer();
            }

            return Losses.WithGradient(loss, code, ofCode);
        }

        public override void Step(double learningRate) => Optimizer.Step(learningRate, ofLayer.Weights, ofLayer.Bias);

        public override void Dispose()
        {
            gradient.Dispose();
            base.Dispose();
        }
    }

    private sealed class SampledOutputLayer : OutputLayer
    {
        private readonly OutputWeights weights;
        private readonly int samples;
        private readonly Generator generator;
        private readonly OutputGradient gradient;
        private readonly int[] places;          // [items]: of those that take part, where they are in chosen; -1 for all others
        private readonly List<int> chosen = []; // the items that take part: those of the batch, then those that were drawn
        private Tensor? weightGradient;         // [chosen x units]
        private Tensor? biasGradient;           // [chosen]

        public SampledOutputLayer(Linear layer, int samples, Generator generator, Func<Parameter, double>? decay, MatmulPrecision precision)
        {
            (weights, gradient) = (new(layer, decay), new(OutputLoss.Multinomial, precision));
            (this.samples, this.generator) = (samples, generator);
            places = new int[weights.Items];
            Array.Fill(places, -1);
        }

        public override Tensor Loss(Tensor code, SparseBatch targets, bool isTrained)
        {
            var (ofBatch, shift) = Choose(targets);
            double loss;
            Tensor ofCode;
            using (no_grad())
            {
                var (ofItems, offsets) = (empty(chosen.Count, weights.Units), empty(chosen.Count));
                Parallel.For(0, chosen.Count, ComputeThreads.Options, place =>
                {
                    var item = chosen[place];
                    weights.Rows[item].CopyTo(ofItems.Numbers()[(place * weights.Units)..]);
                    offsets.Numbers()[place] = weights.Biases[item][0] + (place < ofBatch ? 0 : shift);
                });
                (loss, ofCode) = gradient.Of(code, ofItems, offsets, targets, places);
                if (isTrained)
                {
                    (weightGradient, biasGradient) = gradient.OfLayer();
                }
            }

            return Losses.WithGradient(loss, code, ofCode);
        }

        public override void Step(double learningRate)
        {
            var step = weights.Begin(learningRate);
            var (ofWeight, ofBias) = (weightGradient!, biasGradient!);
            Parallel.For(0, chosen.Count, ComputeThreads.Options, place => weights.Update(
                chosen[place],
                ofWeight.Numbers().Slice(place * weights.Units, weights.Units),
                ofBias.Numbers()[place],
                step));
        }

        public override void AddTo(TrainingState state, string name) => weights.AddTo(state, name);

        public override void Save() => weights.Save();

        public override void Dispose() => gradient.Dispose();

        // The number of items of the batch, and the logarithm of how many items one that was drawn stands for.
        private (int OfBatch, float Shift) Choose(SparseBatch targets)
        {
            chosen.ForEach(item => places[item] = -1);
            chosen.Clear();
            for (var item = 0; item < weights.Items; item++)
            {
                if (!targets.RowsOf(item).IsEmpty)
                {
                    Take(item);
                }
            }

            var ofBatch = chosen.Count;
            using var draws = rand(samples, generator: generator);
            foreach (var draw in draws.Numbers())
            {
                Take(Math.Min(weights.Items - 1, (int)(draw * (double)weights.Items)));
            }

            var drawn = chosen.Count - ofBatch;
            return (ofBatch, drawn == 0 ? 0 : (float)Math.Log((weights.Items - ofBatch) / (double)drawn));

            void Take(int item)
            {
                if (places[item] < 0)
                {
                    places[item] = chosen.Count;
                    chosen.Add(item);
                }
            }
        }
    }
}
