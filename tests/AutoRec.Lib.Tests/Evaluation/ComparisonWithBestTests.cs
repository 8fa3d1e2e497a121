using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class ComparisonWithBestTests
{
    [Fact]
    public void Adjust_FourPValues_ByHand()
    {
        // Ascending 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1: 0.02, 0.03, 0.06 and 0.04, which is raised to 0.06.
        Assert.Equal([0.03, 0.06, 0.06, 0.02], Holm.Adjust([0.01, 0.04, 0.03, 0.005]).Select(p => Math.Round(p, 12)));
        Assert.Equal([1.0, 1, 0.9], Holm.Adjust([0.5, 0.7, 0.3]).Select(p => Math.Round(p, 12)));
        Assert.Equal([0.04, 0.04], Holm.Adjust([0.02, 0.02]));
        Assert.Equal([0.2], Holm.Adjust([0.2]));
        Assert.Equal([], Holm.Adjust([]));
    }

    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(4, 2.776)]
    [InlineData(30, 2.042)]
    [InlineData(120, 1.980)]
    [InlineData(1e7, 1.960)]
    public void Critical95_Degrees_AsTablesHaveThem(double degrees, double expected) =>
        Assert.Equal(expected, StudentT.Critical95(degrees), 0.0006);

    [Theory]
    [InlineData(0.1)]
    [InlineData(1.3)]
    [InlineData(8)]
    public void TwoSided_OneAndTwoDegrees_ClosedForms(double t)
    {
        Assert.Equal(1 - (2 / Math.PI * Math.Atan(t)), StudentT.TwoSided(t, 1), 1e-8);
        Assert.Equal(1 - (t / Math.Sqrt(2 + (t * t))), StudentT.TwoSided(-t, 2), 1e-8);
        Assert.Equal((1, 0, 0), (StudentT.TwoSided(0, 5), StudentT.TwoSided(1e200, 5), StudentT.TwoSided(double.PositiveInfinity, 5)));
    }

    [Fact]
    public void OverSeeds_TwoSeeds_MeanAndMargin()
    {
        // With two values the standard error is half their distance.
        var two = new MetricOverSeeds([0.3, 0.5], []);
        Assert.Equal(0.4, two.Mean, 12);
        Assert.Equal(12.7062 * 0.1, two.Margin, 0.0001);
        Assert.Equal(double.NaN, new MetricOverSeeds([0.3], []).Margin);
    }

    [Fact]
    public void OverFolds_FiveValues_MarginAllowsForCommonTrainingParts()
    {
        // Nadeau and Bengio: s² = 0.001, variance of the mean 0.001 (1/5 + 1/4), t(4) = 2.7764.
        double[] values = [0.90, 0.92, 0.94, 0.96, 0.98];
        Assert.Equal(2.7764 * Math.Sqrt(0.001 * 0.45), new MetricOverSeeds(values, []) { TestToTrain = 0.25 }.Margin, 0.0001);
        Assert.Equal(2.7764 * Math.Sqrt(0.001 / 5), new MetricOverSeeds(values, []).Margin, 0.0001);
    }

    [Theory]
    [InlineData("ndcg@10", 1)]
    [InlineData("rmse", 2)]
    public void Of_ThreeModels_DifferencesFromTheBestAndHolmOverAllPairs(string metric, int best)
    {
        UserValues[] users = [Noisy(0, 1), Noisy(0.05, 2), Noisy(-0.03, 3)];
        var comparison = ComparisonWithBest.Of(Metric.Parse(metric), [.. users.Select(one => new MetricOverSeeds([one.Value], [one]))]);
        Assert.Equal((best, null, "holm"), (comparison.Best, comparison.NotTested, comparison.Correction));
        Assert.Null(comparison.Differences[best]);

        var pairs = new[] { (0, 1), (0, 2), (1, 2) };
        var adjusted = Holm.Adjust([.. pairs.Select(pair => PairedComparison.Of(users[pair.Item1], users[pair.Item2]).PValue)]);
        foreach (var (pair, p) in pairs.Zip(adjusted).Where(one => one.First.Item1 == best || one.First.Item2 == best))
        {
            var other = pair.Item1 == best ? pair.Item2 : pair.Item1;
            var expected = PairedComparison.Of(users[other], users[best]);
            Assert.Equal(expected.PValue, comparison.Differences[other]!.PValue, 1e-12);
            Assert.Equal(expected.Low, comparison.Differences[other]!.Low, 1e-12);
            Assert.Equal(p, comparison.Differences[other]!.AdjustedPValue, 1e-12);
        }

        static UserValues Noisy(double shift, int seed)
        {
            var random = new Random(seed);
            return UserValues.Of([.. Enumerable.Range(0, 100).Select(_ => 0.3 + shift + (0.4 * random.NextDouble()))]);
        }
    }

    [Fact]
    public void Of_NothingToTest_SaysWhy()
    {
        var nine = UserValues.Of(new double[9]);
        var few = new MetricOverSeeds([0.1], [nine]);
        Assert.Contains("one value for the lists of all users together", Reason(Metric.Parse("gini@10"), new([0.5], []), new([0.4], [])));
        Assert.Contains("at least 10 test users; there are 9", Reason(Metric.Ndcg(10), few, few));
        var ten = new MetricOverSeeds([0], [UserValues.Of(new double[10])]);
        Assert.Null(ComparisonWithBest.Of(Metric.Ndcg(10), [ten, ten]).NotTested);
        var one = new MetricOverSeeds([0.1], [UserValues.Of([0.1])]);
        Assert.Contains("at least 10 test users; there is 1.", Reason(Metric.Ndcg(10), one, one));
        Assert.Throws<ArgumentException>(() => ComparisonWithBest.Of(Metric.Ndcg(10), []));
        // Of equals the first.
        Assert.Equal(1, ComparisonWithBest.Of(Metric.Ndcg(10), [new([0.4], []), new([0.5], []), new([0.5], [])]).Best);
        Assert.Contains("only one model", Reason(Metric.Ndcg(10), few));
        Assert.Equal(1, ComparisonWithBest.Of(Metric.Parse("gini@10"), [new([0.5], []), new([0.4], [])]).Best); // Lower is better.

        static string Reason(Metric metric, params MetricOverSeeds[] models)
        {
            var comparison = ComparisonWithBest.Of(metric, models);
            Assert.All(comparison.Differences, Assert.Null);
            return comparison.NotTested!;
        }
    }
}
