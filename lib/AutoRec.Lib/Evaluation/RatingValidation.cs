using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Evaluation;

/// <summary>Chooses the epoch with the lowest RMSE on validation ratings.</summary>
/// <param name="train">What the model learns from, the validation ratings taken out.</param>
/// <param name="validation">The validation ratings: neither trained on nor tested on.</param>
public sealed class RatingValidation(InteractionMatrix train, HeldOut validation) : IValidation
{
    /// <inheritdoc/>
    public string Metric => Evaluation.Metric.Rmse.ToString();

    /// <inheritdoc/>
    public HeldOut HeldOut => validation;

    /// <inheritdoc/>
    public bool HigherIsBetter => Evaluation.Metric.Rmse.HigherIsBetter;

    /// <summary>The processes that have the ratings together, where each has a part of them.</summary>
    internal IProcessGroup Group { get; init; } = ProcessGroup.Single;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model does not predict ratings.</exception>
    public double Measure(IRecommender model, IProgress<WorkReport>? progress = null) => model is IRatingPredictor predictor
        ? train.Share is null
            ? Evaluator.MeasureRatings(predictor, train, validation).Rmse
            : Evaluator.RmseOfAll(predictor, train, validation, Group)
        : throw new ArgumentException("The model does not predict ratings. Validate it by a metric of ranked lists.", nameof(model));
}
