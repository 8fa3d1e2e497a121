using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Training;

public sealed class RefitTests
{
    private static readonly InteractionMatrix Part = InteractionMatrix.FromTriplets(2, 2, [0, 1], [0, 1], [1, 2]);
    private static readonly InteractionMatrix All = InteractionMatrix.FromTriplets(2, 2, [0, 1, 1], [0, 1, 0], [1, 2, 3]);

    [Fact]
    public void Fit_BestEpochIsTheThird_FitsAllDataForThreeEpochs()
    {
        var trainer = new Recorder();
        var (model, epochs) = Refit.Fit(trainer, Part, All, new FitContext { Validation = new Scripted([5, 4, 2, 3, 3]), Patience = 2 });
        Assert.Equal(3, epochs);
        Assert.Equal([(Part, 5), (All, 3)], trainer.Fits);
        Assert.Equal(3, model.Epoch);
    }

    [Fact]
    public void Fit_NoValidation_Throws() =>
        Assert.Contains("validation", Assert.Throws<ArgumentException>(() => Refit.Fit(new Recorder(), Part, All, new FitContext())).Message);

    private sealed class Recorder : ITrainer<Model>
    {
        public List<(InteractionMatrix Train, int Epochs)> Fits { get; } = [];

        public Model Fit(InteractionMatrix train, FitContext context)
        {
            var epoch = 0;
            var best = EpochLoop.Run(
                new EpochTraining<Model, Model>
                {
                    Epochs = 9,
                    Metric = "error",
                    TrainEpoch = e => epoch = e,
                    Snapshot = () => new Model(epoch),
                    ToModel = state => state,
                },
                context);
            Fits.Add((train, best.TrainingHistory.Count));
            return best;
        }
    }

    private sealed class Model(int epoch) : TrainedModel
    {
        public int Epoch => epoch;

        public override int ItemCount => 2;

        public override void Score(Histories histories, Memory<float> scores)
        {
        }
    }

    private sealed class Scripted(double[] measures) : IValidation
    {
        public string Metric => "scripted";

        public bool HigherIsBetter => false;

        public double Measure(IRecommender model) => measures[((Model)model).Epoch - 1];
    }
}
