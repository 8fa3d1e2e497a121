using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace AutoRec.Data;

/// <summary>
/// A log of interactions in columns: who, what, how much and, where known, when. Its order does not depend on where it comes from: users
/// and items are sorted ordinally by the UTF-8 bytes of their ids, interactions by user and then by item. A (user, item) pair occurs at
/// most once.
/// </summary>
public sealed class Interactions
{
    private Interactions(
        IdIndex users,
        IdIndex items,
        ImmutableArray<int> userRows,
        ImmutableArray<int> itemRows,
        ImmutableArray<float> values,
        ImmutableArray<long> timestamps,
        Feedback feedback)
    {
        Users = users;
        Items = items;
        UserRows = userRows;
        ItemRows = itemRows;
        Values = values;
        Timestamps = timestamps;
        Feedback = feedback;
    }

    /// <summary>Raw user ids and their rows.</summary>
    public IdIndex Users { get; }

    /// <summary>Raw item ids and their rows.</summary>
    public IdIndex Items { get; }

    /// <summary>The user's row of each interaction.</summary>
    public ImmutableArray<int> UserRows { get; }

    /// <summary>The item's row of each interaction.</summary>
    public ImmutableArray<int> ItemRows { get; }

    /// <summary>The rating, or the quantity, of each interaction.</summary>
    public ImmutableArray<float> Values { get; }

    /// <summary>When each interaction happened, in seconds since 1970-01-01 UTC; empty when the log holds no times.</summary>
    public ImmutableArray<long> Timestamps { get; }

    /// <summary>Whether the log says when interactions happened.</summary>
    public bool HasTimestamps => Timestamps.Length > 0;

    /// <summary>What values say, and which interactions are positive. Parts of the log keep it.</summary>
    public Feedback Feedback { get; }

    /// <summary>The scale that values lie on: the declared one, or else the observed range.</summary>
    public RatingScale Scale => Feedback.Scale;

    /// <summary>The number of interactions.</summary>
    public int Count => Values.Length;

    /// <summary>Which part of the log this process has; null where it has all. Parts of a split keep it.</summary>
    internal LogShare? Share { get; private init; }

    /// <summary>What this process knows of the whole log; null where it has all, and of a test part.</summary>
    internal WholeLog? Whole { get; private init; }

    /// <summary>The place of an interaction in the whole log.</summary>
    internal int PositionOf(int index) => Whole?.PositionOf(index) ?? index;

    /// <summary>The number of interactions of the whole log, as it was read.</summary>
    internal int WholeCount => Whole?.Count ?? Count;

    /// <summary>The share of all (user, item) pairs that occur, 0 to 1.</summary>
    public double Density => Count == 0 ? 0 : Count / ((double)Users.Count * Items.Count);

    /// <summary>Makes a log of interactions in any order: the one place where order and duplicates are settled.</summary>
    /// <param name="columns">The interactions; the arrays are reused.</param>
    /// <param name="rule">Which value and time count for a user and an item that occur more than once.</param>
    /// <param name="feedback">Decides what values say.</param>
    /// <param name="duplicates">Receives what became of duplicates.</param>
    /// <exception cref="ArgumentException">The declared feedback does not fit the values.</exception>
    internal static Interactions Of(
        InteractionColumns columns, DuplicateRule rule, FeedbackRule feedback, out DuplicateCounts duplicates)
    {
        var (users, items, userRows, itemRows, values, timestamps) = Duplicates.Settle(CanonicalOrder.Sort(columns), rule, out duplicates);
        var log = new Interactions(
            users, items, Frozen(userRows), Frozen(itemRows), Frozen(values), Frozen(timestamps ?? []), Feedback.OfAnyValue(default));
        return log.Redecided(feedback);
    }

    /// <summary>Makes the share of a log that one of several processes has. No pair occurs twice in it.</summary>
    /// <param name="columns">The interactions of the process, in any order; the arrays are reused.</param>
    /// <param name="feedback">What values say.</param>
    /// <param name="share">Which part of the log it has.</param>
    /// <param name="whole">The whole log.</param>
    internal static Interactions OfShare(InteractionColumns columns, Feedback feedback, LogShare share, WholeLog whole)
    {
        var (users, items, userRows, itemRows, values, timestamps) = CanonicalOrder.SortByRows(columns);
        return new(users, items, Frozen(userRows), Frozen(itemRows), Frozen(values), Frozen(timestamps ?? []), feedback)
        {
            Share = share,
            Whole = whole,
        };
    }

    /// <summary>The same interactions with feedback that is decided anew; likes get the value 1, whatever it was.</summary>
    /// <param name="feedback">Decides what values say.</param>
    /// <exception cref="ArgumentException">The declared feedback does not fit the values.</exception>
    internal Interactions Redecided(FeedbackRule feedback)
    {
        var isLikes = feedback.Kind == FeedbackKind.Likes;
        var values = isLikes ? Frozen(Ones(Count)) : Values;
        return new(Users, Items, UserRows, ItemRows, values, Timestamps, feedback.Decide(values.AsSpan()));
    }

    /// <summary>
    /// Gives several logs, such as the files of a split, the same users and items, so that rows mean the same in all of them: each log
    /// gets the users and items of all, and the feedback of the first.
    /// </summary>
    /// <param name="logs">The logs.</param>
    /// <returns>The same interactions in the order of <paramref name="logs"/>.</returns>
    public static IReadOnlyList<Interactions> Align(IReadOnlyList<Interactions> logs)
    {
        ArgumentNullException.ThrowIfNull(logs);
        var users = CanonicalOrder.Union(logs.Select(log => log.Users));
        var items = CanonicalOrder.Union(logs.Select(log => log.Items));
        return [.. logs.Select(Aligned)];

        Interactions Aligned(Interactions log)
        {
            var (userRows, itemRows) = (RowsIn(users, log.Users, log.UserRows), RowsIn(items, log.Items, log.ItemRows));
            return new Interactions(users, items, userRows, itemRows, log.Values, log.Timestamps, logs[0].Feedback);
        }
    }

    /// <summary>
    /// The interactions at <paramref name="positions"/>. Users, items and feedback stay as they are, so that rows mean the same in every
    /// part of a split.
    /// </summary>
    /// <param name="positions">Positions in this log, in any order, none of them twice.</param>
    /// <exception cref="ArgumentException">A position occurs twice.</exception>
    public Interactions Select(IReadOnlyList<int> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        int[] ascending = [.. positions];
        if (!IsAscending(ascending))
        {
            Array.Sort(ascending);
        }

        return IsAscending(ascending) ? At(ascending) : throw new ArgumentException("A position occurs twice.", nameof(positions));

        static bool IsAscending(int[] numbers) => !numbers.Zip(numbers.Skip(1)).Any(pair => pair.First >= pair.Second);
    }

    /// <summary>
    /// The interactions whose positions fulfil a condition. Users and items without an interaction are dropped, so that rows change; the
    /// feedback stays.
    /// </summary>
    public Interactions Where(Func<int, bool> isKept)
    {
        ArgumentNullException.ThrowIfNull(isKept);
        if (Share is not null)
        {
            throw new NotSupportedException("Of a log of which each process has a part, nothing can be left out."); // Codes would change.
        }

        return At([.. Enumerable.Range(0, Count).Where(isKept)]).WithoutUnusedIds();
    }

    /// <summary>
    /// Makes likes of ratings: keeps interactions with a value of at least <paramref name="minRating"/>, each with the value 1. Users and
    /// items without an interaction are dropped, so that rows change.
    /// </summary>
    public Interactions ToPositives(float minRating)
    {
        var positives = Where(i => Values[i] >= minRating);
        return positives.WithValues(Ones(positives.Count), Feedback.OfPositives(minRating));
    }

    /// <summary>The log as a sparse matrix [users x items], which has the times too.</summary>
    public InteractionMatrix ToMatrix() =>
        InteractionMatrix.FromSorted(Users.Count, Items.Count, UserRows.AsSpan(), ItemRows, Values, Timestamps, Feedback, Share);

    /// <summary>The same interactions with other values.</summary>
    internal Interactions WithValues(float[] values, Feedback feedback) =>
        new(Users, Items, UserRows, ItemRows, Frozen(values), Timestamps, feedback);

    /// <summary>The same interactions with other feedback.</summary>
    internal Interactions WithFeedback(Feedback feedback) => new(Users, Items, UserRows, ItemRows, Values, Timestamps, feedback);

    /// <summary>The same share of a log with what this process knows of the whole.</summary>
    internal Interactions WithWhole(WholeLog whole) =>
        new(Users, Items, UserRows, ItemRows, Values, Timestamps, Feedback) { Share = Share, Whole = whole };

    /// <summary>The same interactions with further items, which have none.</summary>
    internal Interactions WithItems(IEnumerable<string> ids)
    {
        var items = CanonicalOrder.Union([Items, new IdIndex(ids)]);
        return new Interactions(Users, items, UserRows, RowsIn(items, Items, ItemRows), Values, Timestamps, Feedback);
    }

    /// <summary>The same interactions without the users and items that have none.</summary>
    internal Interactions WithoutUnusedIds()
    {
        var (users, userRows) = Used(Users, UserRows);
        var (items, itemRows) = Used(Items, ItemRows);
        return users == Users && items == Items ? this : new Interactions(users, items, userRows, itemRows, Values, Timestamps, Feedback);
    }

    private Interactions At(int[] ascending)
    {
        return ascending.Length == Count ? this
            : new(Users, Items, Take(UserRows), Take(ItemRows), Take(Values), HasTimestamps ? Take(Timestamps) : [], Feedback)
            {
                Share = Share,
            };

        ImmutableArray<T> Take<T>(ImmutableArray<T> column) => Frozen(Array.ConvertAll(ascending, position => column[position]));
    }

    private static ImmutableArray<T> Frozen<T>(T[] array) => ImmutableCollectionsMarshal.AsImmutableArray(array);

    private static float[] Ones(int count)
    {
        var ones = new float[count];
        Array.Fill(ones, 1f);
        return ones;
    }

    private static (IdIndex Index, ImmutableArray<int> Rows) Used(IdIndex ids, ImmutableArray<int> rows)
    {
        var isUsed = new bool[ids.Count];
        foreach (var row in rows)
        {
            isUsed[row] = true;
        }

        int[] used = [.. Enumerable.Range(0, ids.Count).Where(row => isUsed[row])];
        if (used.Length == ids.Count)
        {
            return (ids, rows);
        }

        var newRow = new int[ids.Count];
        for (var row = 0; row < used.Length; row++)
        {
            newRow[used[row]] = row;
        }

        return (ids.Select(used), [.. rows.Select(row => newRow[row])]);
    }

    /// <summary>The rows that a log's rows have in an index with more ids.</summary>
    private static ImmutableArray<int> RowsIn(IdIndex all, IdIndex ids, ImmutableArray<int> rows)
    {
        if (all == ids)
        {
            return rows;
        }

        var newRow = new int[ids.Count];
        for (int row = 0, at = 0; row < ids.Count; row++, at++)
        {
            while (!all.Bytes(at).SequenceEqual(ids.Bytes(row)))
            {
                at++; // both are sorted
            }

            newRow[row] = at;
        }

        return [.. rows.Select(row => newRow[row])];
    }
}
