using AutoRec.Scoring;

namespace AutoRec.Tests.Models;

public sealed class RankingTests
{
    [Fact]
    public void TopK_EqualScores_LowerRowFirst()
    {
        float[] scores = [1, 3, 3, 2, 3];
        Assert.Equal([1, 2], Ranking.TopK(scores, [], 2).Select(item => item.Item));
    }

    [Fact]
    public void TopK_SeenAndNaN_AreNeverAmongThem()
    {
        float[] scores = [float.NaN, 3, 2, 1];
        Assert.Equal([2, 3], Ranking.TopK(scores, [1], 10).Select(item => item.Item));
    }
}
