using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>
/// Early stopping without giving up the data it looks at: one fit chooses the number of epochs on validation data that are held
/// out of the training data, a second one takes all training data and as many epochs.
/// </summary>
public static class Refit
{
    /// <summary>Fits twice; only once if the model has no epochs to choose.</summary>
    /// <typeparam name="TModel">The fitted model.</typeparam>
    /// <param name="trainer">The trainer.</param>
    /// <param name="part">The training data without the validation data.</param>
    /// <param name="train">All training data.</param>
    /// <param name="context">How to run; its validation chooses the number of epochs and is not part of <paramref name="part"/>.</param>
    /// <returns>The model of the second fit, whose training history has no validation measures, and the number of epochs.</returns>
    /// <exception cref="ArgumentException">There is no validation in the context.</exception>
    public static (TModel Model, int Epochs) Fit<TModel>(ITrainer<TModel> trainer, InteractionMatrix part, InteractionMatrix train, FitContext context)
        where TModel : IRecommender
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Validation is null)
        {
            throw new ArgumentException("Without validation there is no number of epochs to choose.", nameof(context));
        }

        var best = new BestEpoch(context.Progress);
        trainer.Fit(part, context with { Progress = best, Checkpoint = context.Checkpoint?.Of("choosing") });
        return (trainer.Fit(train, context with { Validation = null, EpochLimit = best.Epoch, Checkpoint = context.Checkpoint?.Of("fitting") }), best.Epoch ?? 0);
    }

    private sealed class BestEpoch(IProgress<EpochReport>? next) : IProgress<EpochReport>
    {
        public int? Epoch { get; private set; }

        public void Report(EpochReport value)
        {
            Epoch = value.IsBest ? value.Epoch : Epoch;
            next?.Report(value);
        }
    }
}
