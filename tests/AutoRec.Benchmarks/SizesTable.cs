using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace AutoRec.Benchmarks;

/// <summary>
/// Every model on data as large as one machine is asked for: memory and processor time of a fit, or of its first epoch, in a process of its
/// own, or why it refuses. Rows that the page has already are not measured again.
/// </summary>
internal static class SizesTable
{
    /// <summary>The mark of the table in the page.</summary>
    public const string Mark = "sizes";

    /// <summary>The processor seconds after which a fit is cut unless others are given.</summary>
    public const double MostSeconds = 600;

    private static readonly Shape[] Shapes =
    [
        new("26 million ratings", 270_896, 45_115, 26_024_289),
        new("20 million interactions", 1_000_000, 500_000, 20_000_000),
    ];

    /// <summary>Measures the rows that the page does not have, and writes each to it.</summary>
    /// <param name="models">The models; empty for all.</param>
    /// <param name="most">The processor seconds after which a fit is cut.</param>
    /// <param name="page">The page.</param>
    public static void Write(IReadOnlyCollection<string> models, double most, MarkedPage page)
    {
        var rows = page[Mark].Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(2)
            .ToDictionary(line => line.Split('|')[1].Trim());
        string[] missing = [.. FitCosts.Models.Where(name => !rows.ContainsKey(name) && (models.Count == 0 || models.Contains(name)))];
        if (missing.Length == 0)
        {
            return;
        }

        var folder = Directory.CreateTempSubdirectory("autorec-sizes-").FullName;
        try
        {
            string[] files = [.. Shapes.Select(shape => Path.Combine(folder, $"{shape.Ratings}"))];
            foreach (var (shape, file) in Shapes.Zip(files))
            {
                Generated.Save(Generated.Ratings(shape), file);
            }

            foreach (var model in missing)
            {
                rows[model] = $"| {model} | {string.Join(" | ", files.Select(file => Cell(model, file, most)))} |";
                Console.Error.WriteLine(rows[model]);
                page[Mark] = Table(rows);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Table(Dictionary<string, string> rows) => string.Join('\n',
    [
        $"| model | {string.Join(" | ", Shapes.Select(shape => $"{shape.Name}: GB | CPU s"))} |",
        $"| --- |{string.Concat(Shapes.Select(_ => " ---: | ---: |"))}",
        .. FitCosts.Models.Where(rows.ContainsKey).Select(model => rows[model]),
        "",
    ]);

    private static string Cell(string model, string file, double most)
    {
        string[] arguments = ["--fit", model, "--generated", file, "--most", FormattableString.Invariant($"{most}"), "--json"];
        using var run = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        var output = run.StandardOutput.ReadToEndAsync();
        run.WaitForExit();
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"autorec-benchmarks {string.Join(' ', arguments)} ended with exit code {run.ExitCode}.");
        }

        return JsonSerializer.Deserialize<FitUsage>(output.Result)! switch
        {
            { Obstacle: not null } usage => string.Create(CultureInfo.InvariantCulture, $"about {usage.EstimatedGigabytes:N0} | refused"),
            var usage => string.Create(CultureInfo.InvariantCulture, $"{usage.Gigabytes:0.0} | {usage.CpuSeconds:N0}{usage.Cut}"),
        };
    }
}
