using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>A model that was fitted for a number of epochs chosen on validation data.</summary>
/// <param name="Model">The model, fitted to the whole training part.</param>
/// <param name="Trainer">The trainer that fits with all that was chosen but the number of epochs.</param>
/// <param name="Choosing">Reports of the fit that chose the number of epochs; empty where none was chosen.</param>
/// <param name="Best">The best epoch of the fit that chose; null where none was chosen. It is epoch 0, with the validation measure of the
/// network before its training, where no epoch was better than that.</param>
internal sealed record ChosenFit(
    IRecommender Model, ITrainer<IRecommender> Trainer, IReadOnlyList<EpochReport> Choosing, EpochReport? Best)
{
    /// <summary>The phase of a fit that chooses, where another follows.</summary>
    public const string ChoosingPhase = "choosing epochs";

    /// <summary>The phase of the fit that gives the model.</summary>
    public const string FittingPhase = "fitting";

    /// <summary>
    /// Fits to all training data. Where the validation part was held out of them, a first fit without it chooses the number of epochs;
    /// where it comes from elsewhere, the only fit chooses.
    /// </summary>
    /// <param name="trainer">The trainer.</param>
    /// <param name="train">What is learned from: [users x items].</param>
    /// <param name="inner">The training part without the validation part; null chooses no epochs.</param>
    /// <param name="isHeldOut">Whether the validation part was held out of <paramref name="train"/>.</param>
    /// <param name="validation">The measure on the validation part; null chooses no epochs.</param>
    /// <param name="context">How to run, without validation and progress.</param>
    /// <param name="plan">The receiver of progress, with the phases <see cref="ChoosingPhase"/> and <see cref="FittingPhase"/>.</param>
    public static ChosenFit Of(
        ITrainer<IRecommender> trainer,
        InteractionMatrix train,
        Split? inner,
        bool isHeldOut,
        IValidation? validation,
        FitContext context,
        WorkPlan plan)
    {
        if (inner is null)
        {
            return new ChosenFit(trainer.Learn(train, context with { Progress = plan.Begin(FittingPhase) }), trainer, [], Best: null);
        }

        var reports = new Reports(plan.Begin(isHeldOut ? ChoosingPhase : FittingPhase));
        var choosing = context with { Validation = validation, Progress = reports };
        if (!isHeldOut)
        {
            var only = trainer.Learn(train, choosing);
            return BetterBegin(train) is { } begin
                ? new ChosenFit(begin.Model, trainer, reports.All, begin.Epoch)
                : new ChosenFit(only, Chosen(only), reports.All, reports.Best);
        }

        // A call of its own, after which nothing refers to the first model; its buffers go before the second fit takes as much.
        var chosen = FitToChoose();
        FreeMemory.GiveBack();
        var best = BetterBegin(inner.Train)?.Epoch ?? reports.Best;
        var model = chosen.Learn(train, context with
        {
            EpochLimit = best?.Epoch ?? context.EpochLimit,
            Checkpoint = context.Checkpoint?.Of("fitting"),
            Progress = plan.Begin(FittingPhase),
        });
        return new ChosenFit(model, chosen, reports.All, best);

        ITrainer<IRecommender> FitToChoose() =>
            Chosen(trainer.Learn(inner.Train, choosing with { Checkpoint = context.Checkpoint?.Of("choosing") }));

        ITrainer<IRecommender> Chosen(IRecommender first) => (trainer as IChoosingTrainer)?.Chosen(first) ?? trainer;

        // The model before its training, as epoch 0, if that is a recommender and was better than each epoch.
        (IRecommender Model, EpochReport Epoch)? BetterBegin(InteractionMatrix matrix)
        {
            if (!trainer.BeginsAsPopularity || validation is null || reports.Best is not { Validation: { } trained } best)
            {
                return null;
            }

            var begin = trainer.Learn(matrix, context with { EpochLimit = 0, Checkpoint = null });
            var value = validation.Measure(begin);
            return (validation.HigherIsBetter ? value > trained : value < trained)
                ? (begin, best with { Epoch = 0, Validation = value })
                : null;
        }
    }

    /// <summary>Collects the reports of a fit.</summary>
    private sealed class Reports(IProgress<WorkReport>? next) : IProgress<WorkReport>
    {
        private readonly List<EpochReport> all = [];

        public IReadOnlyList<EpochReport> All => all;

        public EpochReport? Best => all.LastOrDefault(report => report.IsBest);

        public void Report(WorkReport value)
        {
            if (value is EpochReport epoch)
            {
                all.Add(epoch);
            }

            next?.Report(value);
        }
    }
}
