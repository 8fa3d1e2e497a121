using System.Globalization;

namespace AutoRec.Evaluation;

/// <summary>
/// A metric with its cut-off, such as <c>rmse</c> or <c>ndcg@100</c>. Two are equal when name and cut-off are. All there is to know of a
/// metric stands in its entry of <see cref="MetricDefinition.All"/>.
/// </summary>
public sealed record Metric
{
    private const int ExampleCutOff = 10;

    internal Metric(MetricDefinition definition, int? k)
    {
        Definition = definition;
        K = k;
        if (!HasCutOff && k is not null)
        {
            throw new ArgumentException($"Metric '{Name}' has no cut-off; got '{Name}@{k}'. Use '{Name}'.", nameof(k));
        }

        if (HasCutOff && k is not >= 1)
        {
            var got = k is null ? Name : $"{Name}@{k}";
            throw new ArgumentException(
                $"Metric '{Name}' needs a cut-off of at least 1, such as '{Name}@{ExampleCutOff}'; got '{got}'.", nameof(k));
        }
    }

    /// <summary>Every metric there is; those with a cut-off at 10.</summary>
    public static IReadOnlyList<Metric> All { get; } =
        [.. MetricDefinition.All.Select(definition => new Metric(definition, definition is RatingMetric ? null : ExampleCutOff))];

    /// <summary>Every metric there is, for help texts: <c>rmse, mae, precision@K, ...</c>.</summary>
    public static string Names { get; } = string.Join(", ", All.Select(metric => metric.HasCutOff ? $"{metric.Name}@K" : metric.Name));

    /// <summary>The root mean squared error of ratings.</summary>
    public static Metric Rmse { get; } = Parse("rmse");

    /// <summary>The mean absolute error of ratings.</summary>
    public static Metric Mae { get; } = Parse("mae");

    /// <summary>The canonical name without the cut-off, such as <c>ndcg</c>.</summary>
    public string Name => Definition.Name;

    /// <summary>The cut-off: how many of the first items of a list count; null for metrics of ratings.</summary>
    public int? K { get; }

    /// <summary>The metric as people write it in titles, such as <c>NDCG@100</c>.</summary>
    public string Title => K is { } k ? $"{Definition.Title}@{k}" : Definition.Title;

    /// <summary>The unit of its values, such as <c>rating points</c>; null for shares and other pure numbers.</summary>
    public string? Unit => Definition.Unit;

    /// <summary>Whether there is a cut-off; all metrics of ranked lists have one.</summary>
    public bool HasCutOff => !IsRating;

    /// <summary>Whether it measures predicted ratings; if not, it measures ranked lists.</summary>
    public bool IsRating => Definition is RatingMetric;

    /// <summary>
    /// Whether it is a mean over users or over their ratings, so that each user has a part in it (see <see cref="UserValues"/>). If not,
    /// there is one value for all lists together.
    /// </summary>
    public bool IsPerUser => Definition is RatingMetric or UserListMetric;

    /// <summary>Whether a higher value is better.</summary>
    public bool HigherIsBetter => Definition.HigherIsBetter;

    internal MetricDefinition Definition { get; }

    /// <summary>The NDCG of ranked lists.</summary>
    /// <param name="k">The cut-off, at least 1.</param>
    public static Metric Ndcg(int k) => new(MetricDefinition.Find("ndcg")!, k);

    /// <summary>The recall of ranked lists.</summary>
    /// <param name="k">The cut-off, at least 1.</param>
    public static Metric Recall(int k) => new(MetricDefinition.Find("recall")!, k);

    /// <summary>Reads a metric such as <c>rmse</c> or <c>ndcg@100</c>, in upper or lower case, by its name or an alias.</summary>
    /// <exception cref="ArgumentException">It is not a metric, or its cut-off is missing, superfluous or not a whole number of at least 1.
    /// The message lists the metrics.</exception>
    public static Metric Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().ToLowerInvariant().Replace('_', '-').Split('@');
        if (parts.Length > 2 || MetricDefinition.Find(parts[0]) is not { } definition)
        {
            throw new ArgumentException($"'{text}' is not a metric. Metrics: {Names}.", nameof(text));
        }

        if (parts.Length == 1)
        {
            return new Metric(definition, null);
        }

        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var k)
            ? new Metric(definition, k)
            : throw new ArgumentException($"The cut-off of '{text}' must be a whole number of at least 1. Metrics: {Names}.", nameof(text));
    }

    /// <summary>Reads metrics separated by commas; one named twice counts once.</summary>
    /// <exception cref="ArgumentException">One cannot be read, or none is named.</exception>
    public static IReadOnlyList<Metric> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        const StringSplitOptions Options = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        Metric[] metrics = [.. text.Split(',', Options).Select(Parse).Distinct()];
        return metrics.Length > 0 ? metrics : throw new ArgumentException($"No metric is named. Metrics: {Names}.", nameof(text));
    }

    /// <summary>The canonical form, such as <c>ndcg@100</c>.</summary>
    public override string ToString() => K is { } k ? $"{Name}@{k}" : Name;
}
