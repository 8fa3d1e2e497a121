using System.Globalization;
using System.Text.RegularExpressions;

namespace AutoRec.Evaluation;

/// <summary>
/// How tables of results show a metric: an arrow in the heading for the direction that is better, and the best values of the column
/// marked. All tables ask here; each writes the marks in its own format.
/// </summary>
internal static partial class MetricColumn
{
    /// <summary>The metric that a heading names, such as <c>RMSE</c>, <c>test RMSE</c>, <c>RMSE, random</c> or <c>NDCG@10</c>; null where
    /// it names none.</summary>
    public static Metric? Of(string heading)
    {
        var match = Name().Match(heading);
        var definition = match.Success ? MetricDefinition.Find(match.Groups["name"].Value.ToLowerInvariant()) : null;
        int? k = int.TryParse(match.Groups["k"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return definition is not null && (k is null ? definition is RatingMetric : definition is not RatingMetric && k >= 1)
            ? new Metric(definition, k)
            : null;
    }

    /// <summary>The canonical name of a metric with its arrow: <c>ndcg@10 ↑</c>.</summary>
    public static string Heading(Metric metric) => $"{metric} {Arrow(metric)}";

    /// <summary>The arrow of a metric.</summary>
    public static string Arrow(Metric metric) => metric.HigherIsBetter ? "↑" : "↓";

    /// <summary>The arrow in words.</summary>
    public static string Direction(Metric metric) => metric.HigherIsBetter ? "higher is better" : "lower is better";

    /// <summary>Which values of a column are the best; none where there is nothing to choose between.</summary>
    /// <param name="metric">What the column shows.</param>
    /// <param name="values">The values; those that are not finite are not compared.</param>
    /// <param name="shown">The values as the table shows them: what looks the same as the best is marked too.</param>
    public static bool[] Best(Metric metric, IReadOnlyList<double> values, IReadOnlyList<string> shown)
    {
        var compared = values.Zip(shown).Where(row => double.IsFinite(row.First)).ToArray();
        if (compared.Select(row => row.Second).Distinct().Count() < 2)
        {
            return new bool[values.Count];
        }

        var best = (metric.HigherIsBetter ? compared.MaxBy(row => row.First) : compared.MinBy(row => row.First)).Second;
        return [.. shown.Select(text => text == best)];
    }

    [GeneratedRegex(@"^(?:test )?(?<name>[A-Za-z-]+)(?:@(?<k>\d+))?(?:, .*)?$")]
    private static partial Regex Name();
}
