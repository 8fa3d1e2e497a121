using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AutoRec.Benchmarks;

/// <summary>What was measured, as a table in Markdown or as JSON.</summary>
internal static class BenchmarkReport
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    public static string Table(Machine machine, int threads, IReadOnlyList<Comparison> comparisons)
    {
        var text = new StringWriter { NewLine = "\n" };
        WriteRow(
            "work",
            "ours, s",
            "reference, s",
            "ratio",
            "ours, CPU s",
            "reference, CPU s",
            "ratio",
            "aim",
            "peak MB",
            "of bandwidth",
            "of GEMM");
        WriteRow("---", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:", "---:");
        foreach (var comparison in comparisons)
        {
            WriteRow(
                comparison.Work,
                Seconds(comparison.OursMedian),
                Seconds(comparison.ReferenceMedian),
                comparison.Ratio?.ToString("0.0 x", CultureInfo.InvariantCulture) ?? "",
                Seconds(comparison.OursCpuMedian),
                Seconds(comparison.ReferenceCpuMedian),
                comparison.CpuRatio?.ToString("0.0 x", CultureInfo.InvariantCulture) ?? "",
                comparison.Target is { } target ? FormattableString.Invariant($"{target} x") : "",
                comparison.PeakMegabytes?.ToString("N0", CultureInfo.InvariantCulture) ?? "",
                Share(comparison.Demand?.Bytes / machine.BytesPerSecond / comparison.OursMedian),
                Share(comparison.Demand?.Flops / machine.FlopsPerSecond / comparison.OursMedian));
        }

        text.WriteLine();
        foreach (var comparison in comparisons.Where(comparison => comparison.ReferenceName.Length > 0))
        {
            text.WriteLine(
                $"- {comparison.Work}: ours: {comparison.OursName}; reference: {comparison.ReferenceName}{(comparison.Note is { } note ? $" ({note})" : "")}.");
        }

        text.WriteLine();
        text.WriteLine(FormattableString.Invariant(
            $"Medians of interleaved runs. {threads} threads; memory bandwidth {machine.BytesPerSecond / 1e9:0.0} GB/s, product of matrices {machine.FlopsPerSecond / 1e9:0} GFLOP/s, both measured here."));
        return text.ToString();

        void WriteRow(params string[] cells) => text.WriteLine($"| {string.Join(" | ", cells)} |");
    }

    public static void WriteJson(Machine machine, int threads, IReadOnlyList<Comparison> comparisons) => Console.WriteLine(new JsonObject
    {
        ["threads"] = threads,
        ["bytes_per_second"] = machine.BytesPerSecond,
        ["flops_per_second"] = machine.FlopsPerSecond,
        ["results"] = new JsonArray([.. comparisons.Select(comparison => new JsonObject
        {
            ["work"] = comparison.Work,
            ["ours"] = comparison.OursName,
            ["ours_seconds"] = new JsonArray([.. comparison.Ours.Select(seconds => (JsonNode)seconds)]),
            ["ours_cpu_seconds"] = new JsonArray([.. comparison.OursCpu.Select(seconds => (JsonNode)seconds)]),
            ["reference"] = comparison.ReferenceName,
            ["reference_seconds"] = new JsonArray([.. comparison.Reference.Select(seconds => (JsonNode)seconds)]),
            ["reference_cpu_seconds"] = new JsonArray([.. comparison.ReferenceCpu.Select(seconds => (JsonNode)seconds)]),
            ["ratio"] = comparison.Ratio,
            ["cpu_ratio"] = comparison.CpuRatio,
            ["aim"] = comparison.Target,
            ["peak_mb"] = comparison.PeakMegabytes,
            ["ours_value"] = comparison.Values.Ours,
            ["reference_value"] = comparison.Values.Reference,
            ["note"] = comparison.Note,
        })]),
    }.ToJsonString(Indented));

    private static string Seconds(double? seconds) => seconds?.ToString(seconds < 1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Share(double? share) => share?.ToString("0 %", CultureInfo.InvariantCulture) ?? "";
}
