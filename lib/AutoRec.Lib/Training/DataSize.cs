using AutoRec.Data;

namespace AutoRec.Training;

/// <summary>The size of training data, from which the cost of a fit is estimated.</summary>
/// <param name="Users">Users.</param>
/// <param name="Items">Items.</param>
/// <param name="Interactions">Interactions.</param>
/// <param name="Pairs">Pairs of interactions of the same user, in both orders and each with itself: the sum of squared history lengths.</param>
public readonly record struct DataSize(long Users, long Items, long Interactions, double Pairs)
{
    /// <summary>The bytes of a sparse matrix of the interactions, rows being users.</summary>
    internal double MatrixBytes => (8.0 * Interactions) + (4.0 * Users);

    /// <summary>The size of a matrix: [users x items].</summary>
    public static DataSize Of(InteractionMatrix train)
    {
        ArgumentNullException.ThrowIfNull(train);
        var pairs = 0.0;
        for (var user = 0; user < train.RowCount; user++)
        {
            pairs += (double)train.RowLength(user) * train.RowLength(user);
        }

        return new DataSize(train.RowCount, train.ColumnCount, train.Count, pairs);
    }
}
