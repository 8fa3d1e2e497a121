using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests;

public sealed class SansaTests
{
    private const int Items = 60;

    private static readonly InteractionMatrix Train = SomeRatings.Log(3_000, 200, Items).ToMatrix();

    [Fact]
    public void Score_NothingLeftOut_IsEase()
    {
        var expected = Scores(new EaseTrainer(new EaseOptions { Regularization = 20 }).Fit(Train, new FitContext()));
        var actual = Scores(new SansaTrainer(new SansaOptions { Regularization = 20, Density = 1 }).Fit(Train, new FitContext()));
        Assert.True(expected.Max() - expected.Min() > 0.5);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-4);
        }
    }

    [Fact]
    public void Of_RowsOfTwoNumbers_AreRegressionsOnTheMostSimilarRowBefore()
    {
        // Rows of users 0..3; the third is most like the first.
        var rows = InteractionMatrix.FromTriplets(3, 4, [0, 0, 0, 1, 1, 2, 2], [0, 1, 2, 2, 3, 0, 1], [1, 1, 1, 1, 1, 1, 1]);
        const double Penalty = 2;
        var factor = SparseInverse.Of(
            rows,
            Penalty,
            1,
            new WorkPlan(null, (SparseInverse.SearchPhase, 1), (SparseInverse.SolvePhase, 1)),
            CancellationToken.None);

        Assert.Equal([0, 1, 3, 5], factor.Offsets.ToArray());
        Assert.Equal([0, 0, 1, 0, 2], factor.Columns().ToArray());
        var (a, b, c) = (3 + Penalty, 2 + Penalty, 2 + Penalty);
        var ofSecond = Math.Sqrt(b - (1 * 1 / a));
        var ofThird = Math.Sqrt(c - (2 * 2 / a));
        double[] expected = [1 / Math.Sqrt(a), -1 / a / ofSecond, 1 / ofSecond, -2 / a / ofThird, 1 / ofThird];
        Assert.All(factor.Values().ToArray().Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void Of_SimilaritiesThatAreNotKnown_AreWhatChanceMakesOfPopularity()
    {
        // Items that all have in common what chance makes of their popularity, of which a fifth is known: the rest must not count as 0.
        var random = new Random(1);
        var cells = (from user in Enumerable.Range(0, 600)
                     from item in Enumerable.Range(0, 200)
                     where random.NextDouble() < 0.6 - (0.002 * item)
                     select (user, item)).ToArray();
        var train = InteractionMatrix.FromTriplets(
            600, 200, [.. cells.Select(cell => cell.user)], [.. cells.Select(cell => cell.item)], [.. cells.Select(_ => 1f)]);
        var ease = Weights(new EaseTrainer(new EaseOptions { Regularization = 20 }).Fit(train, new FitContext()));
        var sansa = Weights(new SansaTrainer(new SansaOptions { Regularization = 20, Density = 0.05 }).Fit(train, new FitContext()));
        Assert.True(ease.Max() - ease.Min() > 0.3);
        Assert.InRange(ease.Zip(sansa, (expected, actual) => Math.Abs(expected - actual)).Max(), 0, 0.25); // With 0 it is 3.6.

        // B row by row, of users with one item each.
        float[] Weights(IRecommender model)
        {
            int[] items = [.. Enumerable.Range(0, 200)];
            var scores = new float[200 * 200];
            model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(200, 200, items, items, [.. items.Select(_ => 1f)])), scores);
            return scores;
        }
    }

    private static float[] Scores(IRecommender model)
    {
        var scores = new float[Train.RowCount * Items];
        model.Score(Histories.OfTraining(Train), scores);
        return scores;
    }
}
