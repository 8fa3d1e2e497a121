using AutoRec.Evaluation;

namespace AutoRec.Tests;

public sealed class RatingMetricsTests
{
    [Theory]
    [InlineData(3, 1, 4, 2)]
    [InlineData(1.5, 2, 0.25, 0.5)]
    [InlineData(4, 4, 0, 0)]
    public void Errors_OneRating_ByHand(double predicted, double actual, double squared, double absolute) =>
        Assert.Equal((squared, absolute), (RatingMetrics.SquaredError(predicted, actual), RatingMetrics.AbsoluteError(predicted, actual)));
}
