using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class KnnTests
{
    // Users 0: a b c, 1: a b, 2: b, 3: d. Items have 2, 3, 1 and 1 users.
    private static readonly InteractionMatrix Train =
        InteractionMatrix.FromTriplets(4, 4, [0, 0, 0, 1, 1, 2, 3], [0, 1, 2, 0, 1, 1, 3], [5, 3, 1, 4, 2, 5, 1], RatingScale.OneToFive);

    [Fact]
    public void ItemKnn_Neighbors_ByHand()
    {
        var model = new ItemKnnTrainer(new ItemKnnOptions { InverseUserFrequency = false, Neighbors = 2, Shrinkage = 0 })
            .Fit(Train, new FitContext());
        AssertNear([(1, 2 / Math.Sqrt(6)), (2, 1 / Math.Sqrt(2))], model.Neighbors(0));
        AssertNear([(0, 2 / Math.Sqrt(6)), (2, 1 / Math.Sqrt(3))], model.Neighbors(1));
        Assert.Empty(model.Neighbors(3)); // Nobody who has d has anything else.
    }

    // Few users with an item of 3,000: only the items they have are looked at; many users: all items are.
    [Theory]
    [InlineData(40)]
    [InlineData(600)]
    public void Find_ManyItems_EqualsComparingWithEachOther(int users)
    {
        const int Items = 3_000, K = 7;
        var random = new Random(6);
        int[] cells = [.. Enumerable.Range(0, users * Items).Where(_ => random.NextDouble() < 0.004)];
        var byItem = InteractionMatrix.FromTriplets(
            users,
            Items,
            Array.ConvertAll(cells, cell => cell / Items),
            Array.ConvertAll(cells, cell => cell % Items),
            Array.ConvertAll(cells, _ => (float)random.Next(-1, 4))).Transpose();
        var search = new CosineNeighbors(byItem, shrinkage: 2);
        for (var trial = 0; trial < 200; trial++)
        {
            var item = random.Next(Items);
            var expected = Enumerable.Range(0, Items).Where(other => other != item)
                .Select(other => new Recommendation(other, Similarity(item, other)))
                .Where(neighbor => neighbor.Score > 0)
                .OrderByDescending(neighbor => neighbor.Score)
                .ThenBy(neighbor => neighbor.Item)
                .Take(K);
            Assert.Equal(expected, search.Find(byItem.Columns(item), byItem.Values(item), item, K));
        }

        // Small whole numbers: sums are exact in any order.
        float Similarity(int item, int other)
        {
            var common = byItem.Columns(item).ToArray().Intersect(byItem.Columns(other).ToArray());
            var product = common.Sum(user => Value(item, user) * Value(other, user));
            return product == 0 ? 0 : (float)(product / ((Length(item) * Length(other)) + 2));
        }

        float Value(int item, int user) => byItem.Values(item)[byItem.Columns(item).BinarySearch(user)];

        double Length(int item) => Math.Sqrt(byItem.Values(item).ToArray().Sum(value => value * value));
    }

    [Fact]
    public void ItemKnn_Shrinkage_EnlargesTheDivisor()
    {
        var model = new ItemKnnTrainer(new ItemKnnOptions { InverseUserFrequency = false, Neighbors = 1, Shrinkage = 1.5 })
            .Fit(Train, new FitContext());
        AssertNear([(1, 2 / (Math.Sqrt(6) + 1.5))], model.Neighbors(0));
    }

    // Users of 3, 2 and 1 of 4 items weigh ln(1 + 4/3) = 0.847298, ln 3 = 1.098612 and ln 5 = 1.609438.
    // Items a (users 0, 1) and b (users 0, 1, 2): common 0.717914 + 1.206949 = 1.924863, b alone 2.590290.
    [Fact]
    public void ItemKnn_InverseUserFrequency_UsersOfManyItemsCountLess()
    {
        var model = new ItemKnnTrainer(new ItemKnnOptions { Neighbors = 1, Shrinkage = 0 }).Fit(Train, new FitContext());
        AssertNear([(1, Math.Sqrt(1.924863 / (1.924863 + 2.590290)))], model.Neighbors(0));
    }

    // |a| = sqrt(25 + 16), |b| = sqrt(9 + 4 + 25), |c| = 1; a.b = 15 + 8, a.c = 5, b.c = 3.
    [Fact]
    public void ItemKnn_NotBinarized_RatingsCount()
    {
        var model = new ItemKnnTrainer(new ItemKnnOptions { InverseUserFrequency = false, Neighbors = 1, Shrinkage = 0, Binarize = false })
            .Fit(Train, new FitContext());
        AssertNear([(2, 5 / Math.Sqrt(41))], model.Neighbors(0));
        AssertNear([(0, 23 / Math.Sqrt(41 * 38))], model.Neighbors(1));

        // The neighbour of b and of c is a.
        var scores = new float[4];
        model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 4, [0], [0], [2])), scores);
        Assert.Equal([0, 2 * 23 / MathF.Sqrt(41 * 38), 2 * 5 / MathF.Sqrt(41), 0], scores, (x, y) => Math.Abs(x - y) < 1e-6);
    }

    [Fact]
    public void ItemKnn_Score_SumsOverThoseOfTheItemsNeighborsThatTheUserHas()
    {
        var model = new ItemKnnTrainer(new ItemKnnOptions { InverseUserFrequency = false, Neighbors = 1, Shrinkage = 0 })
            .Fit(Train, new FitContext());
        var scores = new float[4];
        model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 4, [0, 0], [1, 2], [1, 1])), scores);

        // The neighbour of a is b, of b it is a, of c it is a (1 / sqrt 2 against 1 / sqrt 3 of b).
        Assert.Equal([2 / MathF.Sqrt(6), 0, 0, 0], scores, (x, y) => Math.Abs(x - y) < 1e-6);
    }

    // Of user 2 (b): user 1 has 1 / sqrt(2), user 0 has 1 / sqrt(3).
    [Theory]
    [InlineData(1, new[] { 0.70711f, 0.70711f, 0, 0 })]
    [InlineData(2, new[] { 0.70711f + 0.57735f, 0.70711f + 0.57735f, 0.57735f, 0 })]
    public void UserKnn_TrainingUser_ScoresOfTheNeighborsItemsWithoutItself(int neighbors, float[] expected)
    {
        var model = new UserKnnTrainer(new UserKnnOptions { Neighbors = neighbors, Shrinkage = 0 }).Fit(Train, new FitContext());
        var scores = new float[4];
        model.Score(Histories.OfTraining(Train).Select([2]), scores);
        Assert.Equal(expected, scores, (x, y) => Math.Abs(x - y) < 1e-5);
    }

    [Fact]
    public void UserKnn_NewUser_EveryTrainingUserCanBeANeighbor()
    {
        var model = new UserKnnTrainer(new UserKnnOptions { Neighbors = 1, Shrinkage = 0 }).Fit(Train, new FitContext());
        var scores = new float[4];
        model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, 4, [0], [3], [1])), scores);
        Assert.Equal([0, 0, 0, 1], scores);
    }

    [Fact]
    public void UserKnn_NotBinarized_RatingsCount()
    {
        var model = new UserKnnTrainer(new UserKnnOptions { Neighbors = 1, Shrinkage = 0, Binarize = false }).Fit(Train, new FitContext());
        var scores = new float[4];
        model.Score(Histories.OfTraining(Train).Select([0]), scores);

        // Users 0 and 1: (5 * 4 + 3 * 2) / sqrt(35 * 20) = 0.98271.
        Assert.Equal([4 * 0.98271f, 2 * 0.98271f, 0, 0], scores, (x, y) => Math.Abs(x - y) < 1e-4);
    }

    private static void AssertNear((int Item, double Similarity)[] expected, IReadOnlyList<Recommendation> actual)
    {
        Assert.Equal(expected.Select(neighbor => neighbor.Item), actual.Select(neighbor => neighbor.Item));
        Assert.Equal(
            expected.Select(neighbor => neighbor.Similarity),
            actual.Select(neighbor => (double)neighbor.Score),
            (x, y) => Math.Abs(x - y) < 1e-6);
    }
}
