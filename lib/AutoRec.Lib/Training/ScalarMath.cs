using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Training;

/// <summary>Arithmetic of tensors and numbers: the one place that makes torch's scalars.</summary>
/// <remarks>
/// TorchSharp passes the address of a scalar to native code and does not keep the scalar itself alive. A scalar that nothing else refers
/// to, such as the one that TorchSharp makes for <c>tensor / 2</c>, for <c>tensor + tensor</c> (a factor of 1) or for <c>square()</c>, is
/// freed while native code reads it if a garbage collection happens at that moment. Then libtorch aborts the process or computes with
/// another number. Here each scalar is held until the call returns. A test of the compiled library rejects all other calls that take or
/// make a scalar.
/// </remarks>
internal static class ScalarMath
{
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar Two = 2.ToScalar();
    private static readonly Scalar SoftplusThreshold = 20.0.ToScalar(); // Above it, softplus(x) is x.

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.add(scalar, One);
    }

    /// <summary>a - b.</summary>
    public static Tensor Minus(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.sub(scalar);
    }

    /// <summary>1 - a.</summary>
    public static Tensor OneMinus(this Tensor a) => a.negative().add(One, One);

    /// <summary>a b.</summary>
    public static Tensor Times(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.mul(scalar);
    }

    /// <summary>a / b.</summary>
    public static Tensor Over(this Tensor a, double b)
    {
        using var scalar = b.ToScalar();
        return a.div(scalar);
    }

    /// <summary>a^2, entry by entry.</summary>
    public static Tensor Squared(this Tensor a) => a.pow(Two);

    /// <summary>The entries that are at most 1, and 1 for the others.</summary>
    public static Tensor AtMostOne(this Tensor a) => a.clamp_max(One);

    /// <summary>x where x > 0, else exp(x) - 1 (Clevert, Unterthiner, Hochreiter 2016).</summary>
    public static Tensor Elu(this Tensor x) => x.elu(One, One, One);

    /// <summary>log(1 + exp(x)).</summary>
    public static Tensor Softplus(this Tensor x) => Softplus(x, One, SoftplusThreshold);

    /// <summary>The number in a tensor of one 32-bit or 64-bit float, on any device.</summary>
    public static double Number(this Tensor tensor)
    {
        var onCpu = tensor.cpu();
        return onCpu.dtype == float64 ? onCpu.item<double>() : onCpu.item<float>();
    }

    /// <summary>One update of Adam with gradient + decay * parameter, on any device; see <see cref="Adam"/>.</summary>
    /// <param name="parameter">Changed in place.</param>
    /// <param name="gradient">In the shape of the parameter, as are the moments.</param>
    /// <param name="mean">The first moment, changed in place.</param>
    /// <param name="variance">The second moment, changed in place.</param>
    /// <param name="decay">The lambda of an L2 penalty lambda/2 |w|^2.</param>
    /// <param name="step">The step sizes.</param>
    public static void UpdateByAdam(Tensor parameter, Tensor gradient, Tensor mean, Tensor variance, double decay, AdamStep step)
    {
        using var scope = NewDisposeScope();
        using var ofDecay = decay.ToScalar();
        using var beta1 = ((double)Adam.Beta1).ToScalar();
        using var newShare1 = (1.0 - Adam.Beta1).ToScalar();
        using var beta2 = ((double)Adam.Beta2).ToScalar();
        using var newShare2 = (1.0 - Adam.Beta2).ToScalar();
        using var epsilon = ((double)Adam.Epsilon).ToScalar();
        using var rate = (-(double)step.Rate).ToScalar();
        var slope = decay > 0 ? gradient.add(parameter, ofDecay) : gradient;
        mean.mul_(beta1).add_(slope, newShare1);
        variance.mul_(beta2).addcmul_(slope, slope, newShare2);
        parameter.addcdiv_(mean, variance.sqrt().Times(step.RootScale).add_(epsilon, One), rate);
    }

    // TorchSharp's public method takes numbers and makes scalars of them.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "softplus1")]
    private static extern Tensor Softplus(Tensor tensor, Scalar beta, Scalar threshold);
}
