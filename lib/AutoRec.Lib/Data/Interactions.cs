using System.Collections.Immutable;
using System.Numerics.Tensors;
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
        RatingScale scale)
    {
        Users = users;
        Items = items;
        UserRows = userRows;
        ItemRows = itemRows;
        Values = values;
        Timestamps = timestamps;
        Scale = scale;
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

    /// <summary>The scale that values lie on: the declared one, or else the observed range.</summary>
    public RatingScale Scale { get; }

    /// <summary>The number of interactions.</summary>
    public int Count => Values.Length;

    /// <summary>The share of all (user, item) pairs that occur, 0 to 1.</summary>
    public double Density => Count == 0 ? 0 : Count / ((double)Users.Count * Items.Count);

    /// <summary>Makes a log of interactions in any order: the one place where order and duplicates are settled.</summary>
    /// <param name="columns">The interactions; the arrays are reused.</param>
    /// <param name="rule">Which value and time count for a user and an item that occur more than once.</param>
    /// <param name="scale">The declared scale; null takes the observed range.</param>
    /// <param name="duplicates">Receives what became of duplicates.</param>
    internal static Interactions Of(InteractionColumns columns, DuplicateRule rule, RatingScale? scale, out DuplicateCounts duplicates)
    {
        var (users, items, userRows, itemRows, values, timestamps) = Duplicates.Settle(CanonicalOrder.Sort(columns), rule, out duplicates);
        scale ??= ObservedRange(values);
        return new Interactions(users, items, Frozen(userRows), Frozen(itemRows), Frozen(values), Frozen(timestamps ?? []), scale.Value);
    }

    /// <summary>
    /// Gives several logs, such as the files of a split, the same users and items, so that rows mean the same in all of them: each log
    /// gets the users and items of all.
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
            return new Interactions(users, items, userRows, itemRows, log.Values, log.Timestamps, log.Scale);
        }
    }

    /// <summary>
    /// The interactions at <paramref name="positions"/>. Users, items and scale stay as they are, so that rows mean the same in every part
    /// of a split.
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
    /// scale stays.
    /// </summary>
    public Interactions Where(Func<int, bool> isKept)
    {
        ArgumentNullException.ThrowIfNull(isKept);
        return At([.. Enumerable.Range(0, Count).Where(isKept)]).WithoutUnusedIds();
    }

    /// <summary>
    /// Implicit feedback: keeps interactions with a value of at least <paramref name="minRating"/>, as positives of value 1. Users and
    /// items without an interaction are dropped, so that rows change.
    /// </summary>
    public Interactions ToPositives(float minRating)
    {
        var positives = Where(i => Values[i] >= minRating);
        var ones = new float[positives.Count];
        Array.Fill(ones, 1f);
        return positives.WithValues(ones, new RatingScale(0, 1));
    }

    /// <summary>The log as a sparse matrix [users x items].</summary>
    public InteractionMatrix ToMatrix() =>
        InteractionMatrix.FromSorted(Users.Count, Items.Count, UserRows.AsSpan(), ItemRows, Values, Scale);

    /// <summary>The same interactions with other values; a null scale is the observed range.</summary>
    internal Interactions WithValues(float[] values, RatingScale? scale) =>
        new(Users, Items, UserRows, ItemRows, Frozen(values), Timestamps, scale ?? ObservedRange(values));

    /// <summary>The same interactions without the users and items that have none.</summary>
    internal Interactions WithoutUnusedIds()
    {
        var (users, userRows) = Used(Users, UserRows);
        var (items, itemRows) = Used(Items, ItemRows);
        return users == Users && items == Items ? this : new Interactions(users, items, userRows, itemRows, Values, Timestamps, Scale);
    }

    private Interactions At(int[] ascending)
    {
        return ascending.Length == Count ? this
            : new(Users, Items, Take(UserRows), Take(ItemRows), Take(Values), HasTimestamps ? Take(Timestamps) : [], Scale);

        ImmutableArray<T> Take<T>(ImmutableArray<T> column) => Frozen(Array.ConvertAll(ascending, position => column[position]));
    }

    private static ImmutableArray<T> Frozen<T>(T[] array) => ImmutableCollectionsMarshal.AsImmutableArray(array);

    private static RatingScale ObservedRange(float[] values) =>
        values.Length == 0 ? default : new RatingScale(TensorPrimitives.Min(values), TensorPrimitives.Max(values));

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
