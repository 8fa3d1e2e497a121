using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models.Networks;

/// <summary>Linear layers whose first weights come from a generator, and not from torch's global random state.</summary>
internal static class Layers
{
    // A layer is drawn in rows of weights, which gives the numbers of one draw: a process keeps its own and never holds the others.
    private const int WeightsPerDraw = 1 << 20;

    /// <summary>Glorot-uniform weights, biases from a normal of deviation 0.001 (as Liang et al., WWW 2018, start theirs).</summary>
    public static Linear Glorot(int inputs, int outputs, Generator generator)
    {
        using var scope = NewDisposeScope();
        var (weight, bias) = Glorot(LeafSplit.OneLeaf(inputs), LeafSplit.OneLeaf(outputs), generator);
        return With(weight, bias);
    }

    /// <summary>The weights and biases of such a layer that are of the inputs and outputs of this process.</summary>
    /// <returns>[outputs x inputs] and [outputs].</returns>
    public static (Tensor Weight, Tensor Bias) Glorot(LeafSplit inputs, LeafSplit outputs, Generator generator)
    {
        _ = Sizes.Of("inputs x outputs of a layer", inputs.Own, outputs.Own);
        var bound = Math.Sqrt(6.0 / ((double)inputs.Count + outputs.Count));
        var weight = empty(outputs.Own, inputs.Own);
        var most = Math.Max(1, WeightsPerDraw / Math.Max(1, inputs.Count));
        for (var start = 0; start < outputs.Count; start += most)
        {
            using var draw = NewDisposeScope();
            var end = Math.Min(outputs.Count, start + most);
            var drawn = Uniform([end - start, inputs.Count], bound, generator).narrow(1, inputs.First, inputs.Own);
            var (first, last) = (Math.Max(start, outputs.First), Math.Min(end, outputs.End));
            if (first < last)
            {
                weight.narrow(0, first - outputs.First, last - first).copy_(drawn.narrow(0, first - start, last - first));
            }
        }

        return (weight, randn(outputs.Count, generator: generator).Times(0.001).narrow(0, outputs.First, outputs.Own).clone());
    }

    /// <summary>Weights and biases uniform within 1 / sqrt(inputs), as PyTorch starts linear layers by itself.</summary>
    public static Linear FanIn(int inputs, int outputs, Generator generator)
    {
        using var scope = NewDisposeScope();
        _ = Sizes.Of("inputs x outputs of a layer", inputs, outputs);
        var bound = 1 / Math.Sqrt(inputs);
        var weight = Uniform([outputs, inputs], bound, generator);
        return With(weight, Uniform([outputs], bound, generator));
    }

    /// <summary>
    /// A parameter that outlives the dispose scope it is made in, as those of torch's own layers do; the network disposes of it.
    /// </summary>
    public static Parameter Parameter(Tensor values)
    {
        var parameter = new Parameter(values);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    /// <summary>Makes the weights of a last layer 0, so that training begins with outputs of 0.</summary>
    public static void Clear(Parameter weight)
    {
        using var noGradient = no_grad();
        weight.zero_();
    }

    /// <summary>Makes a bias 0 for good: it has no gradient, so that optimisers let it be.</summary>
    public static void DropBias(Parameter bias)
    {
        Clear(bias);
        bias.requires_grad = false;
    }

    /// <summary>Numbers between -<paramref name="bound"/> and <paramref name="bound"/>.</summary>
    public static Tensor Uniform(long[] shape, double bound, Generator generator) =>
        rand(shape, generator: generator).Times(2 * bound).Minus(bound);

    private static Linear With(Tensor weight, Tensor bias)
    {
        using var noGradient = no_grad();
        var layer = nn.Linear(weight.shape[1], weight.shape[0]);
        layer.weight.copy_(weight);
        layer.bias!.copy_(bias);
        return layer;
    }
}
