using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests;

public sealed class BiasTests
{
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 3, [0, 0, 1], [0, 1, 0], [5, 3, 4], RatingScale.OneToFive);
    private static readonly BiasOptions OneSweep = new() { UserRegularization = 1, ItemRegularization = 1, Epochs = 1 };

    // mu = 4; b_i = (1 + 0) / 3, -1 / 2, 0; b_u = (2/3 - 1/2) / 3, (-1/3) / 2, 0.
    [Fact]
    public void Predict_OneSweep_ByHand()
    {
        var model = new BiasTrainer(OneSweep).Fit(Train, new FitContext());
        Assert.Equal(
            [
                4 + (1 / 18f) + (1 / 3f), 4 + (1 / 18f) - 0.5f, 4 + (1 / 18f), 4 - (1 / 6f) + (1 / 3f), 4 - (1 / 6f) - 0.5f, 4 - (1 / 6f),
                4 + (1 / 3f), 3.5f, 4
            ],
            PredictAll(model, Histories.OfTraining(Train)),
            (expected, actual) => Math.Abs(expected - actual) < 1e-5);
    }

    [Fact]
    public void Predict_NewUser_FoldedInFromHistory()
    {
        var model = new BiasTrainer(OneSweep).Fit(Train, new FitContext());
        var history = InteractionMatrix.FromTriplets(1, 3, [0, 0], [0, 2], [1, 2]);

        // b_u = (1 - 4 - 1/3 + 2 - 4 - 0) / (1 + 2) = -16/9
        Assert.Equal(
            [4 + (1 / 3f) - (16 / 9f), 3.5f - (16 / 9f), 4 - (16 / 9f)],
            PredictAll(model, Histories.OfNewUsers(history)),
            (expected, actual) => Math.Abs(expected - actual) < 1e-5);
    }

    [Fact]
    public void Predict_AdditiveRatingsWithoutRegularization_Recovered()
    {
        float[] users = [-1, 0, 1];
        float[] items = [-0.5f, 0, 0.5f, 1];
        var pairs = (from user in Enumerable.Range(0, 3) from item in Enumerable.Range(0, 4) where user != item select (user, item))
            .ToArray();
        var train = InteractionMatrix.FromTriplets(
            3,
            4,
            pairs.Select(pair => pair.user).ToArray(),
            pairs.Select(pair => pair.item).ToArray(),
            pairs.Select(pair => 3 + users[pair.user] + items[pair.item]).ToArray(),
            RatingScale.OneToFive);
        var model = new BiasTrainer(new BiasOptions { UserRegularization = 0, ItemRegularization = 0, Epochs = 200 })
            .Fit(train, new FitContext());
        var expected = from user in users from item in items select 3 + user + item;
        Assert.Equal(expected, PredictAll(model, Histories.OfTraining(train)), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Predict_BeyondScale_ClippedButScoresAreNot()
    {
        // User 0 rates 3 above user 1, who likes item 2 best and that by 3: 8 for user 0.
        var train = InteractionMatrix.FromTriplets(2, 3, [0, 0, 1, 1, 1], [0, 1, 0, 1, 2], [5, 5, 2, 2, 5], RatingScale.OneToFive);
        var model = new BiasTrainer(new BiasOptions { UserRegularization = 0, ItemRegularization = 0, Epochs = 200 })
            .Fit(train, new FitContext());
        Assert.Equal(5, PredictAll(model, Histories.OfTraining(train)).Max());
        var scores = new float[6];
        model.Score(Histories.OfTraining(train), scores);
        Assert.Equal(8, scores.Max(), 0.001f);
    }

    [Fact]
    public void Fit_NoRatings_PredictsTheMiddle()
    {
        var empty = InteractionMatrix.FromTriplets(1, 2, [], [], [], RatingScale.OneToFive);
        Assert.Equal([3, 3], PredictAll(new BiasTrainer(new BiasOptions()).Fit(empty, new FitContext()), Histories.OfTraining(empty)));
    }

    // Surprise's baseline of the same equations and defaults: 0.944 (random folds).
    [Fact]
    public void Fit_MovieLens100KFiveFolds_PublishedRmse()
    {
        var log = RatingsReader.Read(RealData.Path("ml-100k/u.data.gz")).Interactions;
        var errors = new KFoldSplitter(5)
            .Splits(log, seed: 1)
            .Select(fold =>
                Evaluator.MeasureRatings(new BiasTrainer(new BiasOptions()).Fit(fold.Train, new FitContext()), fold.Train, fold.Test).Rmse);
        Assert.Equal(0.944, errors.Average(), 0.003);
    }

    [Fact]
    public void Constructor_OptionOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BiasTrainer(new BiasOptions { Epochs = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BiasTrainer(new BiasOptions { UserRegularization = double.NaN }));
    }

    private static float[] PredictAll(BiasModel model, Histories histories)
    {
        var users = Enumerable.Range(0, histories.Count).SelectMany(user => Enumerable.Repeat(user, model.ItemCount)).ToArray();
        var items = Enumerable.Range(0, histories.Count).SelectMany(_ => Enumerable.Range(0, model.ItemCount)).ToArray();
        var ratings = new float[users.Length];
        model.Predict(histories, InteractionMatrix.FromTriplets(histories.Count, model.ItemCount, users, items, ratings), ratings);
        return ratings;
    }
}
