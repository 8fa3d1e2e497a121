using AutoRec.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class TorchAdamTests
{
    [Fact]
    public void Step_AgainstTorchsAdam_GivesTheSameParameters()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3, CPU);
        var start = randn([5, 7], generator: generator);
        var target = randn([5, 7], generator: generator);
        var ours = new Parameter(start.clone());
        var torchs = new Parameter(start.clone());
        using var adam = new TorchAdam([ours]);
        using var reference = optim.Adam([torchs], 0.05);
        for (var step = 0; step < 50; step++)
        {
            (ours - target).pow(4).sum().backward();
            adam.Step(0.05);
            reference.zero_grad();
            (torchs - target).pow(4).sum().backward();
            reference.step();
        }

        Assert.All(torchs.data<float>().Zip(ours.data<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.True((ours - start).abs().max().ToSingle() > 0.5f);
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
}
