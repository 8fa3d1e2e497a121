using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Held-out interactions of some users, with what may be known of these users when they are predicted: row r of
/// <paramref name="Targets"/> belongs to user r of <paramref name="Histories"/>.
/// </summary>
/// <param name="Histories">What models may see.</param>
/// <param name="Targets">What they must predict: [users x items].</param>
public sealed record HeldOut(Histories Histories, InteractionMatrix Targets)
{
    /// <summary>The items that ranked lists are made of, ascending; null for all. Default null.</summary>
    public IReadOnlyList<int>? Candidates { get; init; }

    /// <summary>
    /// The user of a row of <see cref="Targets"/>: a row of the log's users, by which the same user is recognised in other splits of the
    /// log.
    /// A user who is not part of the log counts as <paramref name="row"/>.
    /// </summary>
    /// <param name="row">A row of <see cref="Targets"/>.</param>
    public int UserRow(int row) => Histories.UserRows[row] is >= 0 and var user ? user : row;

    /// <summary>
    /// How many targets stand in the history of their user already. A splitter leaves none; the parts of a split that
    /// comes in files may overlap, and a model is then asked for what it has seen.
    /// </summary>
    public int CountOverlap()
    {
        var overlap = 0;
        for (var user = 0; user < Targets.RowCount; user++)
        {
            foreach (var item in Targets.Columns(user))
            {
                overlap += Histories.Interactions.Contains(user, item) ? 1 : 0;
            }
        }

        return overlap;
    }
}

/// <summary>A data set in two parts.</summary>
public sealed record Split
{
    private Split(Interactions trainLog, InteractionMatrix train, HeldOut test)
    {
        TrainLog = trainLog;
        Train = train;
        Test = test;
        TestCount = test.Targets.Count;
    }

    /// <summary>What models learn from: [users x items]. A user held out as a whole has an empty row.</summary>
    public InteractionMatrix Train { get; }

    /// <summary>
    /// The training part as a log, which can be split again: the parts of that split are what models are fitted to and
    /// what their validation sees. Rows mean the same in both splits.
    /// </summary>
    public Interactions TrainLog { get; }

    /// <summary>What models are judged by.</summary>
    public HeldOut Test { get; }

    /// <summary>The number of test interactions, of all processes where each has a part of them.</summary>
    internal int TestCount { get; init; }

    /// <summary>
    /// What the splitter says of this split, a sentence each: where the cut in time is, and how many interactions were moved or drawn
    /// because their times are equal. Default: nothing.
    /// </summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <summary>A split whose test part holds more interactions of users that the training part holds too.</summary>
    /// <param name="train">The training part.</param>
    /// <param name="test">The test part; its rows are those of <paramref name="train"/>. It may overlap with the training
    /// part (see <see cref="HeldOut.CountOverlap"/>), and users in it may have no training interaction.</param>
    /// <exception cref="ArgumentException">
    /// The parts do not have the same users and items; see <see cref="Interactions.Align"/>.
    /// </exception>
    public static Split Of(Interactions train, Interactions test) => Of(train, test, candidates: null);

    /// <inheritdoc cref="Of(Interactions, Interactions)"/>
    /// <param name="train">The training part.</param>
    /// <param name="test">The test part.</param>
    /// <param name="candidates">The items that ranked lists are made of; null for all.</param>
    internal static Split Of(Interactions train, Interactions test, IReadOnlyList<int>? candidates)
    {
        CheckSameRows(train, test);
        var matrix = train.ToMatrix();
        return new Split(train, matrix, new HeldOut(Histories.OfTraining(matrix), test.ToMatrix()) { Candidates = candidates });
    }

    /// <summary>A split whose test users are all new to the model: strong generalisation.</summary>
    /// <param name="train">The training part.</param>
    /// <param name="foldIn">What is known of each held-out user.</param>
    /// <param name="targets">What is to be predicted of each held-out user.</param>
    /// <exception cref="ArgumentException">
    /// The parts do not have the same users and items; see <see cref="Interactions.Align"/>.
    /// </exception>
    public static Split OfNewUsers(Interactions train, Interactions foldIn, Interactions targets)
    {
        CheckSameRows(train, foldIn);
        CheckSameRows(train, targets);
        int[] users = [.. foldIn.UserRows.Concat(targets.UserRows).Distinct().Order()];
        var histories = Histories.OfNewUsers(foldIn.ToMatrix().SelectRows(users), users);
        return new Split(train, train.ToMatrix(), new HeldOut(histories, targets.ToMatrix().SelectRows(users)));
    }

    private static void CheckSameRows(Interactions train, Interactions other)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(other);
        if (!ReferenceEquals(train.Users, other.Users) || !ReferenceEquals(train.Items, other.Items))
        {
            throw new ArgumentException(
                "The parts of a split must have the same users and items: use Interactions.Align on the logs first.");
        }
    }
}
