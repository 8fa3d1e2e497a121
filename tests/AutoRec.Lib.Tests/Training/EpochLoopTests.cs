using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Training;

public sealed class EpochLoopTests
{
    [Fact]
    public void Run_ErrorRisesAgain_StopsAfterPatienceAndReturnsTheBestEpoch()
    {
        double[] errors = [5, 3, 4, 2, 2.5, 2.2, 9, 1];
        var (best, history) = Run(errors, higherIsBetter: false, patience: 3);
        Assert.Equal(4, best.Epoch);
        Assert.Equal(7, history.Count);
        Assert.Equal([true, true, false, true, false, false, false], history.Select(report => report.IsBest));
        Assert.Equal([7], history.Where(report => report.IsLast).Select(report => report.Epoch));
    }

    [Fact]
    public void Run_HigherIsBetter_KeepsTheHighest() => Assert.Equal(2, Run([0.1, 0.4, 0.3], higherIsBetter: true, patience: 5).Best.Epoch);

    [Fact]
    public void Run_EqualMeasures_KeepsTheEarlierEpoch() => Assert.Equal(1, Run([0.4, 0.4], higherIsBetter: true, patience: 5).Best.Epoch);

    [Fact]
    public void Run_NoValidation_RunsAllEpochsAndReturnsTheLast()
    {
        var epoch = 0;
        var (best, history) = EpochLoop.Run(4, new FitContext(), "error", e => epoch = e, () => new Model(epoch), state => state);
        Assert.Equal(4, best.Epoch);
        Assert.All(history, report => Assert.Null(report.Validation));
        Assert.Equal([4], history.Where(report => report.IsLast).Select(report => report.Epoch));
    }

    [Fact]
    public void Run_EpochLimit_EndsThereAndNeverGoesBeyondTheOptions()
    {
        Assert.Equal(2, Epochs(options: 4, limit: 2));
        Assert.Equal(4, Epochs(options: 4, limit: 9));

        static int Epochs(int options, int limit) =>
            EpochLoop.Run(options, new FitContext { EpochLimit = limit }, "error", e => e, () => new Model(0), state => state).History.Count;
    }

    [Fact]
    public void Run_TrainingDiverges_Throws() => Assert.Throws<ArithmeticException>(() =>
        EpochLoop.Run(4, new FitContext(), "error", _ => double.NaN, () => new Model(0), state => state));

    [Fact]
    public void Run_Cancelled_Throws() => Assert.ThrowsAny<OperationCanceledException>(() =>
        EpochLoop.Run(4, new FitContext { Cancellation = new CancellationToken(canceled: true) }, "error", _ => 0, () => new Model(0), state => state));

    private static (Model Best, IReadOnlyList<EpochReport> History) Run(double[] measures, bool higherIsBetter, int patience)
    {
        var epoch = 0;
        var context = new FitContext { Validation = new Scripted(measures, higherIsBetter), Patience = patience };
        return EpochLoop.Run(measures.Length, context, "error", e => epoch = e, () => new Model(epoch), state => state);
    }

    private sealed class Model(int epoch) : IRecommender
    {
        public int Epoch => epoch;

        public int ItemCount => 1;

        public void Score(Histories histories, Memory<float> scores)
        {
        }
    }

    private sealed class Scripted(double[] measures, bool higherIsBetter) : IValidation
    {
        public string Metric => "scripted";

        public bool HigherIsBetter => higherIsBetter;

        public double Measure(IRecommender model) => measures[((Model)model).Epoch - 1];
    }
}
