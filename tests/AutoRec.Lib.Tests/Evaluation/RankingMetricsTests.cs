using AutoRec.Evaluation;
using CsCheck;

namespace AutoRec.Tests;

public sealed class RankingMetricsTests
{
    // Hits at ranks 1, 3 and 5; item 9 is relevant and never ranked: |rel| = 4.
    private static readonly int[] Ranked = [7, 1, 3, 2, 5];
    private static readonly HashSet<int> Relevant = [3, 5, 7, 9];

    [Fact]
    public void Precision_TwoHitsInThree_TwoThirds() => Assert.Equal(2.0 / 3, RankingMetrics.Precision(Hits.Of(Ranked, Relevant), 3), 12);

    [Fact]
    public void Precision_ListShorterThanK_MissingPlacesCountAsMisses() =>
        Assert.Equal(0.3, RankingMetrics.Precision(Hits.Of(Ranked, Relevant), 10), 12);

    [Fact]
    public void Recall_TwoOfFourFound_OneHalf() => Assert.Equal(0.5, RankingMetrics.Recall(Hits.Of(Ranked, Relevant), 3), 12);

    [Fact]
    public void Recall_KBelowRelevant_CannotReachOne() => Assert.Equal(0.25, RankingMetrics.Recall(Hits.Of([3], Relevant), 1), 12);

    [Fact]
    public void CalibratedRecall_KBelowRelevant_DividesByK()
    {
        Assert.Equal(1, RankingMetrics.CalibratedRecall(Hits.Of([3], Relevant), 1), 12);
        Assert.Equal(2.0 / 3, RankingMetrics.CalibratedRecall(Hits.Of(Ranked, Relevant), 3), 12);
    }

    [Fact]
    public void CalibratedRecall_KAboveRelevant_DividesByRelevant() =>
        Assert.Equal(0.75, RankingMetrics.CalibratedRecall(Hits.Of(Ranked, Relevant), 5), 12);

    [Fact]
    public void Ndcg_HitsAtOneThreeFive_ByHand()
    {
        // DCG = 1/log2(2) + 1/log2(4) + 1/log2(6) = 1 + 0.5 + 0.386852807; the ideal has four hits:
        // 1 + 0.630929754 + 0.5 + 0.430676558 = 2.561606312.
        Assert.Equal(1.886852807 / 2.561606312, RankingMetrics.Ndcg(Hits.Of(Ranked, Relevant), 5), 8);
    }

    [Fact]
    public void Ndcg_IdealIsCutAtK_FullListOfHitsIsOne() => Assert.Equal(1, RankingMetrics.Ndcg(Hits.Of([3, 5], Relevant), 2), 12);

    // DCG@2 of the hit at rank 1 is 1; the ideal keeps all four relevant items.
    [Fact]
    public void NdcgFull_KBelowRelevant_IdealIsNotCut()
    {
        Assert.Equal(1 / 2.561606312, RankingMetrics.NdcgFull(Hits.Of(Ranked, Relevant), 2), 8);
        Assert.Equal(RankingMetrics.Ndcg(Hits.Of(Ranked, Relevant), 5), RankingMetrics.NdcgFull(Hits.Of(Ranked, Relevant), 5));
    }

    // Discounts are kept for the first 1,023 ranks only.
    [Fact]
    public void Ndcg_HitsAtRanks401To1500_ByFormula()
    {
        var hits = Hits.OfSorted([.. Enumerable.Range(0, 1500)], [.. Enumerable.Range(400, 1100)]);
        Assert.Equal(Gain(401, 1500) / Gain(1, 1100), RankingMetrics.Ndcg(hits, 1500), 12);
        Assert.Equal(Gain(401, 1023) / Gain(1, 1023), RankingMetrics.Ndcg(hits, 1023), 12);
        Assert.Equal(Gain(401, 1024) / Gain(1, 1024), RankingMetrics.Ndcg(hits, 1024), 12);
        Assert.Equal(Gain(401, 1024) / Gain(1, 1100), RankingMetrics.NdcgFull(hits, 1024), 12);

        static double Gain(int first, int last) => Enumerable.Range(first, last - first + 1).Sum(rank => Math.Log(2) / Math.Log(rank + 1));
    }

    [Fact]
    public void AveragePrecision_HitsAtOneThreeFive_ByHand()
    {
        // (1/1 + 2/3 + 3/5) / min(5, 4)
        Assert.Equal((1 + (2.0 / 3) + 0.6) / 4, RankingMetrics.AveragePrecision(Hits.Of(Ranked, Relevant), 5), 12);
        // (1/1 + 2/3) / min(3, 4)
        Assert.Equal((1 + (2.0 / 3)) / 3, RankingMetrics.AveragePrecision(Hits.Of(Ranked, Relevant), 3), 12);
    }

    [Fact]
    public void ReciprocalRank_FirstHitAtThree_OneThird()
    {
        Assert.Equal(1.0 / 3, RankingMetrics.ReciprocalRank(Hits.Of([1, 2, 3, 5], Relevant), 4), 12);
        Assert.Equal(0, RankingMetrics.ReciprocalRank(Hits.Of([1, 2, 3, 5], Relevant), 2));
    }

    [Fact]
    public void HitRate_HitInsideOrOutsideK_OneOrZero()
    {
        Assert.Equal(1, RankingMetrics.HitRate(Hits.Of([1, 2, 3], Relevant), 3));
        Assert.Equal(0, RankingMetrics.HitRate(Hits.Of([1, 2, 3], Relevant), 2));
    }

    private static readonly Func<Hits, int, double>[] All =
    [
        RankingMetrics.Precision, RankingMetrics.Recall, RankingMetrics.CalibratedRecall, RankingMetrics.Ndcg,
        RankingMetrics.NdcgFull, RankingMetrics.AveragePrecision, RankingMetrics.ReciprocalRank, RankingMetrics.HitRate,
    ];

    [Fact]
    public void All_CutOffBelowOne_Throws() =>
        Assert.All(All, metric => Assert.Throws<ArgumentOutOfRangeException>(() => metric(Hits.Of(Ranked, Relevant), 0)));

    [Fact]
    public void Hits_NothingRelevantOrAnItemTwice_Throws()
    {
        Assert.Throws<ArgumentException>(() => Hits.Of(Ranked, new HashSet<int>()));
        Assert.Contains("rank 1 and again at rank 3", Assert.Throws<ArgumentException>(() => Hits.Of([3, 1, 3], Relevant)).Message);
    }

    [Fact]
    public void Hits_SortedSpans_AsListAndSet() =>
        Gen.Select(Gen.Shuffle(Enumerable.Range(0, 700).ToArray(), 1, 300), Gen.Int[0, 699].HashSet[1, 300]).Sample((ranked, relevant) =>
    {
        var (one, other) = (Hits.Of(ranked, relevant), Hits.OfSorted(ranked, [.. relevant.Order()]));
        Assert.Equal(one.Relevant, other.Relevant);
        Assert.Equal(one.Ranks, other.Ranks);
    });

    [Fact]
    public void All_EmptyList_Zero() => Assert.All(All, metric => Assert.Equal(0, metric(Hits.Of([], Relevant), 5)));

    [Fact]
    public void All_RandomLists_BetweenZeroAndOneAndBestWithHitsFirst() =>
        Gen.Select(Gen.Shuffle(Enumerable.Range(0, 12).ToArray(), 8), Gen.Int[0, 11].HashSet[1, 12], Gen.Int[1, 10])
            .Sample((ranked, relevant, k) =>
            All.All(metric =>
            {
                var value = metric(Hits.Of(ranked, relevant), k);
                var hitsFirst = metric(Hits.Of([.. ranked.OrderByDescending(relevant.Contains)], relevant), k);
                return value >= 0 && value <= hitsFirst + 1e-12 && hitsFirst <= 1 + 1e-12;
            }));
}
