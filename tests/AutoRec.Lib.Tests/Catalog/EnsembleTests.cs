using AutoRec.Catalog;
using AutoRec.Catalog.Ensembles;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Catalog;

public sealed class EnsembleTests
{
    private static readonly LoadedData Sample = LoadedData.Of(DataSets.Load("sample"));

    [Fact]
    public void RatingWeights_TruthIsAMixOfTheModels_FoundWithItsIntercept()
    {
        var random = new Random(1);
        float[][] predictions = [.. Enumerable.Range(0, 3).Select(_ => Draw(500))];
        float[] ratings = [.. Enumerable.Range(0, 500).Select(i =>
            0.5f + (0.7f * predictions[0][i]) - (0.2f * predictions[1][i]) + (0.4f * predictions[2][i]))];
        var weights = RatingWeights.Solve(predictions, ratings, 1e-6);
        Assert.Equal([0.7f, -0.2f, 0.4f], weights.Weights, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(0.5, weights.Intercept, 1e-3);

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => 5 * random.NextSingle())];
    }

    // Two models, by hand. With x = p - mean(p): x1 = (-1, 1), x2 = (1, -1), y = (-1, 1), lambda s^2 = 2 * 1. From equal weights the
    // residual is y, so (2 v1 - 2 v2) + 2 v1 = 2 and -2 v1 + 2 v2 + 2 v2 = -2: v1 = 1/3, v2 = -1/3. The intercept is 4 - (5/6) 2 - (1/6) 1.
    [Fact]
    public void RatingWeights_TwoRatings_AsByHand()
    {
        var weights = RatingWeights.Solve([[1, 3], [2, 0]], [3, 5], regularization: 2);
        Assert.Equal([5 / 6f, 1 / 6f], weights.Weights, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(4 - (5 / 6.0 * 2) - (1 / 6.0 * 1), weights.Intercept, 1e-5);
    }

    [Fact]
    public void RatingWeights_StrongPenaltyOrEqualRatings_EqualWeights()
    {
        Assert.Equal([0.5f, 0.5f], RatingWeights.Solve([[1, 3], [2, 0]], [3, 5], 1e9).Weights, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([0.5f, 0.5f], RatingWeights.Solve([[1, 3], [2, 0]], [4, 4], 1).Weights);
    }

    [Fact]
    public void RankingWeights_OneModelFindsTheItemsAndOneDoesNot_TheFirstGetsAll()
    {
        var histories = InteractionMatrix.FromTriplets(2, 4, [0, 1], [0, 1], [1, 1]);
        var targets = InteractionMatrix.FromTriplets(2, 4, [0, 1], [2, 3], [1, 1]);
        var heldOut = new HeldOut(Histories.OfTraining(histories), targets);
        var right = new Fixed([[0, 0, 9, 1], [0, 0, 1, 9]]);
        var wrong = new Fixed([[0, 9, 0, 9], [9, 0, 9, 0]]);
        var weights = RankingWeights.Choose([wrong, right], histories, heldOut, Metric.Ndcg(1), 5, seed: 1, CancellationToken.None);
        Assert.Equal([0, 1], weights.Weights);
    }

    // Each model finds one user's item and puts it first by far; for the other user it is nearly flat. Only the mix finds both.
    [Fact]
    public void RankingWeights_ModelsThatNeedEachOther_BothCount()
    {
        var histories = InteractionMatrix.FromTriplets(2, 5, [0, 1], [0, 0], [1, 1]);
        var targets = InteractionMatrix.FromTriplets(2, 5, [0, 1], [1, 2], [1, 1]);
        var heldOut = new HeldOut(Histories.OfTraining(histories), targets);
        var first = new Fixed([[0, 9, 0, 0, 0], [0, 0, 4, 5, 0]]);
        var second = new Fixed([[0, 4, 0, 0, 5], [0, 0, 9, 0, 0]]);
        var weights = RankingWeights.Choose([first, second], histories, heldOut, Metric.Ndcg(1), 2, seed: 1, CancellationToken.None);
        Assert.Equal([0.5f, 0.5f], weights.Weights);
    }

    [Theory]
    [InlineData("ensemble-rating", "models", "bias+pmf-em:latent-factors=4:epochs=10+biased-mf:latent-factors=4")]
    [InlineData("ensemble-ranking", "models", "ease+item-knn+popularity")]
    public void Run_Sample_NotWorseThanItsBestModelByMoreThanNoise(string ensemble, string option, string models)
    {
        var metric = ensemble == "ensemble-rating" ? Metric.Rmse : Metric.Ndcg(20);
        var fold = Fold.Of(Sample, new RandomSplitter(0.9), seed: 3);
        var mixed = Run(ensemble, KeyValuePair.Create(option, models));
        var best = EnsembleMembers.Parse(models).Select(member => Run(member.Model, [.. member.Settings])).ToArray();
        var single = metric.HigherIsBetter ? best.MaxBy(Value)! : best.MinBy(Value)!;
        var comparison = PairedComparison.Of(PerUser(mixed), PerUser(single), seed: 1);
        Assert.False(
            metric.HigherIsBetter ? comparison.IsLower : comparison.IsHigher, $"{Value(mixed)} against {Value(single)} of {single.Name}");

        Outcome Run(string model, params KeyValuePair<string, string>[] settings) =>
            new Experiment(model, settings) { Metrics = [metric], ChecksBaseline = false }.Run(fold, seed: 3);

        double Value(Outcome outcome) => outcome.Metrics.Single().Value;

        UserValues PerUser(Outcome outcome) => metric.IsRating ? outcome.Ratings!.PerUser[metric] : outcome.Rankings!.PerUser[metric];
    }

    [Fact]
    public void FitAll_WeightsAndEpochsChosen_SavedAndLoadedWithTheSameScores()
    {
        var fitted = new Experiment("ensemble-rating", KeyValuePair.Create("models", "bias+biased-mf:latent-factors=5"))
            .FitAll(Sample, seed: 4);
        var model = (RatingEnsembleModel)fitted.Model;
        Assert.NotEqual(model.Weights.Weights[0], model.Weights.Weights[1]);
        using var folder = new TemporaryFolder();
        fitted.Save(folder.Path);
        var loaded = FittedModel.Load(folder.Path);
        var users = Histories.OfTraining(fitted.Interactions).Select([0, 5, 9]);
        var (expected, actual) = (new float[users.Count * model.ItemCount], new float[users.Count * model.ItemCount]);
        model.Score(users, expected);
        loaded.Model.Score(users, actual);
        Assert.Equal(expected, actual);
        Assert.Equal("bias+biased-mf:latent-factors=5", loaded.Options["models"]);
    }

    [Theory]
    [InlineData("ensemble-rating", "ease+bias", "'ease' ranks items")]
    [InlineData("ensemble-ranking", "ease+bias", "'bias' predicts ratings")]
    [InlineData("ensemble-ranking", "ease+ensemble-ranking", "'ensemble-ranking' cannot be part of an ensemble")]
    [InlineData("ensemble-ranking", "ease", "two or more models joined by +")]
    [InlineData("ensemble-ranking", "ease+", "two or more models joined by +")]
    [InlineData("ensemble-ranking", "ease+ials:factors", "two or more models joined by +")]
    [InlineData("ensemble-ranking", "ease+sleaze", "There is no model 'sleaze'")]
    [InlineData("ensemble-ranking", "ease:speed=9+ials", "The model 'ease' has no option 'speed'")]
    public void CreateTrainer_WrongModels_ErrorSaysWhatIsWrong(string ensemble, string models, string message)
    {
        var error = Assert.ThrowsAny<ArgumentException>(
            () => ModelCatalog.Find(ensemble).CreateTrainer([KeyValuePair.Create("models", models)], out _));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Chosen_MembersThatChooseNoEpochs_KeepTheirOwn()
    {
        var train = Sample.Data.Interactions.ToMatrix();
        var split = new RandomSplitter(0.9).Split(Sample.Data.Interactions, 1);
        var trainer = new RatingEnsembleTrainer(
            new RatingEnsembleOptions { Models = EnsembleMembers.Parse("pmf-em:latent-factors=2:epochs=4+biased-mf:epochs=2") },
            ModelCatalog.Find);
        var first = trainer.Fit(split.Train, new FitContext { Validation = new RatingValidation(split.Train, split.Test) });
        var again = (RatingEnsembleModel)trainer.Chosen(first).Fit(train, new FitContext { EpochLimit = 2 });
        var alone = new PmfEmTrainer(new PmfEmOptions { LatentFactors = 2, Epochs = 4 }).Fit(train, new FitContext());
        var users = Histories.OfTraining(train).Select([0, 1]);
        var (expected, actual) = (new float[users.Count * train.ColumnCount], new float[users.Count * train.ColumnCount]);
        alone.Score(users, expected);
        again.Members[0].Model.Score(users, actual);
        Assert.Equal(expected, actual);
        Assert.Equal(first.Weights, again.Weights);
    }

    /// <summary>Scores that are given, user by user.</summary>
    private sealed class Fixed(float[][] scores) : IRecommender
    {
        public int ItemCount => scores[0].Length;

        public void Score(Histories histories, Memory<float> result)
        {
            for (var user = 0; user < histories.Count; user++)
            {
                scores[histories.TrainingRows[user]].CopyTo(result.Span[(user * ItemCount)..]);
            }
        }
    }
}
