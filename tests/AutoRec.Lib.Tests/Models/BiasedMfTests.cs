using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class BiasedMfTests
{
    // 3 users x 4 items; item 3 and user 2 have no rating.
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(3, 4, [0, 0, 0, 1, 1], [0, 1, 2, 0, 2], [5, 3, 4, 2, 1], RatingScale.OneToFive);

    // 19 factors: some vector registers and a rest, whatever their width.
    [Fact]
    public void Step_OneRating_FollowsTheGradient()
    {
        const double Lambda = 0.3, Rate = 0.01, Rating = 4.5;
        var random = new Random(1);
        var weights = BiasedMfWeights.Random(Train, factors: 19, deviation: 0.5, random);
        weights.UserBiases[1] = 0.4f;
        weights.ItemBiases[2] = -0.7f;
        double[] before = Parameters(weights);
        var error = weights.Step(1, 2, (float)Rating, (float)Rate, (float)Lambda);
        var after = Parameters(weights);

        Assert.Equal(Rating - Prediction(before), error, 1e-5);
        for (var i = 0; i < before.Length; i++)
        {
            const double H = 1e-5;
            double[] up = [.. before], down = [.. before];
            up[i] += H;
            down[i] -= H;
            var gradient = (Half(up) - Half(down)) / (2 * H);
            Assert.Equal(before[i] - (Rate * gradient), after[i], 1e-6);
        }

        // Half of what the trainer minimises; parameters are b_u, b_i, p_u, q_i.
        double Half(double[] parameters) => (Math.Pow(Rating - Prediction(parameters), 2) + (Lambda * parameters.Sum(x => x * x))) / 2;

        double Prediction(double[] parameters) =>
            weights.Mean + parameters[0] + parameters[1] + Enumerable.Range(2, 19).Sum(i => parameters[i] * parameters[i + 19]);

        static double[] Parameters(BiasedMfWeights weights) =>
            [
                weights.UserBiases[1], weights.ItemBiases[2], .. weights.UserFactors[19..38].Select(x => (double)x),
                .. weights.ItemFactors[38..57].Select(x => (double)x)
            ];
    }

    [Fact]
    public void FoldIn_Ratings_MinimiseTheObjectiveOfTheUser()
    {
        const double Lambda = 0.2;
        var weights = BiasedMfWeights.Random(Train, factors: 2, deviation: 1, new Random(5));
        weights.ItemBiases[1] = 0.5f;
        var model = new BiasedMfModel(weights, KnownUsers.None, RatingScale.OneToFive, Lambda);
        int[] items = [0, 1, 2];
        float[] ratings = [5, 2, 4];
        var (bias, factors) = model.FoldIn(items, ratings);
        double[] solution = [bias, .. factors.Select(x => (double)x)];
        for (var i = 0; i < 3; i++)
        {
            const double H = 1e-3;
            double[] up = [.. solution], down = [.. solution];
            up[i] += H;
            down[i] -= H;
            Assert.Equal(0, (Objective(up) - Objective(down)) / (2 * H), 1e-5);
        }

        double Objective(double[] x)
        {
            var sum = 0.0;
            for (var i = 0; i < items.Length; i++)
            {
                var q = model.ItemFactors(items[i]);
                var error = ratings[i] - weights.Mean - x[0] - weights.ItemBiases[items[i]] - (x[1] * q[0]) - (x[2] * q[1]);
                sum += (error * error) + (Lambda * x.Sum(y => y * y));
            }

            return sum;
        }
    }

    [Fact]
    public void Predict_ColdUserOrItem_OnlyTheOtherTerms()
    {
        var model = new BiasedMfTrainer(new BiasedMfOptions { LatentFactors = 2, Epochs = 5 }).Fit(Train, new FitContext());
        var state = model.Save();
        var ratings = new float[3];
        model.Predict(Histories.OfTraining(Train), InteractionMatrix.FromTriplets(3, 4, [0, 2, 2], [3, 0, 3], new float[3]), ratings);
        Assert.Equal([3 + state.Floats("user_biases")[0], 3 + state.Floats("item_biases")[0], 3], ratings); // The mean is 3.
    }

    [Fact]
    public void Fit_ManyEpochsWithoutPenalty_TrainingRatingsRecovered()
    {
        var model = new BiasedMfTrainer(
            new BiasedMfOptions { LatentFactors = 3, Regularization = 0, LearningRate = 0.05, LearningRateDecay = 1, Epochs = 500 })
                .Fit(Train, new FitContext());
        var ratings = new float[Train.Count];
        model.Predict(Histories.OfTraining(Train), Train, ratings);
        Assert.Equal(Train.Values().ToArray(), ratings, (x, y) => Math.Abs(x - y) < 1e-3);
    }

    [Fact]
    public void Fit_InBlocks_SameOnAnyNumberOfThreadsAndAsGoodAsInOneOrder()
    {
        var ratings = Ratings();
        var before = ComputeThreads.Count;
        try
        {
            var (one, four) = (Fit(threads: 1, blocksFrom: 0), Fit(threads: 4, blocksFrom: 0));
            Assert.Equal(one.Save().Floats("item_factors"), four.Save().Floats("item_factors"));
            var inOneOrder = Fit(threads: 1, blocksFrom: int.MaxValue);
            Assert.NotEqual(one.Save().Floats("item_factors"), inOneOrder.Save().Floats("item_factors"));
            Assert.Equal(inOneOrder.TrainingHistory[^1].TrainError, one.TrainingHistory[^1].TrainError, 0.01);
        }
        finally
        {
            ComputeThreads.Count = before;
        }

        BiasedMfModel Fit(int threads, int blocksFrom)
        {
            ComputeThreads.Count = threads;
            return new BiasedMfTrainer(new BiasedMfOptions { LatentFactors = 8, Epochs = 15 }, blocksFrom).Fit(ratings, new FitContext());
        }

        static InteractionMatrix Ratings()
        {
            var random = new Random(3);
            var pairs = Enumerable.Range(0, 6000).Select(_ => (User: random.Next(200), Item: random.Next(90))).Distinct().ToArray();
            return InteractionMatrix.FromTriplets(
                200,
                90,
                [.. pairs.Select(pair => pair.User)],
                [.. pairs.Select(pair => pair.Item)],
                [.. pairs.Select(pair => (float)(1 + ((pair.User + (pair.Item * 2)) % 5)))],
                RatingScale.OneToFive);
        }
    }

    [Fact]
    public void Fit_LearningRateTooHigh_SaysThatItDiverged() =>
        Assert.Contains(
            "diverged",
            Assert.Throws<ArithmeticException>(() =>
                new BiasedMfTrainer(new BiasedMfOptions { LearningRate = 1, LearningRateDecay = 1, InitialDeviation = 10 })
                    .Fit(Train, new FitContext())).Message);
}
