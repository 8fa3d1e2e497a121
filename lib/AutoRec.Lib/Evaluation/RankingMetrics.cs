namespace AutoRec.Evaluation;

/// <summary>
/// How good one user's ranked list is, by the user's relevant held-out items. All are pure functions of the ranks of these items
/// (<see cref="Hits.Of(IReadOnlyList{int}, IReadOnlySet{int})"/> finds them), between 0 (worst) and 1 (best), without unit; gain is binary.
/// </summary>
/// <remarks>
/// In the formulas K is the cut-off, rel the set of relevant items, and hits are the relevant items among the first K
/// of the list. A list shorter than K counts as one whose missing places hold irrelevant items. A user without
/// relevant items has no value: <see cref="Evaluator"/> leaves such users out and counts them.
/// </remarks>
internal static class RankingMetrics
{
    /// <summary>Precision@K = |hits| / K: the share of the K places that hold relevant items.</summary>
    /// <param name="hits">Where relevant items stand in the list.</param>
    /// <param name="k">The cut-off, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cut-off is below 1.</exception>
    public static double Precision(Hits hits, int k) => hits.Within(k) / (double)k;

    /// <summary>
    /// Recall@K = |hits| / |rel|: the share of the relevant items that are found. Its best value is below 1 when |rel| is above K.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double Recall(Hits hits, int k) => hits.Within(k) / (double)hits.Relevant;

    /// <summary>
    /// CalibratedRecall@K = |hits| / min(K, |rel|): recall against what a list of K items can reach at best. Liang et
    /// al., "Variational Autoencoders for Collaborative Filtering", WWW 2018, print it as Recall@K.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double CalibratedRecall(Hits hits, int k) => hits.Within(k) / (double)Math.Min(k, hits.Relevant);

    /// <summary>
    /// NDCG@K = DCG@K / IDCG@K with DCG@K = sum over hits of 1 / log2(rank + 1), rank from 1, and IDCG@K the DCG of a
    /// list that starts with min(K, |rel|) relevant items. Järvelin and Kekäläinen, "Cumulated Gain-Based Evaluation of
    /// IR Techniques", TOIS 2002, with binary gain.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double Ndcg(Hits hits, int k) => Gain(hits, k) / IdealGain(Math.Min(k, hits.Relevant));

    /// <summary>
    /// NDCG-full@K = DCG@K / IDCG with IDCG the DCG of a list of all |rel| relevant items, however many. Its best value is
    /// below 1 when |rel| is above K, so that users with many relevant items count less. Ferrari Dacrema et al., "A
    /// Troubling Analysis of Reproducibility and Progress in Recommender Systems Research", TOIS 2021, print it as NDCG@K.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double NdcgFull(Hits hits, int k) => Gain(hits, k) / IdealGain(hits.Relevant);

    /// <summary>
    /// AP@K = 1 / min(K, |rel|) * sum over hits of Precision@rank: the average precision, whose mean over users is MAP@K.
    /// </summary>
    /// <inheritdoc cref="Precision"/>
    public static double AveragePrecision(Hits hits, int k)
    {
        var found = hits.Within(k);
        var sum = 0.0;
        for (var i = 0; i < found; i++)
        {
            sum += (i + 1) / (double)hits.Ranks[i];
        }

        return sum / Math.Min(k, hits.Relevant);
    }

    /// <summary>RR@K = 1 / rank of the first hit, 0 without a hit: the reciprocal rank, whose mean over users is MRR@K.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double ReciprocalRank(Hits hits, int k) => hits.Within(k) > 0 ? 1.0 / hits.Ranks[0] : 0;

    /// <summary>HitRate@K = 1 when there is a hit, else 0.</summary>
    /// <inheritdoc cref="Precision"/>
    public static double HitRate(Hits hits, int k) => hits.Within(k) > 0 ? 1 : 0;

    private static double Gain(Hits hits, int k)
    {
        var found = hits.Within(k);
        var gain = 0.0;
        for (var i = 0; i < found; i++)
        {
            gain += Discount(hits.Ranks[i]);
        }

        return gain;
    }

    private static double IdealGain(int places)
    {
        var gain = IdealGains[Math.Min(places, IdealGains.Length - 1)];
        for (var rank = IdealGains.Length; rank <= places; rank++)
        {
            gain += Discount(rank);
        }

        return gain;
    }

    private static double Discount(int rank) => rank < Discounts.Length ? Discounts[rank] : 1 / Math.Log2(rank + 1);

    // Logarithms cost more than all the rest of a metric.
    private static readonly double[] Discounts = [.. Enumerable.Range(0, 1024).Select(rank => 1 / Math.Log2(rank + 1))];

    // Of each number of places.
    private static readonly double[] IdealGains = SumsOf(Discounts);

    private static double[] SumsOf(double[] discounts)
    {
        var sums = new double[discounts.Length];
        for (var rank = 1; rank < sums.Length; rank++)
        {
            sums[rank] = sums[rank - 1] + discounts[rank];
        }

        return sums;
    }
}
