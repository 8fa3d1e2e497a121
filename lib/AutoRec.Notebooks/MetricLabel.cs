using AutoRec.Evaluation;

namespace AutoRec.Notebooks;

/// <summary>Metrics as people write them; command lines and code write them small.</summary>
internal static class MetricLabel
{
    /// <summary>The name: <c>RMSE</c>, <c>NDCG@100</c>, <c>Recall@20</c>.</summary>
    public static string Of(string metric)
    {
        var name = metric.Split('@')[0];
        return name switch
        {
            "" => "",
            _ when name.StartsWith("negative elbo", StringComparison.Ordinal) => name.Replace("elbo", "ELBO", StringComparison.Ordinal),
            _ when name.StartsWith("rmse ", StringComparison.Ordinal) => $"RMSE {name[5..]}",
            _ => Find(name)?.Title.Split('@')[0] ?? char.ToUpperInvariant(name[0]) + name[1..],
        } + metric[name.Length..];
    }

    /// <summary>The name with the unit, where it has one.</summary>
    public static string WithUnit(string metric) => Of(metric) + (metric, Find(metric.Split('@')[0])?.Unit) switch
    {
        ("negative elbo", _) => " (nats a user)",
        (_, { } unit) => $" ({unit})",
        _ => "",
    };

    private static Metric? Find(string name) => Metric.All.FirstOrDefault(metric => metric.Name == name);
}
