namespace AutoRec.Evaluation;

/// <summary>What a metric is, whatever its cut-off. The list of all metrics is here: a new metric is one entry.</summary>
/// <param name="Name">Its canonical name: small letters and hyphens.</param>
/// <param name="Title">Its name in titles and tables.</param>
internal abstract record MetricDefinition(string Name, string Title)
{
    /// <summary>All metrics, in the order in which help texts name them.</summary>
    public static readonly IReadOnlyList<MetricDefinition> All =
    [
        new RatingMetric("rmse", "RMSE", RatingMetrics.SquaredError) { IsRoot = true, HigherIsBetter = false, Unit = "rating points" },
        new RatingMetric("mae", "MAE", RatingMetrics.AbsoluteError) { HigherIsBetter = false, Unit = "rating points" },
        new HitMetric("precision", "Precision", RankingMetrics.Precision),
        new HitMetric("recall", "Recall", RankingMetrics.Recall),
        new HitMetric("calibrated-recall", "Calibrated-recall", RankingMetrics.CalibratedRecall) { Aliases = ["calibratedrecall"] },
        new HitMetric("ndcg", "NDCG", RankingMetrics.Ndcg),
        new HitMetric("ndcg-full", "NDCG-full", RankingMetrics.NdcgFull),
        new HitMetric("map", "MAP", RankingMetrics.AveragePrecision) { Aliases = ["ap"] },
        new HitMetric("mrr", "MRR", RankingMetrics.ReciprocalRank) { Aliases = ["rr"] },
        new HitMetric("hit-rate", "Hit-rate", RankingMetrics.HitRate) { Aliases = ["hitrate", "hr"] },
        new CatalogueMetric("coverage", "Coverage", CatalogueMetrics.Coverage),
        new CatalogueMetric("gini", "Gini", CatalogueMetrics.Gini) { HigherIsBetter = false },
        new PopularityMetric("novelty", "Novelty", CatalogueMetrics.Novelty) { Unit = "bits" },
    ];

    /// <summary>Other names that are understood.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether a higher value is better; true unless set.</summary>
    public bool HigherIsBetter { get; init; } = true;

    /// <summary>The unit of its values; null for pure numbers.</summary>
    public string? Unit { get; init; }

    /// <summary>The metric of a name or alias; null when there is none.</summary>
    public static MetricDefinition? Find(string name) =>
        All.FirstOrDefault(definition => definition.Name == name || definition.Aliases.Contains(name));
}

/// <summary>A metric of predicted ratings: the mean loss over all ratings, or the square root of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Loss">The loss of a predicted and a true rating.</param>
internal sealed record RatingMetric(string Name, string Title, Func<double, double, double> Loss) : MetricDefinition(Name, Title)
{
    /// <summary>Whether the value is the square root of the mean loss.</summary>
    public bool IsRoot { get; init; }
}

/// <summary>A metric of one user's ranked list; its value is the mean over users.</summary>
internal abstract record UserListMetric(string Name, string Title) : MetricDefinition(Name, Title)
{
    /// <summary>The value of one user's list at a cut-off.</summary>
    public abstract double OfUser(in EvaluatedList list, int k);
}

/// <summary>A metric of where a user's relevant items stand in the list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="OfHits">The value, given the hits and the cut-off.</param>
internal sealed record HitMetric(string Name, string Title, Func<Hits, int, double> OfHits) : UserListMetric(Name, Title)
{
    /// <inheritdoc/>
    public override double OfUser(in EvaluatedList list, int k) => OfHits(list.Hits, k);
}

/// <summary>A metric of how popular the items of a user's list are.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="OfList">
/// The value, given the list, the number of training users of each item, the number of training users and the cut-off.
/// </param>
internal sealed record PopularityMetric(string Name, string Title, Func<IReadOnlyList<int>, IReadOnlyList<int>, int, int, double> OfList)
    : UserListMetric(Name, Title)
{
    /// <inheritdoc/>
    public override double OfUser(in EvaluatedList list, int k) => OfList(list.Items, list.UsersPerItem, list.TrainingUsers, k);
}

/// <summary>A metric of all users' lists together.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="OfLists">The value, given the lists, the number of items in the catalogue and the cut-off.</param>
internal sealed record CatalogueMetric(string Name, string Title, Func<IEnumerable<IReadOnlyList<int>>, int, int, double> OfLists)
    : MetricDefinition(Name, Title);

/// <summary>One user's ranked list with all that metrics look at.</summary>
/// <param name="Items">Item rows, best first.</param>
/// <param name="Hits">Where relevant items stand in the list.</param>
/// <param name="UsersPerItem">How many training users each item has.</param>
/// <param name="TrainingUsers">The number of training users.</param>
internal readonly record struct EvaluatedList(IReadOnlyList<int> Items, Hits Hits, IReadOnlyList<int> UsersPerItem, int TrainingUsers);
