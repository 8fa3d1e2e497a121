using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class MetricTests
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
    public void Parse_AnySpelling_CanonicalText(string text, string canonical) => Assert.Equal(canonical, Metric.Parse(text).ToString());

    [Theory]
    [InlineData("rmsse")]
    [InlineData("ndcg@ten")]
    [InlineData("ndcg@-1")]
    [InlineData("ndcg@")]
    [InlineData("ndcg@10@20")]
    [InlineData("")]
    public void Parse_NotAMetric_ErrorNamesTextAndMetrics(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => Metric.Parse(text));
        Assert.Contains($"'{text}'", error.Message);
        Assert.Contains(
            "rmse, mae, precision@K, recall@K, calibrated-recall@K, ndcg@K, ndcg-full@K, map@K, mrr@K, hit-rate@K, coverage@K, gini@K, "
                + "novelty@K", error.Message);
    }

    [Theory]
    [InlineData("ndcg", "'ndcg@10'; got 'ndcg'.")]
    [InlineData("ndcg@0", "at least 1, such as 'ndcg@10'; got 'ndcg@0'.")]
    [InlineData("rmse@10", "no cut-off")]
    public void Parse_CutOffMissingOrSuperfluous_ErrorSaysSo(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => Metric.Parse(text)).Message);

    [Fact]
    public void Equality_NameAndCutOff()
    {
        Assert.Equal(Metric.Ndcg(10), Metric.Parse("NDCG@10"));
        Assert.NotEqual(Metric.Ndcg(10), Metric.Ndcg(20));
        Assert.NotEqual(Metric.Parse("recall@10"), Metric.Parse("calibrated-recall@10"));
        Assert.Equal(1, new Dictionary<Metric, int> { [Metric.Parse("hr@5")] = 1 }[Metric.Parse("hit-rate@5")]);
    }

    [Fact]
    public void All_NamesAndAliases_AreOfOneMetricAndRead()
    {
        var names = MetricDefinition.All.SelectMany(definition => definition.Aliases.Append(definition.Name)).ToArray();
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Equal(name.ToLowerInvariant(), name));
        Assert.All(Metric.All, metric => Assert.Equal(metric, Metric.Parse(metric.ToString())));
    }

    [Fact]
    public void IsPerUser_CoverageAndGini_False() =>
        Assert.Equal(["coverage", "gini"], Metric.All.Where(metric => !metric.IsPerUser).Select(metric => metric.Name));

    [Theory]
    [InlineData("rmse", "RMSE", "rating points")]
    [InlineData("ndcg@100", "NDCG@100", null)]
    [InlineData("hr@10", "Hit-rate@10", null)]
    [InlineData("novelty@5", "Novelty@5", "bits")]
    public void Title_AndUnit_AsPeopleWriteThem(string text, string title, string? unit) =>
        Assert.Equal((title, unit), (Metric.Parse(text).Title, Metric.Parse(text).Unit));

    [Fact]
    public void ParseList_RepeatedMetric_OnceInOrder() =>
        Assert.Equal(
            ["rmse", "hit-rate@5", "mae"], Metric.ParseList("rmse, hr@5,,hit-rate@5,mae,RMSE").Select(metric => metric.ToString()));

    [Fact]
    public void ParseList_Nothing_Throws() => Assert.Throws<ArgumentException>(() => Metric.ParseList(" , "));

    [Fact]
    public void HigherIsBetter_ErrorsAndGini_False() =>
        Assert.Equal(
            ["rmse", "mae", "gini@1"],
            Metric.ParseList("rmse,mae,precision@1,ndcg@1,coverage@1,gini@1,novelty@1")
                .Where(metric => !metric.HigherIsBetter)
                .Select(metric => metric.ToString()));
}
