using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Scoring;

namespace AutoRec.Models.Numerics;

/// <summary>Scores by sparse weights between items.</summary>
internal static class SparseItemWeights
{
    /// <summary>Makes the matrix of weights.</summary>
    /// <param name="ofItems">For each item i the items j that count for it, and their weights.</param>
    /// <returns>[items j x items i].</returns>
    public static InteractionMatrix Of(Recommendation[][] ofItems)
    {
        var offsets = new int[ofItems.Length + 1];
        foreach (var (other, _) in ofItems.SelectMany(weights => weights))
        {
            offsets[other + 1]++;
        }

        for (var other = 0; other < ofItems.Length; other++)
        {
            offsets[other + 1] = checked(offsets[other] + offsets[other + 1]);
        }

        var (next, items, values) = (offsets[..^1], new int[offsets[^1]], new float[offsets[^1]]);
        for (var item = 0; item < ofItems.Length; item++)
        {
            foreach (var (other, weight) in ofItems[item])
            {
                (items[next[other]], values[next[other]]) = (item, weight);
                next[other]++;
            }
        }

        return InteractionMatrix.FromRows(ofItems.Length, offsets, items, values);
    }

    /// <summary>Gets the weights of a row, highest first.</summary>
    public static IReadOnlyList<Recommendation> Sorted(InteractionMatrix weights, int row)
    {
        var (items, values) = (weights.Columns(row).ToArray(), weights.Values(row).ToArray());
        return [.. items.Zip(values, (item, weight) => new Recommendation(item, weight)).OrderByDescending(item => item.Score)];
    }

    /// <summary>Computes the histories times the weights.</summary>
    /// <param name="weights">[items j x items i]: what having j says for i.</param>
    /// <param name="histories">The users.</param>
    /// <param name="binarize">Whether any interaction counts as 1.</param>
    /// <param name="scores">Receives the scores: [users x items].</param>
    public static void Score(InteractionMatrix weights, Histories histories, bool binarize, Memory<float> scores)
    {
        var itemCount = weights.ColumnCount;
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = scores.Span.Slice(user * itemCount, itemCount);
            row.Clear();
            var history = histories.Interactions.Columns(user);
            var values = histories.Interactions.Values(user);
            for (var i = 0; i < history.Length; i++)
            {
                var factor = binarize ? 1 : values[i];
                var items = weights.Columns(history[i]);
                var itemWeights = weights.Values(history[i]);
                for (var j = 0; j < items.Length; j++)
                {
                    row[items[j]] += factor * itemWeights[j];
                }
            }
        });
    }
}
