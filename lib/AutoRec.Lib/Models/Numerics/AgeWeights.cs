using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Models.Numerics;

/// <summary>
/// How much interactions count by their age: 0.5^(age / half-life), the age being the time up to the newest interaction that is learned
/// from. The one place that says so (see <see cref="IAgeWeighted"/>).
/// </summary>
/// <remarks>
/// An exponential decay with a half-life is the time function of Ding and Li, "Time Weight Collaborative Filtering" (CIKM 2005), and the
/// gradual forgetting of Vinagre and Jorge, "Forgetting Mechanisms for Scalable Collaborative Filtering" (JBCS 2012). Weights are of
/// training alone: when a model scores, the history of a user counts in full.
/// </remarks>
internal static class AgeWeights
{
    private const double SecondsPerDay = 86_400;

    /// <summary>The weights of all entries, in the order of <see cref="InteractionMatrix.Values()"/>.</summary>
    /// <param name="train">What is learned from.</param>
    /// <param name="options">The half-life.</param>
    /// <returns>Weights of at most 1, the newest interaction having 1; empty where all count alike.</returns>
    /// <exception cref="ArgumentException">There is a half-life, and the data have no times.</exception>
    public static float[] Of(InteractionMatrix train, IAgeWeighted options)
    {
        if (options.HalfLife is not { } days || train.Count == 0)
        {
            return [];
        }

        var times = train.Times().ToArray();
        if (times.Length == 0)
        {
            throw new ArgumentException("Option 'half-life' requires times; the data have none. "
                + "If a column holds them, name it: --columns timestamp=NAME.");
        }

        var newest = times.Max();
        return Array.ConvertAll(times, time => (float)Math.Pow(0.5, ((double)newest - time) / (days * SecondsPerDay)));
    }

    /// <summary>
    /// The same, divided by their mean, so that a penalty, or the weight of what did not occur, means the same with and without a
    /// half-life.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    public static float[] OfMeanOne(InteractionMatrix train, IAgeWeighted options)
    {
        var weights = Of(train, options);
        var mean = weights.Sum(weight => (double)weight) / Math.Max(1, weights.Length);
        return Array.ConvertAll(weights, weight => (float)(weight / mean));
    }

    /// <summary>
    /// The interactions with values whose products are weights: each value times the root of its weight. In sums over users of the products
    /// of two interactions, such as X'X, each user's pair then counts with the geometric mean of both weights.
    /// </summary>
    /// <param name="train">What is learned from.</param>
    /// <param name="options">The half-life.</param>
    /// <param name="binarize">Whether any interaction counts as 1 before it is weighed.</param>
    /// <exception cref="ArgumentException">There is a half-life, and the data have no times.</exception>
    public static InteractionMatrix Rooted(InteractionMatrix train, IAgeWeighted options, bool binarize = true) =>
        Weighed(train, Array.ConvertAll(OfMeanOne(train, options), MathF.Sqrt), binarize);

    /// <summary>The interactions with values that are multiplied by weights.</summary>
    /// <param name="train">The interactions.</param>
    /// <param name="weights">A weight of each entry; empty for weights of 1.</param>
    /// <param name="binarize">Whether any interaction counts as 1 before it is weighed.</param>
    public static InteractionMatrix Weighed(InteractionMatrix train, float[] weights, bool binarize)
    {
        var counted = binarize ? train.Binarize() : train;
        if (weights.Length == 0)
        {
            return counted;
        }

        var values = counted.Values().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= weights[i];
        }

        return counted.WithValues(values, counted.Scale);
    }
}
