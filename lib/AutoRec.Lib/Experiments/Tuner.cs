using System.Diagnostics;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Distributed;

namespace AutoRec.Experiments;

/// <summary>How options are looked for.</summary>
public sealed record TuningOptions
{
    /// <summary>How many options are drawn. Default 27.</summary>
    public int Trials { get; init; } = 27;

    /// <summary>How many trials run at once. Default 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>The seed of the draws and of each fit. Default 42.</summary>
    public int Seed { get; init; } = 42;
}

/// <summary>
/// Random search with successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
/// Optimization", AISTATS 2016): all trials get a few epochs, the best third of them three times as many, and so on, until the
/// last ones get all. For a model without epochs to choose it is plain random search.
/// </summary>
public static class Tuner
{
    private const int Eta = 3;

    /// <summary>Runs the trials that are not in the file yet.</summary>
    /// <param name="experiment">The model, and how it is measured on the validation part.</param>
    /// <param name="space">The space that options are drawn from.</param>
    /// <param name="fold">The parts; the test part is not looked at.</param>
    /// <param name="file">Keeps finished trials.</param>
    /// <param name="options">How to look.</param>
    /// <param name="onTrial">Receives each trial as it is finished, and how many fits there are in all.</param>
    /// <param name="progress">Receives how far the search has come.</param>
    /// <param name="cancellation">Ends the search; finished trials stay in the file.</param>
    /// <returns>The best of the trials that got all epochs.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or no validation part can be held out.</exception>
    /// <exception cref="ArithmeticException">All trials failed.</exception>
    /// <exception cref="DataFileException">The disk is full, so that a finished trial cannot be kept.</exception>
    public static Trial Run(
        Experiment experiment,
        SearchSpace space,
        Fold fold,
        TrialFile file,
        TuningOptions options,
        Action<Trial, int>? onTrial = null,
        IProgress<WorkReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Run(experiment, space, fold, file, options, ProcessGroup.Single, onTrial, progress, cancellation);
    }

    /// <summary>
    /// Runs the trials on the processes of a group, each of which fits some of them by itself; all get the best. Process 0 has the file.
    /// </summary>
    internal static Trial Run(
        Experiment experiment,
        SearchSpace space,
        Fold fold,
        TrialFile? file,
        TuningOptions options,
        IProcessGroup group,
        Action<Trial, int>? onTrial,
        IProgress<WorkReport>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(fold);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallel, 1);
        var entry = experiment.Entry
            ?? throw new NotSupportedException($"'{experiment.Name}' is a trainer of your own; tuning requires a model of the catalogue.");
        var isHigherBetter = experiment.ValidationMetricFor(fold.Feedback.HasRatings).HigherIsBetter;
        var rungs = Rungs(options.Trials, EpochsOf(entry));
        var fits = rungs.Sum(rung => rung.Trials);
        var finished = group.OfFirst(() => file!.Read()).ToDictionary(trial => (trial.Number, trial.Epochs));
        int[] numbers = [.. Enumerable.Range(1, options.Trials)];
        Trial[] ranked = [];
        foreach (var (rung, (count, epochs)) in rungs.Index())
        {
            var ofRung = progress.Part(
                epochs is null ? "" : FormattableString.Invariant($"trials of at most {epochs} epochs"),
                (double)rung / rungs.Count,
                (rung + 1.0) / rungs.Count);
            var results = new Trial[count];
            int[] open = [.. Enumerable.Range(0, count).Where(i => !finished.TryGetValue((numbers[i], epochs), out results[i]!))];
            var steps = new WorkSteps(ofRung, "", count, "trials");
            steps.Add(count - open.Length);
            WorkQueue.Run(group, open.Length, options.Parallel, FitOne, Keep, cancellation);

            Trial FitOne(int place)
            {
                var i = open[place];
                var ofTrial = options.Parallel * group.Size > 1 ? null : ofRung.Part(
                    FormattableString.Invariant($"trial {numbers[i]}"), (double)i / count, (i + 1.0) / count);
                var drawn = space.Draw(options.Seed, numbers[i]);
                var drawnExperiment = experiment.With(drawn) with { EpochLimit = epochs };
                return Fit(drawnExperiment, drawn, numbers[i], fold, options.Seed, ofTrial, cancellation);
            }

            void Keep(int place, Trial trial)
            {
                results[open[place]] = trial;
                file?.Add(trial);
                onTrial?.Invoke(trial, fits);
                steps.Add();
            }

            // Of equals the one that was drawn first; those that failed last.
            ranked =
            [
                .. results.OrderBy(trial => trial.Value is null)
                    .ThenBy(trial => isHigherBetter ? -trial.Value : trial.Value)
                    .ThenBy(trial => trial.Number),
            ];
            numbers = [.. ranked.Select(trial => trial.Number)];
        }

        return ranked[0].Value is not null
            ? ranked[0]
            : throw new ArithmeticException($"All trials failed, the first with: {ranked[0].Error}");
    }

    /// <summary>How many runs of all epochs, of two fits each, take as long as a search: each trial is fitted once.</summary>
    internal static int FullRuns(ModelEntry entry, int trials)
    {
        var rungs = Rungs(trials, EpochsOf(entry));
        return ((rungs[0].Epochs is null ? trials : rungs.Count * rungs[^1].Trials) + 1) / 2;
    }

    /// <summary>How many trials get how many epochs: 27 of 100 are (27, 3), (9, 11), (3, 33), (1, 100).</summary>
    internal static IReadOnlyList<(int Trials, int? Epochs)> Rungs(int trials, int? epochs)
    {
        if (epochs is not { } most)
        {
            return [(trials, null)];
        }

        var rungs = new List<(int, int?)> { };
        var divisor = 1;
        while (trials / (divisor * Eta) >= 1 && most / (divisor * Eta) >= 1)
        {
            divisor *= Eta;
        }

        for (var left = trials; divisor >= 1; divisor /= Eta, left = Math.Max(1, left / Eta))
        {
            rungs.Add((left, most / divisor));
        }

        return rungs;
    }

    private static int? EpochsOf(ModelEntry entry) => entry.Options.FirstOrDefault(option => option.Name == "epochs")?.Default as int?;

    private static Trial Fit(
        Experiment experiment,
        IReadOnlyDictionary<string, string> drawn,
        int number,
        Fold fold,
        int seed,
        IProgress<WorkReport>? progress,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var value = experiment.OnValidation(fold, seed, progress, cancellation);
            return new Trial(number, experiment.EpochLimit, drawn, value, clock.Elapsed.TotalSeconds, null);
        }
        catch (Exception error) when (error is ArithmeticException or NotSupportedException)
        {
            // A training that diverges says something about its options, not about the search.
            return new Trial(number, experiment.EpochLimit, drawn, null, clock.Elapsed.TotalSeconds, error.Message);
        }
    }
}
