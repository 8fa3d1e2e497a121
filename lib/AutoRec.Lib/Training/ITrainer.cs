using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>Learns a model: a model that is not fitted does not exist.</summary>
/// <typeparam name="TModel">The fitted model.</typeparam>
public interface ITrainer<out TModel>
    where TModel : IRecommender
{
    /// <summary>Fits a model.</summary>
    /// <param name="train">What to learn from: [users x items].</param>
    /// <param name="context">How to run.</param>
    /// <exception cref="OperationCanceledException">The context's token was cancelled.</exception>
    TModel Fit(InteractionMatrix train, FitContext context);
}
