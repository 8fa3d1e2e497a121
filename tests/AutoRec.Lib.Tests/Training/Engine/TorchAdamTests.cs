using AutoRec.Training;
using static TorchSharp.torch;
using Adam = AutoRec.Training.Adam;
using Parameter = TorchSharp.Modules.Parameter;

namespace AutoRec.Tests.Training;

public sealed class TorchAdamTests
{
    private static readonly float[] Start = [0.5f, -1, 2, 0.1f, -0.3f];
    private static readonly float[] Target = [1, 1, -1, 0, 0.7f];

    [Fact]
    public void Step_AgainstAlgorithm1_GivesTheSameParameters()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(tensor(Start));
        using var adam = new TorchAdam([parameter], _ => 0.3);
        for (var step = 0; step < 50; step++)
        {
            (parameter - tensor(Target)).Squared().sum().backward();
            adam.Step(0.05);
        }

        AssertNear(Algorithm1(), parameter);
    }

    [Fact]
    public void UpdateByAdam_AgainstAlgorithm1_GivesTheSameParameters()
    {
        using var scope = NewDisposeScope();
        var (parameter, mean, variance) = (tensor(Start), zeros(5), zeros(5));
        for (var step = 1; step <= 50; step++)
        {
            var gradient = (parameter - tensor(Target)).Times(2);
            ScalarMath.UpdateByAdam(parameter, gradient, mean, variance, 0.3, Adam.At(step, 0.05));
        }

        AssertNear(Algorithm1(), parameter);
    }

    [Fact]
    public void Step_HandComputed_FirstStepIsTheLearningRate()
    {
        // Bias correction makes the first step rate * g / (|g| + epsilon), whatever the size of the gradient.
        using var scope = NewDisposeScope();
        var parameter = new Parameter(tensor(new[] { 1f, 1f }));
        using var adam = new TorchAdam([parameter]);
        (parameter * tensor(new[] { 3f, -0.01f })).sum().backward();
        adam.Step(0.1);
        Assert.Equal([0.9f, 1.1f], parameter.data<float>().ToArray().Select(value => MathF.Round(value, 5)));
    }

    // Kingma and Ba 2015, algorithm 1, on |w - target|^2 + 0.3/2 |w|^2, after 50 steps of 0.05.
    private static double[] Algorithm1()
    {
        double[] w = [.. Start.Select(value => (double)value)], m = new double[w.Length], v = new double[w.Length];
        for (var step = 1; step <= 50; step++)
        {
            for (var i = 0; i < w.Length; i++)
            {
                var g = (2 * (w[i] - Target[i])) + (0.3 * w[i]);
                m[i] = (0.9 * m[i]) + (0.1 * g);
                v[i] = (0.999 * v[i]) + (0.001 * g * g);
                w[i] -= 0.05 * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }

        Assert.True(w.Zip(Start).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.5);
        return w;
    }

    private static void AssertNear(double[] expected, Tensor actual) =>
        Assert.All(expected.Zip(actual.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
}
