using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// Recommends the items most like those of a history: score(i) = sum over the history's items j of w(j) cos(i, j), in which w goes
/// from 0.1 for the lowest rating of the scale to 1 for the highest. It serves anybody, also where the model that made the space knows only its own users.
/// </summary>
/// <param name="space">Where the items lie.</param>
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
            for (var i = 0; i < items.Length; i++)
            {
                TensorPrimitives.MultiplyAdd(space.SimilaritiesTo(items[i]), Weight(histories.Interactions.Values(user)[i], histories.Interactions.Scale), row, row);
            }
        });
    }

    /// <summary>How much an item of a history counts by its rating.</summary>
    internal static float Weight(float rating, RatingScale scale) => scale.Max > scale.Min ? 0.1f + (0.9f * (rating - scale.Min) / (scale.Max - scale.Min)) : 1;
}

/// <summary>Two models in one: (1 - share) a + share b, the scores of each user with mean 0 and standard deviation 1.</summary>
/// <param name="a">A model.</param>
/// <param name="b">Another, of the same items.</param>
/// <param name="share">How much of the second, 0 to 1.</param>
public sealed class Blend(IRecommender a, IRecommender b, double share) : IRecommender
{
    /// <inheritdoc/>
    public int ItemCount => a.ItemCount;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var other = new float[histories.Count * ItemCount];
        a.Score(histories, scores);
        b.Score(histories, other);
        for (var user = 0; user < histories.Count; user++)
        {
            Mix(scores.Span.Slice(user * ItemCount, ItemCount), other.AsSpan(user * ItemCount, ItemCount), (float)share);
        }
    }

    /// <summary>Mixes one user's scores into <paramref name="first"/>; <paramref name="second"/> is overwritten.</summary>
    internal static void Mix(Span<float> first, Span<float> second, float share)
    {
        Standardize(first);
        Standardize(second);
        TensorPrimitives.Multiply(first, 1 - share, first);
        TensorPrimitives.MultiplyAdd(second, share, first, first);
    }

    private static void Standardize(Span<float> scores)
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Sum<float>(scores) / scores.Length, scores);
        var deviation = TensorPrimitives.Norm<float>(scores) / MathF.Sqrt(scores.Length);
        if (deviation > 0)
        {
            TensorPrimitives.Divide(scores, deviation, scores);
        }
    }
}
