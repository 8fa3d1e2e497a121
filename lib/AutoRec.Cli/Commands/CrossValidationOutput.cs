using System.Text.Json.Nodes;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Native;

namespace AutoRec.Cli.Commands;

/// <summary>Shows the cross-validation of one model as JSON and as a table.</summary>
internal static class CrossValidationOutput
{
    public static void Write(
        TextWriter output, Experiment experiment, Comparison folds, LoadedData loaded, int seed, TimeSpan load, bool isJson)
    {
        if (isJson)
        {
            output.WriteLine(ToJson(experiment, folds, loaded, seed, load).ToJsonString(OutcomeOutput.Json));
        }
        else
        {
            WriteTable(output, experiment, folds, loaded, seed, load);
        }
    }

    private static JsonObject ToJson(Experiment experiment, Comparison folds, LoadedData loaded, int seed, TimeSpan load)
    {
        var (model, log) = (folds.Models[0], loaded.Data.Interactions);
        return new JsonObject
        {
            ["model"] = model.Name,
            ["options"] = OutcomeOutput.ToJson(experiment.Options),
            ["seed"] = seed,
            ["threads"] = ComputeThreads.Count,
            ["split"] = experiment.Splitter.Name,
            ["data"] = new JsonObject { ["users"] = log.Users.Count, ["items"] = log.Items.Count, ["interactions"] = log.Count },
            ["metrics"] = OutcomeOutput.ToJson(Each(folds, metric => metric.Mean)),
            ["margins"] = OutcomeOutput.ToJson(Each(folds, metric => metric.Margin)),
            ["folds"] = new JsonObject(folds.Metrics.Select(metric => KeyValuePair.Create(
                metric.ToString(), (JsonNode?)new JsonArray([.. model.Metrics[metric].Values])))),
            ["notes"] = new JsonArray([.. folds.Notes]),
            ["seconds"] = new JsonObject { ["load"] = OutcomeOutput.Seconds(load), ["fit"] = Math.Round(model.FitSeconds, 3) },
            ["peak_mb"] = OutcomeOutput.PeakMegabytes(),
        };
    }

    private static void WriteTable(
        TextWriter output, Experiment experiment, Comparison folds, LoadedData loaded, int seed, TimeSpan load)
    {
        var (model, log) = (folds.Models[0], loaded.Data.Interactions);
        output.WriteLine(FormattableString.Invariant($"{model.Name}: {folds.Folds} folds of {log.Count:N0} interactions ")
            + FormattableString.Invariant($"of {log.Users.Count:N0} users and {log.Items.Count:N0} items ({log.Feedback})"));
        AskOptions.WriteTable(
            output,
            1,
            ["metric", "mean", "±", "lowest", "highest"],
            Each(folds, metric => metric).Select(one => (string[])
            [
                one.Key.ToString(),
                .. new[] { one.Value.Mean, one.Value.Margin, one.Value.Values.Min(), one.Value.Values.Max() }.Select(OutcomeOutput.Number),
            ]));
        output.WriteLine(ComparisonOutput.IntervalLegend(folds));
        output.WriteLine(FormattableString.Invariant(
            $"seed {seed}, {ComputeThreads.Count} threads; seconds: load {OutcomeOutput.Seconds(load)}, ")
            + FormattableString.Invariant($"fit {model.FitSeconds:0.###} a fold; peak memory {OutcomeOutput.PeakMegabytes()} MB"));
    }

    private static IEnumerable<KeyValuePair<Metric, T>> Each<T>(Comparison folds, Func<MetricOverSeeds, T> value) =>
        folds.Metrics.Select(metric => KeyValuePair.Create(metric, value(folds.Models[0].Metrics[metric])));
}
