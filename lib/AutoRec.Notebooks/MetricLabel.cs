
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
            "rmse" or "mae" or "ndcg" or "mrr" or "map" => name.ToUpperInvariant(),
            "negative elbo" => "negative ELBO",
            _ => char.ToUpperInvariant(name[0]) + name[1..],
        } + metric[name.Length..];
    }

    /// <summary>The name with the unit, where it has one.</summary>
    public static string WithUnit(string metric) => Of(metric) + metric switch
    {
        "rmse" or "mae" => " (rating points)",
        "negative elbo" => " (nats a user)",
        _ => "",
    };
}
