using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Models.Numerics;

/// <summary>How often items occur together.</summary>
internal static class ItemGram
{
    /// <summary>What the sums take of a fit, in words.</summary>
    public const string Phase = "counting common users";

    /// <summary>
    /// The lower triangle of X'X. Where X is 1 for each interaction and 0 elsewhere that is how many users have both items, and on the
    /// diagonal how many have the item.
    /// </summary>
    /// <param name="train">X: [users x items].</param>
    /// <param name="gram">Receives the sums, row after row: [items x items]; what is above the diagonal stays.</param>
    /// <param name="progress">Receives how far it has come.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void Of(InteractionMatrix train, double[] gram, IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var steps = new WorkSteps(progress, "", train.ColumnCount, "items");
        var byItem = train.Transpose();
        var options = ComputeThreads.Options;
        options.CancellationToken = cancellation;
        Parallel.For(0, train.ColumnCount, options, item =>
        {
            var sums = gram.AsSpan(item * train.ColumnCount, item + 1);
            sums.Clear();
            var users = byItem.Columns(item);
            var values = byItem.Values(item);
            for (var i = 0; i < users.Length; i++)
            {
                var others = train.Columns(users[i]);
                var otherValues = train.Values(users[i]);
                var value = (double)values[i];
                for (var j = 0; j < others.Length && others[j] <= item; j++)
                {
                    sums[others[j]] += value * otherValues[j];
                }
            }

            steps.Add();
        });
    }

    /// <summary>Processor seconds of a multiplication in a product of large matrices, in double precision.</summary>
    public const double ProductSeconds = 5e-11;

    /// <summary>Estimates what a model takes that keeps numbers for each pair of items.</summary>
    /// <param name="data">The size of the training data.</param>
    /// <param name="bytesPerPair">What the fit takes for each pair of items.</param>
    /// <param name="modelBytesPerPair">What the model holds for each pair of items.</param>
    public static FitCost CostOf(DataSize data, int bytesPerPair, int modelBytesPerPair)
    {
        var pairs = (double)data.Items * data.Items;
        return new FitCost
        {
            Bytes = (bytesPerPair * pairs) + (2 * data.MatrixBytes),
            ModelBytes = modelBytesPerPair * pairs,
            LongestArray = pairs,
            Instead = "'sansa' or 'ials', whose memory grows with the interactions",
        };
    }
}
