using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AutoRec.Distributed;

namespace AutoRec.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) over one array of parameters, applied to a slice at a time, so that the
/// gradient of the slice need never leave the cache. beta1 0.9, beta2 0.999, epsilon 1e-8.
/// </summary>
internal sealed class Adam(float[] parameters)
{
    internal const float Beta1 = 0.9f;
    internal const float Beta2 = 0.999f;
    internal const float Epsilon = 1e-8f;
    private const int Width = 16;

    private readonly float[] mean = new float[parameters.Length];
    private readonly float[] variance = new float[parameters.Length];

    /// <summary>The parameters, changed in place.</summary>
    public float[] Parameters => parameters;

    /// <summary>The first moments: after the first update a tenth of its gradients, penalty included.</summary>
    public ReadOnlySpan<float> Means => mean;

    /// <summary>Parameters and moments are part of the state of a training.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">The name of the parameters.</param>
    /// <param name="rows">How their rows lie on processes; null if they are the same on all. Default null.</param>
    /// <param name="width">The numbers of a row. Default 1.</param>
    public void AddTo(TrainingState state, string name, LeafSplit? rows = null, int width = 1) => state
        .Add($"{name}.parameters", parameters, rows, width)
        .Add($"{name}.mean", mean, rows, width)
        .Add($"{name}.variance", variance, rows, width);

    /// <summary>The two step sizes that all slices share at update <paramref name="step"/> (from 1).</summary>
    public static AdamStep At(int step, double learningRate) => new(
        (float)(learningRate / (1 - Math.Pow(Beta1, step))),
        (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step))));

    /// <summary>Updates a slice with gradient + decay * parameter.</summary>
    /// <param name="start">Where the slice starts.</param>
    /// <param name="gradient">The gradient of the loss without penalty: [length of the slice].</param>
    /// <param name="decay">The factor of the parameter itself in its gradient: lambda of an L2 penalty lambda/2 |w|^2.</param>
    /// <param name="step">The step sizes.</param>
    public void Update(int start, ReadOnlySpan<float> gradient, float decay, AdamStep step) => Update(
        parameters.AsSpan(start, gradient.Length),
        mean.AsSpan(start, gradient.Length),
        variance.AsSpan(start, gradient.Length),
        gradient,
        decay,
        step);

    /// <summary>Updates parameters of one length with their gradient and the moments of their gradients so far.</summary>
    public static void Update(
        Span<float> weights, Span<float> means, Span<float> variances, ReadOnlySpan<float> gradient, float decay, AdamStep step)
    {
        ref var w = ref MemoryMarshal.GetReference(weights[..gradient.Length]);
        ref var m = ref MemoryMarshal.GetReference(means[..gradient.Length]);
        ref var v = ref MemoryMarshal.GetReference(variances[..gradient.Length]);
        ref var g = ref MemoryMarshal.GetReference(gradient);
        nuint i = 0, end = (nuint)gradient.Length, vectorEnd = end - (end % Width);
        for (; i < vectorEnd; i += Width)
        {
            var weight = Vector512.LoadUnsafe(ref w, i);
            var slope = Vector512.FusedMultiplyAdd(weight, Vector512.Create(decay), Vector512.LoadUnsafe(ref g, i));
            var (mean, variance) = (Vector512.LoadUnsafe(ref m, i), Vector512.LoadUnsafe(ref v, i));
            var newMean = Vector512.FusedMultiplyAdd(slope - mean, Vector512.Create(1 - Beta1), mean);
            var newVariance = Vector512.FusedMultiplyAdd(slope * slope, Vector512.Create(1 - Beta2), variance * Beta2);
            newMean.StoreUnsafe(ref m, i);
            newVariance.StoreUnsafe(ref v, i);
            var root = Vector512.Sqrt(newVariance);
            root = Vector512.FusedMultiplyAdd(root, Vector512.Create(step.RootScale), Vector512.Create(Epsilon));
            (weight - (newMean * step.Rate / root)).StoreUnsafe(ref w, i);
        }

        for (; i < end; i++)
        {
            ref var weight = ref Unsafe.Add(ref w, i);
            ref var newMean = ref Unsafe.Add(ref m, i);
            ref var newVariance = ref Unsafe.Add(ref v, i);
            var slope = MathF.FusedMultiplyAdd(weight, decay, Unsafe.Add(ref g, i));
            newMean = MathF.FusedMultiplyAdd(slope - newMean, 1 - Beta1, newMean);
            newVariance = MathF.FusedMultiplyAdd(slope * slope, 1 - Beta2, newVariance * Beta2);
            weight -= newMean * step.Rate / MathF.FusedMultiplyAdd(MathF.Sqrt(newVariance), step.RootScale, Epsilon);
        }
    }
}

/// <summary>What an update of Adam takes from the number of updates so far.</summary>
/// <param name="Rate">learning rate / (1 - beta1^t).</param>
/// <param name="RootScale">1 / sqrt(1 - beta2^t).</param>
internal readonly record struct AdamStep(float Rate, float RootScale);
