using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// Mixes two models: (1 - share) a + share b, where the scores of each model are first brought to mean 0 and standard deviation 1 over
/// the items of a user.
/// </summary>
/// <param name="a">The first model.</param>
/// <param name="b">The second model, of the same items.</param>
/// <param name="share">The weight of the second model, 0 to 1.</param>
public sealed class Blend(IRecommender a, IRecommender b, double share) : IRecommender
{
    /// <inheritdoc/>
    public int ItemCount => a.ItemCount;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        var other = new float[Sizes.Of("users x items", histories.Count, ItemCount)];
        a.Score(histories, scores);
        b.Score(histories, other);
        for (var user = 0; user < histories.Count; user++)
        {
            Mix(scores.Span.Slice(user * ItemCount, ItemCount), other.AsSpan(user * ItemCount, ItemCount), (float)share);
        }
    }

    /// <summary>Mixes one user's scores into <paramref name="first"/>; <paramref name="second"/> is overwritten.</summary>
    /// <returns>What the scores of each were multiplied with.</returns>
    internal static (float First, float Second) Mix(Span<float> first, Span<float> second, float share)
    {
        var scales = ((1 - share) / StandardScore.Standardize(first), share / StandardScore.Standardize(second));
        TensorPrimitives.Multiply(first, 1 - share, first);
        TensorPrimitives.MultiplyAdd(second, share, first, first);
        return scales;
    }
}
