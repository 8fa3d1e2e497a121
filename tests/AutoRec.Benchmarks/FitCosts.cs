using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Benchmarks;

/// <summary>What fits of models take in memory and processor time, beside what is estimated before them.</summary>
internal static class FitCosts
{
    /// <summary>Fits models to generated data, those with epochs for one epoch, and prints a row for each.</summary>
    /// <param name="ratings">The data.</param>
    /// <param name="models">Models with their options, such as <c>ials:latent-factors=32</c>, separated by commas.</param>
    /// <param name="most">The processor seconds after which a fit is cut.</param>
    /// <param name="isJson">Whether to print JSON objects, one a line, in place of a table.</param>
    public static void Write(InteractionMatrix ratings, string models, double most, bool isJson)
    {
        if (!isJson)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{new Shape("generated", ratings.RowCount, ratings.ColumnCount, ratings.Count)}; {DataSize.Of(ratings).Pairs:0.0e0} pairs of a user's items"));
            Console.WriteLine();
            Console.WriteLine("| model | estimated GB | measured GB | estimated CPU s | measured CPU s | s |");
            Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        }

        foreach (var model in models.Split(','))
        {
            var cost = Measure(model, ratings, most);
            Console.WriteLine(isJson ? JsonSerializer.Serialize(cost) : cost.Obstacle is { } obstacle
                ? $"| {model} | {Text(cost.EstimatedGigabytes, "0.0")} | refused: {obstacle} |"
                : $"| {model} | {Text(cost.EstimatedGigabytes, "0.00")} | {Text(cost.Gigabytes, "0.00")} | "
                    + $"{Text(cost.EstimatedCpuSeconds, "0.0")} | {Text(cost.CpuSeconds, "0.0")}{cost.Cut} | "
                    + $"{Text(cost.Seconds, "0.0")} |");
        }
    }

    /// <summary>A model's trainer for one epoch, and the data it learns from.</summary>
    public static (ITrainer<IRecommender> Trainer, InteractionMatrix Data) Prepare(string model, InteractionMatrix ratings)
    {
        var spec = ModelSpec.Parse(model);
        var entry = ModelCatalog.Find(spec.Model);
        var hasEpochs = entry.OptionsType.GetProperty("Epochs") is not null;
        var trainer = entry.CreateTrainer(
            [.. spec.Settings, .. hasEpochs ? [KeyValuePair.Create("epochs", "1")] : Array.Empty<KeyValuePair<string, string>>()],
            out _);
        return (trainer, entry.Kind == ModelKind.Rating ? ratings : ratings.Positives());
    }

    /// <summary>The models of the catalogue that are fitted to interactions alone, and not made of others.</summary>
    public static IEnumerable<string> Models => ModelCatalog.All
        .Where(entry => entry.CreateTrainer([], out _) is { UsesItemFeatures: false } and not IChoosingTrainer)
        .Select(entry => entry.Name);

    private static FitUsage Measure(string model, InteractionMatrix ratings, double most)
    {
        var (trainer, data) = Prepare(model, ratings);
        var cost = trainer.Estimate(DataSize.Of(data))!;
        var usage = new FitUsage(cost.Obstacle(model), cost.Bytes / 1e9, cost.ProcessorSeconds);
        if (usage.Obstacle is not null)
        {
            return usage;
        }

        Memory.ResetPeak();
        var (memory, start, clock) = (Memory.PeakMegabytes() ?? 0, Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var reached = new Reached();
        using var end = new CancellationTokenSource();
        using var watch = new Timer(
            _ =>
            {
                if ((Environment.CpuUsage.TotalTime - start).TotalSeconds > most)
                {
                    end.Cancel();
                }
            },
            state: null,
            TimeSpan.FromSeconds(1),
            TimeSpan.FromSeconds(1));
        var fitted = default(IRecommender);
        try
        {
            fitted = trainer.Fit(data, new FitContext { Progress = reached, Cancellation = end.Token });
        }
        catch (OperationCanceledException)
        {
            usage = usage with { Share = reached.Share };
        }

        usage = usage with
        {
            Gigabytes = ((Memory.PeakMegabytes() ?? 0) - memory) / 1e3,
            CpuSeconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds,
            Seconds = clock.Elapsed.TotalSeconds,
        };
        GC.KeepAlive(fitted);
        return usage;
    }

    private static string Text(double? number, string format) => number?.ToString(format, CultureInfo.InvariantCulture) ?? "";

    private sealed class Reached : IProgress<WorkReport>
    {
        public double Share { get; private set; }

        public void Report(WorkReport value) => Share = value.Share ?? Share;
    }
}

/// <summary>
/// What a fit takes, or one that was cut took until then. What is null was not measured, because the fit cannot take place.
/// </summary>
/// <param name="Obstacle">Why it cannot take place; null where it can.</param>
/// <param name="EstimatedGigabytes">Memory, estimated before.</param>
/// <param name="EstimatedCpuSeconds">Processor time, estimated before.</param>
internal sealed record FitUsage(string? Obstacle, double EstimatedGigabytes, double EstimatedCpuSeconds)
{
    /// <summary>Memory.</summary>
    public double? Gigabytes { get; init; }

    /// <summary>Processor time, of all threads.</summary>
    public double? CpuSeconds { get; init; }

    /// <summary>Time by the clock.</summary>
    public double? Seconds { get; init; }

    /// <summary>The share that was done where it was cut, 0 to 1; null for a fit that came to its end.</summary>
    public double? Share { get; init; }

    /// <summary>Where it was cut, in words; empty for a fit that came to its end.</summary>
    public string Cut => Share is { } share ? string.Create(CultureInfo.InvariantCulture, $": cut at {share:0.0%}") : "";
}
