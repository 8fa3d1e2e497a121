using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private const int InterruptedAfter = 3;
    private const int Epochs = 8;

    private static readonly Split Data = new RandomSplitter(0.8).Split(SomeRatings.Log(lines: 500), seed: 2);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string> Models() => new()
    {
        { "autorec-item", "hidden-units=6 batch-size=7" },
        { "autorec-user", "hidden-units=6 batch-size=7 engine=torch" },
        { "autorec-user", "hidden-units=6 batch-size=7 lazy-adam=true" },
        { "biased-mf", "latent-factors=3" },
        { "mult-vae", "hidden-units=8 latent-factors=3 batch-size=7 annealing-epochs=4" },
        { "mult-vae", "hidden-units=0 latent-factors=3 batch-size=7 engine=torch" },
        { "mult-dae", "hidden-units=8 batch-size=7" },
        { "recvae", "hidden-units=8 latent-factors=3 batch-size=7" },
        { "cdae", "hidden-units=8 batch-size=7" },
        { "gaussian-vae", "hidden-units=8 latent-factors=3 batch-size=7" },
        { "deep-ae", "widths=8-4 batch-size=7 dropout=0.2" },
        { "deep-ae-implicit", "widths=8-4 batch-size=7" },
        { "ials", "latent-factors=3" },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Resume_Interrupted_SameModelAsWithoutToTheLastBit(string model, string settings)
    {
        foreach (var validation in new[] { null, Validation(model) })
        {
            var context = new FitContext { Validation = validation, Patience = 100 };
            var whole = new List<EpochReport>();
            var expected = Scores(Trainer(model, settings).Fit(Data.Train, context with { Progress = new Immediately(whole.Add) }));

            var checkpoint = new Checkpoint(folder[Guid.NewGuid().ToString("N")], "run") { Interval = TimeSpan.Zero };
            using var end = new CancellationTokenSource();
            var interrupt = new Immediately(report =>
            {
                if (report.Epoch == InterruptedAfter)
                {
                    end.Cancel();
                }
            });
            Assert.ThrowsAny<OperationCanceledException>(() =>
                Trainer(model, settings)
                    .Fit(Data.Train, context with { Checkpoint = checkpoint, Progress = interrupt, Cancellation = end.Token }));

            var all = new List<EpochReport>();
            var resumed = Scores(
                Trainer(model, settings)
                    .Fit(Data.Train, context with { Checkpoint = checkpoint with { Resume = true }, Progress = new Immediately(all.Add) }));
            Assert.Equal(expected, resumed);
            Assert.Equal(whole.Select(Plain), all.Select(Plain));
            Assert.Equal(Epochs, all.Count);

            // And once more from the end, where nothing is left to do.
            Assert.Equal(
                expected,
                Scores(Trainer(model, settings).Fit(Data.Train, context with { Checkpoint = checkpoint with { Resume = true } })));
        }
    }

    [Fact]
    public void Checkpoint_EndBeforeTheInterval_IsWrittenAllTheSame()
    {
        var checkpoint = new Checkpoint(folder["c"], "run") { Interval = TimeSpan.FromHours(1) };
        Trainer("biased-mf", "")
            .Fit(Data.Train, new FitContext { Checkpoint = checkpoint, Validation = Validation("biased-mf"), Patience = 1 });
        Assert.True(File.Exists(checkpoint.Path));
    }

    [Fact]
    public void Resume_OtherRunOrDamaged_SaysSo()
    {
        var checkpoint = new Checkpoint(folder["c"], "run") { Interval = TimeSpan.Zero };
        Trainer("biased-mf", "").Fit(Data.Train, new FitContext { Checkpoint = checkpoint });
        var other = checkpoint with { Run = "another", Resume = true };
        Assert.Contains(
            "belongs to another training, not to another",
            Assert.Throws<DataFileException>(() => Trainer("biased-mf", "")
                .Fit(Data.Train, new FitContext { Checkpoint = other })).Message);
        File.WriteAllBytes(checkpoint.Path, File.ReadAllBytes(checkpoint.Path)[..^9]);
        Assert.Contains(
            "cut off",
            Assert.Throws<DataFileException>(() =>
                Trainer("biased-mf", "").Fit(Data.Train, new FitContext { Checkpoint = checkpoint with { Resume = true } })).Message);
    }

    [Fact]
    public void Checkpoint_ModelThatCannot_SaysSo() =>
        Assert.Contains(
            "does not support checkpoints",
            Assert.Throws<NotSupportedException>(() =>
                Trainer("pmf-em", "").Fit(Data.Train, new FitContext { Checkpoint = new Checkpoint(folder["c"], "run") })).Message);

    private static ITrainer<IRecommender> Trainer(string model, string settings) => ModelCatalog.Find(model).CreateTrainer(
        settings.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Append($"epochs={Epochs}")
            .Select(text => KeyValuePair.Create(text.Split('=')[0], text.Split('=')[1])), out _);

    private static IValidation Validation(string model) => ModelCatalog.Find(model).Kind == ModelKind.Rating
        ? new RatingValidation(Data.Train, Data.Test)
        : new RankingValidation(Data.Train, Data.Test, Metric.Parse("ndcg@5"));

    private static float[] Scores(IRecommender model)
    {
        var scores = new float[Data.Train.RowCount * model.ItemCount];
        model.Score(Histories.OfTraining(Data.Train), scores);
        return scores;
    }

    private static (int, double, double?, bool, bool) Plain(EpochReport report) =>
        (report.Epoch, report.TrainError, report.Validation, report.IsBest, report.IsLast);
}
