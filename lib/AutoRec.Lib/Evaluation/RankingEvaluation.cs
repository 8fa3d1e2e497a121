namespace AutoRec.Evaluation;

/// <summary>How good a model's ranked lists are by held-out items.</summary>
public sealed record RankingEvaluation : ModelEvaluation
{
    /// <summary>The evaluated users: those with a relevant item, as rows of the held-out data, ascending.</summary>
    public required IReadOnlyList<int> Users { get; init; }

    /// <summary>Users left out because none of their held-out items is relevant.</summary>
    public required int UsersLeftOut { get; init; }

    /// <summary>Evaluated users without a history, ranked by the model's fallback.</summary>
    public required int ColdUsers { get; init; }

    /// <summary>Relevant held-out items of all evaluated users.</summary>
    public required int RelevantItems { get; init; }

    /// <summary>Those of <see cref="RelevantItems"/> without a training interaction: hard or impossible to hit.</summary>
    public required int ColdRelevantItems { get; init; }

    /// <summary>Those of <see cref="RelevantItems"/> that rules did not allow in lists, so that they could not be hit. Default 0.</summary>
    public int RelevantItemsNotAllowed { get; init; }

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
}
