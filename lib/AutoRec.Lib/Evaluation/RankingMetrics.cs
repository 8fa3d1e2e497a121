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
    public static double Precision(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        HitRanks(ranked, relevant, k).Count / (double)k;

    /// <summary>Recall@K = |hits| / |rel|: the share of the relevant items that are found. Its best value is below 1 when |rel| is above K.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double Recall(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        HitRanks(ranked, relevant, k).Count / (double)relevant.Count;

    /// <summary>
    /// CalibratedRecall@K = |hits| / min(K, |rel|): recall against what a list of K items can reach at best. Liang et
    /// al., "Variational Autoencoders for Collaborative Filtering", WWW 2018, print it as Recall@K.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double CalibratedRecall(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        HitRanks(ranked, relevant, k).Count / (double)Math.Min(k, relevant.Count);

    /// <summary>
    /// NDCG@K = DCG@K / IDCG@K with DCG@K = sum over hits of 1 / log2(rank + 1), rank from 1, and IDCG@K the DCG of a
    /// list that starts with min(K, |rel|) relevant items. Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of
    /// IR Techniques", TOIS 2002, with binary gain.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double Ndcg(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        Gain(ranked, relevant, k) / IdealGain(Math.Min(k, relevant.Count));

    /// <summary>
    /// NDCG-full@K = DCG@K / IDCG with IDCG the DCG of a list of all |rel| relevant items, however many. Its best value is
    /// below 1 when |rel| is above K, so that users with many relevant items count less. Ferrari Dacrema et al., "A
    /// Troubling Analysis of Reproducibility and Progress in Recommender Systems Research", TOIS 2021, print it as NDCG@K.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double NdcgFull(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        Gain(ranked, relevant, k) / IdealGain(relevant.Count);

    /// <summary>
    /// AP@K = 1 / min(K, |rel|) * sum over hits of Precision@rank: the average precision, whose mean over users is MAP@K.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double AveragePrecision(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        HitRanks(ranked, relevant, k).Select((rank, earlierHits) => (earlierHits + 1) / (double)rank).Sum() / Math.Min(k, relevant.Count);

    /// <summary>RR@K = 1 / rank of the first hit, 0 without a hit: the reciprocal rank, whose mean over users is MRR@K.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double ReciprocalRank(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        HitRanks(ranked, relevant, k) is [var first, ..] ? 1.0 / first : 0;

    /// <summary>HitRate@K = 1 when there is a hit, else 0.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double HitRate(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) =>
        HitRanks(ranked, relevant, k).Count > 0 ? 1 : 0;

    private static double Gain(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k) => HitRanks(ranked, relevant, k).Sum(Discount);

    private static double IdealGain(int places)
    {
        var gain = 0.0;
        for (var rank = 1; rank <= places; rank++)
        {
            gain += Discount(rank);
        }

        return gain;
    }

    private static double Discount(int rank) => 1 / Math.Log2(rank + 1);

    // The ranks, from 1 and ascending, of the relevant items among the first K.
    private static List<int> HitRanks(IReadOnlyList<int> ranked, IReadOnlySet<int> relevant, int k)
    {
        ArgumentNullException.ThrowIfNull(ranked);
        ArgumentNullException.ThrowIfNull(relevant);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (relevant.Count == 0)
        {
            throw new ArgumentException("Without relevant items a ranking has no value; such users are left out.", nameof(relevant));
        }

        var ranks = new List<int>();
        for (var place = 0; place < Math.Min(k, ranked.Count); place++)
        {
            if (!relevant.Contains(ranked[place]))
            {
                continue;
            }

            foreach (var rank in ranks)
            {
                if (ranked[rank - 1] == ranked[place])
                {
                    throw new ArgumentException($"The item {ranked[place]} stands at rank {rank} and again at rank {place + 1}.", nameof(ranked));
                }
            }

            ranks.Add(place + 1);
        }

        return ranks;
    }
}
