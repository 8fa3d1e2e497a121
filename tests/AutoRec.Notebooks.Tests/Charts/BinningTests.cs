using CsCheck;

namespace AutoRec.Notebooks.Tests;

public sealed class BinningTests
{
    [Fact]
    public void Edges_WholeNumbers_HalfWayBetweenThem() => Assert.Equal([0.5, 1.5, 2.5, 3.5], Binning.Edges([1, 2, 3], 30, log: false));

    [Fact]
    public void Count_HandMade_LowerEdgeBelongsToTheBin() => Assert.Equal([2, 1, 2], Binning.Count([0, 0.5, 1, 2, 3], [0, 1, 2, 3]));

    [Fact]
    public void Count_AnyValues_AllAreCounted() =>
        Gen.Select(Gen.Int[1, 5000].Array[1, 200], Gen.Int[1, 40], Gen.Bool, Gen.Bool).Sample((whole, bins, log, halves) =>
        {
            double[] values = [.. whole.Select(value => halves ? value / 2.0 : value)];
            var edges = Binning.Edges(values, bins, log);
            Assert.True(edges[0] <= values.Min() && edges[^1] >= values.Max());
            Assert.Equal(edges.Order().Distinct(), edges);
            Assert.Equal(values.Length, Binning.Count(values, edges).Sum());
        });

    [Fact]
    public void Thin_LongSeries_KeepsBothEnds()
    {
        var thin = Binning.Thin(Series.Of("a", Enumerable.Range(0, 1001), Enumerable.Range(0, 1001)), 5);
        Assert.Equal([0, 250, 500, 750, 1000], thin.X);
    }

    [Theory]
    [InlineData(0, 1, new[] { "0.0", "0.2", "0.4", "0.6", "0.8", "1.0" })]
    [InlineData(0, 22000, new[] { "0", "5,000", "10,000", "15,000", "20,000" })]
    [InlineData(0.83, 0.91, new[] { "0.84", "0.86", "0.88", "0.90" })]
    [InlineData(0, 12, new[] { "0.0", "2.5", "5.0", "7.5", "10.0" })]
    public void Linear_Ticks_AreRound(double min, double max, string[] expected) =>
        Assert.Equal(expected, Ticks.Linear(min, max, 5).Select(tick => tick.Text));

    [Fact]
    public void Time_TicksOfTwoYears_AreStartsOfMonths() =>
        Assert.Equal(
            ["2000-01", "2000-04", "2000-07", "2000-10"],
            Ticks.Time(946684800, 946684800 + (700 * 86400)).Take(4).Select(tick => tick.Text));
}
