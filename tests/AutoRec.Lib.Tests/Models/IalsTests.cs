using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

[Collection(ThreadCount.Name)]
public sealed class IalsTests
{
    private static readonly IalsOptions Options =
        new() { LatentFactors = 3, UnobservedWeight = 0.2, Regularization = 0.05, RegularizationExponent = 0.7, InitialDeviation = 1, Epochs = 8 };

    // 0 is not a user without interactions here: each has some.
    private static readonly InteractionMatrix Train = InteractionMatrix.FromTriplets(
        5, 6, [0, 0, 0, 1, 1, 2, 2, 3, 4, 4], [0, 1, 2, 0, 2, 3, 4, 5, 3, 5], [5, 1, 1, 1, 2, 1, 4, 1, 1, 1]);

    // Written as the paper has it, over all pairs.
    [Fact]
    public void Loss_AgainstTheSumOverAllPairs_IsTheSame()
    {
        var (users, items) = RandomFactors();
        Assert.Equal(LossByHand(users, items), IalsTrainer.Loss(Train, users, items, Options), 1e-12);
    }

    [Fact]
    public void Solve_AnyUser_GradientOfTheLossIsZero()
    {
        var (users, items) = RandomFactors();
        for (var user = 0; user < Train.RowCount; user++)
        {
            IalsTrainer.Solve(Train.Columns(user), items, Factors.Gram(items, 3), Options, users.AsSpan(user * 3, 3));
        }

        for (var i = 0; i < users.Length; i++)
        {
            const double Step = 1e-4;
            double[] up = [.. users], down = [.. users];
            up[i] += Step;
            down[i] -= Step;
            Assert.Equal(0, (LossByHand(up, items) - LossByHand(down, items)) / (2 * Step), 1e-8);
        }
    }

    [Fact]
    public void Fit_EachEpoch_LossFalls()
    {
        var reports = new IalsTrainer(Options).Fit(Train, new FitContext()).TrainingHistory;
        Assert.Equal(8, reports.Count);
        Assert.All(reports.Zip(reports.Skip(1)), pair => Assert.True(pair.Second.TrainError < pair.First.TrainError));
    }

    [Fact]
    public void Fit_OneThreadOrMany_SameToTheLastBit()
    {
        var before = ComputeThreads.Count;
        try
        {
            Assert.Equal(Factors(1), Factors(4));
        }
        finally
        {
            ComputeThreads.Count = before;
        }

        static float[] Factors(int threads)
        {
            ComputeThreads.Count = threads;
            return new IalsTrainer(Options).Fit(Train, new FitContext()).Save().Floats("item_factors");
        }
    }

    [Fact]
    public void Score_UserWithoutHistory_IsZero()
    {
        var scores = new float[6];
        new IalsTrainer(Options).Fit(Train, new FitContext()).Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 6, [], [], [])), scores);
        Assert.Equal(new float[6], scores);
    }

    // More rows than are gathered at once, more factors than one block.
    [Fact]
    public void AddOuterProducts_ManyRows_LowerTriangleIsTheirSum()
    {
        const int K = 50;
        var factors = Factors.Normal(new Random(1), 300 * K, 1);
        int[] rows = [.. Enumerable.Range(0, 300).Where(row => row % 7 != 0)];
        var matrix = new double[K * K];
        Factors.AddOuterProducts(factors, K, rows, matrix);
        for (var i = 0; i < K; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                Assert.Equal(rows.Sum(row => factors[(row * K) + i] * factors[(row * K) + j]), matrix[(i * K) + j], 1e-10);
            }
        }
    }

    [Fact]
    public void Normal_ManyNumbers_HaveTheAskedForMoments()
    {
        var numbers = Factors.Normal(new Random(1), 100_000, 2);
        Assert.Equal(0, numbers.Average(), 0.03);
        Assert.Equal(4, numbers.Average(x => x * x), 0.08);
        Assert.Equal(48, numbers.Average(x => x * x * x * x), 2.5); // 3 sigma^4: it is no uniform distribution
    }

    private static (double[] Users, double[] Items) RandomFactors() => (Factors.Normal(new Random(2), 15, 1), Factors.Normal(new Random(3), 18, 1));

    private static double LossByHand(double[] users, double[] items)
    {
        var loss = 0.0;
        for (var user = 0; user < 5; user++)
        {
            for (var item = 0; item < 6; item++)
            {
                var score = (users[user * 3] * items[item * 3]) + (users[(user * 3) + 1] * items[(item * 3) + 1]) + (users[(user * 3) + 2] * items[(item * 3) + 2]);
                loss += (Train.Contains(user, item) ? (score - 1) * (score - 1) : 0) + (0.2 * score * score);
            }
        }

        var byItem = Train.Transpose();
        for (var i = 0; i < users.Length; i++)
        {
            loss += 0.05 * Math.Pow(Train.RowLength(i / 3) + (0.2 * 6), 0.7) * users[i] * users[i];
        }

        for (var i = 0; i < items.Length; i++)
        {
            loss += 0.05 * Math.Pow(byItem.RowLength(i / 3) + (0.2 * 5), 0.7) * items[i] * items[i];
        }

        return loss;
    }
}
