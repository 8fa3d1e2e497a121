using System.Diagnostics;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>How options are looked for.</summary>
public sealed record TuningOptions
{
    /// <summary>How many options are drawn. Default 27.</summary>
    public int Trials { get; init; } = 27;

    /// <summary>How many trials run at once. Default 1.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>The seed of what is drawn and of each fit. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Where torch computes. Default: the CPU.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Cpu;
}

/// <summary>
/// Random search with successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter
/// Optimization", AISTATS 2016): all trials get a few epochs, the best third of them three times as many, and so on, until the
/// last ones get all. For a model without epochs it is plain random search.
/// </summary>
public static class Tuner
{
    private const int Eta = 3;

    /// <summary>Runs the trials that are not in the file yet.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="space">From where options are drawn.</param>
    /// <param name="train">What trials are fitted to.</param>
    /// <param name="validation">What they are judged by, and their epochs chosen by; it must never see test data.</param>
    /// <param name="file">Keeps finished trials.</param>
    /// <param name="options">How to look.</param>
    /// <param name="progress">Receives each trial as it is finished, and how many fits there are in all.</param>
    /// <param name="cancellation">Ends the search; what is finished stays in the file.</param>
    /// <returns>The best of the trials that got all epochs.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="ArithmeticException">All trials failed.</exception>
    public static Trial Run(
        ModelEntry entry, SearchSpace space, InteractionMatrix train, IValidation validation, TrialFile file, TuningOptions options, Action<Trial, int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(space);
        ArgumentNullException.ThrowIfNull(validation);
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Trials, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallel, 1);
        var rungs = Rungs(options.Trials, entry.Options.FirstOrDefault(option => option.Name == "epochs")?.Default as int?);
        var fits = rungs.Sum(rung => rung.Trials);
        var finished = file.Read().ToDictionary(trial => (trial.Number, trial.Epochs));
        int[] numbers = [.. Enumerable.Range(1, options.Trials)];
        Trial[] ranked = [];
        foreach (var (count, epochs) in rungs)
        {
            var results = new Trial[count];
            System.Threading.Tasks.Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellation }, i =>
            {
                if (finished.TryGetValue((numbers[i], epochs), out var known))
                {
                    results[i] = known;
                    return;
                }

                results[i] = Fit(entry, space.Draw(options.Seed, numbers[i]), numbers[i], epochs, train, validation, options, cancellation);
                file.Add(results[i]);
                progress?.Invoke(results[i], fits);
            });

            // Of equals the one that was drawn first; those that failed last.
            ranked = [.. results.OrderBy(trial => trial.Value is null).ThenBy(trial => validation.HigherIsBetter ? -trial.Value : trial.Value).ThenBy(trial => trial.Number)];
            numbers = [.. ranked.Select(trial => trial.Number)];
        }

        return ranked[0].Value is not null ? ranked[0] : throw new ArithmeticException($"All trials failed, the first with: {ranked[0].Error}");
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

    private static Trial Fit(
        ModelEntry entry,
        IReadOnlyDictionary<string, string> drawn,
        int number,
        int? epochs,
        InteractionMatrix train,
        IValidation validation,
        TuningOptions options,
        CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var trainer = entry.CreateTrainer(drawn, out _);
            var model = trainer.Fit(train, new FitContext
            {
                Seed = options.Seed,
                Device = options.Device,
                Validation = entry.UsesValidation ? validation : null,
                EpochLimit = epochs,
                Cancellation = cancellation,
            });
            return new Trial(number, epochs, drawn, validation.Measure(model), clock.Elapsed.TotalSeconds, null);
        }
        catch (Exception error) when (error is ArithmeticException or NotSupportedException)
        {
            // A training that diverges says something about its options, not about the search.
            return new Trial(number, epochs, drawn, null, clock.Elapsed.TotalSeconds, error.Message);
        }
    }
}
