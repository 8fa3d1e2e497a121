using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AutoRec.Training;

/// <summary>
/// Inner loops over contiguous numbers. Written for 512-bit vectors, which the runtime splits on processors that have
/// narrower ones; what is left of a row that is no multiple of 16 runs number by number.
/// </summary>
internal static class VectorKernels
{
    private const int Width = 16;

    /// <summary>target += factor * source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(ref float target, ref float source, float factor, int length)
    {
        var factors = Vector512.Create(factor);
        nuint i = 0, end = (nuint)length, vectorEnd = end - (end % Width);
        for (; i < vectorEnd; i += Width)
        {
            var sum = Vector512.FusedMultiplyAdd(factors, Vector512.LoadUnsafe(ref source, i), Vector512.LoadUnsafe(ref target, i));
            sum.StoreUnsafe(ref target, i);
        }

        for (; i < end; i++)
        {
            Unsafe.Add(ref target, i) = MathF.FusedMultiplyAdd(factor, Unsafe.Add(ref source, i), Unsafe.Add(ref target, i));
        }
    }

    /// <summary>sum_i a_i b_i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(ref float a, ref float b, int length)
    {
        var sum0 = Vector512<float>.Zero;
        var sum1 = Vector512<float>.Zero;
        nuint i = 0, end = (nuint)length, pairEnd = end - (end % (2 * Width)), vectorEnd = end - (end % Width);
        for (; i < pairEnd; i += 2 * Width)
        {
            sum0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i), sum0);
            sum1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, i + Width), Vector512.LoadUnsafe(ref b, i + Width), sum1);
        }

        for (; i < vectorEnd; i += Width)
        {
            sum0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref b, i), sum0);
        }

        var sum = Vector512.Sum(sum0 + sum1);
        for (; i < end; i++)
        {
            sum = MathF.FusedMultiplyAdd(Unsafe.Add(ref a, i), Unsafe.Add(ref b, i), sum);
        }

        return sum;
    }
}
