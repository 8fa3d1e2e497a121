using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>Fits a model to data.</summary>
/// <typeparam name="TModel">The fitted model.</typeparam>
public interface ITrainer<out TModel>
    where TModel : IRecommender
{
    /// <summary>
    /// Fits the model to the entries it is given. A model that ranks items takes each of them as positive: give it
    /// <see cref="InteractionMatrix.Positives"/>, or use <see cref="Learning.Learn"/>, which does.
    /// </summary>
    /// <param name="train">The training data: [users x items].</param>
    /// <param name="context">How to run.</param>
    /// <exception cref="OperationCanceledException">The context's token was cancelled.</exception>
    TModel Fit(InteractionMatrix train, FitContext context);

    /// <summary>Whether a fit requires <see cref="FitContext.ItemFeatures"/>. Default false.</summary>
    bool UsesItemFeatures => false;

    /// <summary>
    /// Whether the model is a recommender before it is trained, because its outputs begin with the popularity of items. It then counts as
    /// epoch 0 where the number of epochs is chosen on validation data: where training makes it worse, it is not trained. Default false.
    /// </summary>
    bool BeginsAsPopularity => false;

    /// <summary>Estimates what a fit takes, before it begins; null if that is not known.</summary>
    /// <param name="data">The size of the training data.</param>
    FitCost? Estimate(DataSize data) => null;
}
