using AutoRec.Persistence;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Converts between the parameters of a network and the arrays of a saved model.</summary>
internal static class NetworkState
{
    /// <summary>Copies the parameters, under the names of the state dictionary.</summary>
    public static ModelState Of(nn.Module network)
    {
        using var scope = NewDisposeScope();
        var state = new ModelState();
        foreach (var (name, parameter) in network.named_parameters())
        {
            state.Add(name, parameter.CopyNumbers(), [.. parameter.shape.Select(length => (int)length)]);
        }

        GC.KeepAlive(network); // Its parameters must not be freed while they are copied.
        return state;
    }

    /// <summary>Copies saved arrays into the parameters.</summary>
    /// <exception cref="InvalidDataException">An array is missing or has another shape than the parameter.</exception>
    public static void Restore(nn.Module network, ModelState state)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            var (expected, shape) = (parameter.shape, state.Shape(name));
            if (!shape.Select(length => (long)length).SequenceEqual(expected))
            {
                throw new InvalidDataException(
                    $"The model's '{name}' must be [{string.Join(" x ", expected)}]; got [{string.Join(" x ", shape)}].");
            }

            parameter.copy_(tensor(state.Floats(name), expected));
        }
    }

    /// <summary>Copies the weights of a model that is continued into the parameters; what it does not know stays as it is.</summary>
    /// <param name="network">A network that is as wide as the new data.</param>
    /// <param name="start">The model.</param>
    /// <param name="rows">For each visible unit of the network the model's, or -1.</param>
    /// <exception cref="InvalidDataException">An array is missing, or does not fit the parameter.</exception>
    public static void Grow(nn.Module network, WarmStart start, IReadOnlyList<int> rows)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
        {
            var weights = parameter.CopyNumbers();
            start.Copy(weights, parameter.shape, name, rows);
            parameter.copy_(tensor(weights, parameter.shape));
        }
    }

    /// <summary>Makes the network of a saved model, on the CPU, where scoring takes place.</summary>
    /// <param name="state">The arrays of the model.</param>
    /// <param name="create">Makes a network of the same architecture; its weights are replaced.</param>
    /// <exception cref="InvalidDataException">An array is missing or has another shape than the parameter.</exception>
    public static TNetwork Load<TNetwork>(ModelState state, Func<Generator, TNetwork> create)
        where TNetwork : nn.Module
    {
        var network = Create(create);
        Restore(network, state);
        return network;
    }

    /// <summary>Makes a copy that later steps do not change, on the CPU, where scoring takes place.</summary>
    /// <param name="network">A network on any device.</param>
    /// <param name="create">Makes a network of the same architecture; its weights are replaced.</param>
    public static TNetwork Copy<TNetwork>(TNetwork network, Func<Generator, TNetwork> create)
        where TNetwork : nn.Module => CopyParameters(Create(create), network);

    /// <summary>Copies the parameters of one network into another of the same architecture, on any devices.</summary>
    /// <returns><paramref name="target"/>.</returns>
    public static TNetwork CopyParameters<TNetwork>(TNetwork target, TNetwork source)
        where TNetwork : nn.Module
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var (to, from) in target.parameters().Zip(source.parameters()))
        {
            to.copy_(from);
        }

        GC.KeepAlive(source);
        return target;
    }

    private static TNetwork Create<TNetwork>(Func<Generator, TNetwork> create)
    {
        TorchDevices.Resolve(ComputeDevice.Cpu);
        using var scope = NewDisposeScope(); // Holds the temporary tensors; parameters detach themselves.
        using var replaced = new Generator(0, CPU);
        return create(replaced);
    }
}
