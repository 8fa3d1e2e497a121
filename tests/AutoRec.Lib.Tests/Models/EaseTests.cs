using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class EaseTests
{
    // X = [1 1; 1 0], lambda 1: X'X + I = [3 1; 1 2], P = [2 -1; -1 3] / 5, so B_01 = 1/3 (over P_11) and B_10 = 1/2 (over P_00).
    [Fact]
    public void Fit_TwoItems_ByHand()
    {
        var train = InteractionMatrix.FromTriplets(2, 2, [0, 0, 1], [0, 1, 0], [5, 1, 3]);
        var model = new EaseTrainer(new EaseOptions { Regularization = 1 }).Fit(train, new FitContext());
        Assert.Equal([0, 1 / 3f], model.Weights(0).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([1 / 2f, 0], model.Weights(1).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    // The same X with p = 1/2: the diagonal of X'X counts once more, [5 1; 1 3], P = [3 -1; -1 5] / 14.
    [Fact]
    public void Fit_WithDropout_ByHand()
    {
        var train = InteractionMatrix.FromTriplets(2, 2, [0, 0, 1], [0, 1, 0], [5, 1, 3]);
        var model = new EaseTrainer(new EaseOptions { Regularization = 1, Dropout = 0.5 }).Fit(train, new FitContext());
        Assert.Equal([0, 1 / 5f], model.Weights(0).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([1 / 3f, 0], model.Weights(1).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    // Lambda = I + diag(2, 1): X'X + Lambda = [5 1; 1 3], times B = X'X = [2 1; 1 1].
    [Fact]
    public void Fit_WithDropoutAndADiagonal_ByHand()
    {
        var train = InteractionMatrix.FromTriplets(2, 2, [0, 0, 1], [0, 1, 0], [5, 1, 3]);
        var model = new EaseTrainer(new EaseOptions { Regularization = 1, Dropout = 0.5, ZeroDiagonal = false })
            .Fit(train, new FitContext());
        Assert.Equal([5 / 14f, 2 / 14f], model.Weights(0).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
        Assert.Equal([3 / 14f, 4 / 14f], model.Weights(1).ToArray(), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    // What dropout means: items of a user are hidden at random, in the limit of infinitely many draws. Each of the 2^3 ways to hide them is
    // taken with its probability, what is left is divided by 1 - p, and the least squares are solved directly.
    [Fact]
    public void Fit_WithDropoutAndADiagonal_LeastSquaresOverAllWaysToHideItems()
    {
        const double P = 0.3, Lambda = 0.7;
        int[][] rows = [[1, 1, 0], [1, 0, 1], [1, 1, 1], [0, 1, 0], [0, 1, 1]];
        var (gram, cross) = (new double[3, 3], new double[3, 3]);
        foreach (var row in rows)
        {
            for (var hidden = 0; hidden < 8; hidden++)
            {
                double[] input = [.. row.Select((x, item) => (hidden >> item & 1) == 1 ? 0 : x / (1 - P))];
                var probability = Enumerable.Range(0, 3)
                    .Aggregate(1.0, (product, item) => product * ((hidden >> item & 1) == 1 ? P : 1 - P));
                for (var i = 0; i < 3; i++)
                {
                    for (var j = 0; j < 3; j++)
                    {
                        gram[i, j] += probability * input[i] * input[j];
                        cross[i, j] += probability * input[i] * row[j];
                    }
                }
            }
        }

        for (var i = 0; i < 3; i++)
        {
            gram[i, i] += Lambda;
        }

        var inverse = GaussJordan(gram);
        var pairs = (from user in Enumerable.Range(0, 5)
                     from item in Enumerable.Range(0, 3)
                     where rows[user][item] == 1
                     select (
            user, item)).ToArray();
        var train = InteractionMatrix.FromTriplets(
            5, 3, [.. pairs.Select(pair => pair.user)], [.. pairs.Select(pair => pair.item)], [.. pairs.Select(_ => 1f)]);
        var options = new EaseOptions { Regularization = Lambda, Dropout = P, ZeroDiagonal = false };
        var model = new EaseTrainer(options).Fit(train, new FitContext());
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                Assert.Equal(Enumerable.Range(0, 3).Sum(k => inverse[i, k] * cross[k, j]), model.Weights(i)[j], 1e-6);
            }
        }
    }

    [Fact]
    public void Fit_RandomMatrix_AgainstADirectInverse()
    {
        const int Users = 70, Items = 60;
        const double Lambda = 3.5;
        var random = new Random(8);
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items)
                     where random.Next(4) == 0
                     select (
            user, item)).ToArray();
        var train = InteractionMatrix.FromTriplets(
            Users,
            Items,
            [.. pairs.Select(pair => pair.user)],
            [.. pairs.Select(pair => pair.item)],
            [.. pairs.Select(_ => (float)random.Next(1, 6))]);
        var gram = new double[Items, Items];
        for (var i = 0; i < Items; i++)
        {
            for (var j = 0; j < Items; j++)
            {
                gram[i, j] = Enumerable.Range(0, Users)
                    .Count(user => train.Contains(user, i) && train.Contains(user, j)) + (i == j ? Lambda : 0);
            }
        }

        var p = GaussJordan(gram);
        var model = new EaseTrainer(new EaseOptions { Regularization = Lambda }).Fit(train, new FitContext());
        for (var i = 0; i < Items; i++)
        {
            for (var j = 0; j < Items; j++)
            {
                Assert.Equal(i == j ? 0 : -p[i, j] / p[j, j], model.Weights(i)[j], 1e-6);
            }
        }
    }

    [Fact]
    public void Score_NewUser_IsTheSumOfTheRowsOfTheHistory()
    {
        float[] weights = [0, 1, 2, 3, 0, 4, 5, 6, 0];
        var model = new EaseModel(weights, 3);
        var scores = new float[6];
        model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(2, 3, [0, 0], [0, 2], [5, 1])), scores);
        Assert.Equal([5, 7, 2, 0, 0, 0], scores);
    }

    [Fact]
    public void Fit_UsersTimesFactorsBeyondAnArray_IsRefused()
    {
        var train = InteractionMatrix.FromTriplets(3_000_000, 2, [0], [0], [5f]);
        var trainer = new IalsTrainer(new IalsOptions { LatentFactors = 1_000 });
        var error = Assert.Throws<NotSupportedException>(() => trainer.Fit(train, new FitContext()));
        Assert.StartsWith("users x factors: 3,000,000 x 1,000 = 3,000,000,000 numbers", error.Message);
    }

    internal static double[,] GaussJordan(double[,] matrix)
    {
        var n = matrix.GetLength(0);
        var inverse = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            inverse[i, i] = 1;
        }

        for (var pivot = 0; pivot < n; pivot++)
        {
            var scale = matrix[pivot, pivot];
            for (var j = 0; j < n; j++)
            {
                matrix[pivot, j] /= scale;
                inverse[pivot, j] /= scale;
            }

            for (var i = 0; i < n; i++)
            {
                var factor = i == pivot ? 0 : matrix[i, pivot];
                for (var j = 0; j < n; j++)
                {
                    matrix[i, j] -= factor * matrix[pivot, j];
                    inverse[i, j] -= factor * inverse[pivot, j];
                }
            }
        }

        return inverse;
    }
}
