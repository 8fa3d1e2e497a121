using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>
/// Fits models to what a model of their kind learns from: the one place that keeps interactions that are not positive from models that
/// count each interaction as one.
/// </summary>
public static class Learning
{
    /// <summary>
    /// Fits the model to what it learns from. A model that predicts ratings learns from all ratings; a model that ranks items learns from
    /// positive interactions alone (see <see cref="Feedback.PositiveFrom"/>), and so does every model where there are no ratings.
    /// </summary>
    /// <typeparam name="TModel">The fitted model.</typeparam>
    /// <param name="trainer">The trainer.</param>
    /// <param name="train">All training data: [users x items].</param>
    /// <param name="context">How to run.</param>
    /// <exception cref="ArgumentException">No interaction is positive.</exception>
    /// <exception cref="OperationCanceledException">The context's token was cancelled.</exception>
    public static TModel Learn<TModel>(this ITrainer<TModel> trainer, InteractionMatrix train, FitContext context)
        where TModel : IRecommender
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(train);
        var learned = train.LearnedBy(trainer is ITrainer<IRatingPredictor>);
        return learned.Count > 0 || train.Count == 0 ? trainer.Fit(learned, context) : throw new ArgumentException(
            FormattableString.Invariant($"No training interaction is positive: the highest value is {train.Values().ToArray().Max()}, ")
            + FormattableString.Invariant($"and values are positive from {train.Feedback.PositiveFrom}. Lower it with --positive-from."));
    }
}
