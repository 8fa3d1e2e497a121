using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class PmfEmTests
{
    // 4 users x 4 items; user 3 and item 3 have no rating. The mean is 3.
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(4, 4, [0, 0, 0, 1, 1, 2, 2], [0, 1, 2, 0, 2, 1, 2], [5, 3, 4, 2, 1, 4, 2], RatingScale.OneToFive);

    // q(c) is proportional to exp(E[ln p(ratings, c)]) over the items' posterior, integrated on a grid: c is a factor and a bias.
    [Fact]
    public void UpdateUsers_AgainstAGrid_PosteriorIsThatOfTheGrid()
    {
        var fit = new PmfEmFit(Train, factors: 1, biases: true, seed: 3);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            fit.UpdateUsers(null, CancellationToken.None);
            fit.UpdateItems(null, CancellationToken.None);
            fit.UpdateVariances();
        }

        fit.UpdateUsers(null, CancellationToken.None);
        for (var user = 0; user < 3; user++)
        {
            double total = 0, meanU = 0, meanB = 0, uu = 0, ub = 0, bb = 0;
            for (var u = -6.0; u <= 6; u += 0.02)
            {
                for (var b = -6.0; b <= 6; b += 0.02)
                {
                    var log = -((u * u / fit.Users.PriorVariances[0]) + (b * b / fit.Users.PriorVariances[1])) / 2;
                    for (var i = 0; i < Train.RowLength(user); i++)
                    {
                        log -= ExpectedSquare(
                            Train.Values(user)[i] - 3,
                            (u, b, u * u, u * b, b * b),
                            Moments(fit.ItemPosterior, Train.Columns(user)[i])) / (2 * fit.NoiseVariance);
                    }

                    var weight = Math.Exp(log);
                    total += weight;
                    meanU += weight * u;
                    meanB += weight * b;
                    uu += weight * u * u;
                    ub += weight * u * b;
                    bb += weight * b * b;
                }
            }

            var actual = Moments(fit.Users, user);
            Assert.Equal(meanU / total, actual.Factor, 1e-5);
            Assert.Equal(meanB / total, actual.Bias, 1e-5);
            Assert.Equal(uu / total, actual.FactorSquare, 1e-5);
            Assert.Equal(ub / total, actual.FactorBias, 1e-5);
            Assert.Equal(bb / total, actual.BiasSquare, 1e-5);
        }
    }

    // Rows of four are added in one pass; the grid above has none.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Add_SevenRatingsTogether_AsOneByOne(bool biases)
    {
        const int Factors = 11;
        var size = Factors + (biases ? 1 : 0);
        var random = new Random(5);
        float[] means = Draw(9 * size), moments = Draw(9 * PmfEmSums.Packed(size));
        int[] rows = [3, 0, 8, 5, 1, 7, 2];
        float[] ratings = [5, 1, 3, 4, 4, 2, 5];
        var (together, oneByOne) = (new PmfEmSums(Factors, biases), new PmfEmSums(Factors, biases));
        together.Add(rows, ratings, 3.1, means, moments);
        for (var i = 0; i < rows.Length; i++)
        {
            oneByOne.Add(rows.AsSpan(i, 1), ratings.AsSpan(i, 1), 3.1, means, moments);
        }

        float[] row = Draw(size), ofRow = Draw(PmfEmSums.Packed(size));
        Assert.Equal(oneByOne.ExpectedSquaredError(row, ofRow), together.ExpectedSquaredError(row, ofRow), 1e-5);

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    // Rows are solved for eight at a time: which eight, and in what place, changes no bit.
    [Fact]
    public void SolveMoments_RowInAnyPlaceWithAnyOthers_SameBits()
    {
        const int Factors = 6, Size = Factors + 1;
        var random = new Random(7);
        float[] means = Draw(9 * Size), moments = new float[9 * PmfEmSums.Packed(Size)];
        for (var row = 0; row < 9; row++)
        {
            PmfEmSums.PackOuterProduct(means.AsSpan(row * Size, Size), moments.AsSpan(row * PmfEmSums.Packed(Size)));
        }

        int[] rows = [3, 0, 8, 5, 1, 7, 2];
        float[] ratings = [5, 1, 3, 4, 4, 2, 5];
        double[] priors = [.. Enumerable.Repeat(0.5, Size)];
        var (alone, among) = (new PmfEmSolver(Factors, true), new PmfEmSolver(Factors, true));
        alone[0].Add(rows, ratings, 3.1, means, moments);
        for (var i = 0; i < PmfEmSolver.Rows; i++)
        {
            among[i].Add(i == 5 ? rows : rows.AsSpan(i % 3), i == 5 ? ratings : ratings.AsSpan(i % 3), i == 5 ? 3.1 : i, means, moments);
        }

        alone.SolveMoments(0.7, priors);
        among.SolveMoments(0.7, priors);
        Assert.Equal(Posterior(alone, 0), Posterior(among, 5));
        Assert.NotEqual(Posterior(alone, 0), Posterior(among, 4));

        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

        static double[] Posterior(PmfEmSolver solver, int row)
        {
            var (mean, moment) = (new float[Size], new float[PmfEmSums.Packed(Size)]);
            solver.CopyMeans(row, mean);
            solver.CopyMoments(row, moment);
            return [.. mean, .. moment, solver.LogDeterminants[row]];
        }
    }

    // The bound as a sum over ratings and the divergences of two-dimensional Gaussians.
    [Fact]
    public void Elbo_AgainstTheSumByHand_IsTheSame()
    {
        var fit = new PmfEmFit(Train, factors: 1, biases: true, seed: 3);
        fit.UpdateUsers(null, CancellationToken.None);
        fit.UpdateItems(null, CancellationToken.None);
        fit.UpdateVariances();

        var expected = 0.0;
        for (var user = 0; user < 3; user++)
        {
            for (var i = 0; i < Train.RowLength(user); i++)
            {
                var square =
                    ExpectedSquare(Train.Values(user)[i] - 3, Moments(fit.Users, user), Moments(fit.ItemPosterior, Train.Columns(user)[i]));
                expected -= (Math.Log(2 * Math.PI * fit.NoiseVariance) + (square / fit.NoiseVariance)) / 2;
            }
        }

        foreach (var side in new[] { fit.Users, fit.ItemPosterior })
        {
            for (var row = 0; row < 3; row++)
            {
                var m = Moments(side, row);
                var determinant = ((m.FactorSquare - (m.Factor * m.Factor)) * (m.BiasSquare - (m.Bias * m.Bias))) - Math.Pow(
                    m.FactorBias - (m.Factor * m.Bias), 2);
                var (s, t) = (side.PriorVariances[0], side.PriorVariances[1]);
                expected -= (Math.Log(s * t / determinant) - 2 + (m.FactorSquare / s) + (m.BiasSquare / t)) / 2;
            }
        }

        Assert.Equal(expected, fit.Elbo(), 1e-5);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Fit_EachEpoch_BoundRises(bool biases)
    {
        var history = new PmfEmTrainer(new PmfEmOptions { LatentFactors = 4, Biases = biases, Epochs = 40 })
            .Fit(RandomRatings(), new FitContext()).TrainingHistory;
        Assert.Equal(40, history.Count);
        Assert.All(
            history.Zip(history.Skip(1)),
            pair => Assert.True(pair.Second.TrainError <= pair.First.TrainError + 1e-7, $"epoch {pair.Second.Epoch}"));
    }

    // Ratings of a known model of rank 2, noise 0.3: the estimated noise comes near it, the factors that are too many die out.
    [Fact]
    public void Fit_RatingsOfAKnownModel_NoiseAndFactorsFound()
    {
        var fit = new PmfEmFit(RandomRatings(), factors: 5, biases: false, seed: 1);
        for (var epoch = 0; epoch < 200; epoch++)
        {
            fit.UpdateUsers(null, CancellationToken.None);
            fit.UpdateItems(null, CancellationToken.None);
            fit.UpdateVariances();
        }

        Assert.Equal(0.3, Math.Sqrt(fit.NoiseVariance), 0.02);
        Assert.Equal(2, fit.Users.PriorVariances.Count(variance => variance > 0.01 * fit.Users.PriorVariances.Max()));
    }

    [Fact]
    public void Score_NewUserWithAHistoryOfTraining_SameAsTheTrainingUser()
    {
        var model = new PmfEmTrainer(new PmfEmOptions { LatentFactors = 2, Epochs = 5 }).Fit(Train, new FitContext());
        float[] known = new float[16], unknown = new float[16];
        model.Score(Histories.OfTraining(Train), known);
        model.Score(Histories.OfNewUsers(Train), unknown);
        Assert.Equal(known, unknown);
    }

    [Fact]
    public void Predict_ColdUserAndItem_IsTheMean()
    {
        var model = new PmfEmTrainer(new PmfEmOptions { LatentFactors = 2, Epochs = 5 }).Fit(Train, new FitContext());
        var ratings = new float[1];
        model.Predict(Histories.OfTraining(Train), InteractionMatrix.FromTriplets(4, 4, [3], [3], [1]), ratings);
        Assert.Equal(3, ratings[0], 1e-6f);
    }

    [Fact]
    public void Fit_OneThreadOrMany_SameToTheLastBit()
    {
        var before = ComputeThreads.Count;
        try
        {
            Assert.Equal(Moments(1), Moments(4));
        }
        finally
        {
            ComputeThreads.Count = before;
        }

        static float[] Moments(int threads)
        {
            ComputeThreads.Count = threads;
            return new PmfEmTrainer(new PmfEmOptions { LatentFactors = 3, Epochs = 5 })
                .Fit(RandomRatings(), new FitContext())
                .Save()
                .Floats("item_moments");
        }
    }

    private static InteractionMatrix RandomRatings()
    {
        const int Users = 150, Items = 100;
        var random = new Random(11);
        double[] users = Draw(Users * 2), items = Draw(Items * 2);
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items)
                     where random.Next(2) == 0
                     select (
            user, item)).ToArray();
        var noise = Draw(pairs.Length);
        float[] ratings =
        [
            .. pairs.Select((pair, i) =>
                (float)((users[pair.user * 2] * items[pair.item * 2]) + (users[(pair.user * 2) + 1] * items[(pair.item * 2) + 1])
                    + (0.3 * noise[i])))
        ];
        return InteractionMatrix.FromTriplets(
            Users, Items, [.. pairs.Select(pair => pair.user)], [.. pairs.Select(pair => pair.item)], ratings);

        double[] Draw(int count) => Factors.Normal(random, count, 1);
    }

    private static (double Factor, double Bias, double FactorSquare, double FactorBias, double BiasSquare) Moments(
        PmfEmPosterior side, int row) =>
        (side.Means[row * 2], side.Means[(row * 2) + 1], side.Moments[row * 3], side.Moments[(row * 3) + 1], side.Moments[(row * 3) + 2]);

    // E[(r - u v - a - b)^2] for independent (u, a) and (v, b), term by term.
    private static double ExpectedSquare(
        double r,
        (double Factor, double Bias, double FactorSquare, double FactorBias, double BiasSquare) user,
        (double Factor, double Bias, double FactorSquare, double FactorBias, double BiasSquare) item) =>
        (r * r) - (2 * r * ((user.Factor * item.Factor) + user.Bias + item.Bias))
        + (user.FactorSquare * item.FactorSquare) + user.BiasSquare + item.BiasSquare
        + (2 * ((user.FactorBias * item.Factor) + (user.Factor * item.FactorBias) + (user.Bias * item.Bias)));
}
