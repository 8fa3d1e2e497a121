using AutoRec.Data;

namespace AutoRec.Training;

/// <summary>The size of training data, from which the cost of a fit is estimated.</summary>
/// <param name="Users">Users.</param>
/// <param name="Items">Items.</param>
/// <param name="Interactions">Interactions.</param>
/// <param name="Pairs">
/// Pairs of interactions of the same user, in both orders and each with itself: the sum of squared history lengths.
/// </param>
public readonly record struct DataSize(long Users, long Items, long Interactions, double Pairs)
{
    /// <summary>Processor seconds for a pair, where similarities are counted.</summary>
    internal const double PairSeconds = 1e-8;

    /// <summary>The number of processes that fit together, on which weights may be split; 0 is 1. Default 1.</summary>
    internal int Ranks { get; init; }

    /// <summary>The bytes of a sparse matrix of the interactions, rows being users.</summary>
    internal double MatrixBytes => (8.0 * Interactions) + (4.0 * Users);

    /// <summary>The size of a matrix: [users x items].</summary>
    public static DataSize Of(InteractionMatrix train)
    {
        ArgumentNullException.ThrowIfNull(train);
        var lengths = new int[train.RowCount];
        for (var user = 0; user < lengths.Length; user++)
        {
            lengths[user] = train.RowLength(user);
        }

        return Of(lengths, train.ColumnCount);
    }

    /// <summary>The size of what a model learns from.</summary>
    /// <param name="log">All interactions.</param>
    /// <param name="predictsRatings">Whether the model predicts ratings; others learn from positive interactions alone.</param>
    internal static DataSize Of(Interactions log, bool predictsRatings)
    {
        if (log.Share is not null)
        {
            return new(log.Users.Count, log.Items.Count, log.WholeCount, 0);
        }

        var learnsAll = predictsRatings && log.Feedback.HasRatings;
        var lengths = new int[log.Users.Count];
        for (var i = 0; i < log.Count; i++)
        {
            lengths[log.UserRows[i]] += learnsAll || log.Feedback.IsPositive(log.Values[i]) ? 1 : 0;
        }

        return Of(lengths, log.Items.Count);
    }

    private static DataSize Of(int[] lengths, int items) => new(
        lengths.Length, items, lengths.Sum(length => (long)length), lengths.Sum(length => (double)length * length));
}
