using AutoRec.Catalog;
using AutoRec.Cli.Reproduction;

namespace AutoRec.Cli.Tests.Reproduction;

public sealed class PublishedResultsTests
{
    [Fact]
    public void All_Names_OccurOnce() =>
        Assert.Equal(PublishedResults.All.Count, PublishedResults.All.Select(experiment => experiment.Name).Distinct().Count());

    [Fact]
    public void All_ModelsAndSettings_AreInTheCatalogue() =>
        Assert.All(PublishedResults.All, experiment => ModelCatalog.Find(experiment.Model)
        .CreateTrainer(
            experiment.Settings.Select(setting => KeyValuePair.Create(setting.Split('=', 2)[0], setting.Split('=', 2)[1])), out _));

    [Fact]
    public void All_TargetMetrics_AreMeasured() => Assert.All(PublishedResults.All, experiment =>
        Assert.All(experiment.Targets,
            target => Assert.Contains(target.Metric, experiment.Protocol.Specs.Select(spec => spec.ToString()))));

    [Theory]
    [InlineData(0.93, 0)]
    [InlineData(0.941, 0)]
    [InlineData(0.95, 0.003)]
    [InlineData(0.94, 0.001)]
    public void MissedBy_Near_IsTheDistanceToTheNearestBound(double value, double expected)
    {
        var target = value < 0.935 ? Target.AtMost("rmse", 0.93) : Target.Near("rmse", 0.944, 0.003, "x");
        Assert.Equal(expected, target.MissedBy(value), 1e-12);
    }

    [Fact]
    public void IsOwn_BoundNotByThePublishedFigure_True()
    {
        Assert.True(Target.AtMost("rmse", 0.93).IsOwn);
        Assert.True(Target.AtMost("rmse", 0.85, 0.845, "x").IsOwn);
        Assert.False(Target.AtMost("rmse", 0.845, 0.845, "x").IsOwn);
        Assert.False(Target.Near("rmse", 0.944, 0.003, "x").IsOwn);
        Assert.False(Target.Within3Percent("ndcg@10", 0.2, "x").IsOwn);
    }

    [Fact]
    public void MissedBy_Within3Percent_BetterWillDo()
    {
        var target = Target.Within3Percent("ndcg@10", 0.2, "x");
        Assert.Equal(0, target.MissedBy(0.5));
        Assert.Equal(0.004, target.MissedBy(0.19), 1e-12);
    }
}
