using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Training;

public sealed class EpochLoopTests
{
    [Fact]
    public void Run_ErrorRisesAgain_StopsAfterPatienceAndReturnsTheBestEpoch()
    {
        double[] errors = [5, 3, 4, 2, 2.5, 2.2, 9, 1];
        var best = Run(errors, higherIsBetter: false, patience: 3);
        var history = best.TrainingHistory;
        Assert.Equal(4, best.Epoch);
        Assert.Equal(7, history.Count);
        Assert.Equal([true, true, false, true, false, false, false], history.Select(report => report.IsBest));
        Assert.Equal([7], history.Where(report => report.IsLast).Select(report => report.Epoch));
    }

    [Fact]
    public void Run_HigherIsBetter_KeepsTheHighest() => Assert.Equal(2, Run([0.1, 0.4, 0.3], higherIsBetter: true, patience: 5).Epoch);

    [Fact]
    public void Run_EqualMeasures_KeepsTheEarlierEpoch() => Assert.Equal(1, Run([0.4, 0.4], higherIsBetter: true, patience: 5).Epoch);

    [Fact]
    public void Run_NoValidation_RunsAllEpochsAndReturnsTheLast()
    {
        var best = EpochLoop.Run(Training(4), new FitContext());
        Assert.Equal(4, best.Epoch);
        Assert.All(best.TrainingHistory, report => Assert.Null(report.Validation));
        Assert.Equal([4], best.TrainingHistory.Where(report => report.IsLast).Select(report => report.Epoch));
    }

    [Fact]
    public void Run_NoValidationAndAView_BecomesTheModelWithoutACopy()
    {
        var live = new State(0);
        var model = EpochLoop.Run(
            new EpochTraining<State, Model>
            {
                Epochs = 3,
                Metric = "error",
                TrainEpoch = (epoch, _) => epoch,
                View = () => live,
                Snapshot = _ => throw new InvalidOperationException("A copy was made."),
                ToModel = state => new Model(ReferenceEquals(state, live) ? 7 : 0),
            },
            new FitContext());
        Assert.Equal(7, model.Epoch);
    }

    [Fact]
    public void Run_EpochLimit_EndsThereAndNeverGoesBeyondTheOptions()
    {
        Assert.Equal(2, Epochs(options: 4, limit: 2));
        Assert.Equal(4, Epochs(options: 4, limit: 9));

        static int Epochs(int options, int limit) =>
            EpochLoop.Run(Training(options), new FitContext { EpochLimit = limit }).TrainingHistory.Count;
    }

    [Fact]
    public void Run_TrainingDiverges_Throws() => Assert.Throws<ArithmeticException>(() =>
        EpochLoop.Run(Training(4) with { TrainEpoch = (_, _) => double.NaN }, new FitContext()));

    [Fact]
    public void Run_Cancelled_Throws() => Assert.ThrowsAny<OperationCanceledException>(() =>
        EpochLoop.Run(Training(4), new FitContext { Cancellation = new CancellationToken(canceled: true) }));

    [Fact]
    public void Run_WithValidation_DisposesEveryStateButTheBest()
    {
        var states = new List<State>();
        var epoch = 0;
        var best = EpochLoop.Run(
            new EpochTraining<State, Model>
            {
                Epochs = 4,
                Metric = "error",
                TrainEpoch = (e, _) => epoch = e,
                Snapshot = _ =>
                {
                    states.Add(new State(epoch));
                    return states[^1];
                },
                ToModel = state => new Model(state.Epoch),
            },
            new FitContext { Validation = new Scripted([3, 2, 4, 5], higherIsBetter: false) });
        Assert.Equal(2, best.Epoch);
        Assert.Equal([true, false, true, true], states.Select(state => state.IsDisposed));
    }

    [Fact]
    public void Run_TrainingWithAView_CopiesTheBestEpochsAloneAndOffersTheOlderCopy()
    {
        var live = new int[1];
        var copies = new List<int>();
        var best = EpochLoop.Run(
            new EpochTraining<int[], Model>
            {
                Epochs = 4,
                Metric = "error",
                TrainEpoch = (e, _) => live[0] = e,
                Snapshot = older =>
                {
                    copies.Add(live[0]);
                    var copy = older ?? new int[1];
                    copy[0] = live[0];
                    return copy;
                },
                View = () => live,
                ToModel = state => new Model(state[0]),
            },
            new FitContext { Validation = new Scripted([3, 2, 4, 5], higherIsBetter: false) });
        Assert.Equal(2, best.Epoch);
        Assert.Equal([1, 2], copies);
    }

    private static Model Run(double[] measures, bool higherIsBetter, int patience) =>
        EpochLoop.Run(
            Training(measures.Length), new FitContext { Validation = new Scripted(measures, higherIsBetter), Patience = patience });

    // Learns nothing but the number of the epoch.
    private static EpochTraining<State, Model> Training(int epochs)
    {
        var epoch = 0;
        return new()
        {
            Epochs = epochs,
            Metric = "error",
            TrainEpoch = (e, _) => epoch = e,
            Snapshot = _ => new State(epoch),
            ToModel = state => new Model(state.Epoch),
        };
    }

    private sealed class State(int epoch) : IDisposable
    {
        public int Epoch => epoch;

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class Model(int epoch) : TrainedModel
    {
        public int Epoch => epoch;

        public override int ItemCount => 1;

        public override void Score(Histories histories, Memory<float> scores)
        {
        }
    }

    private sealed class Scripted(double[] measures, bool higherIsBetter) : IValidation
    {
        public string Metric => "scripted";

        public bool HigherIsBetter => higherIsBetter;

        public HeldOut HeldOut => throw new NotSupportedException();

        public double Measure(IRecommender model, IProgress<WorkReport>? progress = null) => measures[((Model)model).Epoch - 1];
    }
}
