using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>
    /// target += factor0 * source0 + ... + factor3 * source3, to the same bits as one after the other: the target is read and written once.
    /// </summary>
    public static void AddScaled(
        ref float target,
        ref float source0,
        float factor0,
        ref float source1,
        float factor1,
        ref float source2,
        float factor2,
        ref float source3,
        float factor3,
        int length)
    {
        var (factors0, factors1) = (Vector512.Create(factor0), Vector512.Create(factor1));
        var (factors2, factors3) = (Vector512.Create(factor2), Vector512.Create(factor3));
        nuint i = 0, end = (nuint)length, vectorEnd = end - (end % Width);
        for (; i < vectorEnd; i += Width)
        {
            var sum = Vector512.FusedMultiplyAdd(factors0, Vector512.LoadUnsafe(ref source0, i), Vector512.LoadUnsafe(ref target, i));
            sum = Vector512.FusedMultiplyAdd(factors1, Vector512.LoadUnsafe(ref source1, i), sum);
            sum = Vector512.FusedMultiplyAdd(factors2, Vector512.LoadUnsafe(ref source2, i), sum);
            Vector512.FusedMultiplyAdd(factors3, Vector512.LoadUnsafe(ref source3, i), sum).StoreUnsafe(ref target, i);
        }

        for (; i < end; i++)
        {
            var sum = MathF.FusedMultiplyAdd(factor0, Unsafe.Add(ref source0, i), Unsafe.Add(ref target, i));
            sum = MathF.FusedMultiplyAdd(factor1, Unsafe.Add(ref source1, i), sum);
            sum = MathF.FusedMultiplyAdd(factor2, Unsafe.Add(ref source2, i), sum);
            Unsafe.Add(ref target, i) = MathF.FusedMultiplyAdd(factor3, Unsafe.Add(ref source3, i), sum);
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

    /// <summary>The products of a vector with four others, to the same bits as one after the other: the vector is read once.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="b0">The first of the others.</param>
    /// <param name="b1">The second.</param>
    /// <param name="b2">The third.</param>
    /// <param name="b3">The fourth.</param>
    /// <param name="length">Their length.</param>
    /// <param name="products">Receives the products: [4].</param>
    public static void Dots(
        ref float a, ref float b0, ref float b1, ref float b2, ref float b3, int length, Span<float> products)
    {
        Vector512<float> even0 = default, even1 = default, even2 = default, even3 = default;
        Vector512<float> odd0 = default, odd1 = default, odd2 = default, odd3 = default;
        nuint i = 0, end = (nuint)length, pairEnd = end - (end % (2 * Width)), vectorEnd = end - (end % Width);
        for (; i < pairEnd; i += 2 * Width)
        {
            var (even, odd) = (Vector512.LoadUnsafe(ref a, i), Vector512.LoadUnsafe(ref a, i + Width));
            even0 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b0, i), even0);
            even1 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b1, i), even1);
            even2 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b2, i), even2);
            even3 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b3, i), even3);
            odd0 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref b0, i + Width), odd0);
            odd1 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref b1, i + Width), odd1);
            odd2 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref b2, i + Width), odd2);
            odd3 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref b3, i + Width), odd3);
        }

        for (; i < vectorEnd; i += Width)
        {
            var even = Vector512.LoadUnsafe(ref a, i);
            even0 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b0, i), even0);
            even1 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b1, i), even1);
            even2 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b2, i), even2);
            even3 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref b3, i), even3);
        }

        Sums(even0 + odd0, even1 + odd1, even2 + odd2, even3 + odd3).CopyTo(products);
        for (; i < end; i++)
        {
            var number = Unsafe.Add(ref a, i);
            products[0] = MathF.FusedMultiplyAdd(number, Unsafe.Add(ref b0, i), products[0]);
            products[1] = MathF.FusedMultiplyAdd(number, Unsafe.Add(ref b1, i), products[1]);
            products[2] = MathF.FusedMultiplyAdd(number, Unsafe.Add(ref b2, i), products[2]);
            products[3] = MathF.FusedMultiplyAdd(number, Unsafe.Add(ref b3, i), products[3]);
        }
    }

    // The sums of four vectors. In each lane of 128 bits (0 + 1) + (2 + 3), and the lanes in the same way, as the runtime adds one vector.
    private static Vector128<float> Sums(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        if (!Avx512F.IsSupported)
        {
            return Vector128.Create(Vector512.Sum(a), Vector512.Sum(b), Vector512.Sum(c), Vector512.Sum(d));
        }

        // In each lane a0 b0 a1 b1, a2 b2 a3 b3, and so for c and d; from these a0 b0 c0 d0 and so on.
        var (ab01, ab23) = (Avx512F.UnpackLow(a, b).AsDouble(), Avx512F.UnpackHigh(a, b).AsDouble());
        var (cd01, cd23) = (Avx512F.UnpackLow(c, d).AsDouble(), Avx512F.UnpackHigh(c, d).AsDouble());
        var lanes = (Avx512F.UnpackLow(ab01, cd01).AsSingle() + Avx512F.UnpackHigh(ab01, cd01).AsSingle())
            + (Avx512F.UnpackLow(ab23, cd23).AsSingle() + Avx512F.UnpackHigh(ab23, cd23).AsSingle());
        var (lower, upper) = (lanes.GetLower(), lanes.GetUpper());
        return (lower.GetLower() + lower.GetUpper()) + (upper.GetLower() + upper.GetUpper());
    }
}
