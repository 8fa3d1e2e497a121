
namespace AutoRec.Evaluation;

/// <summary>How good a model's ranked lists are by held-out items.</summary>
public sealed record RankingEvaluation
{
    /// <summary>The value of each metric: the mean over users, or for coverage and Gini the value of all lists together.</summary>
    public required IReadOnlyDictionary<MetricSpec, double> Metrics { get; init; }

    /// <summary>
    /// The values of each user, for metrics that have them, in the order of <see cref="Users"/>. Two models evaluated on
    /// the same held-out data have values of the same users in the same order: see <see cref="PairedComparison"/>.
    /// </summary>
    public required IReadOnlyDictionary<MetricSpec, IReadOnlyList<double>> PerUser { get; init; }

    /// <summary>The evaluated users: those with a relevant item, as rows of the held-out data, ascending.</summary>
    public required IReadOnlyList<int> Users { get; init; }

    /// <summary>Users left out because none of their held-out items is relevant.</summary>
    public required int UsersLeftOut { get; init; }

    /// <summary>Evaluated users without a history, ranked by what the model does for somebody unknown.</summary>
    public required int UsersWithoutHistory { get; init; }

    /// <summary>Relevant held-out items of all evaluated users.</summary>
    public required int RelevantItems { get; init; }

    /// <summary>Those of <see cref="RelevantItems"/> that no training user has: hard or impossible to hit.</summary>
    public required int ColdRelevantItems { get; init; }

    /// <summary>
    /// Relevant held-out items that the user's history holds too. Items of the history are never candidates, so these
    /// could not be hit by any model; they are left out of the relevant ones.
    /// </summary>
    public required int TargetsInHistory { get; init; }

    /// <summary>
    /// Evaluated users whose list depends on the order of equal scores, which the seed decides: two items of the list have the same
    /// score, or the last has the same score as an item that was left out.
    /// </summary>
    public required int UsersWithTies { get; init; }

    /// <summary>The value of a metric.</summary>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[MetricSpec metric] => Metrics[metric];

    /// <summary>The value of a metric by name, such as <c>ndcg@100</c>.</summary>
    /// <exception cref="ArgumentException">There is no such metric.</exception>
    /// <exception cref="KeyNotFoundException">It was not measured.</exception>
    public double this[string metric] => Metrics[MetricSpec.Parse(metric)];
}
