namespace AutoRec.Evaluation;

/// <summary>
/// Several models compared with the best of them by one metric, corrected for the number of comparisons by Holm's method (1979).
/// </summary>
/// <remarks>
/// The best model is chosen by the same data, so part of its lead is luck. Correcting for its m - 1 comparisons alone would call some
/// model of five equal ones significantly different in 9 to 10 % of cases (simulated). The p-values are therefore corrected over all
/// m (m - 1) / 2 pairs of models, which holds whichever of them is best: 3 to 5 % in the same simulation.
/// </remarks>
public sealed record ComparisonWithBest
{
    /// <summary>The correction of the p-values.</summary>
    public string Correction => "holm";

    /// <summary>The position of the best model by the mean over seeds; of equals the first.</summary>
    public required int Best { get; init; }

    /// <summary>
    /// Each model minus the best one, in the order of the models. Null for the best itself, and for all models where
    /// <see cref="NotTested"/> says why.
    /// </summary>
    public required IReadOnlyList<PairedComparison?> Differences { get; init; }

    /// <summary>Why no model was tested, in words for the user; null when they were.</summary>
    public string? NotTested { get; init; }

    /// <summary>Compares models.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="models">What each reached, over the same seeds and evaluated on the same held-out data; at least one model.</param>
    /// <param name="resamples">How many draws of users, at least 100; default 2,000.</param>
    /// <param name="seed">The seed of the draws; default 42.</param>
    /// <exception cref="ArgumentException">There is no model, or seeds or users differ.</exception>
    public static ComparisonWithBest Of(Metric metric, IReadOnlyList<MetricOverSeeds> models, int resamples = 2_000, int seed = 42)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ArgumentNullException.ThrowIfNull(models);
        if (models.Count == 0)
        {
            throw new ArgumentException("There is no model to compare.", nameof(models));
        }

        var best = Enumerable.Range(0, models.Count).MaxBy(i => metric.HigherIsBetter ? models[i].Mean : -models[i].Mean);
        var differences = new PairedComparison?[models.Count];
        if (NothingToTest(metric, models) is { } reason)
        {
            return new ComparisonWithBest { Best = best, Differences = differences, NotTested = reason };
        }

        var bootstrap = new UserBootstrap([.. models.Select(model => model.PerUser)], resamples, seed);
        (int First, int Second)[] pairs =
            [.. Enumerable.Range(0, models.Count).SelectMany(first => Enumerable.Range(0, first).Select(second => (first, second)))];
        var adjusted = Holm.Adjust([.. pairs.Select(pair => PairedComparison.Of(bootstrap, pair.First, pair.Second).PValue)]);
        foreach (var ((first, second), p) in pairs.Zip(adjusted))
        {
            if (first == best || second == best)
            {
                var other = first == best ? second : first;
                differences[other] = PairedComparison.Of(bootstrap, other, best) with { AdjustedPValue = p };
            }
        }

        return new ComparisonWithBest { Best = best, Differences = differences };
    }

    private static string? NothingToTest(Metric metric, IReadOnlyList<MetricOverSeeds> models)
    {
        if (models.Count == 1)
        {
            return "There is only one model.";
        }

        if (!metric.IsPerUser)
        {
            return $"{metric} is one value for the lists of all users together, so users cannot be resampled.";
        }

        var users = models[0].PerUser.SelectMany(values => values.Users).Distinct().Count();
        return users < PairedComparison.MinUsers
            ? $"A test needs at least {PairedComparison.MinUsers} test users; there {(users == 1 ? "is" : "are")} {users}."
            : null;
    }
}
