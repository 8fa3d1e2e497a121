using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class MetricSpecTests
{
    [Theory]
    [InlineData("rmse", "rmse")]
    [InlineData("MAE", "mae")]
    [InlineData("Precision@10", "precision@10")]
    [InlineData("recall@020", "recall@20")]
    [InlineData("calibrated_recall@50", "calibrated-recall@50")]
    [InlineData("CalibratedRecall@50", "calibrated-recall@50")]
    [InlineData("nDCG@100", "ndcg@100")]
    [InlineData("NDCG_full@10", "ndcg-full@10")]
    [InlineData("ap@5", "map@5")]
    [InlineData("MRR@5", "mrr@5")]
    [InlineData("hr@10", "hit-rate@10")]
    [InlineData("HitRate@10", "hit-rate@10")]
    [InlineData("coverage@10", "coverage@10")]
    [InlineData("gini@10", "gini@10")]
    [InlineData(" novelty@10 ", "novelty@10")]
    public void Parse_AnySpelling_CanonicalText(string text, string canonical) => Assert.Equal(canonical, MetricSpec.Parse(text).ToString());

    [Theory]
    [InlineData("rmsse")]
    [InlineData("ndcg@ten")]
    [InlineData("ndcg@-1")]
    [InlineData("ndcg@")]
    [InlineData("ndcg@10@20")]
    [InlineData("")]
    public void Parse_NotAMetric_ErrorNamesTextAndMetrics(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => MetricSpec.Parse(text));
        Assert.Contains($"'{text}'", error.Message);
        Assert.Contains("rmse, mae, precision@10, recall@10, calibrated-recall@10, ndcg@10, ndcg-full@10, map@10, mrr@10, hit-rate@10, coverage@10, gini@10, novelty@10", error.Message);
    }

    [Theory]
    [InlineData("ndcg", "'ndcg@10'")]
    [InlineData("ndcg@0", "at least 1")]
    [InlineData("rmse@10", "no cut-off")]
    public void Parse_CutOffMissingOrSuperfluous_ErrorSaysSo(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => MetricSpec.Parse(text)).Message);

    [Fact]
    public void ParseList_RepeatedMetric_OnceInOrder() =>
        Assert.Equal(["rmse", "hit-rate@5", "mae"], MetricSpec.ParseList("rmse, hr@5,,hit-rate@5,mae,RMSE").Select(metric => metric.ToString()));

    [Fact]
    public void ParseList_Nothing_Throws() => Assert.Throws<ArgumentException>(() => MetricSpec.ParseList(" , "));

    [Fact]
    public void HigherIsBetter_ErrorsAndGini_False() =>
        Assert.Equal(["rmse", "mae", "gini@1"], MetricSpec.ParseList("rmse,mae,precision@1,ndcg@1,coverage@1,gini@1,novelty@1").Where(metric => !metric.HigherIsBetter).Select(metric => metric.ToString()));
}
