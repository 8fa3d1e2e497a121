
namespace AutoRec.Evaluation;

/// <summary>
/// How good one user's ranked list is, by the user's relevant held-out items. All are pure functions of a list and a
/// set, between 0 (worst) and 1 (best), without unit; gain is binary.
/// </summary>
/// <remarks>
/// In the formulas K is the cut-off, rel the set of relevant items, and hits are the relevant items among the first K
/// of the list. A list shorter than K counts as one whose missing places hold irrelevant items. A user without
/// relevant items has no value: <see cref="Evaluator"/> leaves such users out and counts them.
/// All functions throw <see cref="ArgumentOutOfRangeException"/> for a cut-off below 1 and
/// <see cref="ArgumentException"/> when no item is relevant or a relevant item stands in the list twice.
/// </remarks>
public static class RankingMetrics
{
    /// <summary>Precision@K = |hits| / K: the share of the K places that hold relevant items.</summary>
    /// <param name="ranked">Item rows, best first, each once.</param>
    /// <param name="relevant">The user's relevant items, at least one.</param>
    /// <param name="k">The cut-off, at least 1.</param>
    public static double Precision(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => Precision(Hits.Of(ranked, relevant, k), k);

    /// <summary>Recall@K = |hits| / |rel|: the share of the relevant items that are found. Its best value is below 1 when |rel| is above K.</summary>
    /// <inheritdoc cref="Precision(IReadOnlyList{int}, IReadOnlySet{int}, int)"/>
    public static double Recall(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => Recall(Hits.Of(ranked, relevant, k), k);

    /// <summary>
    /// CalibratedRecall@K = |hits| / min(K, |rel|): recall against what a list of K items can reach at best. Liang et
    /// al., "Variational Autoencoders for Collaborative Filtering", WWW 2018, print it as Recall@K.
    /// </summary>
    /// <inheritdoc cref="Precision(IReadOnlyList{int}, IReadOnlySet{int}, int)"/>
    public static double CalibratedRecall(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => CalibratedRecall(Hits.Of(ranked, relevant, k), k);

    /// <summary>
    /// NDCG@K = DCG@K / IDCG@K with DCG@K = sum over hits of 1 / log2(rank + 1), rank from 1, and IDCG@K the DCG of a
    /// list that starts with min(K, |rel|) relevant items. Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of
    /// IR Techniques", TOIS 2002, with binary gain.
    /// </summary>
    /// <inheritdoc cref="Precision(IReadOnlyList{int}, IReadOnlySet{int}, int)"/>
    public static double Ndcg(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => Ndcg(Hits.Of(ranked, relevant, k), k);

    /// <summary>
    /// NDCG-full@K = DCG@K / IDCG with IDCG the DCG of a list of all |rel| relevant items, however many. Its best value is
    /// below 1 when |rel| is above K, so that users with many relevant items count less. Ferrari Dacrema et al., "A
    /// Troubling Analysis of Reproducibility and Progress in Recommender Systems Research", TOIS 2021, print it as NDCG@K.
    /// </summary>
    /// <inheritdoc cref="Precision(IReadOnlyList{int}, IReadOnlySet{int}, int)"/>
    public static double NdcgFull(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => NdcgFull(Hits.Of(ranked, relevant, k), k);

    /// <summary>
    /// AP@K = 1 / min(K, |rel|) * sum over hits of Precision@rank: the average precision, whose mean over users is MAP@K.
    /// </summary>
    /// <inheritdoc cref="Precision(IReadOnlyList{int}, IReadOnlySet{int}, int)"/>
    public static double AveragePrecision(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => AveragePrecision(Hits.Of(ranked, relevant, k), k);

    /// <summary>RR@K = 1 / rank of the first hit, 0 without a hit: the reciprocal rank, whose mean over users is MRR@K.</summary>
    /// <inheritdoc cref="Precision(IReadOnlyList{int}, IReadOnlySet{int}, int)"/>
    public static double ReciprocalRank(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => ReciprocalRank(Hits.Of(ranked, relevant, k), k);

    /// <summary>HitRate@K = 1 when there is a hit, else 0.</summary>
    /// <inheritdoc cref="Precision(IReadOnlyList{int}, IReadOnlySet{int}, int)"/>
    public static double HitRate(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => HitRate(Hits.Of(ranked, relevant, k), k);

    internal static double Precision(Hits hits, int k) => hits.Within(k) / (double)k;

    internal static double Recall(Hits hits, int k) => hits.Within(k) / (double)hits.Relevant;

    internal static double CalibratedRecall(Hits hits, int k) => hits.Within(k) / (double)Math.Min(k, hits.Relevant);

    internal static double Ndcg(Hits hits, int k) => Gain(hits, k) / IdealGain(Math.Min(k, hits.Relevant));

    internal static double NdcgFull(Hits hits, int k) => Gain(hits, k) / IdealGain(hits.Relevant);

    internal static double AveragePrecision(Hits hits, int k) => hits.Ranks[..hits.Within(k)].Select((rank, earlierHits) => (earlierHits + 1) / (double)rank).Sum() / Math.Min(k, hits.Relevant);

    internal static double ReciprocalRank(Hits hits, int k) => hits.Within(k) > 0 ? 1.0 / hits.Ranks[0] : 0;

    internal static double HitRate(Hits hits, int k) => hits.Within(k) > 0 ? 1 : 0;

    private static double Gain(Hits hits, int k)
    {
        var gain = 0.0;
        for (var i = 0; i < hits.Ranks.Length && hits.Ranks[i] <= k; i++)
        {
            gain += Discount(hits.Ranks[i]);
        }

        return gain;
    }

    private static double IdealGain(int places)
    {
        var gain = 0.0;
        for (var rank = 1; rank <= places; rank++)
        {
            gain += Discount(rank);
        }

        return gain;
    }

    private static double Discount(int rank) => rank < Discounts.Length ? Discounts[rank] : 1 / Math.Log2(rank + 1);

    // Logarithms cost more than all the rest of a metric.
    private static readonly double[] Discounts = [.. Enumerable.Range(0, 1024).Select(rank => 1 / Math.Log2(rank + 1))];
}

/// <summary>Where a ranked list holds relevant items: all that its metrics look at.</summary>
/// <param name="Ranks">The ranks, from 1 and ascending, of relevant items.</param>
/// <param name="Relevant">The number of relevant items, found or not.</param>
internal readonly record struct Hits(int[] Ranks, int Relevant)
{
    /// <summary>The hits among the first <paramref name="k"/> of a list.</summary>
    public static Hits Of(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(relevant);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (relevant.Count == 0)
        {
            throw new ArgumentException("Without relevant items a ranking has no value; such users are left out.", nameof(relevant));
        }

        int[] ranks = [.. Enumerable.Range(1, Math.Min(k, ranked.Count)).Where(rank => relevant.Contains(ranked[rank - 1]))];
        if (ranks.GroupBy(rank => ranked[rank - 1]).FirstOrDefault(ofItem => ofItem.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The item {twice.Key} stands at rank {twice.First()} and again at rank {twice.ElementAt(1)}.", nameof(ranked));
        }

        return new Hits(ranks, relevant.Count);
    }

    /// <summary>The hits of a list without repetitions.</summary>
    /// <param name="ranked">Items, best first.</param>
    /// <param name="relevant">At least one item, ascending.</param>
    public static Hits Of(ReadOnlySpan<int> ranked, ReadOnlySpan<int> relevant)
    {
        Span<int> ranks = stackalloc int[Math.Min(256, ranked.Length)];
        if (ranked.Length > ranks.Length)
        {
            ranks = new int[ranked.Length];
        }

        var count = 0;
        for (var place = 0; place < ranked.Length; place++)
        {
            if (relevant.BinarySearch(ranked[place]) >= 0)
            {
                ranks[count++] = place + 1;
            }
        }

        return new Hits(ranks[..count].ToArray(), relevant.Length);
    }

    /// <summary>How many are among the first <paramref name="k"/> of the list.</summary>
    public int Within(int k)
    {
        var count = 0;
        while (count < Ranks.Length && Ranks[count] <= k)
        {
            count++;
        }

        return count;
    }
}
