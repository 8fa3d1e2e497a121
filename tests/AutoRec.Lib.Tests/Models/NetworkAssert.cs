using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Models;

/// <summary>What is asked of the networks of all models.</summary>
internal static class NetworkAssert
{
    /// <summary>Every parameter of a network must have a part in what it learns: a forgotten gradient shows here.</summary>
    /// <param name="untrained">A network with the weights that the fit began with.</param>
    /// <param name="trained">The network after one step.</param>
    public static void EveryParameterChanged(nn.Module untrained, nn.Module trained)
    {
        var before = NetworkState.Of(untrained);
        var after = NetworkState.Of(trained);
        Assert.Equal(before.Names, after.Names);
        Assert.All(before.Names, name =>
        {
            var changed = before.Floats(name).Zip(after.Floats(name)).Count(pair => pair.First != pair.Second);
            Assert.True(
                changed >= (before.Floats(name).Length + 1) / 2, $"{changed} of {before.Floats(name).Length} numbers of '{name}' changed.");
        });
    }
}
