
namespace AutoRec.Evaluation;

/// <summary>
/// Whether one model is better than another for the same users: the mean of the users' differences, with how sure one
/// can be of it.
/// </summary>
/// <remarks>
/// Users are drawn with replacement, as many as there are, again and again; each drawing gives a mean difference
/// (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993). The interval spans the middle 95 % of these means
/// (the percentile method). The p-value is two-sided: 2 * min(share of means at or below 0, share at or above 0), at most 1,
/// with one added to each count and to the number of drawings, so that it is never 0.
/// </remarks>
/// <param name="Users">The number of users.</param>
/// <param name="MeanDifference">The mean of first minus second: above 0 where the first is higher.</param>
/// <param name="Low">Lower end of the 95 % confidence interval of the mean difference.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="PValue">How easily a difference this far from 0 would come from the choice of users alone, 0 to 1.</param>
public sealed record PairedComparison(int Users, double MeanDifference, double Low, double High, double PValue)
{
    /// <summary>Whether the first is higher beyond chance: the whole interval lies above 0.</summary>
    public bool IsHigher => Low > 0;

    /// <summary>Whether the first is lower beyond chance: the whole interval lies below 0.</summary>
    public bool IsLower => High < 0;

    /// <summary>Compares two models by their values for the same users.</summary>
    /// <param name="first">The first model's value of each user.</param>
    /// <param name="second">The second model's, of the same users in the same order.</param>
    /// <param name="resamples">Drawings, at least 100; default 2,000.</param>
    /// <param name="seed">The seed of the drawings; default 42.</param>
    /// <exception cref="ArgumentException">The lengths differ, there are fewer than two users, or a value is not finite.</exception>
    public static PairedComparison Of(IReadOnlyList<double> first, IReadOnlyList<double> second, int resamples = 2_000, int seed = 42)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 100);
        if (first.Count != second.Count || first.Count < 2)
        {
            throw new ArgumentException($"Values of the same users, at least two, are compared, not {first.Count} with {second.Count}.");
        }

        var differences = first.Zip(second, (a, b) => a - b).ToArray();
        if (!differences.All(double.IsFinite))
        {
            throw new ArgumentException("A value is not a finite number.");
        }

        var random = new Random(seed);
        var means = new double[resamples];
        for (var drawing = 0; drawing < resamples; drawing++)
        {
            var sum = 0.0;
            for (var i = 0; i < differences.Length; i++)
            {
                sum += differences[random.Next(differences.Length)];
            }

            means[drawing] = sum / differences.Length;
        }

        Array.Sort(means);
        var atMostZero = means.Count(mean => mean <= 0);
        var atLeastZero = means.Count(mean => mean >= 0);
        return new PairedComparison(
            differences.Length,
            differences.Average(),
            Quantile(means, 0.025),
            Quantile(means, 0.975),
            Math.Min(1, 2.0 * (Math.Min(atMostZero, atLeastZero) + 1) / (resamples + 1)));
    }

    // Between the two nearest values, in proportion.
    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
