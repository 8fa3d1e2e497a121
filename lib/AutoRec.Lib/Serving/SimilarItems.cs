using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// Recommends the items most similar to a history: score(i) = sum over the history's items j of w(j) cos(i, j), where w(j) is 0.1 for
/// the lowest rating of the scale, 1 for the highest, and linear between. It scores new users too, whatever the model of the space does.
/// </summary>
/// <param name="space">The space of the items.</param>
public sealed class SimilarItems(LatentSpace space) : IRecommender
{
    /// <inheritdoc/>
    public int ItemCount => space.ItemCount;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            row.Clear();
            var items = histories.Interactions.Columns(user);
            var ratings = histories.Interactions.Values(user);
            for (var i = 0; i < items.Length; i++)
            {
                TensorPrimitives.MultiplyAdd(space.SimilaritiesTo(items[i]), Weight(ratings[i], histories.Interactions.Scale), row, row);
            }
        });
    }

    /// <summary>How much an item of a history counts by its rating, 0.1 to 1.</summary>
    internal static float Weight(float rating, RatingScale scale) =>
        scale.Max > scale.Min ? 0.1f + (0.9f * (rating - scale.Min) / (scale.Max - scale.Min)) : 1;
}
