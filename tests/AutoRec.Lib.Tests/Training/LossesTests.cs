using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class LossesTests
{
    [Fact]
    public void MaskedSquaredError_HandComputed_CountsObservedEntriesOnly()
    {
        using var scope = NewDisposeScope();
        var loss = Losses.MaskedSquaredError(tensor(new[] { 1.0, 2, 3 }), tensor(new[] { 2.0, 9, 5 }), tensor(new[] { 1.0, 0, 1 }));
        Assert.Equal(1 + 4, loss.ToDouble(), 12);
    }

    [Fact]
    public void MeanSquaredError_HandComputed_CountsAllEntries()
    {
        using var scope = NewDisposeScope();
        Assert.Equal((1 + 49 + 4 + 0) / 4.0, Losses.MeanSquaredError(tensor(new[,] { { 1.0, 2 }, { 3, 4 } }), tensor(new[,] { { 2.0, 9 }, { 5, 4 } })).ToDouble(), 12);
    }

    [Fact]
    public void SquaredWeights_LinearLayer_LeavesTheBiasOut()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 1);
        using (no_grad())
        {
            layer.weight.copy_(tensor(new[,] { { 3f, 4f } }));
            layer.bias!.fill_(7);
        }

        Assert.Equal(25, Losses.SquaredWeights(layer).ToDouble(), 6);
    }

    [Fact]
    public void MultinomialNegativeLogLikelihood_UniformLogits_IsCountTimesLogItems()
    {
        using var scope = NewDisposeScope();
        var clicks = tensor(new[,] { { 1.0, 1, 0, 0 }, { 1.0, 1, 1, 1 } });
        Assert.Equal(3 * Math.Log(4), Losses.MultinomialNegativeLogLikelihood(zeros(2, 4, dtype: float64), clicks).ToDouble(), 12);
    }

    [Fact]
    public void GaussianKl_HandComputed_MatchesTheClosedForm()
    {
        using var scope = NewDisposeScope();
        // Of N(1, 4) against N(0, 1): (4 + 1 - 1 - ln 4) / 2; of N(0, 1): 0.
        var kl = Losses.GaussianKl(tensor(new[,] { { 1.0, 0 } }), tensor(new[,] { { Math.Log(4), 0 } }));
        Assert.Equal((4 - Math.Log(4)) / 2, kl.ToDouble(), 12);
    }

    public static TheoryData<string> AllLosses => ["squared error", "mean squared error", "multinomial", "kl mean", "kl log-variance"];

    [Theory]
    [MemberData(nameof(AllLosses))]
    public void Gradient_AgainstFiniteDifferences_Agrees(string name)
    {
        using var scope = NewDisposeScope();
        var other = tensor(new[,] { { 1.0, 0, 2 }, { 0.5, 1, 0 } });
        var mask = tensor(new[,] { { 1.0, 0, 1 }, { 1.0, 1, 0 } });
        Func<Tensor, Tensor> loss = name switch
        {
            "squared error" => x => Losses.MaskedSquaredError(x, other, mask),
            "mean squared error" => x => Losses.MeanSquaredError(x, other),
            "multinomial" => x => Losses.MultinomialNegativeLogLikelihood(x, other),
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
            Assert.Equal((loss(At(up)).ToDouble() - loss(At(down)).ToDouble()) / (2 * Step), gradient[i], 1e-8);
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
