using System.Text.Json.Nodes;
using AutoRec.Evaluation;

namespace AutoRec.Cli.Reproduction;

/// <summary>What an experiment found.</summary>
internal sealed record ReproducedResult
{
    /// <summary>The experiment's name.</summary>
    public required string Name { get; init; }

    public required string Model { get; init; }

    public required string Protocol { get; init; }

    /// <summary>All options, defaults included.</summary>
    public required JsonObject Options { get; init; }

    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The value of each metric in each run: seed after seed, and of each seed fold after fold.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<double>> Metrics { get; init; }

    /// <summary>
    /// The 95 % confidence interval over users of the mean of each metric, by the bootstrap; empty where each seed tests other users or
    /// ratings.
    /// </summary>
    public IReadOnlyDictionary<string, (double Low, double High)> Intervals { get; init; } =
        new Dictionary<string, (double Low, double High)>();

    /// <summary>Seconds that a fit took, the mean over runs.</summary>
    public required double FitSeconds { get; init; }

    /// <summary>Threads that computed.</summary>
    public required int Threads { get; init; }

    /// <summary>What a reader must know of these figures, until they are measured again; null where there is nothing.</summary>
    public string? Remark { get; init; }

    public int Runs => Metrics.Values.First().Count;

    public double Mean(string metric) => Metrics[metric].Average();

    /// <summary>The standard deviation over runs, with n - 1 in the divisor; null for a single run.</summary>
    public double? Deviation(string metric) =>
        Metrics[metric] is { Count: > 1 } values ? Math.Sqrt(Variance.OfSample(values)) : null;

    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["protocol"] = Protocol,
        ["model"] = Model,
        ["options"] = Options.DeepClone(),
        ["seeds"] = new JsonArray([.. Seeds]),
        ["metrics"] = new JsonObject(Metrics.Keys.Select(metric => KeyValuePair.Create(metric, (JsonNode?)OfMetric(metric)))),
        ["fit_seconds"] = FitSeconds,
        ["threads"] = Threads,
        ["remark"] = Remark,
    };

    private JsonObject OfMetric(string metric)
    {
        var json = new JsonObject { ["mean"] = Mean(metric), ["standard_deviation"] = Deviation(metric) };
        if (Intervals.TryGetValue(metric, out var interval))
        {
            json.Add("interval_over_users", new JsonArray(interval.Low, interval.High));
        }

        json.Add("runs", new JsonArray([.. Metrics[metric]]));
        return json;
    }

    public static ReproducedResult Of(JsonObject json) => new()
    {
        Name = (string)json["name"]!,
        Protocol = (string)json["protocol"]!,
        Model = (string)json["model"]!,
        Options = (JsonObject)json["options"]!.DeepClone(),
        Seeds = [.. json["seeds"]!.AsArray().Select(seed => (int)seed!)],
        Metrics = json["metrics"]!.AsObject().ToDictionary(
            metric => metric.Key,
            metric => (IReadOnlyList<double>)[.. metric.Value!["runs"]!.AsArray().Select(value => (double)value!)]),
        Intervals = json["metrics"]!.AsObject().Where(metric => metric.Value!["interval_over_users"] is not null).ToDictionary(
            metric => metric.Key,
            metric => ((double)metric.Value!["interval_over_users"]![0]!, (double)metric.Value!["interval_over_users"]![1]!)),
        FitSeconds = (double)json["fit_seconds"]!,
        Threads = (int)json["threads"]!,
        Remark = (string?)json["remark"],
    };
}
