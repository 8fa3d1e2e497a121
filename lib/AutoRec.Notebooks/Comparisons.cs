using AutoRec.Evaluation;

namespace AutoRec.Notebooks;

/// <summary>Compares models that were evaluated on the same held-out data, and says what came out.</summary>
public static class Comparisons
{
    /// <summary>Compares each model but one with that one, user by user, in the order in which they are given.</summary>
    /// <param name="evaluations">The evaluation of each model, by its name, on the same held-out data.</param>
    /// <param name="baseline">The model that is subtracted.</param>
    /// <param name="metric">A metric that was measured and has values of users.</param>
    /// <param name="seed">The seed of the bootstrap.</param>
    /// <returns>For each other model, its value minus that of <paramref name="baseline"/>.</returns>
    /// <exception cref="KeyNotFoundException">The baseline or the metric was not evaluated.</exception>
    public static IReadOnlyDictionary<string, PairedComparison> ComparedWith<T>(
        this IReadOnlyDictionary<string, T> evaluations, string baseline, Metric metric, int seed)
        where T : ModelEvaluation
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        var values = evaluations[baseline].PerUser[metric];
        return new OrderedDictionary<string, PairedComparison>(evaluations
            .Where(model => model.Key != baseline)
            .Select(model => KeyValuePair.Create(model.Key, PairedComparison.Of(model.Value.PerUser[metric], values, seed: seed))));
    }

    /// <summary>The names of the models whose difference is significant.</summary>
    /// <param name="comparisons">The comparisons, by the names of the models.</param>
    /// <param name="isWanted">Whether a comparison counts, such as <c>one => one.IsHigher</c>.</param>
    public static string[] Names(
        this IReadOnlyDictionary<string, PairedComparison> comparisons, Func<PairedComparison, bool> isWanted) =>
        [.. comparisons.Where(one => isWanted(one.Value)).Select(one => one.Key)];

    /// <summary>
    /// A comparison in words: "significantly better than", "significantly worse than", "not significantly different from".
    /// </summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="higher">The word for a higher value. Default: better.</param>
    /// <param name="lower">The word for a lower value. Default: worse.</param>
    public static string Verdict(this PairedComparison comparison, string higher = "better", string lower = "worse")
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison.IsHigher ? $"significantly {higher} than"
            : comparison.IsLower ? $"significantly {lower} than"
            : "not significantly different from";
    }

    /// <summary>A user for an example: of those wanted, the one whose value is nearest to that of all users.</summary>
    /// <param name="evaluation">The evaluation of a model.</param>
    /// <param name="metric">A metric that was measured and has values of users.</param>
    /// <param name="isWanted">Whether a row of the held-out data may be taken. Where none may, all may.</param>
    /// <returns>The user's row of the held-out data.</returns>
    public static int TypicalUser(this RankingEvaluation evaluation, Metric metric, Func<int, bool> isWanted)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        var (values, users) = (evaluation.PerUser[metric], evaluation.Users);
        int[] nearest =
        [
            .. Enumerable.Range(0, users.Count).OrderBy(i => Math.Abs(values[i] - evaluation[metric])).Select(i => users[i]),
        ];
        return nearest.Where(isWanted).Append(nearest[0]).First();
    }
}
