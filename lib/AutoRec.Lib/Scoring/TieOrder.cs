using AutoRec.Data;

namespace AutoRec.Scoring;

/// <summary>
/// The order of items whose scores are equal: a random permutation of all items, the same for every user. The row of an item must
/// not decide, since rows follow ids, and in many data sets ids tell how old or how popular an item is.
/// </summary>
internal sealed class TieOrder : IComparer<int>
{
    private readonly int[]? places; // of each item in the permutation; null for the order of rows
    private readonly int[]? items; // by place

    private TieOrder(int[]? places, int[]? items) => (this.places, this.items) = (places, items);

    /// <summary>The lower row first: for searches in which ties do not affect a metric.</summary>
    public static TieOrder ByRow { get; } = new(null, null);

    /// <summary>Draws a permutation.</summary>
    /// <param name="itemCount">The number of items.</param>
    /// <param name="seed">The seed of the draw.</param>
    public static TieOrder Of(int itemCount, int seed)
    {
        // No two items have the same key.
        var keys = new ulong[itemCount];
        int[] items = [.. Enumerable.Range(0, itemCount)];
        for (var item = 0; item < itemCount; item++)
        {
            keys[item] = SeedHash.Of(seed, item);
        }

        Array.Sort(keys, items);
        var places = new int[itemCount];
        for (var place = 0; place < itemCount; place++)
        {
            places[items[place]] = place;
        }

        return new TieOrder(places, items);
    }

    /// <summary>The place of an item in the order.</summary>
    public int PlaceOf(int item) => places is null ? item : places[item];

    /// <summary>The item at a place of the order.</summary>
    public int ItemAt(int place) => items is null ? place : items[place];

    /// <inheritdoc/>
    public int Compare(int x, int y) => PlaceOf(x).CompareTo(PlaceOf(y));
}
