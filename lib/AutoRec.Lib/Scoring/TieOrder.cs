using AutoRec.Data;

namespace AutoRec.Scoring;

/// <summary>
/// The order of items whose scores are equal: a random permutation of all items, the same for every user. The row of an item must
/// not decide, since rows follow ids, and in many data sets ids tell how old or how popular an item is.
/// </summary>
internal sealed class TieOrder : IComparer<int>
{
    private readonly int[]? places; // of each item in the permutation; null for the order of rows

    private TieOrder(int[]? places) => this.places = places;

    /// <summary>The lower row first: for searches in which ties do not affect a metric.</summary>
    public static TieOrder ByRow { get; } = new(null);

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

        return new TieOrder(places);
    }

    /// <summary>Whether <paramref name="item"/> comes before <paramref name="other"/> when their scores are equal.</summary>
    public bool Precedes(int item, int other) => Place(item) < Place(other);

    /// <inheritdoc/>
    public int Compare(int x, int y) => Place(x).CompareTo(Place(y));

    private int Place(int item) => places is null ? item : places[item];
}
