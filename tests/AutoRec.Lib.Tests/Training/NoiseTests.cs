using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class NoiseTests
{
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
