using System.Numerics.Tensors;
using AutoRec.Native;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace AutoRec.Training;

/// <summary>
/// Loss and gradients of a linear layer whose loss is of all of its outputs: three matrix products, as the mathematics demands, and one
/// pass over the outputs in place of torch's chain of them.
/// </summary>
/// <remarks>
/// The memory of the outputs, of the layer's gradients and of factors in bfloat16 is kept from batch to batch. With many items these are
/// arrays of 100 MB, which take longer to get from the system and to return to it than products in bfloat16.
/// </remarks>
/// <param name="ofOutputs">The loss.</param>
/// <param name="precision">The numbers of the factors in the matrix products.</param>
internal sealed class OutputGradient(OutputLoss ofOutputs, MatmulPrecision precision) : IDisposable
{
    // The product of the layer's gradient in bfloat16 is 1.5 times as fast for some columns at a time as for tens of thousands.
    private const int ColumnsPerProduct = 8192;
    private const int ColumnsPerBlock = 2048;

    private readonly Kept ofCode = new();
    private readonly Kept ofWeights = new();
    private readonly Kept ofSlopes = new();
    private readonly Kept ofProduct = new();
    private readonly Kept ofGradient = new();
    private Tensor? slopes; // [batch x columns]: the gradient at the outputs, in the numbers of the products
    private Tensor? code;   // [batch x units], in those numbers

    /// <summary>
    /// The loss of a batch, mean over the rows, and its gradient at the code: [batch x units].
    /// </summary>
    /// <param name="code">What the layer takes: [batch x units].</param>
    /// <param name="weights">The layer's weights: [columns x units].</param>
    /// <param name="bias">The layer's biases: [columns].</param>
    /// <param name="targets">What the loss compares the outputs with: [batch x items].</param>
    /// <param name="places">The column of each item; null if it is the item's number.</param>
    public (double Loss, Tensor Code) Of(Tensor code, Tensor weights, Tensor bias, SparseBatch targets, int[]? places = null)
    {
        var isSingle = precision == MatmulPrecision.Float32;
        this.code = isSingle ? code : ofCode.Copy(code);
        weights = isSingle ? weights : ofWeights.Copy(weights);
        slopes = ofSlopes.Of(this.code.dtype, code.shape[0], weights.shape[0]);
        double loss;
        if (isSingle)
        {
            slopes.copy_(bias).addmm_(this.code, weights.t(), 1, 1);
            loss = ToGradient(slopes, targets, places);
        }
        else
        {
            slopes.addmm_(this.code, weights.t(), 0, 1);
            loss = ToGradient(slopes, bias, targets, places);
        }

        return (loss, slopes.mm(weights).to(ScalarType.Float32));
    }

    /// <summary>
    /// The gradients of the layer for the last batch, which stay until those of the next: [columns x units] and [columns].
    /// </summary>
    public (Tensor Weights, Tensor Bias) OfLayer()
    {
        var (columns, units) = (slopes!.shape[1], code!.shape[1]);
        var gradient = ofGradient.Of(ScalarType.Float32, columns, units);
        if (precision == MatmulPrecision.Float32)
        {
            return (gradient.addmm_(slopes.t(), code, 0, 1), slopes.sum(0L)); // A plain 0 would be a type of numbers.
        }

        for (var first = 0L; first < columns; first += ColumnsPerProduct)
        {
            var count = Math.Min(ColumnsPerProduct, columns - first);
            var product = ofProduct.Of(code.dtype, count, units).addmm_(slopes.narrow(1, first, count).t(), code, 0, 1);
            gradient.narrow(0, first, count).copy_(product);
        }

        return (gradient, SumOfRows(slopes));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var kept in new[] { ofCode, ofWeights, ofSlopes, ofProduct, ofGradient })
        {
            kept.Dispose();
        }
    }

    // Turns outputs into the gradient of the loss at them.
    private double ToGradient(Tensor outputs, SparseBatch targets, int[]? places)
    {
        var losses = new double[targets.RowCount];
        var width = (int)outputs.shape[1];
        Parallel.For(0, targets.RowCount, ComputeThreads.Options, row =>
            losses[row] = ofOutputs.ToGradient(outputs.Numbers().Slice(row * width, width), targets, row, places));
        return losses.Sum() / targets.RowCount;
    }

    // The same of outputs in bfloat16 to which biases are still to be added.
    private double ToGradient(Tensor outputs, Tensor bias, SparseBatch targets, int[]? places)
    {
        var losses = new double[targets.RowCount];
        var width = (int)outputs.shape[1];
        Parallel.For(
            0,
            targets.RowCount,
            ComputeThreads.Options,
            () => new float[width],
            (row, _, numbers) =>
            {
                var ofRow = outputs.ShortNumbers().Slice(row * width, width);
                Bfloat16.Widen(ofRow, numbers);
                TensorPrimitives.Add(numbers, bias.Numbers(), numbers);
                losses[row] = ofOutputs.ToGradient(numbers, targets, row, places);
                Bfloat16.Narrow(numbers, ofRow);
                return numbers;
            },
            _ => { });
        return losses.Sum() / targets.RowCount;
    }

    private static Tensor SumOfRows(Tensor matrix)
    {
        var (rows, columns) = ((int)matrix.shape[0], (int)matrix.shape[1]);
        var sums = zeros(columns);
        ComputeThreads.ForBlocks(columns, ColumnsPerBlock, (first, end) =>
        {
            var count = end - first;
            var sum = sums.Numbers().Slice(first, count);
            var numbers = new float[count];
            for (var row = 0; row < rows; row++)
            {
                Bfloat16.Widen(matrix.ShortNumbers().Slice((row * columns) + first, count), numbers);
                TensorPrimitives.Add(sum, numbers, sum);
            }
        });
        return sums;
    }

    // Memory for a matrix whose shape may change from batch to batch.
    private sealed class Kept : IDisposable
    {
        private Tensor? numbers;

        public Tensor Of(ScalarType type, long rows, long columns)
        {
            if (numbers is null || numbers.numel() < rows * columns)
            {
                numbers?.Dispose();
                numbers = empty(rows * columns, dtype: type).DetachFromDisposeScope();
            }

            return numbers.narrow(0, 0, rows * columns).view(rows, columns);
        }

        public Tensor Copy(Tensor single) => Of(ScalarType.BFloat16, single.shape[0], single.shape[1]).copy_(single);

        public void Dispose() => numbers?.Dispose();
    }
}
