using AutoRec.Data;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>
/// What an output layer says before anything is learned: how popular items are. A network that starts from nothing has to learn that
/// first, and where there are few users it never does, so that its lists are worse than those of the most popular items.
/// </summary>
internal static class FirstOutputs
{
    private const double Least = 1e-5; // of a probability, so that items nobody has get a finite output

    /// <summary>
    /// About the means over all users of the values, where a missing item counts as 0: the share of users that have an item, times the mean
    /// of all values. The means themselves would order items by their values too, and a few large counts would come before what many have:
    /// [items].
    /// </summary>
    public static double[] Means(InteractionMatrix train)
    {
        var mean = train.Values().ToArray().DefaultIfEmpty().Average(value => (double)value);
        return Array.ConvertAll(Shares(train), share => share * mean);
    }

    /// <summary>The shares of users that have an item: [items].</summary>
    public static double[] Shares(InteractionMatrix train) =>
        Array.ConvertAll(train.CountByColumn(), count => (double)count / Math.Max(1, train.RowCount));

    /// <summary>Before a sigmoid: the logits of probabilities.</summary>
    public static double[] Logits(double[] probabilities) => Array.ConvertAll(probabilities, probability =>
    {
        var clamped = Math.Clamp(probability, Least, 1 - Least);
        return Math.Log(clamped / (1 - clamped));
    });

    /// <summary>Before a softmax: the logarithms of shares.</summary>
    public static double[] Logarithms(double[] shares) => Array.ConvertAll(shares, share => Math.Log(Math.Max(share, Least)));

    /// <summary>Makes an output layer begin with these outputs.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="outputs">Its biases: [items].</param>
    /// <param name="weights">What its weights are multiplied by. Default 1.</param>
    public static void Set(Linear layer, double[] outputs, double weights = 1)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        layer.weight.copy_(layer.weight.Times(weights));
        layer.bias!.copy_(tensor(Array.ConvertAll(outputs, output => (float)output)));
    }
}
