using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace AutoRec.Data;

/// <summary>
/// A log of interactions in columns: who, what, how much and, where known, when. A (user, item) pair occurs at most
/// once: <see cref="InteractionsBuilder"/> settles duplicates.
/// </summary>
public sealed class Interactions
{
    internal Interactions(IdIndex users, IdIndex items, int[] userRows, int[] itemRows, float[] values, long[]? timestamps, RatingScale scale)
    {
        Users = users;
        Items = items;
        UserRows = ImmutableCollectionsMarshal.AsImmutableArray(userRows);
        ItemRows = ImmutableCollectionsMarshal.AsImmutableArray(itemRows);
        Values = ImmutableCollectionsMarshal.AsImmutableArray(values);
        Timestamps = ImmutableCollectionsMarshal.AsImmutableArray(timestamps ?? []);
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

    /// <summary>
    /// The interactions at <paramref name="positions"/>, in that order. Users, items and scale stay as they are, so
    /// that rows mean the same in every part of a split.
    /// </summary>
    public Interactions Select(IReadOnlyList<int> positions)
    {
        ArgumentNullException.ThrowIfNull(positions);
        return new Interactions(
            Users,
            Items,
            Take(UserRows, positions),
            Take(ItemRows, positions),
            Take(Values, positions),
            HasTimestamps ? Take(Timestamps, positions) : null,
            Scale);
    }

    /// <summary>
    /// The interactions whose positions fulfil a condition. Users and items without one are dropped and rows are given
    /// anew, in the order in which they come; the scale stays.
    /// </summary>
    public Interactions Where(Func<int, bool> isKept)
    {
        ArgumentNullException.ThrowIfNull(isKept);
        var positions = new List<int>();
        for (var i = 0; i < Count; i++)
        {
            if (isKept(i))
            {
                positions.Add(i);
            }
        }

        if (positions.Count == Count)
        {
            return this;
        }

        var (users, userRows) = FirstMet(Users, Take(UserRows, positions));
        var (items, itemRows) = FirstMet(Items, Take(ItemRows, positions));
        return new Interactions(users, items, userRows, itemRows, Take(Values, positions), HasTimestamps ? Take(Timestamps, positions) : null, Scale);
    }

    /// <summary>
    /// Implicit feedback: keeps interactions with a value of at least <paramref name="minRating"/>, as positives of
    /// value 1. Users and items without one are dropped and rows are given anew, in the old order.
    /// </summary>
    public Interactions ToPositives(float minRating)
    {
        var positions = Enumerable.Range(0, Count).Where(i => Values[i] >= minRating).ToArray();
        var (users, userRows) = Reindex(Users, Take(UserRows, positions));
        var (items, itemRows) = Reindex(Items, Take(ItemRows, positions));
        var ones = new float[positions.Length];
        Array.Fill(ones, 1f);
        return new Interactions(users, items, userRows, itemRows, ones, HasTimestamps ? Take(Timestamps, positions) : null, new RatingScale(0, 1));
    }

    /// <summary>The log as a sparse matrix [users x items].</summary>
    public InteractionMatrix ToMatrix() =>
        InteractionMatrix.FromTriplets(Users.Count, Items.Count, UserRows.AsSpan(), ItemRows.AsSpan(), Values.AsSpan(), Scale);

    /// <summary>The same interactions with other values; a null scale is the observed range.</summary>
    internal Interactions WithValues(float[] values, RatingScale? scale) => new(
        Users,
        Items,
        [.. UserRows],
        [.. ItemRows],
        values,
        HasTimestamps ? [.. Timestamps] : null,
        scale ?? (values.Length == 0 ? default : new RatingScale(values.Min(), values.Max())));

    private static T[] Take<T>(ImmutableArray<T> column, IReadOnlyList<int> positions)
    {
        var taken = new T[positions.Count];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = column[positions[i]];
        }

        return taken;
    }

    private static (IdIndex Index, int[] Rows) FirstMet(IdIndex old, int[] rows)
    {
        var newRow = new int[old.Count];
        Array.Fill(newRow, -1);
        var met = new List<int>();
        foreach (ref var row in rows.AsSpan())
        {
            if (newRow[row] < 0)
            {
                newRow[row] = met.Count;
                met.Add(row);
            }

            row = newRow[row];
        }

        var index = new IdIndex();
        index.AddAllNew(old, CollectionsMarshal.AsSpan(met));
        return (index, rows);
    }

    private static (IdIndex Index, int[] Rows) Reindex(IdIndex old, int[] rows)
    {
        var used = new bool[old.Count];
        foreach (var row in rows)
        {
            used[row] = true;
        }

        var index = new IdIndex();
        var newRow = new int[old.Count];
        var kept = new List<int>();
        for (var row = 0; row < used.Length; row++)
        {
            if (used[row])
            {
                newRow[row] = kept.Count;
                kept.Add(row);
            }
        }

        index.AddAllNew(old, CollectionsMarshal.AsSpan(kept));
        return (index, Array.ConvertAll(rows, row => newRow[row]));
    }
}
