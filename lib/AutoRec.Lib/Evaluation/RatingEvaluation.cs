
namespace AutoRec.Evaluation;

/// <summary>How far a model's predicted ratings lie from held-out ones.</summary>
/// <param name="Rmse">Root mean squared error over all test ratings, in units of the scale.</param>
/// <param name="Mae">Mean absolute error over all test ratings, in units of the scale.</param>
/// <param name="Ratings">The number of test ratings; every one counts in the errors.</param>
/// <param name="ColdUserRatings">Test ratings of users without a history, predicted by the model's fallback.</param>
/// <param name="ColdItemRatings">Test ratings of items without a training rating, predicted by the model's fallback.</param>
/// <param name="RatingsInHistory">Test ratings of pairs that the user's history holds too: not 0 where the split leaks.</param>
public sealed record RatingEvaluation(double Rmse, double Mae, int Ratings, int ColdUserRatings, int ColdItemRatings, int RatingsInHistory)
{
    /// <summary>RMSE over the test ratings of users with a history and items with a training rating: without fallbacks. NaN where there are none.</summary>
    public required double RmseOfKnown { get; init; }

    /// <summary>The predicted ratings, cut to the scale, entry by entry of the held-out targets.</summary>
    public required IReadOnlyList<float> Predicted { get; init; }

    /// <summary>
    /// The mean squared error of each user with a test rating, in the order of the held-out data. Two models evaluated on the same held-out
    /// data have values of the same users in the same order: see <see cref="PairedComparison"/>. (Their mean is over users; the square of
    /// <see cref="Rmse"/> is over ratings.)
    /// </summary>
    public required IReadOnlyList<double> SquaredErrorPerUser { get; init; }

    /// <summary>The value of a metric of ratings.</summary>
    /// <exception cref="ArgumentException">The metric is one of ranked lists.</exception>
    public double this[MetricSpec metric] => metric?.Kind switch
    {
        MetricKind.Rmse => Rmse,
        MetricKind.Mae => Mae,
        _ => throw new ArgumentException($"'{metric}' is no metric of ratings.", nameof(metric)),
    };
}
