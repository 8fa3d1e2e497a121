using AutoRec.Data;
using AutoRec.Evaluation;

namespace AutoRec.Experiments;

/// <summary>What one model had over several seeds, each with a split and a training of its own, or over folds.</summary>
public sealed record ComparedModel
{
    /// <summary>The model's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it reached by each metric, seed by seed and fold by fold.</summary>
    public required IReadOnlyDictionary<Metric, MetricOverSeeds> Metrics { get; init; }

    /// <summary>Mean seconds of a fit.</summary>
    public required double FitSeconds { get; init; }

    /// <summary>The most that the memory of the process grew during a fit, in bytes.</summary>
    public required long FitMemory { get; init; }

    /// <summary>The model beside its baseline on the validation part, run by run; empty where none could be held out.</summary>
    public required IReadOnlyList<BaselineCheck> Baselines { get; init; }

    /// <summary>A sentence on a baseline that is better in some run; null where it is not.</summary>
    public string? LostNote => Baselines.Count(check => check.IsLost) is > 0 and var lost
        ? FormattableString.Invariant($"{Name} loses to {Baselines[0].Baseline} on its own validation part ")
            + FormattableString.Invariant($"in {lost} of {Baselines.Count} {(Baselines.Count == 1 ? "run" : "runs")}: ")
            + FormattableString.Invariant($"mean {Baselines[0].Metric} {Baselines.Average(check => check.Model):0.0000} ")
            + FormattableString.Invariant($"against {Baselines.Average(check => check.BaselineValue):0.0000}")
        : null;
}

/// <summary>Compares models on the same splits.</summary>
public sealed record Comparison
{
    /// <summary>The models, in the order in which they were given; without those that do not fit into memory, which a note names.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init; }

    /// <summary>The folds of each seed; 1 where each seed has one split.</summary>
    public required int Folds { get; init; }

    /// <summary>The metrics; models are compared by the first.</summary>
    public required IReadOnlyList<Metric> Metrics { get; init; }

    /// <summary>The differences to the best model by the first metric, in the order of <see cref="Models"/>.</summary>
    public required ComparisonWithBest WithBest { get; init; }

    /// <summary>
    /// What one should know of the figures, in sentences: notes on the data and on the first split, and baselines that are better.
    /// </summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Runs each experiment once for each seed, or for each fold of each seed, on the same parts.</summary>
    /// <param name="experiments">The experiments, at least one; they split in the same way and differ by their models.</param>
    /// <param name="loaded">The data.</param>
    /// <param name="seeds">The seeds, at least one.</param>
    /// <param name="run">Runs one experiment, given the function that runs it with a receiver of progress: of the same one for all runs,
    /// since shares are those of the whole comparison. Null runs it without. Default null.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">There is no experiment or seed, or a metric does not go with a model or the data.</exception>
    /// <exception cref="NotSupportedException">No model fits into memory.</exception>
    public static Comparison Of(
        IReadOnlyList<Experiment> experiments,
        LoadedData loaded,
        IReadOnlyList<int> seeds,
        Func<Experiment, Func<IProgress<WorkReport>?, Outcome>, Outcome>? run = null,
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
        var metrics = experiments[0].MetricsFor(loaded.Feedback.HasRatings);
        var notes = new List<string>();
        var splitter = experiments[0].Splitter;
        var folds = loaded.Test is null ? splitter.Count : 1;
        Results[] results = [];
        double[] weights = [];
        var (done, all) = (0.0, 0.0);
        foreach (var seed in seeds)
        {
            foreach (var (number, fold) in Fold.All(loaded, splitter, seed).Index())
            {
                var where = folds == 1 ? $"seed {seed}" : $"seed {seed}, fold {number + 1}";
                if (seed == seeds[0] && number == 0)
                {
                    experiments = Feasible(experiments, fold, notes);
                    results = [.. experiments.Select(experiment => new Results(experiment.Name, metrics, folds))];
                    weights = [.. experiments.Select(experiment => 1 + (experiment.Estimate(fold)?.ProcessorSeconds ?? 0))];
                    all = weights.Sum() * folds * seeds.Count;
                    notes.AddRange(OfLearning(fold, experiments).Select(note => $"{where}: {note}"));
                }

                foreach (var (experiment, result, weight) in experiments.Zip(results, weights))
                {
                    var (part, from, to) = ($"{experiment.Name}, {where}", done / all, (done + weight) / all);
                    result.Add(run(experiment, progress => experiment.Run(fold, seed, progress.Part(part, from, to), cancellation)), where);
                    done += weight;
                }
            }
        }

        if (seeds.Count > 1 && !splitter.IsDrawn)
        {
            notes.Add($"the split {splitter.Name} is the same for every seed, so intervals over seeds are of trainings alone");
        }

        ComparedModel[] models = [.. results.Select(result => result.ToModel())];
        return new Comparison
        {
            Models = models,
            Folds = folds,
            Metrics = metrics,
            WithBest = ComparisonWithBest.Of(metrics[0], [.. models.Select(model => model.Metrics[metrics[0]])]),
            Notes = [.. results[0].FirstNotes, .. notes, .. models.Select(model => model.LostNote).OfType<string>()],
        };
    }

    /// <summary>Those that fit into memory; of each of the others a note says why not.</summary>
    /// <exception cref="NotSupportedException">None fits.</exception>
    private static IReadOnlyList<Experiment> Feasible(IReadOnlyList<Experiment> experiments, Fold fold, List<string> notes)
    {
        var checkedOnes = experiments.Select(experiment => (Experiment: experiment, Obstacle: experiment.Obstacle(fold))).ToArray();
        notes.AddRange(checkedOnes.Where(one => one.Obstacle is not null)
            .Select(one => $"{one.Experiment.Name} is left out: {one.Obstacle}"));
        Experiment[] feasible = [.. checkedOnes.Where(one => one.Obstacle is null).Select(one => one.Experiment)];
        return feasible.Length > 0 ? feasible : throw new NotSupportedException(checkedOnes[0].Obstacle);
    }

    private static IEnumerable<string> OfLearning(Fold fold, IReadOnlyList<Experiment> experiments) => experiments
        .ToLookup(experiment => experiment.PredictsRatings, experiment => experiment.Name)
        .SelectMany(names => OutcomeNotes.OfLearning(fold.Split.Train, names.Key, [.. names]));

    /// <summary>What is kept of the outcomes of a model; fitted models are not.</summary>
    private sealed class Results(string name, IReadOnlyList<Metric> metrics, int folds)
    {
        private readonly List<ModelEvaluation> ratings = [];
        private readonly List<ModelEvaluation> rankings = [];
        private readonly List<BaselineCheck> baselines = [];
        private readonly List<double> seconds = [];
        private long memory;

        /// <summary>What the first outcome noticed of data and split.</summary>
        public IReadOnlyList<string> FirstNotes { get; private set; } = [];

        public void Add(Outcome outcome, string where)
        {
            if (seconds.Count == 0)
            {
                var notes = OutcomeNotes.Of(outcome.Fold, outcome.Ratings, outcome.Rankings);
                FirstNotes = [.. outcome.Fold.Notes, .. notes.Select(note => $"{where}: {note}")];
            }

            ratings.AddRange(outcome.Ratings is null ? [] : [outcome.Ratings]);
            rankings.AddRange(outcome.Rankings is null ? [] : [outcome.Rankings]);
            baselines.AddRange(outcome.Baseline is null ? [] : [outcome.Baseline]);
            seconds.Add(outcome.FitTime.TotalSeconds);
            memory = Math.Max(memory, outcome.FitMemory);
        }

        public ComparedModel ToModel() => new()
        {
            Name = name,
            Metrics = metrics.ToDictionary(
                metric => metric, metric => MetricOverSeeds.Of(metric, metric.IsRating ? ratings : rankings, folds)),
            FitSeconds = seconds.Average(),
            FitMemory = memory,
            Baselines = baselines,
        };
    }
}
