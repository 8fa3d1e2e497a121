using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>A model that was fitted for a number of epochs chosen on validation data.</summary>
/// <param name="Model">The model, fitted to the whole training part.</param>
/// <param name="Trainer">The trainer that fits with all that was chosen but the number of epochs.</param>
/// <param name="Choosing">Reports of the fit that chose the number of epochs; empty where none was chosen.</param>
internal sealed record ChosenFit(IRecommender Model, ITrainer<IRecommender> Trainer, IReadOnlyList<EpochReport> Choosing)
{
    /// <summary>The phase of a fit that chooses, where another follows.</summary>
    public const string ChoosingPhase = "choosing epochs";

    /// <summary>The phase of the fit that gives the model.</summary>
    public const string FittingPhase = "fitting";

    /// <summary>The best epoch of the fit that chose; null where none was chosen.</summary>
    public EpochReport? Best => Choosing.LastOrDefault(report => report.IsBest);

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
            return new ChosenFit(trainer.Learn(train, context with { Progress = plan.Begin(FittingPhase) }), trainer, []);
        }

        var reports = new Reports(plan.Begin(isHeldOut ? ChoosingPhase : FittingPhase));
        var choosing = context with { Validation = validation, Progress = reports };
        if (!isHeldOut)
        {
            var only = trainer.Learn(train, choosing);
            return new ChosenFit(only, Chosen(only), reports.All);
        }

        // A call of its own, after which nothing refers to the first model; its buffers go before the second fit takes as much.
        var chosen = FitToChoose();
        GC.Collect();
        var epochs = reports.All.LastOrDefault(report => report.IsBest)?.Epoch ?? context.EpochLimit;
        var model = chosen.Learn(train, context with
        {
            EpochLimit = epochs,
            Checkpoint = context.Checkpoint?.Of("fitting"),
            Progress = plan.Begin(FittingPhase),
        });
        return new ChosenFit(model, chosen, reports.All);

        ITrainer<IRecommender> FitToChoose() =>
            Chosen(trainer.Learn(inner.Train, choosing with { Checkpoint = context.Checkpoint?.Of("choosing") }));

        ITrainer<IRecommender> Chosen(IRecommender first) => (trainer as IChoosingTrainer)?.Chosen(first) ?? trainer;
    }

    /// <summary>Collects the reports of a fit.</summary>
    private sealed class Reports(IProgress<WorkReport>? next) : IProgress<WorkReport>
    {
        private readonly List<EpochReport> all = [];

        public IReadOnlyList<EpochReport> All => all;

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
