using AutoRec.Data;
using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class SampledRankingTests
{
    // Item 0 is best for both, but no candidate.
    private static readonly FixedScores Model = new([9, 5, 4, 3, 2, 1], [9, 1, 2.5f, 2, 2, 5]);
    private static readonly Histories Users = Histories.OfTraining(InteractionMatrix.FromTriplets(2, 6, [0], [5], [1]));

    [Fact]
    public void Rank_PositiveAmongNegatives_ByHand()
    {
        // User 0 has 5, and 3 is the positive itself; 3 before 4: rank 1. User 1: 2 before 3: rank 2.
        var result = SampledRanking.Rank(Model, Users, [new(3, [5, 4, 3]), new(3, [2])], Metric.ParseList("hr@1,hr@3,ndcg@3,mrr@3"));
        Assert.Equal(0.5, result.Metrics[Metric.Parse("hr@1")]);
        Assert.Equal(1, result.Metrics[Metric.Parse("hr@3")]);
        Assert.Equal((1 + 0.630929754) / 2, result.Metrics[Metric.Parse("ndcg@3")], 1e-9); // 1 / log2(3)
        Assert.Equal((1 + (1 / 2.0)) / 2, result.Metrics[Metric.Parse("mrr@3")], 1e-12);
        Assert.Equal([1, 1 / 2.0], result.PerUser[Metric.Parse("mrr@3")]);
        Assert.Equal((2, 2, 2), (result.Users, result.Negatives, result.NegativesLeftOut));
    }

    [Fact]
    public void Rank_EqualScores_TheSeedDecides()
    {
        // Items 3 and 4 of user 1 have the same score.
        var first = Enumerable.Range(0, 200).Select(seed =>
            SampledRanking.Rank(Model, Users, [new(1, [2]), new(3, [4])], Metric.ParseList("hr@1"), seed).Metrics[Metric.Parse("hr@1")])
                .ToArray();
        Assert.All(first, value => Assert.True(value is 0.5 or 1));
        Assert.InRange(first.Count(value => value == 1), 65, 135); // mean 100, standard deviation 7.1
    }

    [Fact]
    public void Rank_BadCandidates_SaysWhich()
    {
        Assert.Contains("item 4 is among a user's negatives twice", Fails([new(3, [4, 4]), new(3, [2])]));
        Assert.Contains("held-out item 5 of a user is in the history", Fails([new(5, [4]), new(3, [2])]));
        Assert.Contains("got 1 for 2 histories", Fails([new(4, [3])]));
        Assert.Contains("got 0 for 0 histories", Assert.Throws<ArgumentException>(() =>
            SampledRanking.Rank(Model, Histories.OfTraining(InteractionMatrix.FromTriplets(0, 6, [], [], [])), [],
                [Metric.Parse("hr@1")])).Message);

        static string Fails(SampledCandidates[] candidates) =>
            Assert.Throws<ArgumentException>(() => SampledRanking.Rank(Model, Users, candidates, [Metric.Parse("hr@1")])).Message;
    }

    [Fact]
    public void Rank_ScoreThatIsNotANumber_ComesLast()
    {
        var model = new FixedScores([1, 1, 1, -5, float.NaN, 1], [1, 1, 1, float.NaN, -5, 1]);
        Assert.Equal(
            [1, 0], SampledRanking.Rank(model, Users, [new(3, [4]), new(3, [4])], [Metric.Parse("hr@1")]).PerUser[Metric.Parse("hr@1")]);
    }

    [Fact]
    public void Rank_NoMetricOrOneOfAnotherKindAmongThem_Throws() => Assert.All(
        new[] { "", "hr@1,rmse" },
        metrics =>
            Assert.Throws<ArgumentException>(() =>
                SampledRanking.Rank(Model, Users, [new(4, [3]), new(4, [3])], metrics.Length == 0 ? [] : Metric.ParseList(metrics))));

    [Theory]
    [InlineData("rmse")]
    [InlineData("coverage@10")]
    [InlineData("novelty@10")]
    public void Rank_MetricOfAnotherKind_Throws(string metric) =>
        Assert.Contains(
            metric,
            Assert.Throws<ArgumentException>(() => SampledRanking.Rank(Model, Users, [new(4, [3]), new(4, [3])],
                [Metric.Parse(metric)])).Message);
}
