using AutoRec.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>
/// Adam over the parameters of a torch network. On the processor one fused pass over the memory of parameter, gradient and
/// moments; on a GPU a chain of torch's operations.
/// </summary>
internal sealed class TorchAdam : IOptimizer
{
    private const int SliceLength = 1 << 14;

    private readonly Parameter[] parameters;
    private readonly (float[] Means, float[] Variances)[] moments = [];
    private readonly (Tensor Mean, Tensor Variance)[] onGpu = [];
    private readonly float[] decays;
    private int steps;

    /// <summary>An optimiser of parameters that all live on one device.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w, which its gradient does not contain; null for
    /// none.</param>
    public TorchAdam(IEnumerable<Parameter> parameters, Func<Parameter, double>? decay = null)
    {
        this.parameters = [.. parameters];
        decays = Array.ConvertAll(this.parameters, parameter => (float)(decay?.Invoke(parameter) ?? 0));
        if (this.parameters.Any(parameter => parameter.device_type != DeviceType.CPU))
        {
            onGpu = Array.ConvertAll(this.parameters, parameter => (Zeros(parameter), Zeros(parameter)));
        }
        else
        {
            moments = Array.ConvertAll(this.parameters, parameter => (new float[parameter.numel()], new float[parameter.numel()]));
        }

        static Tensor Zeros(Parameter parameter) => zeros_like(parameter, requires_grad: false).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Adds the moments; the network adds the parameters. Moments on a GPU are not added: no checkpoints there.
    /// </remarks>
    public void AddTo(TrainingState state, string name)
    {
        state.Add($"{name}.steps", () => steps, value => steps = value);
        for (var i = 0; i < moments.Length; i++)
        {
            state.Add($"{name}.{i}.mean", moments[i].Means).Add($"{name}.{i}.variance", moments[i].Variances);
        }
    }

    /// <inheritdoc/>
    /// <remarks>A parameter without a gradient stays.</remarks>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        Tensor?[] gradients = [.. parameters.Select(parameter => parameter.grad)];
        Step(learningRate, gradients);
        foreach (var gradient in gradients)
        {
            gradient?.zero_();
        }
    }

    /// <summary>Takes a step with gradients that do not belong to the parameters.</summary>
    /// <param name="learningRate">The learning rate.</param>
    /// <param name="gradients">The gradient of each parameter; null for one that stays.</param>
    public void Step(double learningRate, params ReadOnlySpan<Tensor?> gradients)
    {
        var step = Adam.At(++steps, learningRate);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        for (var i = 0; i < parameters.Length; i++)
        {
            if (gradients[i] is not { } gradient)
            {
                continue;
            }

            if (onGpu.Length > 0)
            {
                ScalarMath.UpdateByAdam(parameters[i], gradient, onGpu[i].Mean, onGpu[i].Variance, decays[i], step);
            }
            else
            {
                Update(parameters[i], gradient.contiguous(), moments[i], decays[i], step);
            }
        }
    }

    /// <inheritdoc/>
    public void Save()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (mean, variance) in onGpu)
        {
            mean.Dispose();
            variance.Dispose();
        }
    }

    private static void Update(
        Parameter parameter, Tensor gradient, (float[] Means, float[] Variances) moments, float decay, AdamStep step)
    {
        ComputeThreads.ForBlocks(moments.Means.Length, SliceLength, (start, end) =>
        {
            var count = end - start;
            Adam.Update(
                parameter.Numbers().Slice(start, count),
                moments.Means.AsSpan(start, count),
                moments.Variances.AsSpan(start, count),
                gradient.Numbers().Slice(start, count),
                decay,
                step);
        });
    }
}
