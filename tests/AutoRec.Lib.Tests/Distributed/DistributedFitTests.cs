using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Distributed;

/// <summary>What a training on several processes gives is what one process gives, to the last bit.</summary>
public sealed class DistributedFitTests
{
    private static readonly Interactions Log = SomeLog();
    private static readonly Split Parts = new RandomSplitter(0.9).Split(Log, 1);

    [Theory]
    [InlineData(AutoRecRows.Items, Centering.Baseline, false)]
    [InlineData(AutoRecRows.Users, Centering.Baseline, false)]
    [InlineData(AutoRecRows.Items, Centering.None, false)]
    [InlineData(AutoRecRows.Users, Centering.None, true)]
    public void AutoRec_AnyNumberOfProcesses_GivesTheSameBits(AutoRecRows rows, Centering center, bool isLazy)
    {
        var options = new AutoRecOptions { HiddenUnits = 19, Epochs = 12, LearningRate = 0.02, Center = center, LazyAdam = isLazy };
        var expected = Outcome(ProcessGroup.Single, new AutoRecTrainer(rows, options));
        Assert.True(expected.Epochs < 12 * 2, "The patience ends none of these trainings.");
        foreach (var size in new[] { 2, 3, 4, 8 })
        {
            Assert.All(
                ThreadGroup.Run(size, group => Outcome(group, new AutoRecTrainer(rows, options))),
                outcome => Assert.Equal(expected, outcome));
        }
    }

    [Theory]
    [InlineData(AutoRecRows.Items, Centering.Baseline)]
    [InlineData(AutoRecRows.Users, Centering.Baseline)]
    [InlineData(AutoRecRows.Items, Centering.None)]
    [InlineData(AutoRecRows.Users, Centering.None)]
    public void HybridAutoRec_AnyNumberOfProcesses_GivesTheSameBits(AutoRecRows rows, Centering center)
    {
        var trainer = Hybrid(rows, new() { HiddenUnits = 19, Epochs = 12, LearningRate = 0.02, BatchSize = 16, Center = center });
        var expected = Outcome(ProcessGroup.Single, trainer);
        foreach (var size in new[] { 2, 3, 4, 8 })
        {
            Assert.All(ThreadGroup.Run(size, group => Outcome(group, trainer)), outcome => Assert.Equal(expected, outcome));
        }
    }

    [Theory]
    [InlineData(AutoRecRows.Items, false)]
    [InlineData(AutoRecRows.Users, false)]
    [InlineData(AutoRecRows.Items, true)]
    [InlineData(AutoRecRows.Users, true)]
    public void AutoRec_MoreProcessesThanUnits_GivesTheSameBits(AutoRecRows rows, bool isHybrid)
    {
        var train = InteractionMatrix.FromTriplets(3, 3, [0, 0, 1, 2, 2], [0, 1, 1, 0, 2], [5, 3, 4, 1, 2], RatingScale.OneToFive);
        var features = SideFeatures.FromTable(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
        ITrainer<IRecommender> trainer = isHybrid
            ? new HybridAutoRecTrainer(rows, features, new() { HiddenUnits = 3, Epochs = 5 })
            : new AutoRecTrainer(rows, new() { HiddenUnits = 3, Epochs = 5 });
        var expected = Scores(ProcessGroup.Single);
        Assert.All(ThreadGroup.Run(8, Scores), scores => Assert.Equal(expected, scores));

        float[] Scores(IProcessGroup group)
        {
            var scores = new float[9];
            trainer.Fit(train, new FitContext { Group = group }).Score(Histories.OfTraining(train), scores);
            return scores;
        }
    }

    [Theory]
    [InlineData(nameof(IalsSolver.Cg))]
    [InlineData(nameof(IalsSolver.Cholesky))]
    public void Ials_AnyNumberOfProcesses_GivesTheSameBits(string name)
    {
        var options = new IalsOptions { LatentFactors = 5, Epochs = 4, Solver = Enum.Parse<IalsSolver>(name) };
        var train = Parts.Train.Positives();
        var expected = Outcome(ProcessGroup.Single);
        foreach (var size in new[] { 2, 3, 11 })
        {
            Assert.All(ThreadGroup.Run(size, Outcome), outcome => Assert.Equal(expected, outcome));
        }

        (string, string, string) Outcome(IProcessGroup group)
        {
            var model = new IalsTrainer(options).Fit(train, new FitContext { Group = group });
            var losses = model.TrainingHistory.Select(epoch => epoch.TrainError).ToArray();
            return (
                Hash<double>(losses), Hash<float>(model.Save().Floats("user_factors")), Hash<float>(model.Save().Floats("item_factors")));
        }
    }

    // Fitted, compared with the baseline and measured; of the lists also what is not a mean over users.
    [Theory]
    [InlineData("ease")]
    [InlineData("item-knn")]
    [InlineData("user-knn")]
    [InlineData("slim")]
    [InlineData("ials")]
    [InlineData("autorec-user")]
    [InlineData("hybrid")]
    public void Run_AnyNumberOfProcesses_GivesTheSameModelAndMeasures(string model)
    {
        KeyValuePair<string, string>[] settings = model switch
        {
            "ease" or "slim" or "hybrid" => [],
            "autorec-user" => [new("hidden-units", "7"), new("epochs", "3")],
            "ials" => [new("latent-factors", "5"), new("epochs", "2")],
            _ => [new("neighbors", "9")],
        };
        var hybrid = Hybrid(AutoRecRows.Users, new() { HiddenUnits = 7, Epochs = 3 });
        var expected = Outcome(ProcessGroup.Single);
        foreach (var size in new[] { 2, 3, 4, 8 })
        {
            Assert.All(ThreadGroup.Run(size, Outcome), outcome => Assert.Equal(expected, outcome));
        }

        string Outcome(IProcessGroup group)
        {
            var experiment = (model == "hybrid" ? new Experiment(model, hybrid) : new Experiment(model, settings)) with
            {
                Metrics = Metric.ParseList("ndcg@5,recall@10,coverage@5,gini@5,novelty@5"),
                Group = group,
            };
            var outcome = experiment.Run(LoadedData.Of(new DataSet { Name = "x", Title = "x", Source = "x", Interactions = Log }), seed: 3);
            var (metrics, rankings) = (outcome.Metrics.Select(metric => metric.Value), outcome.Rankings!);
            using var file = new MemoryStream();
            Safetensors.Write(file, model == "hybrid" ? Save(outcome.Model) : ModelCatalog.Find(model).Save(outcome.Model));
            double[] ofUsers = [.. rankings.PerUser.Values.SelectMany(values => values)];
            return $"{Hash<double>([.. metrics])} {Hash<double>(ofUsers)} {rankings.UsersWithTies} {rankings.RelevantItems} "
                + $"{outcome.Baseline} {string.Join(' ', outcome.Notes)} {Hash<byte>(file.ToArray())}";
        }
    }

    [Fact]
    public void MeasureRanking_SeveralProcesses_EachScoresSomeOfTheUsers()
    {
        var test = Parts.Test with { Histories = Histories.OfTraining(Parts.Train) };
        var scored = ThreadGroup.Run(3, group =>
        {
            var model = new Counting(new UserKnnTrainer().Fit(Parts.Train, new FitContext()));
            var evaluation = Evaluator.MeasureRankingByRules(
                model, Parts.Train, test, [Metric.Ndcg(5)], ListRules.None, seed: 1, null, default, group);
            return (model.Users, All: evaluation.Users.Count);
        });
        Assert.Equal(scored[0].All, scored.Sum(rank => rank.Users));
        Assert.All(scored, rank => Assert.InRange(rank.Users, rank.All / 3, (rank.All / 3) + 1));
    }

    [Theory]
    [InlineData(AutoRecRows.Items, 2, 1)]
    [InlineData(AutoRecRows.Users, 2, 4)]
    [InlineData(AutoRecRows.Users, 1, 3)]
    public void AutoRec_ResumedOnAnotherNumberOfProcesses_GivesTheBitsOfAnUninterruptedTraining(AutoRecRows rows, int before, int after) =>
        ResumedOnAnotherNumberOfProcesses(
            new AutoRecTrainer(rows, new() { HiddenUnits = 19, Epochs = 6, LazyAdam = rows == AutoRecRows.Users }), before, after);

    [Theory]
    [InlineData(AutoRecRows.Items, 2, 3)]
    [InlineData(AutoRecRows.Users, 4, 1)]
    public void HybridAutoRec_ResumedOnAnotherNumberOfProcesses_GivesTheBitsOfAnUninterruptedTraining(
        AutoRecRows rows, int before, int after) =>
        ResumedOnAnotherNumberOfProcesses(Hybrid(rows, new() { HiddenUnits = 19, Epochs = 6 }), before, after);

    private static void ResumedOnAnotherNumberOfProcesses(ITrainer<IRecommender> trainer, int before, int after)
    {
        using var folder = new TemporaryFolder();
        var expected = Weights(Fit(ProcessGroup.Single, checkpoint: null, default));
        var checkpoint = new Checkpoint(folder["c"], "this training") { Interval = TimeSpan.Zero };
        Assert.Throws<AggregateException>(() => ThreadGroup.Run(before, group =>
        {
            using var end = new CancellationTokenSource();
            return Fit(group, checkpoint, end.Token, new Immediately(report =>
            {
                if (report.Epoch == 3)
                {
                    end.Cancel();
                }
            }));
        }));
        Assert.All(
            ThreadGroup.Run(after, group => Weights(Fit(group, checkpoint with { Resume = true }, default))),
            weights => Assert.Equal(expected, weights));

        IRecommender Fit(IProcessGroup group, Checkpoint? checkpoint, CancellationToken cancellation, Immediately? progress = null) =>
            trainer.Fit(Parts.Train, new FitContext
            {
                Group = group,
                Validation = new RatingValidation(Parts.Train, Parts.Test),
                Checkpoint = checkpoint,
                Progress = progress,
                Cancellation = cancellation,
            });

        static string Weights(IRecommender model)
        {
            using var file = new MemoryStream();
            Safetensors.Write(file, Save(model));
            return Hash<byte>(file.ToArray());
        }
    }

    [Fact]
    public void AutoRec_SeveralProcesses_EachHasTheWeightsOfItsUnitsAlone()
    {
        var counts = ThreadGroup.Run(2, group =>
        {
            var model = new AutoRecTrainer(AutoRecRows.Items, new AutoRecOptions { HiddenUnits = 7, Epochs = 1 })
                .Fit(Parts.Train, new FitContext { Group = group });
            return model.Weights.Encoder.ToArray().Length;
        });
        Assert.Equal(Parts.Train.RowCount * 7, counts.Sum());
        Assert.All(counts, count => Assert.True(count < 0.7 * counts.Sum()));
    }

    // Everything that a user can see: the errors of all epochs, predictions, lists, and the bytes of the model's file.
    private static (int Epochs, string Errors, string Predictions, string Lists, string File) Outcome(
        IProcessGroup group, ITrainer<IRecommender> trainer)
    {
        var validation = new RatingValidation(Parts.Train, Parts.Test);
        var model = (TrainedModel)trainer.Fit(Parts.Train, new FitContext { Group = group, Validation = validation, Patience = 2 });
        var errors = model.TrainingHistory.SelectMany(epoch => new[] { epoch.TrainError, epoch.Validation!.Value }).ToArray();
        var ratings = Evaluator.MeasureRatings((IRatingPredictor)model, Parts.Train, Parts.Test);
        var lists = model.Recommend(Parts.Test.Histories, 5);
        float[] scores = [.. lists.SelectMany(list => list.SelectMany(place => new[] { place.Item, place.Score }))];
        using var file = new MemoryStream();
        Safetensors.Write(file, Save(model));
        return (
            model.TrainingHistory.Count, Hash<double>(errors), Hash<float>([.. ratings.Predicted]), Hash<float>(scores),
            Hash<byte>(file.ToArray()));
    }

    private static ModelState Save(IRecommender model) => (model as AutoRecModel)?.Save() ?? ((HybridAutoRecModel)model).Save();

    // Five features, of which each row has two or, every third, none.
    private static HybridAutoRecTrainer Hybrid(AutoRecRows rows, HybridAutoRecOptions options)
    {
        var count = rows == AutoRecRows.Items ? Log.Items.Count : Log.Users.Count;
        var features = Enumerable.Range(0, count)
            .Select(row => row % 3 == 0 ? Array.Empty<string>() : [$"{row % 2}", $"{2 + (row % 5 / 2)}"]);
        return new(rows, SideFeatures.OneHot([.. features]), options);
    }

    private sealed class Counting(IRecommender model) : IRecommender
    {
        public int Users { get; private set; }

        public int ItemCount => model.ItemCount;

        public void Score(Histories histories, Memory<float> scores)
        {
            Users += histories.Count;
            model.Score(histories, scores);
        }
    }

    private static string Hash<T>(ReadOnlySpan<T> values)
        where T : unmanaged =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(values)));

    private static Interactions SomeLog()
    {
        var random = new Random(4);
        var ratings = new InteractionsBuilder();
        var taken = new HashSet<(int, int)>();
        while (taken.Count < 3000)
        {
            var (user, item) = ((int)(80 * random.NextDouble() * random.NextDouble()), random.Next(70));
            if (taken.Add((user, item)))
            {
                ratings.Add($"u{user}", $"i{item}", 1 + ((user * item) % 5));
            }
        }

        return ratings.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
    }
}
