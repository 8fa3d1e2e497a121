using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Adam = AutoRec.Training.Adam;

namespace AutoRec.Benchmarks;

/// <summary>
/// Adam as torch's optim.Adam does it: a chain of tensor operations, each a pass over memory. TorchSharp's own class is not used because
/// it may abort the process (see <see cref="ScalarMath"/>).
/// </summary>
internal sealed class TorchChain(IEnumerable<Parameter> parameters, double learningRate)
{
    private readonly (Parameter Parameter, Tensor Mean, Tensor Variance)[] parts =
        [.. parameters.Select(parameter => (parameter, zeros_like(parameter), zeros_like(parameter)))];

    private int steps;

    /// <summary>Makes an update with the gradients since the last one, and sets them to zero.</summary>
    public void Step()
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var step = Adam.At(++steps, learningRate);
        foreach (var (parameter, mean, variance) in parts)
        {
            var gradient = parameter.grad!;
            ScalarMath.UpdateByAdam(parameter, gradient, mean, variance, decay: 0, step);
            gradient.zero_();
        }
    }
}
