using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Native;

namespace AutoRec.Cli.Commands;

/// <summary>Shows an outcome as JSON and as a table.</summary>
internal static class OutcomeOutput
{
    // Metric names must not have their '@' escaped.
    internal static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson(Outcome outcome, TimeSpan load)
    {
        var json = new JsonObject
        {
            ["model"] = outcome.Name,
            ["options"] = ToJson(outcome.Options),
            ["seed"] = outcome.Seed,
            ["threads"] = ComputeThreads.Count,
            ["epochs"] = outcome.Epochs,
            ["data"] = ToJson(outcome.Fold),
            ["metrics"] = ToJson(outcome.Metrics),
            ["baseline"] = outcome.Baseline is not { } baseline ? null : new JsonObject
            {
                ["model"] = baseline.Baseline,
                ["metric"] = baseline.Metric.ToString(),
                ["value"] = baseline.Model,
                ["baseline_value"] = baseline.BaselineValue,
                ["is_lost"] = baseline.IsLost,
            },
            ["cold_users"] = ColdUsers(outcome),
            ["notes"] = new JsonArray([.. outcome.Notes]),
            ["seconds"] = new JsonObject
            {
                ["load"] = Seconds(load),
                ["fit"] = Seconds(outcome.FitTime),
                ["evaluate"] = Seconds(outcome.MeasureTime),
            },
            ["peak_mb"] = PeakMegabytes(),
        };
        return json.ToJsonString(Json);
    }

    /// <summary>The sizes of the parts, the same in every command.</summary>
    public static JsonObject ToJson(Fold fold) => new()
    {
        ["users"] = fold.Users,
        ["items"] = fold.Items,
        ["train"] = fold.TrainCount,
        ["validation"] = fold.ValidationCount,
        ["test"] = fold.TestCount,
    };

    /// <summary>The options of a model; numbers and truth values as such.</summary>
    public static JsonObject ToJson(IReadOnlyDictionary<string, string> options) =>
        new(options.Select(option => KeyValuePair.Create(option.Key, Value(option.Value))));

    public static void WriteTable(TextWriter output, Outcome outcome, TimeSpan load)
    {
        var fold = outcome.Fold;
        output.WriteLine(FormattableString.Invariant(
            $"{outcome.Name}: {fold.TrainCount:N0} training and {fold.TestCount:N0} test interactions ")
            + FormattableString.Invariant($"of {fold.Users:N0} users and {fold.Items:N0} items ({fold.Feedback})"));
        AskOptions.WriteTable(
            output,
            1,
            ["metric", "value"],
            outcome.Metrics.Select(metric => (string[])[metric.Key.ToString(), Number(metric.Value)]));
        if (outcome.Rankings is { ColdUsers: > 0 } rankings)
        {
            output.WriteLine(FormattableString.Invariant($"without the {rankings.ColdUsers:N0} users who have no history: ")
                + string.Join(", ", rankings.WithoutCold.Select(metric => $"{metric.Key} {Number(metric.Value)}")));
        }

        if (outcome.Baseline is { } baseline)
        {
            output.WriteLine($"on the validation part: {baseline.Metric} {Number(baseline.Model)}; "
                + $"baseline {baseline.Baseline}: {Number(baseline.BaselineValue)}");
        }

        var chosen = outcome.Epochs is { } epochs ? FormattableString.Invariant($", {epochs} epochs chosen on the validation part") : "";
        output.WriteLine(FormattableString.Invariant($"seed {outcome.Seed}, {ComputeThreads.Count} threads{chosen}; ")
            + FormattableString.Invariant($"seconds: load {Seconds(load)}, fit {Seconds(outcome.FitTime)}, ")
            + FormattableString.Invariant($"evaluate {Seconds(outcome.MeasureTime)}; peak memory {PeakMegabytes()} MB"));
    }

    /// <summary>Values of metrics; null for one that is not a finite number.</summary>
    internal static JsonObject ToJson(IEnumerable<KeyValuePair<Metric, double>> metrics) =>
        new(metrics.Select(metric => KeyValuePair.Create(
            metric.Key.ToString(), double.IsFinite(metric.Value) ? (JsonNode?)metric.Value : null)));

    private static JsonObject? ColdUsers(Outcome outcome) => outcome.Rankings is not { } rankings ? null : new JsonObject
    {
        ["count"] = rankings.ColdUsers,
        ["metrics_without"] = ToJson(rankings.WithoutCold),
    };

    private static JsonNode? Value(string text)
    {
        if (text is "true" or "false")
        {
            return text == "true";
        }

        var isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        return isNumber ? JsonNode.Parse(text) : text;
    }

    internal static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    internal static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    internal static long PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1_000_000;
    }
}
