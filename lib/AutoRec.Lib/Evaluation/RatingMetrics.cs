namespace AutoRec.Evaluation;

/// <summary>How far a predicted rating lies from the true one: what RMSE and MAE are means of.</summary>
internal static class RatingMetrics
{
    /// <summary>
    /// (predicted - actual)^2, 0 at best. RMSE = sqrt(1/n * sum over the n ratings): a micro average over all ratings, in rating points.
    /// </summary>
    /// <param name="predicted">The predicted rating.</param>
    /// <param name="actual">The true rating.</param>
    public static double SquaredError(double predicted, double actual) => (predicted - actual) * (predicted - actual);

    /// <summary>
    /// |predicted - actual|, 0 at best. MAE = 1/n * sum over the n ratings: a micro average over all ratings, in rating points.
    /// </summary>
    /// <inheritdoc cref="SquaredError"/>
    public static double AbsoluteError(double predicted, double actual) => Math.Abs(predicted - actual);
}
