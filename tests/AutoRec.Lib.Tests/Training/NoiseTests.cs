using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class NoiseTests
{
    [Fact]
    public void Dropout_AQuarter_DropsThatShareAndKeepsTheMean()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var values = Noise.Dropout(ones(40_000).Times(3), 0.25, generator).data<float>().ToArray();
        Assert.Equal(0.25, values.Count(value => value == 0) / 40_000.0, 0.01);
        Assert.All(values, value => Assert.True(value is 0 or 4));
        Assert.Equal(3, values.Average(), 0.05);
    }

    [Fact]
    public void Dropout_None_LeavesTheGeneratorAlone()
    {
        using var scope = NewDisposeScope();
        using var one = new Generator(1, CPU);
        using var other = new Generator(1, CPU);
        var input = ones(3);
        Assert.Same(input, Noise.Dropout(input, 0, one));
        Assert.Equal(rand(1, generator: other).Number(), rand(1, generator: one).Number());
    }

    [Fact]
    public void Reparameterize_ManyDraws_HaveThatMeanAndVariance()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2, CPU);
        var draws = Noise.Reparameterize(ones(100_000).Times(3), ones(100_000).Times(Math.Log(4)), generator);
        Assert.Equal(3, draws.mean().Number(), 0.03);
        Assert.Equal(4, draws.var().Number(), 0.06);
    }
}
