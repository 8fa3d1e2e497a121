namespace AutoRec.Evaluation;

/// <summary>What a model reached by one metric over several seeds, each with a split and a training of its own.</summary>
/// <param name="Values">The value for each seed, at least one.</param>
/// <param name="PerUser">Each user's part in them, seed by seed; empty for metrics of all lists together.</param>
public sealed record MetricOverSeeds(IReadOnlyList<double> Values, IReadOnlyList<UserValues> PerUser)
{
    /// <summary>The mean over seeds.</summary>
    public double Mean => Values.Average();

    /// <summary>
    /// Half the 95 % confidence interval of the mean, by Student's t over seeds: how far the mean of other seeds may lie; NaN of one seed.
    /// </summary>
    public double Margin => Values.Count < 2
        ? double.NaN
        : StudentT.Critical95(Values.Count - 1) * Math.Sqrt(Variance.OfSample(Values) / Values.Count);

    /// <summary>Collects a metric from evaluations.</summary>
    /// <param name="metric">The metric; all evaluations have measured it.</param>
    /// <param name="evaluations">One evaluation a seed.</param>
    public static MetricOverSeeds Of(Metric metric, IEnumerable<ModelEvaluation> evaluations)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ModelEvaluation[] all = [.. evaluations];
        UserValues[] perUser = metric.IsPerUser ? [.. all.Select(one => one.PerUser[metric])] : [];
        return new MetricOverSeeds([.. all.Select(one => one[metric])], perUser);
    }
}
