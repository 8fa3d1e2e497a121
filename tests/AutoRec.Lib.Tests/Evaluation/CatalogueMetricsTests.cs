using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class CatalogueMetricsTests
{
    private static readonly int[][] Lists = [[0, 1, 3], [0, 2, 3], [0, 1, 2]];

    [Fact]
    public void Coverage_TopTwo_ThreeOfFiveItems() => Assert.Equal(0.6, CatalogueMetrics.Coverage(Lists, 5, 2), 12);

    [Fact]
    public void Gini_EvenLists_Zero() => Assert.Equal(0, CatalogueMetrics.Gini([[0, 1], [2, 3]], 4, 2), 12);

    [Fact]
    public void Gini_OneItemTakesAll_One() => Assert.Equal(1, CatalogueMetrics.Gini([[2], [2], [2]], 4, 1), 12);

    // Shown 3, 2, 1, 0, 0 times: shares 0, 0, 1/6, 2/6, 3/6 weighted -4, -2, 0, 2, 4, over n - 1 = 4.
    [Fact]
    public void Gini_TopTwo_ByHand() => Assert.Equal(((2 * 2) + (4 * 3)) / 6.0 / 4, CatalogueMetrics.Gini(Lists, 5, 2), 12);

    [Fact]
    public void Gini_CatalogueOfOne_Zero() => Assert.Equal(0, CatalogueMetrics.Gini([[0]], 1, 1));

    // Of 8 users 8, 2 and 0 have the items: 0, 2 and (as if one had it) 3 bits.
    [Fact]
    public void Novelty_ThreeItems_MeanBits() => Assert.Equal(5.0 / 3, CatalogueMetrics.Novelty([0, 1, 2], [8, 2, 0], 8, 10), 12);

    [Fact]
    public void Novelty_CutOff_LooksAtFirstItemsOnly() => Assert.Equal(1, CatalogueMetrics.Novelty([0, 1, 2], [8, 2, 0], 8, 2), 12);

    [Fact]
    public void Novelty_EmptyList_Zero() => Assert.Equal(0, CatalogueMetrics.Novelty([], [8], 8, 2));

    [Fact]
    public void All_BadArguments_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => CatalogueMetrics.Coverage(Lists, 3, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => CatalogueMetrics.Coverage(Lists, 5, 0));
        Assert.Throws<ArgumentException>(() => CatalogueMetrics.Gini([[]], 5, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => CatalogueMetrics.Coverage([[-1]], 5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CatalogueMetrics.Coverage([], 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CatalogueMetrics.Novelty([0], [1], 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CatalogueMetrics.Novelty([0], [1], 1, 0));
    }
}
