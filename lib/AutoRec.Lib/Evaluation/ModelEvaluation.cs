namespace AutoRec.Evaluation;

/// <summary>What the evaluation of a model by ratings or by ranked lists has in common.</summary>
public abstract record ModelEvaluation
{
    /// <summary>The value of each metric, over everything that was tested.</summary>
    public required IReadOnlyDictionary<Metric, double> Metrics { get; init; }

    /// <summary>
    /// The value of each metric without cold users, and for metrics of ratings without ratings of cold items too; NaN when nothing else was
    /// tested. A cold user has no history; a cold item has no training interaction.
    /// </summary>
    public required IReadOnlyDictionary<Metric, double> WithoutCold { get; init; }

    /// <summary>
    /// Each tested user's part in the metrics that are means (all but coverage and Gini), in the order of the held-out data. Models
    /// evaluated on the same held-out data have values of the same users, so that they can be compared: see <see cref="PairedComparison"/>.
    /// </summary>
    public required IReadOnlyDictionary<Metric, UserValues> PerUser { get; init; }

    /// <summary>The value of a metric.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[Metric metric] =>
        Metrics.TryGetValue(metric, out var value) ? value : throw new KeyNotFoundException($"{metric} was not measured.");

    /// <summary>The value of a metric by name, such as <c>ndcg@100</c>.</summary>
    /// <exception cref="ArgumentException">It is not a metric.</exception>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[string metric] => this[Metric.Parse(metric)];
}
