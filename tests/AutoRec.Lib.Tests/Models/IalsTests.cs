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
        new()
        {
            LatentFactors = 3,
            UnobservedWeight = 0.2,
            Regularization = 0.05,
            RegularizationExponent = 0.7,
            InitialDeviation = 1,
            Epochs = 8
        };

    // 0 is not a user without interactions here: each has some.
    private static readonly InteractionMatrix Train = InteractionMatrix.FromTriplets(
        5, 6, [0, 0, 0, 1, 1, 2, 2, 3, 4, 4], [0, 1, 2, 0, 2, 3, 4, 5, 3, 5], [5, 1, 1, 1, 2, 1, 4, 1, 1, 1]);

    // With as many steps as factors conjugate gradients end at the solution, too.
    [Theory]
    [InlineData(nameof(IalsSolver.Cholesky))]
    [InlineData(nameof(IalsSolver.Cg))]
    public void Solve_AnyUser_GradientOfTheLossIsZero(string solver)
    {
        var (users, items) = RandomFactors();
        var problem = Problem(items, Options with { Steps = 6 });
        var loss = 0.0;
        for (var user = 0; user < Train.RowCount; user++)
        {
            loss += problem.Solve(Train.Columns(user), [], users.AsSpan(user * 3, 3), Enum.Parse<IalsSolver>(solver));
        }

        var exact = Array.ConvertAll(users, value => (double)value);
        for (var i = 0; i < users.Length; i++)
        {
            const double Step = 1e-4;
            double[] up = [.. exact], down = [.. exact];
            up[i] += Step;
            down[i] -= Step;
            Assert.Equal(0, (LossByHand(up, items) - LossByHand(down, items)) / (2 * Step), 1e-4);
        }

        // What is returned is the loss without the penalties of the items.
        Assert.Equal(LossByHand(exact, items) - LossByHand(new double[15], items) + Train.Count, loss, 1e-5);
    }

    // One step goes down the gradient as far as the loss falls.
    [Fact]
    public void Solve_OneStep_LowestLossAlongTheGradient()
    {
        var (users, items) = RandomFactors();
        var before = Array.ConvertAll(users, value => (double)value);
        var gradient = new double[3];
        for (var i = 0; i < 3; i++)
        {
            double[] up = [.. before], down = [.. before];
            up[i] += 1e-4;
            down[i] -= 1e-4;
            gradient[i] = (LossByHand(up, items) - LossByHand(down, items)) / 2e-4;
        }

        Problem(items, Options with { Steps = 1 }).Solve(Train.Columns(0), [], users.AsSpan(0, 3), IalsSolver.Cg);
        var length = (users[0] - before[0]) / gradient[0];
        Assert.Equal([length * gradient[0], length * gradient[1], length * gradient[2]], users[..3].Select((x, i) => x - before[i]), Near);
        Assert.True(Loss(length) < Math.Min(Loss(0.99 * length), Loss(1.01 * length)));

        double Loss(double length) => LossByHand([.. before.Select((x, i) => i < 3 ? x + (length * gradient[i]) : x)], items);

        bool Near(double x, double y) => Math.Abs(x - y) < 1e-5;
    }

    // Written as the paper has it, over all pairs.
    [Fact]
    public void Fit_Report_HasTheLossOverAllPairs()
    {
        var model = new IalsTrainer(Options).Fit(Train, new FitContext());
        var state = model.Save();
        var loss = LossByHand(Array.ConvertAll(state.Floats("user_factors"), x => (double)x), state.Floats("item_factors"));
        Assert.Equal(loss / Train.Count, model.TrainingHistory[^1].TrainError, 1e-6);
    }

    [Fact]
    public void Fit_CgOrCholesky_SameLossInTheEnd()
    {
        var options = Options with { LatentFactors = 5, Epochs = 40, Steps = 2 };
        var exact = new IalsTrainer(options with { Solver = IalsSolver.Cholesky }).Fit(Train, new FitContext());
        Assert.Equal(
            exact.TrainingHistory[^1].TrainError,
            new IalsTrainer(options).Fit(Train, new FitContext()).TrainingHistory[^1].TrainError,
            1e-4);
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
        new IalsTrainer(Options)
            .Fit(Train, new FitContext())
            .Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 6, [], [], [])), scores);
        Assert.Equal(new float[6], scores);
    }

    [Theory]
    [InlineData(nameof(IalsSolver.Cholesky))]
    [InlineData(nameof(IalsSolver.Cg))]
    public void Solve_Weights_GradientOfTheWeightedLossIsZero(string solver)
    {
        var (_, items) = RandomFactors();
        var factors = new float[3];
        int[] columns = [1, 4];
        double[] weights = [3, 0.5];
        var loss = Problem(items, Options with { Steps = 6 }).Solve(columns, weights, factors, Enum.Parse<IalsSolver>(solver));
        Assert.Equal(Loss([.. factors.Select(x => (double)x)]), loss, 1e-5);
        for (var i = 0; i < 3; i++)
        {
            const double Step = 1e-4;
            double[] up = [.. factors], down = [.. factors];
            up[i] += Step;
            down[i] -= Step;
            Assert.Equal(0, (Loss(up) - Loss(down)) / (2 * Step), 1e-4);
        }

        double Loss(double[] user)
        {
            double Score(int item) => Enumerable.Range(0, 3).Sum(i => user[i] * items[(item * 3) + i]);
            return columns.Zip(weights, (item, weight) => weight * (Score(item) - 1) * (Score(item) - 1)).Sum()
                + Enumerable.Range(0, 6).Sum(item => 0.2 * Score(item) * Score(item))
                + (0.05 * Math.Pow(2 + (0.2 * 6), 0.7) * user.Sum(factor => factor * factor));
        }
    }

    [Fact]
    public void Fit_Counts_WhatOccursOftenWeighsMore()
    {
        // Users 0 and 1 play item 0 and item 1 as often as each other in all, in exchanged shares; item 2 goes with 0, item 3 with 1.
        var counts = Log(FeedbackKind.Counts).ToMatrix();
        var model = new IalsTrainer(Options).Fit(counts, new FitContext());
        Assert.NotEqual(new IalsTrainer(Options).Fit(Log(FeedbackKind.Stars).ToMatrix(), new FitContext()).Save().Floats("item_factors"),
            model.Save().Floats("item_factors"));
        var off = Options with { CountWeight = 0 };
        Assert.Equal(
            new IalsTrainer(off).Fit(counts, new FitContext()).Save().Floats("item_factors"),
            new IalsTrainer(off).Fit(counts.Binarize(), new FitContext()).Save().Floats("item_factors"));

        var loaded = IalsModel.Load(model.Save());
        Assert.Equal(Scores(model, 1, 100), Scores(loaded, 1, 100));
        Assert.True(Scores(model, 100, 1)[2] - Scores(model, 100, 1)[3] > Scores(model, 1, 100)[2] - Scores(model, 1, 100)[3]);

        static Interactions Log(FeedbackKind kind)
        {
            var builder = new InteractionsBuilder();
            foreach (var (user, item, count) in new[]
            {
                (0, 0, 50), (0, 2, 40), (1, 1, 60), (1, 3, 30), (2, 0, 9), (2, 2, 3), (3, 1, 5), (3, 3, 1)
            })
            {
                builder.Add($"{user}", $"{item}", count);
            }

            return builder.Build(DuplicateRule.KeepLast, null, out _, kind, float.NegativeInfinity);
        }

        float[] Scores(IalsModel model, float first, float second)
        {
            var scores = new float[4];
            model.Score(
                Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 4, [0, 0], [0, 1], [first, second], counts.Feedback)), scores);
            return scores;
        }
    }

    // More rows than are gathered at once, more factors than one block.
    [Fact]
    public void AddOuterProducts_ManyRows_LowerTriangleIsTheirSum()
    {
        const int K = 50;
        var factors = Factors.Normal(new Random(1), 300 * K, 1);
        int[] rows = [.. Enumerable.Range(0, 300).Where(row => row % 7 != 0)];
        var matrix = new double[K * K];
        Factors.AddOuterProducts(factors, K, K, rows, matrix);
        var weighted = new double[K * K];
        Factors.AddOuterProducts(factors, K, K, rows, weighted, [.. rows.Select(row => row / 100.0)]);
        for (var i = 0; i < K; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                Assert.Equal(rows.Sum(row => factors[(row * K) + i] * factors[(row * K) + j]), matrix[(i * K) + j], 1e-10);
                var expected = rows.Sum(row => row / 100.0 * factors[(row * K) + i] * factors[(row * K) + j]);
                Assert.Equal(expected, weighted[(i * K) + j], 1e-10);
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

    private static (float[] Users, float[] Items) RandomFactors() =>
        (Factors.NormalFloats(new Random(2), 15, 1), Factors.NormalFloats(new Random(3), 18, 1));

    private static IalsProblem Problem(float[] items, IalsOptions options) => new(FloatRows.CopyOf(items, 3), options);

    private static double LossByHand(double[] users, float[] items)
    {
        var loss = 0.0;
        for (var user = 0; user < 5; user++)
        {
            for (var item = 0; item < 6; item++)
            {
                var score = (users[user * 3] * items[item * 3]) + (users[(user * 3) + 1] * items[(item * 3) + 1])
                    + (users[(user * 3) + 2] * items[(item * 3) + 2]);
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
