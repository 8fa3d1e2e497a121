using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Training;

namespace AutoRec.Benchmarks;

/// <summary>What fits of models take in memory and processor time, beside what is estimated before them.</summary>
internal static class FitCosts
{
    /// <summary>Fits models to generated data, those with epochs for one epoch, and prints a row for each.</summary>
    /// <param name="shape">The size of the data.</param>
    /// <param name="models">Models with their options, such as <c>ials:latent-factors=32</c>, separated by commas.</param>
    public static void Write(Shape shape, string models)
    {
        var ratings = Generated.Ratings(shape);
        var size = DataSize.Of(ratings);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture, $"{shape with { Ratings = ratings.Count }}; {size.Pairs:0.0e0} pairs of a user's items"));
        Console.WriteLine();
        Console.WriteLine("| model | estimated GB | measured GB | estimated CPU s | measured CPU s | s |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var text in models.Split(','))
        {
            var spec = ModelSpec.Parse(text);
            var entry = ModelCatalog.Find(spec.Model);
            var hasEpochs = entry.OptionsType.GetProperty("Epochs") is not null;
            var trainer = entry.CreateTrainer(
                [.. spec.Settings, .. hasEpochs ? [KeyValuePair.Create("epochs", "1")] : Array.Empty<KeyValuePair<string, string>>()],
                out _);
            var data = entry.Kind == ModelKind.Rating ? ratings : ratings.Positives();
            var cost = trainer.Estimate(DataSize.Of(data))!;
            if (cost.Obstacle(text) is { } obstacle)
            {
                Console.WriteLine($"| {text} | {cost.Bytes / 1e9:0.0} | refused: {obstacle} |");
                continue;
            }

            Memory.ResetPeak();
            var (memory, start, clock) = (
                Memory.PeakMegabytes() ?? 0, Environment.CpuUsage.TotalTime, System.Diagnostics.Stopwatch.StartNew());
            var model = trainer.Fit(data, new FitContext());
            var seconds = (Environment.CpuUsage.TotalTime - start).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {text} | {cost.Bytes / 1e9:0.00} | {((Memory.PeakMegabytes() ?? 0) - memory) / 1e3:0.00} | {cost.Seconds + (cost.Epochs * cost.EpochSeconds):0.0} | {seconds:0.0} | {clock.Elapsed.TotalSeconds:0.0} |"));
            GC.KeepAlive(model);
        }
    }
}
