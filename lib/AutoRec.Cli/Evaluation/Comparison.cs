using System.Diagnostics;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Cli.Evaluation;

/// <summary>What a model had over several seeds, each with a split and a training of its own.</summary>
internal sealed record ComparedModel
{
    public required string Name { get; init; }

    /// <summary>The value of each metric for each seed.</summary>
    public required IReadOnlyDictionary<Metric, double[]> Values { get; init; }

    /// <summary>
    /// By what the first metric is compared with the best model's: the values of the users of all seeds, or of the seeds where a metric has
    /// none of users.
    /// </summary>
    public required double[] Paired { get; init; }

    /// <summary>Mean seconds of a fit.</summary>
    public required double FitSeconds { get; init; }

    /// <summary>The most that the memory of the process grew in a fit, in MB.</summary>
    public required double MemoryMegabytes { get; init; }

    /// <summary>Against the best model by the first metric; null for that model, and where there is too little to compare.</summary>
    public PairedComparison? AgainstBest { get; init; }

    /// <summary>The mean of a metric, and half of its 95 % confidence interval by Student's t; that is NaN with one seed.</summary>
    public (double Mean, double Margin) Summary(Metric metric)
    {
        var values = Values[metric];
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
        return (mean, values.Length < 2 ? double.NaN : StudentT(values.Length - 1) * deviation / Math.Sqrt(values.Length));
    }

    /// <summary>The 97.5 % quantile of Student's t: from the table up to 30 degrees of freedom, that of the normal distribution beyond.</summary>
    internal static double StudentT(int degrees)
    {
        double[] table =
        [
            12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
            2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
        ];
        return degrees <= table.Length ? table[degrees - 1] : 1.960;
    }
}

/// <summary>Compares models on the same splits.</summary>
internal sealed class Comparison(Interactions log, ISplitter splitter, IReadOnlyList<Metric> metrics, bool isImplicit, ComputeDevice device, TextWriter notes, CancellationToken cancellation)
{
    /// <summary>Fits and measures each model once for each seed.</summary>
    public IReadOnlyList<ComparedModel> Run(IReadOnlyList<(ModelEntry Entry, ITrainer<IRecommender> Trainer)> models, IReadOnlyList<int> seeds)
    {
        var values = models.Select(_ => metrics.ToDictionary(metric => metric, _ => new List<double>())).ToArray();
        var paired = models.Select(_ => new List<double>()).ToArray();
        var seconds = new double[models.Count];
        var memory = new double[models.Count];
        foreach (var seed in seeds)
        {
            var split = splitter.Split(log, seed);
            var inner = models.Any(model => model.Entry.UsesValidation) ? Splitter.ForValidation(splitter, split.TrainLog).Split(split.TrainLog, seed) : null;
            for (var i = 0; i < models.Count; i++)
            {
                var (fitted, time, grown) = Fit(models[i].Entry, models[i].Trainer, split, inner, seed);
                seconds[i] += time.TotalSeconds / seeds.Count;
                memory[i] = Math.Max(memory[i], grown);
                Measure(fitted, split, values[i], paired[i]);
            }
        }

        // Of equals the first.
        var first = metrics[0];
        var best = Enumerable.Range(0, models.Count).MaxBy(i => values[i][first].Average() * (first.HigherIsBetter ? 1 : -1));
        return [.. models.Select((model, i) => new ComparedModel
        {
            Name = model.Entry.Name,
            Values = values[i].ToDictionary(metric => metric.Key, metric => metric.Value.ToArray()),
            Paired = [.. paired[i]],
            FitSeconds = seconds[i],
            MemoryMegabytes = memory[i],
            AgainstBest = i == best || paired[i].Count < 2 ? null : PairedComparison.Of(paired[i], paired[best]),
        })];
    }

    private (IRecommender Model, TimeSpan Time, double GrownMegabytes) Fit(ModelEntry entry, ITrainer<IRecommender> trainer, Split split, Split? inner, int seed)
    {
        GC.Collect(); // What the model before has left is not this one's.
        using var memory = new MemoryWatch();
        var clock = Stopwatch.StartNew();
        var model = FitProgress.Show(notes, entry.Name, progress =>
        {
            var context = new FitContext { Seed = seed, Device = device, Progress = progress, Cancellation = cancellation };
            if (!entry.UsesValidation)
            {
                return trainer.Fit(split.Train, context);
            }

            IValidation validation = entry.Kind == ModelKind.Rating && !isImplicit
                ? new RatingValidation(inner!.Train, inner.Test)
                : new RankingValidation(inner!.Train, inner.Test, Metric.Ndcg(100));
            return Refit.Fit(trainer, inner.Train, split.Train, context with { Validation = validation }).Model;
        });
        return (model, clock.Elapsed, memory.GrownMegabytes);
    }

    private void Measure(IRecommender model, Split split, Dictionary<Metric, List<double>> values, List<double> paired)
    {
        var first = metrics[0];
        if (metrics.Any(metric => metric.IsRating))
        {
            var rating = Evaluator.MeasureRatings((IRatingPredictor)model, split.Train, split.Test);
            foreach (var metric in metrics.Where(metric => metric.IsRating))
            {
                values[metric].Add(rating[metric]);
            }
        }

        Metric[] ranking = [.. metrics.Where(metric => !metric.IsRating)];
        if (ranking.Length > 0)
        {
            var measured = Evaluator.MeasureRanking(model, split.Train, split.Test, ranking, cancellation: cancellation);
            foreach (var metric in ranking)
            {
                values[metric].Add(measured[metric]);
            }

            if (measured.PerUser.TryGetValue(first, out var users))
            {
                paired.AddRange(users);
                return;
            }
        }

        paired.Add(values[first][^1]);
    }

    /// <summary>Looks at the memory of the process from time to time.</summary>
    private sealed class MemoryWatch : IDisposable
    {
        private readonly long before = Environment.WorkingSet;
        private readonly Timer timer;
        private long most;

        public MemoryWatch() => timer = new Timer(_ => Look(), null, 0, 20);

        public double GrownMegabytes
        {
            get
            {
                Look();
                return Math.Max(0, Interlocked.Read(ref most) - before) / 1e6;
            }
        }

        public void Dispose() => timer.Dispose();

        private void Look()
        {
            var now = Environment.WorkingSet;
            var seen = Interlocked.Read(ref most);
            while (now > seen && Interlocked.CompareExchange(ref most, now, seen) is var other && other != seen)
            {
                seen = other;
            }
        }
    }
}
