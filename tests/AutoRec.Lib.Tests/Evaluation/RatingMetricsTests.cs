using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class RatingMetricsTests
{
    private static readonly float[] Predicted = [3, 4, 1.5f];
    private static readonly float[] Actual = [1, 4, 2];

    // Errors 2, 0, -0.5
    [Fact]
    public void Rmse_ThreeRatings_ByHand() => Assert.Equal(Math.Sqrt(4.25 / 3), RatingMetrics.Rmse(Predicted, Actual), 12);

    [Fact]
    public void Mae_ThreeRatings_ByHand() => Assert.Equal(2.5 / 3, RatingMetrics.Mae(Predicted, Actual), 12);

    [Fact]
    public void Rmse_BadArguments_Throws()
    {
        Assert.Throws<ArgumentException>(() => RatingMetrics.Rmse([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => RatingMetrics.Rmse([], []));
        Assert.Throws<ArgumentException>(() => RatingMetrics.Rmse([float.NaN], [1]));
        Assert.Throws<ArgumentException>(() => RatingMetrics.Mae([1], [float.PositiveInfinity]));
    }
}
