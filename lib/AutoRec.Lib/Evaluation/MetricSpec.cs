using System.Globalization;

namespace AutoRec.Evaluation;

/// <summary>What is measured.</summary>
public enum MetricKind
{
    /// <summary>Root mean squared error of ratings.</summary>
    Rmse,

    /// <summary>Mean absolute error of ratings.</summary>
    Mae,

    /// <summary>Share of the K places that hold relevant items.</summary>
    Precision,

    /// <summary>Share of the relevant items that are found.</summary>
    Recall,

    /// <summary>Recall against what K places can hold.</summary>
    CalibratedRecall,

    /// <summary>Normalised discounted cumulative gain.</summary>
    Ndcg,

    /// <summary>As <see cref="Ndcg"/>, against the ideal of all relevant items instead of the first K.</summary>
    NdcgFull,

    /// <summary>Average precision; its mean over users is MAP.</summary>
    AveragePrecision,

    /// <summary>Reciprocal rank of the first hit; its mean over users is MRR.</summary>
    ReciprocalRank,

    /// <summary>Whether there is a hit.</summary>
    HitRate,

    /// <summary>Share of the catalogue that is shown to anyone.</summary>
    Coverage,

    /// <summary>How unevenly the catalogue is shown.</summary>
    Gini,

    /// <summary>Mean self-information of what is shown, in bits.</summary>
    Novelty,
}

/// <summary>A metric and, for one of ranked lists, its cut-off: <c>rmse</c>, <c>ndcg@100</c>.</summary>
public sealed record MetricSpec
{
    // The first name of a kind is the canonical one.
    private static readonly (string Name, MetricKind Kind)[] Names =
    [
        ("rmse", MetricKind.Rmse),
        ("mae", MetricKind.Mae),
        ("precision", MetricKind.Precision),
        ("recall", MetricKind.Recall),
        ("calibrated-recall", MetricKind.CalibratedRecall),
        ("calibratedrecall", MetricKind.CalibratedRecall),
        ("ndcg", MetricKind.Ndcg),
        ("ndcg-full", MetricKind.NdcgFull),
        ("map", MetricKind.AveragePrecision),
        ("ap", MetricKind.AveragePrecision),
        ("mrr", MetricKind.ReciprocalRank),
        ("rr", MetricKind.ReciprocalRank),
        ("hit-rate", MetricKind.HitRate),
        ("hitrate", MetricKind.HitRate),
        ("hr", MetricKind.HitRate),
        ("coverage", MetricKind.Coverage),
        ("gini", MetricKind.Gini),
        ("novelty", MetricKind.Novelty),
    ];

    /// <summary>Makes a metric.</summary>
    /// <param name="kind">What is measured.</param>
    /// <param name="k">The cut-off, at least 1; null for <see cref="MetricKind.Rmse"/> and <see cref="MetricKind.Mae"/>, which have none.</param>
    /// <exception cref="ArgumentException">The cut-off is missing or there is one too many.</exception>
    public MetricSpec(MetricKind kind, int? k = null)
    {
        Kind = kind;
        K = k;
        if (IsRating && k is not null)
        {
            throw new ArgumentException($"The metric '{Name}' has no cut-off.", nameof(k));
        }

        if (!IsRating && k is not >= 1)
        {
            throw new ArgumentException($"The metric '{Name}' needs a cut-off of at least 1, such as '{Name}@10'.", nameof(k));
        }
    }

    /// <summary>What is measured.</summary>
    public MetricKind Kind { get; }

    /// <summary>The cut-off; null for metrics of ratings.</summary>
    public int? K { get; }

    /// <summary>Whether this measures predicted ratings; if not, it measures ranked lists.</summary>
    public bool IsRating => Kind is MetricKind.Rmse or MetricKind.Mae;

    /// <summary>Whether each user has a value of their own; if not, there is one for all lists (or ratings) together.</summary>
    public bool IsPerUser => !IsRating && Kind is not (MetricKind.Coverage or MetricKind.Gini);

    /// <summary>Whether a higher value is better: all but errors and <see cref="MetricKind.Gini"/>.</summary>
    public bool HigherIsBetter => !IsRating && Kind is not MetricKind.Gini;

    private string Name => Array.Find(Names, entry => entry.Kind == Kind).Name ?? throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "No such metric.");

    /// <summary>Reads a metric such as <c>rmse</c> or <c>ndcg@100</c>, in upper or lower case.</summary>
    /// <exception cref="ArgumentException">There is no such metric, or its cut-off is missing, superfluous or no whole
    /// number of at least 1; the message names the metrics there are.</exception>
    public static MetricSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Trim().ToLowerInvariant().Replace('_', '-').Split('@');
        var entry = Array.Find(Names, entry => entry.Name == parts[0]);
        if (entry.Name is null || parts.Length > 2)
        {
            throw new ArgumentException($"There is no metric '{text}'. Metrics: {Allowed()}.", nameof(text));
        }

        if (parts.Length == 1)
        {
            return new MetricSpec(entry.Kind);
        }

        return int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var k)
            ? new MetricSpec(entry.Kind, k)
            : throw new ArgumentException($"The cut-off of '{text}' is no whole number of at least 1. Metrics: {Allowed()}.", nameof(text));
    }

    /// <summary>Reads metrics separated by commas; one named twice counts once.</summary>
    /// <exception cref="ArgumentException">One cannot be read, or there is none.</exception>
    public static IReadOnlyList<MetricSpec> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var specs = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse).Distinct().ToArray();
        return specs.Length > 0 ? specs : throw new ArgumentException($"No metric is named. Metrics: {Allowed()}.", nameof(text));
    }

    /// <summary>The canonical form, such as <c>ndcg@100</c>.</summary>
    public override string ToString() => K is { } k ? $"{Name}@{k}" : Name;

    private static string Allowed() =>
        string.Join(", ", Enum.GetValues<MetricKind>().Select(kind => kind is MetricKind.Rmse or MetricKind.Mae ? new MetricSpec(kind) : new MetricSpec(kind, 10)));
}
