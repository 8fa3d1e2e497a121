using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AutoRec.Distributed;

namespace AutoRec.Training;

/// <summary>
/// Adam (Kingma and Ba 2015, algorithm 1) over rows of parameters, applied to a row at a time, so that the
/// gradient of the row need never leave the cache. beta1 0.9, beta2 0.999, epsilon 1e-8.
/// </summary>
internal sealed class Adam(FloatRows parameters)
{
    internal const float Beta1 = 0.9f;
    internal const float Beta2 = 0.999f;
    internal const float Epsilon = 1e-8f;
    private const int Width = 16;

    private readonly FloatRows mean = new(parameters.Count, parameters.Width);
    private readonly FloatRows variance = new(parameters.Count, parameters.Width);

    /// <summary>The parameters, changed in place.</summary>
    public FloatRows Parameters => parameters;

    /// <summary>The first moments: after the first update a tenth of its gradients, penalty included.</summary>
    public FloatRows Means => mean;

    /// <summary>Parameters and moments are part of the state of a training.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">The name of the parameters.</param>
    /// <param name="rows">How their rows lie on processes; null if they are the same on all. Default null.</param>
    public void AddTo(TrainingState state, string name, LeafSplit? rows = null) => state
        .Add($"{name}.parameters", parameters, rows)
        .Add($"{name}.mean", mean, rows)
        .Add($"{name}.variance", variance, rows);

    /// <summary>The two step sizes that all rows share at update <paramref name="step"/> (from 1).</summary>
    public static AdamStep At(int step, double learningRate) => new(
        (float)(learningRate / (1 - Math.Pow(Beta1, step))),
        (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step))));

    /// <summary>Updates a row with gradient + decay * parameter.</summary>
    /// <param name="row">The row.</param>
    /// <param name="gradient">The gradient of the loss without penalty: [numbers of a row].</param>
    /// <param name="decay">The factor of the parameter itself in its gradient: lambda of an L2 penalty lambda/2 |w|^2.</param>
    /// <param name="step">The step sizes.</param>
    public void Update(int row, ReadOnlySpan<float> gradient, float decay, AdamStep step) =>
        Update(parameters[row], mean[row], variance[row], gradient, decay, step);

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
