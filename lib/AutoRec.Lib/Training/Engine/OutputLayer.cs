using System.Numerics.Tensors;
using AutoRec.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>
/// The last layer of an autoencoder whose outputs are the logits of a multinomial over all items, with its own Adam.
/// </summary>
internal abstract class OutputLayer : IOptimizer
{
    private readonly Linear layer;
    private readonly TorchAdam adam;

    private OutputLayer(Linear layer, Func<Parameter, double>? decay)
    {
        this.layer = layer;
        adam = new TorchAdam([layer.weight, layer.bias!], decay);
    }

    /// <summary>Makes the layer with torch's gradients, or with softmax, loss and gradient in one pass over the logits.</summary>
    /// <param name="layer">The layer, trained in place.</param>
    /// <param name="usesTorch">Whether torch computes all of it.</param>
    /// <param name="device">The device of torch.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w; null for none.</param>
    public static OutputLayer Of(Linear layer, bool usesTorch, Device device, Func<Parameter, double>? decay = null) =>
        usesTorch ? new DenseOutputLayer(layer, device, decay) : new FusedOutputLayer(layer, decay);

    /// <summary>
    /// The negative multinomial log-likelihood of the items of each row, mean over the rows (<see
    /// cref="Losses.MultinomialNegativeLogLikelihood"/>). It must enter the whole loss with the factor 1.
    /// </summary>
    /// <param name="code">What the layer takes: [batch x units].</param>
    /// <param name="clicks">The items: [batch x items].</param>
    /// <param name="isTrained">Whether the layer's own weights get gradients.</param>
    /// <returns>A scalar, whose gradient flows to <paramref name="code"/>.</returns>
    public abstract Tensor Loss(Tensor code, SparseBatch clicks, bool isTrained = true);

    /// <inheritdoc/>
    /// <remarks>The gradients are those of the last trained <see cref="Loss"/>.</remarks>
    public void Step(double learningRate) => adam.Step(learningRate);

    /// <inheritdoc/>
    public void AddTo(TrainingState state, string name) => adam.AddTo(state, name);

    /// <inheritdoc/>
    public void Save()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => adam.Dispose();

    private sealed class DenseOutputLayer(Linear layer, Device device, Func<Parameter, double>? decay) : OutputLayer(layer, decay)
    {
        public override Tensor Loss(Tensor code, SparseBatch clicks, bool isTrained)
        {
            var logits = isTrained ? layer.forward(code) : nn.functional.linear(code, layer.weight.detach(), layer.bias!.detach());
            return Losses.MultinomialNegativeLogLikelihood(logits, clicks.ToDense(device));
        }
    }

    // Three matrix products, as the mathematics demands, and one pass over the logits in place of torch's chain of them.
    private sealed class FusedOutputLayer(Linear layer, Func<Parameter, double>? decay) : OutputLayer(layer, decay)
    {
        public override Tensor Loss(Tensor code, SparseBatch clicks, bool isTrained)
        {
            Tensor codeGradient;
            double loss;
            using (no_grad())
            {
                var slopes = addmm(layer.bias!, code, layer.weight.t(), 1, 1); // Logits first: [batch x items].
                loss = ToGradient(slopes, clicks);
                codeGradient = slopes.mm(layer.weight);
                if (isTrained)
                {
                    layer.weight.grad = slopes.t().mm(code);
                    layer.bias!.grad = slopes.sum(0L); // A plain 0 would be a type of numbers.
                }
            }

            // A scalar with the loss as its value and the right gradient.
            var linear = (code * codeGradient).sum();
            return (linear - linear.detach()).Plus(loss);
        }

        // Turns logits into the gradient of the loss at them, (x_u softmax - x) / batch where x_u is the sum of the row's x.
        private static double ToGradient(Tensor logits, SparseBatch clicks)
        {
            var losses = new double[clicks.RowCount];
            var items = (int)logits.shape[1];
            Parallel.For(0, clicks.RowCount, ComputeThreads.Options, row =>
            {
                var numbers = logits.Numbers().Slice(row * items, items);
                var columns = clicks.Columns(row);
                var values = clicks.Values(row);
                var total = TensorPrimitives.Sum<float>(values);
                var largest = TensorPrimitives.Max<float>(numbers);
                var ofClicks = 0.0;
                for (var i = 0; i < columns.Length; i++)
                {
                    ofClicks += values[i] * (double)(numbers[columns[i]] - largest);
                }

                TensorPrimitives.Subtract(numbers, largest, numbers);
                TensorPrimitives.Exp<float>(numbers, numbers);
                var sum = TensorPrimitives.Sum<float>(numbers);
                losses[row] = (total * Math.Log(sum)) - ofClicks;
                TensorPrimitives.Multiply(numbers, total / sum / clicks.RowCount, numbers);
                for (var i = 0; i < columns.Length; i++)
                {
                    numbers[columns[i]] -= values[i] / clicks.RowCount;
                }
            });
            return losses.Sum() / clicks.RowCount;
        }
    }
}
