using System.Numerics.Tensors;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>
/// A loss of all outputs of a last layer, mean over the rows of a batch: as torch computes it, and as one pass over the outputs of a row.
/// </summary>
internal abstract class OutputLoss
{
    /// <summary>
    /// The negative log-likelihood of a multinomial whose logits are the outputs (<see cref="Losses.MultinomialNegativeLogLikelihood"/>).
    /// </summary>
    public static OutputLoss Multinomial { get; } = new MultinomialLoss();

    /// <summary>The mean of the squared errors of all items (<see cref="Losses.MeanSquaredError"/>).</summary>
    /// <param name="isSigmoid">Whether a sigmoid follows the outputs.</param>
    public static OutputLoss MeanSquaredError(bool isSigmoid) => new SquaredErrorLoss(isSigmoid);

    /// <summary>The loss by torch, which is the definition.</summary>
    /// <param name="outputs">[batch x items].</param>
    /// <param name="targets">[batch x items].</param>
    /// <returns>A scalar.</returns>
    public abstract Tensor Of(Tensor outputs, Tensor targets);

    /// <summary>Turns the outputs of a row into the gradient of the loss at them.</summary>
    /// <param name="outputs">The outputs: [columns].</param>
    /// <param name="targets">The batch.</param>
    /// <param name="row">The row of the batch.</param>
    /// <param name="places">The column of each item; null if it is the item's number.</param>
    /// <returns>The loss of the row.</returns>
    public abstract double ToGradient(Span<float> outputs, SparseBatch targets, int row, int[]? places);

    private sealed class MultinomialLoss : OutputLoss
    {
        public override Tensor Of(Tensor outputs, Tensor targets) => Losses.MultinomialNegativeLogLikelihood(outputs, targets);

        // (x_u softmax - x) / batch, where x_u is the sum of the row's x.
        public override double ToGradient(Span<float> outputs, SparseBatch targets, int row, int[]? places)
        {
            var items = targets.Columns(row);
            var values = targets.Values(row);
            var total = TensorPrimitives.Sum<float>(values);
            var largest = TensorPrimitives.Max<float>(outputs);
            var ofClicks = 0.0;
            for (var i = 0; i < items.Length; i++)
            {
                ofClicks += values[i] * (double)(outputs[places?[items[i]] ?? items[i]] - largest);
            }

            TensorPrimitives.Subtract(outputs, largest, outputs);
            TensorPrimitives.Exp<float>(outputs, outputs);
            var sum = TensorPrimitives.Sum<float>(outputs);
            TensorPrimitives.Multiply(outputs, total / sum / targets.RowCount, outputs);
            for (var i = 0; i < items.Length; i++)
            {
                outputs[places?[items[i]] ?? items[i]] -= values[i] / targets.RowCount;
            }

            return (total * Math.Log(sum)) - ofClicks;
        }
    }

    private sealed class SquaredErrorLoss(bool isSigmoid) : OutputLoss
    {
        public override Tensor Of(Tensor outputs, Tensor targets) =>
            Losses.MeanSquaredError(isSigmoid ? outputs.sigmoid() : outputs, targets);

        // 2 (y - x) y' / entries of the batch, where y' is 1, or y (1 - y) of a sigmoid: of the items without a value first.
        public override double ToGradient(Span<float> outputs, SparseBatch targets, int row, int[]? places)
        {
            var items = targets.Columns(row);
            var values = targets.Values(row);
            if (isSigmoid)
            {
                TensorPrimitives.Sigmoid<float>(outputs, outputs);
            }

            var factor = 2f / outputs.Length / targets.RowCount;
            double error = TensorPrimitives.SumOfSquares<float>(outputs);
            Span<float> ofItems = items.Length <= 256 ? stackalloc float[items.Length] : new float[items.Length];
            for (var i = 0; i < items.Length; i++)
            {
                var output = outputs[places?[items[i]] ?? items[i]];
                var difference = output - values[i];
                error += ((double)difference * difference) - ((double)output * output);
                ofItems[i] = factor * difference * (isSigmoid ? output * (1 - output) : 1);
            }

            if (isSigmoid)
            {
                ToSlopes(outputs);
            }

            TensorPrimitives.Multiply(outputs, factor, outputs);
            for (var i = 0; i < items.Length; i++)
            {
                outputs[places?[items[i]] ?? items[i]] = ofItems[i];
            }

            return error / outputs.Length;
        }

        // y becomes y y (1 - y).
        private static void ToSlopes(Span<float> outputs)
        {
            const int Length = 1024;
            Span<float> rest = stackalloc float[Length];
            for (var start = 0; start < outputs.Length; start += Length)
            {
                var part = outputs[start..Math.Min(outputs.Length, start + Length)];
                TensorPrimitives.Subtract(1f, part, rest);
                TensorPrimitives.Multiply(part, part, part);
                TensorPrimitives.Multiply(part, rest[..part.Length], part);
            }
        }
    }
}
