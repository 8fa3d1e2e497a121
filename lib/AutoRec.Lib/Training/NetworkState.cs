using AutoRec.Persistence;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Between a network's parameters and the arrays of a saved model.</summary>
internal static class NetworkState
{
    /// <summary>Copies the parameters, under the names of the state dictionary.</summary>
    public static ModelState Of(nn.Module network)
    {
        using var scope = NewDisposeScope();
        var state = new ModelState();
        foreach (var (name, parameter) in network.named_parameters())
        {
            state.Add(name, parameter.detach().cpu().contiguous().data<float>().ToArray(), [.. parameter.shape.Select(length => (int)length)]);
        }

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
            var shape = parameter.shape;
            if (!state.Shape(name).Select(length => (long)length).SequenceEqual(shape))
            {
                throw new InvalidDataException($"The model's '{name}' has the shape [{string.Join(" x ", state.Shape(name))}], expected [{string.Join(" x ", shape)}].");
            }

            parameter.copy_(tensor(state.Floats(name), shape));
        }
    }

    /// <summary>A copy that later steps do not change, on the CPU, where scoring takes place.</summary>
    /// <param name="network">A network, wherever it lives.</param>
    /// <param name="create">Makes one of the same architecture.</param>
    public static TNetwork Copy<TNetwork>(TNetwork network, Func<Generator, TNetwork> create)
        where TNetwork : nn.Module
    {
        using var unused = new Generator(0, CPU);
        return CopyParameters(create(unused), network);
    }

    /// <summary>How a training that keeps copies of a network is taken up again.</summary>
    /// <param name="training">What the training changes.</param>
    /// <param name="create">Makes a network of the same architecture.</param>
    public static Resumption<TNetwork> Resumption<TNetwork>(TrainingState training, Func<Generator, TNetwork> create)
        where TNetwork : nn.Module => new(training, Of, arrays =>
        {
            using var unused = new Generator(0, CPU);
            var network = create(unused);
            Restore(network, arrays);
            return network;
        });

    /// <summary>Makes the parameters of one network those of another of the same architecture, wherever either lives.</summary>
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

        return target;
    }
}
