using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

/// <summary>Autoencoders: the sparse engine trains to what torch trains to.</summary>
public sealed class EnginesTests
{
    [Theory]
    [InlineData("mult-vae", "hidden-units=12", "latent-factors=5", "weight-decay=0.01", "annealing-epochs=2")]
    [InlineData("mult-vae", "hidden-units=0", "latent-factors=5")]
    [InlineData("mult-dae", "hidden-units=12", "weight-decay=0.01")]
    [InlineData("recvae", "hidden-units=12", "latent-factors=5")]
    [InlineData("cdae", "hidden-units=12", "weight-decay=0.1")]
    [InlineData("cdae", "hidden-units=12", "negatives-per-positive=0")]
    [InlineData("deep-ae", "widths=12-5", "weight-decay=0.01", "gaussian-noise=0.1")]
    [InlineData("deep-ae", "widths=12", "center=none", "output-activation=sigmoid")]
    [InlineData("deep-ae-implicit", "widths=12-5", "weight-decay=0.01")]
    [InlineData("deep-ae-implicit", "widths=12", "gaussian-noise=0.1", "output-activation=identity")]
    [InlineData("deep-ae-sigmoid", "widths=12-5")]
    [InlineData("gaussian-vae", "hidden-units=12", "latent-factors=5", "annealing-epochs=2")]
    [InlineData("gaussian-vae", "hidden-units=0", "latent-factors=5", "center=none")]
    public void Fit_SparseAgainstTorch_SameCurveAndScores(string model, params string[] settings)
    {
        var (torchCurve, torchScores) = Fit("torch");
        var (sparseCurve, sparseScores) = Fit("sparse");
        Assert.Equal(4, torchCurve.Count);
        Assert.Equal(torchCurve, sparseCurve, (a, b) => Math.Abs(a - b) < 1e-4 * Math.Abs(a));
        Assert.All(torchScores.Zip(sparseScores), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));

        (List<double> Curve, float[] Scores) Fit(string engine)
        {
            var all = settings.Concat(["epochs=4", "batch-size=7", "learning-rate=0.01", $"engine={engine}"])
                .Select(setting => setting.Split('='));
            var trainer = ModelCatalog.Find(model).CreateTrainer(all.Select(pair => KeyValuePair.Create(pair[0], pair[1])), out _);
            var curve = new Curve();
            var fitted = trainer.Fit(Train, new FitContext { Progress = curve });
            return (curve.Errors, Scores(fitted));
        }
    }

    [Theory]
    [InlineData("mult-vae")]
    [InlineData("mult-dae")]
    [InlineData("recvae")]
    [InlineData("cdae")]
    [InlineData("deep-ae")]
    [InlineData("deep-ae-implicit")]
    [InlineData("gaussian-vae")]
    public void Fit_ContinuedForNoEpoch_IsTheSameModel(string model)
    {
        var trainer = ModelCatalog.Find(model).CreateTrainer([new("epochs", "3")], out _);
        var fitted = (NetworkModel)trainer.Fit(Train, new FitContext());
        var start = new WarmStart(
            fitted.Save(), [.. Enumerable.Range(0, Train.RowCount)], [.. Enumerable.Range(0, Train.ColumnCount)]);
        Assert.Equal(Scores(fitted), Scores(trainer.Fit(Train, new FitContext { Start = start, EpochLimit = 0 })));
    }

    [Theory]
    [InlineData("mult-vae")]
    [InlineData("mult-dae")]
    public void Fit_SampledItemsWithTorch_Throws(string model)
    {
        var trainer = ModelCatalog.Find(model).CreateTrainer([new("sampled-items", "10"), new("engine", "torch")], out _);
        var message = Assert.Throws<NotSupportedException>(() => trainer.Fit(Train, new FitContext())).Message;
        Assert.Contains("'sampled-items' requires engine=sparse", message, StringComparison.Ordinal);
    }

    private static float[] Scores(IRecommender model)
    {
        var scores = new float[Train.RowCount * Train.ColumnCount];
        model.Score(Histories.OfTraining(Train), scores);
        return scores;
    }

    private static InteractionMatrix Train { get; } = RandomRatings();

    private static InteractionMatrix RandomRatings()
    {
        var random = new Random(9);
        var pairs = Enumerable.Range(0, 200).Select(_ => (User: random.Next(30), Item: random.Next(20))).Distinct().ToArray();
        return InteractionMatrix.FromTriplets(
            30,
            20,
            [.. pairs.Select(pair => pair.User)],
            [.. pairs.Select(pair => pair.Item)],
            [.. pairs.Select(_ => (float)random.Next(1, 6))],
            RatingScale.OneToFive);
    }

    private sealed class Curve : IProgress<WorkReport>
    {
        public List<double> Errors { get; } = [];

        public void Report(WorkReport value)
        {
            if (value is EpochReport epoch)
            {
                Errors.Add(epoch.TrainError);
            }
        }
    }
}
