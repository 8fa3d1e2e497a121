namespace AutoRec.Data;

/// <summary>
/// What is known of a batch of users when a model scores items for them: their interactions, and which of them, if
/// any, the model was trained on. Models that fold users in look at the interactions alone.
/// </summary>
public sealed class Histories
{
    private readonly int[] trainingRows;

    private Histories(InteractionMatrix interactions, int[] trainingRows)
    {
        Interactions = interactions;
        this.trainingRows = trainingRows;
    }

    /// <summary>One row a user: [users x items].</summary>
    public InteractionMatrix Interactions { get; }

    /// <summary>The number of users.</summary>
    public int Count => Interactions.RowCount;

    /// <summary>The row of each user in the training matrix, or -1 for a user the model has never seen.</summary>
    public ReadOnlySpan<int> TrainingRows => trainingRows;

    /// <summary>All users of the training matrix.</summary>
    public static Histories OfTraining(InteractionMatrix train)
    {
        ArgumentNullException.ThrowIfNull(train);
        return new Histories(train, [.. Enumerable.Range(0, train.RowCount)]);
    }

    /// <summary>Users the model was not trained on, by their interactions.</summary>
    public static Histories OfNewUsers(InteractionMatrix interactions)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        var none = new int[interactions.RowCount];
        Array.Fill(none, -1);
        return new Histories(interactions, none);
    }

    /// <summary>The users <paramref name="users"/> (positions in this batch), in that order.</summary>
    public Histories Select(ReadOnlySpan<int> users)
    {
        var rows = new int[users.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = trainingRows[users[i]];
        }

        return new Histories(Interactions.SelectRows(users), rows);
    }
}
