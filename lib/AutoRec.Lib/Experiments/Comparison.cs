using AutoRec.Evaluation;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>What one model had over several seeds, each with a split and a training of its own.</summary>
public sealed record ComparedModel
{
    // The 97.5 % quantile of Student's t for 1 to 30 degrees of freedom.
    private static readonly double[] StudentTable =
    [
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
    ];

    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>The value of each metric for each seed.</summary>
    public required IReadOnlyDictionary<Metric, IReadOnlyList<double>> Values { get; init; }

    /// <summary>Mean seconds of a fit.</summary>
    public required double FitSeconds { get; init; }

    /// <summary>The most that the memory of the process grew during a fit, in bytes.</summary>
    public required long FitMemory { get; init; }

    /// <summary>The model beside its baseline on the validation part, seed by seed; empty where none could be held out.</summary>
    public required IReadOnlyList<BaselineCheck> Baselines { get; init; }

    /// <summary>A sentence on a baseline that is better in some seed; null where it is not.</summary>
    public string? LostNote => Baselines.Count(check => check.IsLost) is > 0 and var lost
        ? FormattableString.Invariant($"{Name} loses to {Baselines[0].Baseline} on its own validation part in {lost} of {Baselines.Count} seeds: mean {Baselines[0].Metric} ")
            + FormattableString.Invariant($"{Baselines.Average(check => check.Model):0.0000} against {Baselines.Average(check => check.BaselineValue):0.0000}")
        : null;

    /// <summary>The mean of a metric over the seeds, and half of its 95 % confidence interval by Student's t; NaN with one seed.</summary>
    /// <param name="metric">A measured metric.</param>
    public (double Mean, double Margin) Summary(Metric metric)
    {
        var values = Values[metric];
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return (mean, values.Count < 2 ? double.NaN : StudentT(values.Count - 1) * deviation / Math.Sqrt(values.Count));
    }

    /// <summary>The 97.5 % quantile of Student's t: from the table up to 30 degrees of freedom, that of the normal distribution beyond.</summary>
    internal static double StudentT(int degrees) => degrees <= StudentTable.Length ? StudentTable[degrees - 1] : 1.960;
}

/// <summary>Compares models on the same splits.</summary>
public sealed record Comparison
{
    /// <summary>The models, in the order in which they were given.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init; }

    /// <summary>What was measured; models are compared by the first.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>The differences to the best model by the first metric.</summary>
    public required DifferencesToBest Differences { get; init; }

    /// <summary>What one should know of the figures, in sentences: notes on the data and on the first split, and baselines that are better.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Runs each experiment once for each seed, on the same parts.</summary>
    /// <param name="experiments">The experiments; they split in the same way and differ by their models.</param>
    /// <param name="loaded">The data.</param>
    /// <param name="seeds">The seeds, at least one.</param>
    /// <param name="run">
    /// Runs an experiment, given where it reports to: shows its progress, say. Null runs it. Default null.
    /// </param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">There is no experiment or seed, or a metric does not go with a model or the data.</exception>
    public static Comparison Of(
        IReadOnlyList<Experiment> experiments,
        LoadedData loaded,
        IReadOnlyList<int> seeds,
        Func<Experiment, Func<IProgress<EpochReport>?, Outcome>, Outcome>? run = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiments);
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(seeds);
        if (experiments.Count == 0 || seeds.Count == 0)
        {
            throw new ArgumentException("A comparison requires at least one model and one seed.");
        }

        run ??= (_, start) => start(null);
        var metrics = experiments[0].MetricsFor(loaded.IsImplicit);
        var results = experiments.Select(_ => new Results(metrics)).ToArray();
        foreach (var seed in seeds)
        {
            var fold = Fold.Of(loaded, experiments[0].Splitter, seed);
            for (var i = 0; i < experiments.Count; i++)
            {
                var experiment = experiments[i];
                results[i].Add(run(experiment, progress => experiment.Run(fold, seed, progress, cancellation)));
            }
        }

        ComparedModel[] models = [.. experiments.Zip(results, (experiment, result) => result.ToModel(experiment.Name))];
        return new Comparison
        {
            Models = models,
            Notes = [.. results[0].FirstNotes, .. models.Select(model => model.LostNote).OfType<string>()],
            Metrics = metrics,
            Differences = DifferencesToBest.Of(metrics[0], [.. results.Select(result => result.Users)], [.. results.Select(result => result.Values[metrics[0]].Average())]),
        };
    }

    /// <summary>What is kept of the outcomes of a model: not the fitted models.</summary>
    private sealed class Results(IReadOnlyList<Metric> metrics)
    {
        private readonly List<BaselineCheck> baselines = [];
        private readonly List<double> seconds = [];
        private long memory;

        public Dictionary<Metric, List<double>> Values { get; } = metrics.ToDictionary(metric => metric, _ => new List<double>());

        /// <summary>Each user's part in the first metric, seed by seed; null where it has none.</summary>
        public List<UserValues>? Users { get; private set; } = [];

        /// <summary>What the first outcome noticed of data and split.</summary>
        public IReadOnlyList<string> FirstNotes { get; private set; } = [];

        public void Add(Outcome outcome)
        {
            if (seconds.Count == 0)
            {
                FirstNotes = [.. outcome.Fold.Notes, .. OutcomeNotes.Of(outcome.Fold, outcome.Ratings, outcome.Rankings).Select(note => $"seed {outcome.Seed}: {note}")];
            }

            if (outcome.Baseline is { } check)
            {
                baselines.Add(check);
            }

            foreach (var (metric, value) in outcome.Metrics)
            {
                Values[metric].Add(value);
            }

            if (outcome.UsersOf(metrics[0]) is { } users)
            {
                Users?.Add(users);
            }
            else
            {
                Users = null;
            }

            seconds.Add(outcome.FitTime.TotalSeconds);
            memory = Math.Max(memory, outcome.FitMemory);
        }

        public ComparedModel ToModel(string name) => new()
        {
            Name = name,
            Values = Values.ToDictionary(metric => metric.Key, metric => (IReadOnlyList<double>)metric.Value),
            FitSeconds = seconds.Average(),
            FitMemory = memory,
            Baselines = baselines,
        };
    }
}
