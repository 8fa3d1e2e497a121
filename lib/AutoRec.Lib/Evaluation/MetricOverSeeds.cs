namespace AutoRec.Evaluation;

/// <summary>
/// What a model reached by one metric over several seeds, each with a split and a training of its own, or over the folds of
/// cross-validation.
/// </summary>
/// <param name="Values">The value for each seed or fold, at least one; of several seeds with folds all folds of each.</param>
/// <param name="PerUser">Each user's part in them, in the order of <paramref name="Values"/>; empty for metrics of all lists
/// together.</param>
public sealed record MetricOverSeeds(IReadOnlyList<double> Values, IReadOnlyList<UserValues> PerUser)
{
    /// <summary>
    /// For folds, the number of test interactions divided by that of training interactions: 1 / (k - 1) for k folds. 0 for seeds.
    /// Default 0.
    /// </summary>
    public double TestToTrain { get; init; }

    /// <summary>The mean over seeds or folds.</summary>
    public double Mean => Values.Average();

    /// <summary>
    /// Half the 95 % confidence interval of the mean, by Student's t with one degree of freedom fewer than values; NaN of one value. Over
    /// n seeds the variance of the mean is s²/n: how far the mean of other seeds on the same data may lie.
    /// </summary>
    /// <remarks>
    /// Folds have most of their training parts in common, so their values depend on each other and s²/n is too small: there is no unbiased
    /// estimate of the variance (Bengio and Grandvalet, JMLR 2004). For folds it is s² (1/n + <see cref="TestToTrain"/>), the corrected
    /// resampled t of Nadeau and Bengio, "Inference for the Generalization Error" (Machine Learning 2003), which Bouckaert and Frank (PAKDD
    /// 2004) use for repeated cross-validation too: how far the mean may lie with other data of the same size and kind.
    /// </remarks>
    public double Margin => Values.Count < 2
        ? double.NaN
        : StudentT.Critical95(Values.Count - 1) * Math.Sqrt(Variance.OfSample(Values) * ((1.0 / Values.Count) + TestToTrain));

    /// <summary>Collects a metric from evaluations.</summary>
    /// <param name="metric">The metric; all evaluations have measured it.</param>
    /// <param name="evaluations">One evaluation a seed or fold.</param>
    /// <param name="folds">The number of folds of each seed; 1 where each seed has one split. Default 1.</param>
    public static MetricOverSeeds Of(Metric metric, IEnumerable<ModelEvaluation> evaluations, int folds = 1)
    {
        ArgumentNullException.ThrowIfNull(metric);
        ModelEvaluation[] all = [.. evaluations];
        UserValues[] perUser = metric.IsPerUser ? [.. all.Select(one => one.PerUser[metric])] : [];
        return new MetricOverSeeds([.. all.Select(one => one[metric])], perUser) { TestToTrain = folds > 1 ? 1.0 / (folds - 1) : 0 };
    }
}
