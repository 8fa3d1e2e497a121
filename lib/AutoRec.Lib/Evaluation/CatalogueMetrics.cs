namespace AutoRec.Evaluation;

/// <summary>
/// What recommendations are like beyond being right: how much of the catalogue they show, how evenly, and how little
/// known it is. All look at the recommended lists of many users and never at held-out items.
/// </summary>
internal static class CatalogueMetrics
{
    /// <summary>
    /// Coverage@K = |items in at least one list| / |items|, 0 to 1: the share of the catalogue that is ever shown (Ge,
    /// Delgado-Battenfeld and Jannach, "Beyond Accuracy", RecSys 2010).
    /// </summary>
    /// <param name="lists">A ranked list of item rows for each user.</param>
    /// <param name="itemCount">The number of items in the catalogue, at least 1.</param>
    /// <param name="k">The cut-off, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count, cut-off or item row is out of range.</exception>
    public static double Coverage(IEnumerable<IReadOnlyList<int>> lists, int itemCount, int k) =>
        TimesShown(lists, itemCount, k).Count(times => times > 0) / (double)itemCount;

    /// <summary>
    /// Gini@K = sum over j = 1..n of (2j - n - 1) * s_j / (n - 1), with s_1 &lt;= ... &lt;= s_n each item's share of all
    /// places in the lists: 0 when every item of the catalogue is shown equally often, 1 when one item takes every place
    /// (Shani and Gunawardana, "Evaluating Recommendation Systems", 2011). 0 for a catalogue of one item.
    /// </summary>
    /// <inheritdoc cref="Coverage"/>
    /// <exception cref="ArgumentException">The lists are empty.</exception>
    public static double Gini(IEnumerable<IReadOnlyList<int>> lists, int itemCount, int k)
    {
        var times = TimesShown(lists, itemCount, k);
        Array.Sort(times);
        var places = times.Sum(n => (double)n);
        if (places == 0)
        {
            throw new ArgumentException("Nothing was recommended.", nameof(lists));
        }

        var sum = 0.0;
        for (var i = 0; i < times.Length; i++)
        {
            sum += ((2.0 * (i + 1)) - itemCount - 1) * times[i];
        }

        return itemCount == 1 ? 0 : sum / (places * (itemCount - 1));
    }

    /// <summary>
    /// Novelty@K of one list = 1/|list| * sum over its first K items of -log2(users of the item / users), in bits: the
    /// mean self-information of the items, 0 for a list of items that everybody has, log2(users) at most (Zhou et al.,
    /// "Solving the apparent diversity-accuracy dilemma of recommender systems", PNAS 2010). An item that no training
    /// user has counts as if one had it; an empty list has 0.
    /// </summary>
    /// <param name="ranked">Item rows, best first.</param>
    /// <param name="usersPerItem">How many training users have each item: [items].</param>
    /// <param name="userCount">The number of training users, at least 1.</param>
    /// <param name="k">The cut-off, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count or the cut-off is out of range.</exception>
    public static double Novelty(IReadOnlyList<int> ranked, IReadOnlyList<int> usersPerItem, int userCount, int k)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(usersPerItem);
        ArgumentOutOfRangeException.ThrowIfLessThan(userCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var places = Math.Min(k, ranked.Count);
        var bits = 0.0;
        for (var place = 0; place < places; place++)
        {
            bits -= Math.Log2(Math.Max(1, usersPerItem[ranked[place]]) / (double)userCount);
        }

        return places == 0 ? 0 : bits / places;
    }

    private static int[] TimesShown(IEnumerable<IReadOnlyList<int>> lists, int itemCount, int k)
    {
        ArgumentNullException.ThrowIfNull(lists);
        ArgumentOutOfRangeException.ThrowIfLessThan(itemCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var times = new int[itemCount];
        foreach (var list in lists)
        {
            for (var place = 0; place < Math.Min(k, list.Count); place++)
            {
                var item = list[place];
                if ((uint)item >= (uint)itemCount)
                {
                    throw new ArgumentOutOfRangeException(nameof(lists), item, $"Item rows run from 0 to {itemCount - 1}.");
                }

                times[item]++;
            }
        }

        return times;
    }
}
