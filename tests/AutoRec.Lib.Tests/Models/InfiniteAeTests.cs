using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class InfiniteAeTests
{
    private const int Users = 40;
    private const int Items = 12;
    private const double Lambda = 0.7;

    // Users 5 and 6 have the same items, user 7 has none.
    private static readonly InteractionMatrix Train = Random(Users);
    private static readonly NeuralTangentKernel Kernel = new(Items);

    // Of a row with itself the angle is 0: s^2 (c + c) / 2 + b^2 = 2 c + 0.01 with c = 2 n / items + 0.01.
    [Fact]
    public void Kernel_OfARowWithItself_ByHand()
    {
        Assert.Equal((4 * 3 / 12.0) + 0.03, Kernel.Of(3, 3, 3), 1e-12);
        Assert.Equal(0.03, Kernel.Of(0, 0, 0), 1e-12);
    }

    // The inner product of the gradients of a network with 200,000 hidden units: standard errors are below 0.5 %.
    [Theory]
    [InlineData(new[] { 0, 1, 2 }, new[] { 1, 2, 3, 4 })]
    [InlineData(new[] { 0, 1 }, new[] { 2, 3, 4, 5, 6 })]
    [InlineData(new[] { 0, 1, 5 }, new[] { 0, 1, 5 })]
    public void Kernel_OfTwoRows_IsThatOfAWideRandomNetwork(int[] first, int[] second)
    {
        const int Hidden = 200_000;
        const double BiasDeviation = 0.1;
        var scale = Math.Sqrt(2);
        var random = new Random(4);
        var common = first.Intersect(second).Count();
        var sum = BiasDeviation * BiasDeviation; // by the output's bias
        for (var unit = 0; unit < Hidden; unit++)
        {
            double[] numbers = Factors.Normal(random, Items + 2, 1); // the unit's weights, its bias, and its output weight
            var (a, b) = (Input(first), Input(second));
            var ofOutputWeight = scale * scale / Hidden * Math.Max(0, a) * Math.Max(0, b);
            var passes = a > 0 && b > 0 ? scale * scale / Hidden * numbers[^1] * numbers[^1] : 0;
            sum += ofOutputWeight + (passes * ((scale * scale / Items * common) + (BiasDeviation * BiasDeviation)));

            double Input(int[] items) => (scale / Math.Sqrt(Items) * items.Sum(item => numbers[item])) + (BiasDeviation * numbers[^2]);
        }

        Assert.Equal(1, Kernel.Of(common, first.Length, second.Length) / sum, 0.015);
    }

    [Fact]
    public void Fit_AllUsers_AsWithDenseMatrices()
    {
        int[] users = [.. Enumerable.Range(0, Users).Where(user => Train.RowLength(user) > 0)];
        var unit = users.Average(user => KernelOf(user, user)) * Math.Pow(1 + Math.Sqrt(users.Length / (double)Items), 2);
        var matrix = new double[users.Length, users.Length];
        for (var i = 0; i < users.Length; i++)
        {
            for (var j = 0; j < users.Length; j++)
            {
                matrix[i, j] = KernelOf(users[i], users[j]) + (i == j ? Lambda * unit : 0);
            }
        }

        var inverse = EaseTests.GaussJordan(matrix);
        var model = new InfiniteAeTrainer(new InfiniteAeOptions { Regularization = Lambda }).Fit(Train, new FitContext());
        AssertScores(model, users, (i, item) => Enumerable.Range(0, users.Length).Sum(j => inverse[i, j] * Value(users[j], item)));
    }

    [Fact]
    public void Fit_LandmarkUsers_AsWithDenseMatrices()
    {
        const int Landmarks = 15;
        var options = new InfiniteAeOptions { Regularization = Lambda, Landmarks = Landmarks };
        var model = new InfiniteAeTrainer(options).Fit(Train, new FitContext { Seed = 3 });
        int[] users = [.. Enumerable.Range(0, Users).Where(user => Train.RowLength(user) > 0)];
        var rows = model.Save().Matrix("landmarks");
        int[] landmarks =
        [
            .. Enumerable.Range(0, Landmarks).Select(row => users.First(user => Train.Columns(user).SequenceEqual(rows.Columns(row))))
        ];
        var unit = users.Average(user => KernelOf(user, user)) * Math.Pow(1 + Math.Sqrt(users.Length / (double)Items), 2);
        var matrix = new double[Landmarks, Landmarks];
        for (var i = 0; i < Landmarks; i++)
        {
            for (var j = 0; j < Landmarks; j++)
            {
                matrix[i, j] = users.Sum(user => KernelOf(landmarks[i], user) * KernelOf(user, landmarks[j]))
                    + (Lambda * unit * KernelOf(landmarks[i], landmarks[j]));
            }
        }

        var inverse = EaseTests.GaussJordan(matrix);
        AssertScores(model, landmarks, (i, item) => Enumerable.Range(0, Landmarks)
            .Sum(j => inverse[i, j] * users.Sum(user => KernelOf(landmarks[j], user) * Value(user, item))));
    }

    // Where the landmarks have all the rows that occur, they span the kernel's functions of all users, so nothing is lost.
    [Fact]
    public void Fit_LandmarksWithAllRowsThatOccur_AsWithAllUsers()
    {
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items)
                     where item % 3 != user % 3
                     select (user, item)).ToArray();
        var train = InteractionMatrix.FromTriplets(
            Users, Items, [.. pairs.Select(pair => pair.user)], [.. pairs.Select(pair => pair.item)], [.. pairs.Select(_ => 1f)]);
        Assert.Equal(Fitted(Users), Fitted(12), (a, b) => Math.Abs(a - b) < 1e-4f);

        float[] Fitted(int landmarks) => Scores(
            new InfiniteAeTrainer(new InfiniteAeOptions { Regularization = Lambda, Landmarks = landmarks }).Fit(train, new FitContext()),
            train);
    }

    [Fact]
    public void Run_FewerLandmarksThanUsers_NotesSaySo()
    {
        var log = new InteractionsBuilder();
        for (var user = 0; user < Users; user++)
        {
            foreach (var item in Train.Columns(user))
            {
                log.Add($"u{user}", $"i{item}", 1);
            }
        }

        var fold = Fold.Of(new RandomSplitter(0.8).Split(log.Build(DuplicateRule.KeepLast, null, out _), 1), new RandomSplitter(0.8), 1);
        Assert.Contains(
            Notes("10"), note => note.StartsWith("infinite-ae compares users with 10 landmark users", StringComparison.Ordinal));
        Assert.DoesNotContain(Notes("1000"), note => note.Contains("landmark", StringComparison.Ordinal));

        IReadOnlyList<string> Notes(string landmarks) =>
            new Experiment("infinite-ae", [new("landmarks", landmarks)]) { ChecksBaseline = false }.Run(fold, 1).Notes;
    }

    // The weight of the i-th landmark for an item against the scores of new users.
    private static void AssertScores(InfiniteAeModel model, int[] landmarks, Func<int, int, double> weight)
    {
        var newUsers = Random(5);
        var scores = Scores(model, newUsers);
        for (var user = 0; user < newUsers.RowCount; user++)
        {
            for (var item = 0; item < Items; item++)
            {
                var expected = landmarks.Select((landmark, i) => weight(i, item) * Kernel.Of(
                    Common(newUsers.Columns(user), Train.Columns(landmark)), newUsers.RowLength(user), Train.RowLength(landmark))).Sum();
                Assert.Equal(expected, scores[(user * Items) + item], 1e-5);
            }
        }
    }

    private static float[] Scores(InfiniteAeModel model, InteractionMatrix users)
    {
        var scores = new float[users.RowCount * Items];
        model.Score(Histories.OfNewUsers(users), scores);
        return scores;
    }

    private static double KernelOf(int one, int other) =>
        Kernel.Of(Common(Train.Columns(one), Train.Columns(other)), Train.RowLength(one), Train.RowLength(other));

    private static int Common(ReadOnlySpan<int> one, ReadOnlySpan<int> other) => one.ToArray().Intersect(other.ToArray()).Count();

    private static double Value(int user, int item) => Train.Contains(user, item) ? 1 : 0;

    private static InteractionMatrix Random(int users)
    {
        var random = new Random(users);
        var pairs = (from user in Enumerable.Range(0, users)
                     from item in Enumerable.Range(0, Items)
                     where user switch { 5 or 6 => item % 3 == 0, 7 => false, _ => random.Next(3) == 0 }
                     select (user, item)).ToArray();
        return InteractionMatrix.FromTriplets(
            users, Items, [.. pairs.Select(pair => pair.user)], [.. pairs.Select(pair => pair.item)], [.. pairs.Select(_ => 1f)]);
    }
}
