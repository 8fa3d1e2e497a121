using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AutoRec.Evaluation;
using Spectre.Console;

namespace AutoRec.Cli.Evaluation;

/// <summary>What an evaluation found, and how it is shown.</summary>
internal sealed record EvaluationResult
{
    // Option names as --set takes them; metric names must not have their '@' escaped.
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Model { get; init; }

    public required object Options { get; init; }

    public required int Seed { get; init; }

    /// <summary>The epochs that validation data chose, for which the model was fitted to all training data; null where none were chosen so.</summary>
    public int? Epochs { get; init; }

    public required EvaluationData Data { get; init; }

    /// <summary>In the order in which they were asked for.</summary>
    public required IReadOnlyList<KeyValuePair<Metric, double>> Metrics { get; init; }

    public required TimeSpan Load { get; init; }

    public required TimeSpan Fit { get; init; }

    public required TimeSpan Evaluate { get; init; }

    /// <summary>A model's options, by the names that <c>--set</c> takes.</summary>
    public static JsonObject OptionsToJson(object options) => JsonSerializer.SerializeToNode(options, options.GetType(), Json)!.AsObject();

    public string ToJson() => new JsonObject
    {
        ["model"] = Model,
        ["options"] = OptionsToJson(Options),
        ["seed"] = Seed,
        ["data"] = new JsonObject { ["users"] = Data.Users, ["items"] = Data.Items, ["train"] = Data.TrainCount, ["test"] = Data.TestCount },
        ["metrics"] = new JsonObject(Metrics.Select(metric => KeyValuePair.Create(metric.Key.ToString(), (JsonNode?)metric.Value))),
        ["seconds"] = new JsonObject { ["load"] = Seconds(Load), ["fit"] = Seconds(Fit), ["evaluate"] = Seconds(Evaluate) },
        ["peak_mb"] = PeakMegabytes(),
    }.ToJsonString(Json);

    public void WriteTable(TextWriter output)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("metric").AddColumn(new TableColumn("value").RightAligned());
        foreach (var (metric, value) in Metrics)
        {
            table.AddRow(metric.ToString(), value.ToString("0.0000", CultureInfo.InvariantCulture));
        }

        output.WriteLine(FormattableString.Invariant($"{Model}: {Data.TrainCount:N0} training and {Data.TestCount:N0} test interactions of {Data.Users:N0} users and {Data.Items:N0} items"));
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }).Write(table);
        output.WriteLine(FormattableString.Invariant(
            $"seed {Seed}{(Epochs is null ? "" : $", {Epochs} epochs chosen on validation data")}; seconds: load {Seconds(Load)}, fit {Seconds(Fit)}, evaluate {Seconds(Evaluate)}; at most {PeakMegabytes()} MB of memory"));
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private static long PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1_000_000;
    }
}
