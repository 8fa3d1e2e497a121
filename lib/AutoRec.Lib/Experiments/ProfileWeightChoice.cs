using AutoRec.Evaluation;
using AutoRec.Scoring;

namespace AutoRec.Experiments;

/// <summary>
/// Chooses how much profiles count from validation measures. For each group of history lengths, each weight is judged by its gain: the
/// measure with the weight minus that of the better part, which is the history alone (weight 0) or the profile alone (weight 1). The
/// weight with the highest lower bound of the mean gain, at 95 % confidence, is chosen. If a group was measured in several situations, the
/// situation in which a weight is worst counts. The gain of the better part is 0, so that the parts are mixed only if that is clearly
/// better.
/// </summary>
internal static class ProfileWeightChoice
{
    /// <summary>The fewest users whose measures count.</summary>
    public const int FewestUsers = 30;

    // The 95 % quantile of the normal distribution: the bound is one-sided.
    private const double StandardErrors = 1.645;

    /// <summary>The weights to choose from: 0, 0.1 and so on to 1.</summary>
    public static IReadOnlyList<double> Candidates { get; } = [.. Enumerable.Range(0, 11).Select(tenth => tenth / 10.0)];

    /// <summary>
    /// Chooses the weight of each group. A group without measures has the weight of the next shorter one, which is 0 for a single item.
    /// </summary>
    /// <param name="measures">For each group of <see cref="ProfileWeights.Groups"/> the situations it was measured in, and of each
    /// situation the measures of its users: [group][situation][user][candidate]. Situations with fewer than
    /// <see cref="FewestUsers"/> do not count.</param>
    public static ProfileWeights Choose(IReadOnlyList<IReadOnlyList<IReadOnlyList<double[]>>> measures)
    {
        var weights = new double[measures.Count];
        for (var group = 0; group < weights.Length; group++)
        {
            IReadOnlyList<double[]>[] situations = [.. measures[group].Where(users => users.Count >= FewestUsers)];

            // Without a history the weight is between popularity and the profile, which says nothing about the groups after it.
            weights[group] = situations.Length > 0 ? Best(situations) : group <= 1 ? 0 : weights[group - 1];
        }

        return new ProfileWeights(weights);
    }

    private static double Best(IReadOnlyList<double[]>[] situations)
    {
        // Which part is better, in standard errors: above 0 for the profile. Where that is not significant, all situations together decide.
        var last = Candidates.Count - 1;
        var leads = Array.ConvertAll(situations, users => Difference(users, last, 0) is var (mean, error) && error > 0 ? mean / error : 0);
        var gains = situations.Select((users, i) =>
        {
            var lead = Math.Abs(leads[i]) >= StandardErrors ? leads[i] : leads.Sum();
            return Candidates.Select((_, candidate) => LowerBound(users, candidate, lead > 0 ? last : 0)).ToArray();
        }).ToArray();
        return Enumerable.Range(0, Candidates.Count)
            .Select(i => (Weight: Candidates[i], Gain: gains.Min(gain => gain[i])))
            .MaxBy(one => one.Gain)
            .Weight;
    }

    private static double LowerBound(IReadOnlyList<double[]> users, int candidate, int better)
    {
        var (mean, error) = Difference(users, candidate, better);
        return mean - (StandardErrors * error);
    }

    // The mean difference of two candidates and its standard error.
    private static (double Mean, double Error) Difference(IReadOnlyList<double[]> users, int first, int second)
    {
        var differences = users.Select(user => user[first] - user[second]).ToArray();
        return (differences.Average(), Math.Sqrt(Variance.OfSample(differences) / differences.Length));
    }
}
