using AutoRec.Native;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>
/// Adam over the parameters of a torch network. On the processor one fused pass over the memory of parameter, gradient and
/// moments; on a GPU torch's own.
/// </summary>
/// <remarks>
/// TorchSharp's Adam is a chain of tensor operations, each a pass of its own over memory. It also fails now and then in
/// long runs, with a complaint of libtorch about a scalar that is no longer there: its <c>addcmul_</c> does not keep its
/// scalar alive while native code reads it.
/// </remarks>
internal sealed class TorchAdam : IOptimizer
{
    private const int SliceLength = 1 << 14;

    private readonly Parameter[] parameters;
    private readonly (float[] Means, float[] Variances)[] moments = [];
    private readonly float[] decays;
    private readonly optim.Optimizer? onGpu;
    private int steps;

    /// <summary>An optimiser of parameters that all live on one device.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="decay">The lambda of the penalty lambda/2 |w|^2 of a parameter w, which its gradient does not contain; null for none.</param>
    public TorchAdam(IEnumerable<Parameter> parameters, Func<Parameter, double>? decay = null)
    {
        this.parameters = [.. parameters];
        decays = Array.ConvertAll(this.parameters, parameter => (float)(decay?.Invoke(parameter) ?? 0));
        if (this.parameters.Any(parameter => parameter.device_type != DeviceType.CPU))
        {
            onGpu = optim.Adam(this.parameters.Zip(decays).GroupBy(pair => pair.Second)
                .Select(group => new TorchSharp.Modules.Adam.ParamGroup(group.Select(pair => pair.First), weight_decay: group.Key)));
        }
        else
        {
            moments = Array.ConvertAll(this.parameters, parameter => (new float[parameter.numel()], new float[parameter.numel()]));
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Adds the moments; the network adds the parameters. On a GPU torch keeps the moments to itself: no checkpoints there.
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
        if (onGpu is not null)
        {
            foreach (var group in onGpu.ParamGroups)
            {
                group.LearningRate = learningRate;
            }

            onGpu.step();
        }
        else
        {
            UpdateAll(Adam.At(++steps, learningRate));
        }

        foreach (var parameter in parameters)
        {
            parameter.grad?.zero_();
        }
    }

    /// <inheritdoc/>
    public void Save()
    {
    }

    /// <inheritdoc/>
    public void Dispose() => onGpu?.Dispose();

    private void UpdateAll(AdamStep step)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].grad is { } gradient)
            {
                Update(parameters[i], gradient.contiguous(), moments[i], decays[i], step);
            }
        }
    }

    private static void Update(
        Parameter parameter, Tensor gradient, (float[] Means, float[] Variances) moments, float decay, AdamStep step)
    {
        var length = moments.Means.Length;
        Parallel.For(0, (length + SliceLength - 1) / SliceLength, ComputeThreads.Options, slice =>
        {
            var start = slice * SliceLength;
            var count = Math.Min(SliceLength, length - start);
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
