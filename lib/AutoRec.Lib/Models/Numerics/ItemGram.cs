using AutoRec.Data;
using AutoRec.Distributed;
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
    /// diagonal how many have the item. Each process of a group makes the sums of some of the items, user after user, as one process does.
    /// </summary>
    /// <param name="train">X: [users x items].</param>
    /// <param name="group">The processes.</param>
    /// <param name="progress">Receives how far it has come.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>On process 0 the sums, row after row: [items x items]. The others keep a part that means nothing.</returns>
    public static double[] Of(
        InteractionMatrix train, IProcessGroup group, IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var items = train.ColumnCount;
        var shares = Shares.OfWeights(PairsOf(train, (place, _) => place + 1), group);
        var gram = new double[(group.Rank == 0 ? items : shares.End - shares.First) * items]; // The rows of process 0 are the first.
        var steps = new WorkSteps(progress, "", shares.End - shares.First, "items");
        var byItem = train.Transpose();
        var options = ComputeThreads.Options;
        options.CancellationToken = cancellation;
        Parallel.For(shares.First, shares.End, options, item =>
        {
            var sums = gram.AsSpan((item - shares.First) * items, item + 1);
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
        for (var rank = 1; rank < group.Size; rank++)
        {
            var (first, end) = shares.Of(rank);
            var count = (end - first) * items;
            group.SendToFirst(group.Rank == 0 ? gram.AsSpan(first * items, count) : group.Rank == rank ? gram : [], count, rank);
        }

        return gram;
    }

    /// <summary>How many terms there are to add up for each item.</summary>
    /// <param name="train">[users x items].</param>
    /// <param name="termsOf">How many terms an interaction has, by its place among those of its user and their number.</param>
    public static double[] PairsOf(InteractionMatrix train, Func<int, int, int> termsOf)
    {
        var terms = new double[train.ColumnCount];
        for (var user = 0; user < train.RowCount; user++)
        {
            var items = train.Columns(user);
            for (var place = 0; place < items.Length; place++)
            {
                terms[items[place]] += termsOf(place, items.Length);
            }
        }

        return terms;
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
