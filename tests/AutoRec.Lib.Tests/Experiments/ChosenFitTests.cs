using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Experiments;

public sealed class ChosenFitTests
{
    [Fact]
    public void Of_SecondFit_BuffersOfTheFirstAreGone()
    {
        var split = new RandomSplitter(0.8).Split(SomeRatings.Log(lines: 200), seed: 1);
        var trainer = new Tracked();
        var plan = new WorkPlan(null, (ChosenFit.ChoosingPhase, 1), (ChosenFit.FittingPhase, 1));
        ChosenFit.Of(trainer, split.Train, split, isHeldOut: true, validation: null, new FitContext(), plan);
        Assert.Equal([false, false], trainer.WasAliveAtFit);
    }

    [Theory]
    [InlineData(0.2, true, 3)]
    [InlineData(0.5, true, 0)]
    [InlineData(0.5, false, 0)]
    [InlineData(0.5, true, 3, false)]
    public void Of_BeginsAsPopularity_EpochZeroWhereNoEpochIsBetter(
        double asItBegins, bool isHeldOut, int expected, bool beginsAsPopularity = true)
    {
        var split = new RandomSplitter(0.8).Split(SomeRatings.Log(lines: 200), seed: 1);
        var trainer = new Recorded(beginsAsPopularity);
        var plan = new WorkPlan(null, (ChosenFit.ChoosingPhase, 1), (ChosenFit.FittingPhase, 1));

        var fit = ChosenFit.Of(trainer, split.Train, split, isHeldOut, new ByEpochs(asItBegins, split.Test), new FitContext(), plan);

        Assert.Equal((expected, expected == 0 ? asItBegins : 0.4), (fit.Best!.Epoch, fit.Best.Validation!.Value));
        Assert.Equal(expected, Assert.IsType<AfterEpochs>(fit.Model).Epochs);
        Assert.Equal(3, fit.Choosing.Count);
        Assert.Equal(expected == 0 ? 1 : 0, OutcomeNotes.Of(fit).Count());
    }

    // Ends with epoch 3, the best of its epochs, if it may.
    private sealed class Recorded(bool beginsAsPopularity) : ITrainer<IRecommender>
    {
        public bool BeginsAsPopularity => beginsAsPopularity;

        public IRecommender Fit(InteractionMatrix train, FitContext context)
        {
            var epochs = context.EpochLimit ?? 3;
            for (var epoch = 1; epoch <= epochs && context.Validation is { } validation; epoch++)
            {
                var value = validation.Measure(new AfterEpochs(epoch, train.ColumnCount));
                context.Progress?.Report(new EpochReport(epoch, 3, 0, "rmse", value, "ndcg@20", IsBest: true, epoch == 3, TimeSpan.Zero));
            }

            return new AfterEpochs(epochs, train.ColumnCount);
        }
    }

    private sealed class ByEpochs(double asItBegins, HeldOut heldOut) : IValidation
    {
        public string Metric => "ndcg@20";

        public bool HigherIsBetter => true;

        public HeldOut HeldOut => heldOut;

        public double Measure(IRecommender model, IProgress<WorkReport>? progress = null) =>
            ((AfterEpochs)model).Epochs switch { 0 => asItBegins, 1 => 0.3, 2 => 0.35, _ => 0.4 };
    }

    private sealed class AfterEpochs(int epochs, int itemCount) : IRecommender
    {
        public int Epochs => epochs;

        public int ItemCount => itemCount;

        public void Score(Histories histories, Memory<float> scores) => scores.Span.Clear();
    }

    private sealed class Tracked : ITrainer<IRecommender>
    {
        private WeakReference? buffers;

        public List<bool> WasAliveAtFit { get; } = [];

        public IRecommender Fit(InteractionMatrix train, FitContext context)
        {
            WasAliveAtFit.Add(buffers?.IsAlive ?? false);
            var scores = new float[train.ColumnCount];
            buffers = new WeakReference(scores);
            return new FixedScores(scores);
        }
    }
}
