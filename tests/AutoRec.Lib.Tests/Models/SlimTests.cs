using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Training;

namespace AutoRec.Tests.Models;

public sealed class SlimTests
{
    // Items a and b have 2 users in common; a has 3, b 2: w_ab = (2 - 0.5) / (3 + 1), w_ba = (2 - 0.5) / (2 + 1).
    [Fact]
    public void Fit_TwoItems_ByHand()
    {
        var train = InteractionMatrix.FromTriplets(3, 2, [0, 0, 1, 1, 2], [0, 1, 0, 1, 0], [5, 1, 3, 2, 2]);
        var model = new SlimTrainer(new SlimOptions { L1 = 0.5, L2 = 1 }).Fit(train, new FitContext());
        Assert.Equal([new(1, 0.375f)], model.Weights(0));
        Assert.Equal([new(0, 0.5f)], model.Weights(1));
    }

    // The conditions of a minimum (Karush, Kuhn, Tucker): the gradient is 0 where a weight is above 0, and not below 0 elsewhere.
    [Fact]
    public void Fit_RandomMatrix_NoWeightCanBeBetter()
    {
        const int Users = 80, Items = 25;
        const double L1 = 2, L2 = 3;
        var random = new Random(4);
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items)
                     where random.NextDouble() < 0.1
            + (0.3 * ((user + item) % 3 == 0 ? 1 : 0))
                     select (user, item)).ToArray();
        var train = InteractionMatrix.FromTriplets(
            Users, Items, [.. pairs.Select(pair => pair.user)], [.. pairs.Select(pair => pair.item)], [.. pairs.Select(_ => 1f)]);
        var model = new SlimTrainer(new SlimOptions { L1 = L1, L2 = L2, Tolerance = 1e-9, Epochs = 10_000 }).Fit(train, new FitContext());
        var w = new double[Items, Items];
        for (var i = 0; i < Items; i++)
        {
            foreach (var (j, weight) in model.Weights(i))
            {
                w[i, j] = weight;
            }
        }

        var positive = 0;
        for (var j = 0; j < Items; j++)
        {
            Assert.Equal(0, w[j, j]);
            for (var i = 0; i < Items; i++)
            {
                var gradient = L1 + (L2 * w[i, j]) - Together(i, j) + Enumerable.Range(0, Items).Sum(k => Together(i, k) * w[k, j]);
                if (i != j && w[i, j] > 0)
                {
                    positive++;
                    Assert.Equal(0, gradient, 1e-4);
                }
                else if (i != j)
                {
                    Assert.True(gradient > -1e-6);
                }
            }
        }

        Assert.InRange(positive, 20, (Items * Items) - Items - 20); // Neither nothing nor everything.

        double Together(int a, int b) => Enumerable.Range(0, Users).Count(user => train.Contains(user, a) && train.Contains(user, b));
    }
}
