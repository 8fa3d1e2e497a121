using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// The loss of a KernelNet over all items and its gradients, without a dense matrix of ratings: the first and the last layer look at
/// observed ratings only; what is between, and the kernels, are torch's.
/// </summary>
internal sealed class SparseKernelNet
{
    private readonly KernelNetNetwork network;
    private readonly SparseBatch inputs;  // [items x users]
    private readonly SparseBatch ratings; // [items x users]
    private readonly float[] values;      // Of the inputs: [entries]

    /// <summary>The loss of this network on these ratings.</summary>
    /// <param name="network">The network.</param>
    /// <param name="read">The rows that the network reads: [items x users].</param>
    /// <param name="byItem">The rows that it is to reconstruct, with the same entries: [items x users].</param>
    public SparseKernelNet(KernelNetNetwork network, InteractionMatrix read, InteractionMatrix byItem)
    {
        this.network = network;
        int[] items = [.. Enumerable.Range(0, byItem.RowCount)];
        ratings = new SparseBatch(byItem.ColumnCount).Fill(byItem, items);
        inputs = read == byItem ? ratings : new SparseBatch(byItem.ColumnCount).Fill(read, items);
        values = inputs.AllValues.ToArray();
    }

    /// <summary>Adds the gradients of 1/2 sum of squared errors + the penalty to those of the parameters.</summary>
    /// <param name="penalty">The penalty of a layer, given its kernel.</param>
    /// <returns>The loss, and the sum of squared errors in it.</returns>
    public (double Loss, double SquaredError) Backward(Func<KernelLayer, Tensor, Tensor> penalty)
    {
        using var scope = NewDisposeScope();
        var layers = network.AllLayers.ToArray();
        var kernels = network.Kernels();
        var first = layers[0].weight * kernels[0];                        // [users x hidden]
        var last = (layers[^1].weight * kernels[^1]).t().contiguous();    // [users x hidden]
        var sums = Forward(first.detach(), layers[0].bias.detach()).requires_grad_();
        var codes = network.EncodeFrom(sums, kernels);
        var (squaredErrors, errors, codeSlopes) = Compare(codes.detach().contiguous(), last.detach(), layers[^1].bias.detach());
        var (lastSlopes, biasSlopes) = OfRows(errors, codes.detach().contiguous());

        var penalties = layers[1..].Zip(kernels[1..], penalty).Aggregate(ScalarMath.Plus);
        (codes * codeSlopes).sum().Plus((last * lastSlopes).sum()).Plus((layers[^1].bias * biasSlopes).sum()).Plus(penalties).backward();

        var slopes = sums.grad!.contiguous();
        var (firstSlopes, _) = OfRows(values, slopes);
        var firstPenalty = penalty(layers[0], kernels[0]);
        (first * firstSlopes).sum().Plus((layers[0].bias * slopes.sum(0L)).sum()).Plus(firstPenalty).backward();
        return ((squaredErrors / 2) + penalties.Number() + firstPenalty.Number(), squaredErrors);
    }

    // Pre-activations of the first layer: [items x hidden].
    private Tensor Forward(Tensor weights, Tensor bias)
    {
        var units = (int)weights.shape[1];
        var sums = empty(ratings.RowCount, units);
        Parallel.For(0, ratings.RowCount, ComputeThreads.Options, item =>
        {
            var row = sums.Numbers().Slice(item * units, units);
            bias.Numbers().CopyTo(row);
            inputs.AddColumnsOf(item, inputs.AllValues, weights.Numbers(), units, row);
        });
        return sums;
    }

    // Errors of the observed ratings, and the gradient at each item's code: [entries] and [items x hidden].
    private (double SquaredErrors, float[] Errors, Tensor CodeSlopes) Compare(Tensor codes, Tensor weights, Tensor bias)
    {
        var units = (int)weights.shape[1];
        var slopes = zeros(ratings.RowCount, units);
        var errors = new float[ratings.Count];
        var squaredErrors = new double[ratings.RowCount];
        Parallel.For(0, ratings.RowCount, ComputeThreads.Options, item =>
        {
            var code = codes.Numbers().Slice(item * units, units);
            var slope = slopes.Numbers().Slice(item * units, units);
            var users = ratings.Columns(item);
            var values = ratings.Values(item);
            for (var i = 0; i < users.Length; i++)
            {
                ref var row = ref weights.Numbers()[users[i] * units];
                var error = VectorKernels.Dot(ref code[0], ref row, units) + bias.Numbers()[users[i]] - values[i];
                errors[ratings.FirstEntry(item) + i] = error;
                squaredErrors[item] += error * (double)error;
                VectorKernels.AddScaled(ref slope[0], ref row, error, units);
            }
        });
        return (squaredErrors.Sum(), errors, slopes);
    }

    // For each user the sum over its items of a number of the entry times the item's vector, and the sum of the numbers.
    private (Tensor Sums, Tensor Totals) OfRows(ReadOnlyMemory<float> entries, Tensor vectors)
    {
        var units = (int)vectors.shape[1];
        var (sums, totals) = (zeros(ratings.ColumnCount, units), zeros(ratings.ColumnCount));
        Parallel.For(0, ratings.ColumnCount, ComputeThreads.Options, user =>
        {
            ratings.AddRowsOf(user, entries.Span, vectors.Numbers(), units, sums.Numbers().Slice(user * units, units));
            foreach (var entry in ratings.EntriesOf(user))
            {
                totals.Numbers()[user] += entries.Span[entry];
            }
        });
        return (sums, totals);
    }
}
