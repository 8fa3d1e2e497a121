namespace AutoRec.Evaluation;

/// <summary>How far a model's predicted ratings lie from held-out ones, by every metric of ratings.</summary>
public sealed record RatingEvaluation : ModelEvaluation
{
    /// <summary>Root mean squared error over all test ratings, in rating points.</summary>
    public double Rmse => this[Metric.Rmse];

    /// <summary>Mean absolute error over all test ratings, in rating points.</summary>
    public double Mae => this[Metric.Mae];

    /// <summary>The number of test ratings; every one counts in the errors.</summary>
    public required int Ratings { get; init; }

    /// <summary>Test ratings of users without a history, predicted by the model's fallback.</summary>
    public required int ColdUserRatings { get; init; }

    /// <summary>Test ratings of items without a training rating, predicted by the model's fallback.</summary>
    public required int ColdItemRatings { get; init; }

    /// <summary>Test ratings of pairs that the user's history holds too: not 0 where the split leaks.</summary>
    public required int RatingsInHistory { get; init; }

    /// <summary>The predicted ratings, cut to the scale, entry by entry of the held-out targets.</summary>
    public required IReadOnlyList<float> Predicted { get; init; }
}
