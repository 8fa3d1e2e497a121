
namespace AutoRec.Notebooks.Tests;

public sealed class StatisticsTests
{
    [Fact]
    public void StandardDeviation_HandMade_DividesByN()
    {
        Assert.Equal(2, Statistics.StandardDeviation([2, 4, 4, 4, 5, 5, 7, 9]), 12);
        Assert.Equal(double.NaN, Statistics.StandardDeviation([]));
    }

    [Fact]
    public void Correlation_HandMade_IsPearsons()
    {
        Assert.Equal(1, Statistics.Correlation([1, 2, 3], [10, 20, 30]), 12);
        Assert.Equal(-0.5, Statistics.Correlation([1, 2, 3], [3, 1, 2]), 12);
        Assert.Throws<ArgumentException>(() => Statistics.Correlation([1], [1, 2]));
    }

    [Fact]
    public void WithoutGroupMeans_TwoGroups_EachHasMeanZero() =>
        Assert.Equal([-1, 1, 0], Statistics.WithoutGroupMeans([1, 3, 10], [0, 0, 2]));

    [Fact]
    public void Pivot_HandMade_MeansAndOrder()
    {
        var pivot = new Pivot([("old", "toys", 1), ("old", "toys", 3), ("young", "toys", 5), ("young", "books", 4)]);
        Assert.Equal(["old", "young"], pivot.Rows);
        Assert.Equal(["toys", "books"], pivot.Columns);
        Assert.Equal(new[,] { { 2, double.NaN }, { 5, 4 } }, pivot.Means(pivot.Rows, pivot.Columns));
        Assert.Equal(new[,] { { 2, double.NaN }, { double.NaN, double.NaN } }, pivot.Means(pivot.Rows, pivot.Columns, atLeast: 2));
    }
}
