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
