namespace AutoRec.Data;

/// <summary>
/// What a model may know of a batch of users when it scores items for them: their interactions, which rows of the training matrix they
/// are, if any, and which users of the data set. Models that fold users in look at the interactions alone.
/// </summary>
public sealed class Histories
{
    private readonly int[] trainingRows;
    private readonly int[] userRows;

    private Histories(InteractionMatrix interactions, int[] trainingRows, int[] userRows)
    {
        Interactions = interactions;
        this.trainingRows = trainingRows;
        this.userRows = userRows;
    }

    /// <summary>One row a user: [users x items].</summary>
    public InteractionMatrix Interactions { get; }

    /// <summary>The number of users.</summary>
    public int Count => Interactions.RowCount;

    /// <summary>The row of each user in the training matrix, or -1 for a user the model was not trained on: [users].</summary>
    public ReadOnlySpan<int> TrainingRows => trainingRows;

    /// <summary>
    /// The row of each user in the data set, by which the user's profile is found, or -1 for a user who is not part of it: [users].
    /// </summary>
    public ReadOnlySpan<int> UserRows => userRows;

    /// <summary>All users of the training matrix, whose rows are those of the data set.</summary>
    /// <param name="train">The training matrix: [users x items].</param>
    public static Histories OfTraining(InteractionMatrix train)
    {
        ArgumentNullException.ThrowIfNull(train);
        int[] rows = [.. Enumerable.Range(0, train.RowCount)];
        return new Histories(train, rows, rows);
    }

    /// <summary>Users the model was not trained on, by their interactions.</summary>
    /// <param name="interactions">One row a user: [users x items].</param>
    /// <param name="userRows">The row of each user in the data set; null if they are not part of it. Default null.</param>
    /// <exception cref="ArgumentException">There is another number of rows than of users.</exception>
    public static Histories OfNewUsers(InteractionMatrix interactions, IReadOnlyList<int>? userRows = null)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        if (userRows is not null && userRows.Count != interactions.RowCount)
        {
            throw new ArgumentException($"There are {userRows.Count} user rows for {interactions.RowCount} histories.", nameof(userRows));
        }

        var none = new int[interactions.RowCount];
        Array.Fill(none, -1);
        return new Histories(interactions, none, userRows is null ? none : [.. userRows]);
    }

    /// <summary>The same users with other interactions: [users x items].</summary>
    internal Histories With(InteractionMatrix interactions) => new(interactions, trainingRows, userRows);

    /// <summary>The users <paramref name="users"/> (positions in this batch), in that order.</summary>
    public Histories Select(ReadOnlySpan<int> users)
    {
        var (training, inDataSet) = (new int[users.Length], new int[users.Length]);
        for (var i = 0; i < users.Length; i++)
        {
            training[i] = trainingRows[users[i]];
            inDataSet[i] = userRows[users[i]];
        }

        return new Histories(Interactions.SelectRows(users), training, inDataSet);
    }
}
