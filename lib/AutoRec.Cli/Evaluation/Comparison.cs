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

    /// <summary>What it reached by each metric.</summary>
    public required IReadOnlyDictionary<Metric, MetricOverSeeds> Metrics { get; init; }

    /// <summary>Mean seconds of a fit.</summary>
    public required double FitSeconds { get; init; }

    /// <summary>The most that the memory of the process grew in a fit, in MB.</summary>
    public required double MemoryMegabytes { get; init; }
}

/// <summary>Compares models on the same splits.</summary>
internal sealed class Comparison(Interactions log, ISplitter splitter, IReadOnlyList<Metric> metrics, bool isImplicit, ComputeDevice device, TextWriter notes, CancellationToken cancellation)
{
    /// <summary>Fits and measures each model once for each seed.</summary>
    public (IReadOnlyList<ComparedModel> Models, ComparisonWithBest ByFirstMetric) Run(IReadOnlyList<(ModelEntry Entry, ITrainer<IRecommender> Trainer)> models, IReadOnlyList<int> seeds)
    {
        var evaluations = models.Select(_ => metrics.ToDictionary(metric => metric, _ => new List<ModelEvaluation>())).ToArray();
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
                Measure(fitted, split, evaluations[i]);
            }
        }

        ComparedModel[] compared = [.. models.Select((model, i) => new ComparedModel
        {
            Name = model.Entry.Name,
            Metrics = evaluations[i].ToDictionary(metric => metric.Key, metric => MetricOverSeeds.Of(metric.Key, metric.Value)),
            FitSeconds = seconds[i],
            MemoryMegabytes = memory[i],
        })];
        return (compared, ComparisonWithBest.Of(metrics[0], [.. compared.Select(model => model.Metrics[metrics[0]])]));
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

    private void Measure(IRecommender model, Split split, Dictionary<Metric, List<ModelEvaluation>> evaluations)
    {
        var rating = metrics.Any(metric => metric.IsRating) ? Evaluator.MeasureRatings((IRatingPredictor)model, split.Train, split.Test) : null;
        Metric[] ofLists = [.. metrics.Where(metric => !metric.IsRating)];
        var ranking = ofLists.Length > 0 ? Evaluator.MeasureRanking(model, split.Train, split.Test, ofLists, cancellation: cancellation) : null;
        foreach (var metric in metrics)
        {
            evaluations[metric].Add(metric.IsRating ? rating! : ranking!);
        }
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
