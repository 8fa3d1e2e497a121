using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class MetricColumnTests
{
    [Theory]
    [InlineData("RMSE", "rmse", "↓")]
    [InlineData("test MAE", "mae", "↓")]
    [InlineData("RMSE, in time", "rmse", "↓")]
    [InlineData("ndcg@10", "ndcg@10", "↑")]
    [InlineData("Gini@10", "gini@10", "↓")]
    [InlineData("Hit-rate@5", "hit-rate@5", "↑")]
    public void Of_HeadingOfAMetric_IsTheMetric(string heading, string metric, string arrow)
    {
        var found = MetricColumn.Of(heading)!;
        Assert.Equal(Metric.Parse(metric), found);
        Assert.Equal(arrow, MetricColumn.Arrow(found));
    }

    [Theory]
    [InlineData("training RMSE")]
    [InlineData("worst RMSE")]
    [InlineData("NDCG")]
    [InlineData("RMSE@10")]
    [InlineData("ndcg@0")]
    [InlineData("popularity")]
    [InlineData("map")]
    [InlineData("")]
    public void Of_OtherHeading_IsNone(string heading) => Assert.Null(MetricColumn.Of(heading));
}
