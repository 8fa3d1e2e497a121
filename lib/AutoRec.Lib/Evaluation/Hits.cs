namespace AutoRec.Evaluation;

/// <summary>Where relevant items stand in a user's ranked list: what <see cref="RankingMetrics"/> look at.</summary>
internal sealed class Hits
{
    private readonly int[] ranks;

    private Hits(int[] ranks, int relevant)
    {
        this.ranks = ranks;
        Relevant = relevant;
    }

    /// <summary>The ranks, from 1 and ascending, of relevant items.</summary>
    public ReadOnlySpan<int> Ranks => ranks;

    /// <summary>The number of relevant items, whether they are in the list or not; at least 1.</summary>
    public int Relevant { get; }

    /// <summary>Finds the relevant items of a list.</summary>
    /// <param name="ranked">Item rows, best first.</param>
    /// <param name="relevant">The user's relevant items, at least one.</param>
    /// <exception cref="ArgumentException">No item is relevant, or a relevant item stands in the list twice.</exception>
    public static Hits Of(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(relevant);
        if (relevant.Count == 0)
        {
            throw new ArgumentException("Without relevant items a ranking has no value.", nameof(relevant));
        }

        int[] ranks = [.. Enumerable.Range(1, ranked.Count).Where(rank => relevant.Contains(ranked[rank - 1]))];
        if (ranks.GroupBy(rank => ranked[rank - 1]).FirstOrDefault(ofItem => ofItem.Count() > 1) is { } twice)
        {
            throw new ArgumentException(
                $"Item {twice.Key} stands at rank {twice.First()} and again at rank {twice.ElementAt(1)}.", nameof(ranked));
        }

        return new Hits(ranks, relevant.Count);
    }

    /// <summary>How many are among the first <paramref name="k"/> of the list.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The cut-off is below 1.</exception>
    public int Within(int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var count = 0;
        while (count < ranks.Length && ranks[count] <= k)
        {
            count++;
        }

        return count;
    }

    /// <summary>The hits of a list without repetitions.</summary>
    /// <param name="ranked">Items, best first.</param>
    /// <param name="relevant">At least one item, ascending.</param>
    internal static Hits OfSorted(ReadOnlySpan<int> ranked, ReadOnlySpan<int> relevant)
    {
        // A filter of 256 bits passes over most items without a search.
        Span<ulong> filter = stackalloc ulong[4];
        foreach (var item in relevant)
        {
            filter[(item >> 6) & 3] |= 1UL << item;
        }

        Span<int> ranks = ranked.Length <= 256 ? stackalloc int[ranked.Length] : new int[ranked.Length];
        var count = 0;
        for (var place = 0; place < ranked.Length; place++)
        {
            var item = ranked[place];
            if ((filter[(item >> 6) & 3] & (1UL << item)) != 0 && relevant.BinarySearch(item) >= 0)
            {
                ranks[count++] = place + 1;
            }
        }

        return new Hits(ranks[..count].ToArray(), relevant.Length);
    }
}
