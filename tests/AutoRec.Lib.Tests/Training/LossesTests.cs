using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class LossesTests
{
    [Fact]
    public void MaskedSquaredError_HandComputed_CountsObservedEntriesOnly()
    {
        using var scope = NewDisposeScope();
        var loss = Losses.MaskedSquaredError(tensor(new[] { 1.0, 2, 3 }), tensor(new[] { 2.0, 9, 5 }), tensor(new[] { 1.0, 0, 1 }));
        Assert.Equal(1 + 4, loss.Number(), 12);
    }

    [Fact]
    public void WeightedSquaredError_HandComputed_WeighsTheSquares()
    {
        using var scope = NewDisposeScope();
        var loss = Losses.WeightedSquaredError(tensor(new[] { 1.0, 2, 3 }), tensor(new[] { 2.0, 9, 5 }), tensor(new[] { 0.5, 0, 3 }));
        Assert.Equal(0.5 + 12, loss.Number(), 12);
    }

    [Fact]
    public void MeanSquaredError_HandComputed_CountsAllEntries()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(
            (1 + 49 + 4 + 0) / 4.0,
            Losses.MeanSquaredError(tensor(new[,] { { 1.0, 2 }, { 3, 4 } }), tensor(new[,] { { 2.0, 9 }, { 5, 4 } })).Number(),
            12);
    }

    [Fact]
    public void SquaredWeights_LinearLayer_LeavesTheBiasOut()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 1);
        using (no_grad())
        {
            layer.weight.copy_(tensor(new[,] { { 3f, 4f } }));
            layer.bias!.copy_(tensor(new[] { 7f }));
        }

        Assert.Equal(25, Losses.SquaredWeights(layer).Number(), 6);
    }

    [Fact]
    public void MultinomialNegativeLogLikelihood_UniformLogits_IsCountTimesLogItems()
    {
        using var scope = NewDisposeScope();
        var clicks = tensor(new[,] { { 1.0, 1, 0, 0 }, { 1.0, 1, 1, 1 } });
        Assert.Equal(3 * Math.Log(4), Losses.MultinomialNegativeLogLikelihood(zeros(2, 4, dtype: float64), clicks).Number(), 12);
    }

    [Fact]
    public void GaussianKl_HandComputed_MatchesTheClosedForm()
    {
        using var scope = NewDisposeScope();
        // Of N(1, 4) against N(0, 1): (4 + 1 - 1 - ln 4) / 2; of N(0, 1): 0.
        var kl = Losses.GaussianKl(tensor(new[,] { { 1.0, 0 } }), tensor(new[,] { { Math.Log(4), 0 } }));
        Assert.Equal((4 - Math.Log(4)) / 2, kl.Number(), 12);
    }

    [Fact]
    public void CompositePriorKl_OneDraw_IsTheLogRatioOfDensities()
    {
        using var scope = NewDisposeScope();
        double[] z = [0.3, -1.2], mean = [0.1, -1], logVariance = [-1, 0.5], oldMean = [0.5, -2], oldLogVariance = [-2, 0.2];
        Tensor Row(double[] values) => tensor(values, [1, 2]);
        var expected = Enumerable.Range(0, 2)
            .Sum(d => Math.Log(Density(z[d], mean[d], logVariance[d]) / Prior(z[d], oldMean[d], oldLogVariance[d])));
        Assert.Equal(
            expected, Losses.CompositePriorKl(Row(z), Row(mean), Row(logVariance), Row(oldMean), Row(oldLogVariance)).Number(), 12);
    }

    [Fact]
    public void CompositePriorKl_ManyDraws_AverageToTheIntegral()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        const double Mean = 0.7, LogVariance = -0.8, OldMean = -0.4, OldLogVariance = -1.5, Step = 0.001;
        Tensor Draws(double value) => ones(200_000, 1, dtype: float64).Times(value);
        var z = Draws(Mean).Plus(randn(200_000, 1, dtype: float64, generator: generator).Times(Math.Exp(LogVariance / 2)));
        var estimate = Losses.CompositePriorKl(z, Draws(Mean), Draws(LogVariance), Draws(OldMean), Draws(OldLogVariance)).mean().Number();
        var integral = Enumerable.Range(-8000, 16_000).Select(i => i * Step).Sum(x =>
            Density(x, Mean, LogVariance) * Math.Log(Density(x, Mean, LogVariance) / Prior(x, OldMean, OldLogVariance)) * Step);
        Assert.Equal(integral, estimate, 0.01);
        Assert.True(integral > 0.3, "A KL divergence so small would not tell a wrong formula.");
    }

    [Fact]
    public void Logistic_HandComputed_IsTheNegativeLogLikelihood()
    {
        using var scope = NewDisposeScope();
        var loss = Losses.Logistic(tensor(new[] { Math.Log(3), -Math.Log(4) }), tensor(new[] { 1.0, 0 }));
        Assert.Equal(-Math.Log(0.75) - Math.Log(0.8), loss.Number(), 12); // sigmoid(ln 3) = 3/4, 1 - sigmoid(-ln 4) = 4/5
    }

    private static double Density(double x, double mean, double logVariance) =>
        Math.Exp(-(x - mean) * (x - mean) / (2 * Math.Exp(logVariance))) / Math.Sqrt(2 * Math.PI * Math.Exp(logVariance));

    private static double Prior(double z, double oldMean, double oldLogVariance) =>
        (0.15 * Density(z, 0, 0)) + (0.75 * Density(z, oldMean, oldLogVariance)) + (0.1 * Density(z, 0, 10));

    public static TheoryData<string> AllLosses =>
        [
            "masked squared error", "squared error", "weighted squared error", "mean squared error", "multinomial", "kl mean",
            "kl log-variance", "logistic", "composite draw", "composite mean", "composite log-variance"
        ];

    [Theory]
    [MemberData(nameof(AllLosses))]
    public void Gradient_AgainstFiniteDifferences_Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var other = tensor(new[,] { { 1.0, 0, 2 }, { 0.5, 1, 0 } });
        var mask = tensor(new[,] { { 1.0, 0, 1 }, { 1.0, 1, 0 } });
        Func<Tensor, Tensor> loss = name switch
        {
            "masked squared error" => x => Losses.MaskedSquaredError(x, other, mask),
            "squared error" => x => Losses.SquaredError(x, other),
            "weighted squared error" => x => Losses.WeightedSquaredError(x, other, mask.Times(0.7)),
            "mean squared error" => x => Losses.MeanSquaredError(x, other),
            "multinomial" => x => Losses.MultinomialNegativeLogLikelihood(x, other),
            "logistic" => x => Losses.Logistic(x, mask),
            "composite draw" => x => Losses.CompositePriorKl(x, other, mask, other.Times(2), -other).sum(),
            "composite mean" => x => Losses.CompositePriorKl(other, x, mask, other.Times(2), -other).sum(),
            "composite log-variance" => x => Losses.CompositePriorKl(other, mask, x, other.Times(2), -other).sum(),
            "kl mean" => x => Losses.GaussianKl(x, other),
            _ => x => Losses.GaussianKl(other, x),
        };

        double[] point = [0.3, -0.7, 1.1, 0.2, 0.9, -0.4];
        Tensor At(double[] values) => tensor(values, [2, 3]);
        var variable = At(point).requires_grad_();
        loss(variable).backward();
        var gradient = variable.grad!.data<double>().ToArray();
        const double Step = 1e-5;
        for (var i = 0; i < point.Length; i++)
        {
            double[] up = [.. point], down = [.. point];
            up[i] += Step;
            down[i] -= Step;
            Assert.Equal((loss(At(up)).Number() - loss(At(down)).Number()) / (2 * Step), gradient[i], 1e-8);
        }
    }

    [Fact]
    public void Linear_Annealing_RisesToTheCapAndStays()
    {
        var weights = Enumerable.Range(0, 20).Select(update => Annealing.Linear(update, 10, 0.2)).ToArray();
        Assert.Equal(0, weights[0]);
        Assert.Equal(0.1, weights[5], 12);
        Assert.All(weights[10..], weight => Assert.Equal(0.2, weight));
        Assert.Equal(weights.Order(), weights);
        Assert.Equal(0.2, Annealing.Linear(0, 0, 0.2));
    }
}
