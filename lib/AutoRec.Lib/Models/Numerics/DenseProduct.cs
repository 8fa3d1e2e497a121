using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Products A B' of dense matrices whose rows lie one after the other. Sums are made in a fixed order, so that the same
/// input gives the same result to the last bit, on one thread or many.
/// </summary>
internal static class DenseProduct
{
    // Columns summed at a time: a block of this many of some fifty rows stays in the second-level cache.
    private const int Depth = 512;

    /// <summary>C += scale * A B'.</summary>
    /// <param name="c">[aRows x bRows]; a row every <paramref name="cStride"/> numbers.</param>
    /// <param name="cStride">From one row of C to the next.</param>
    /// <param name="scale">The factor of the product.</param>
    /// <param name="a">[aRows x depth].</param>
    /// <param name="aStride">From one row of A to the next.</param>
    /// <param name="aRows">Rows of A.</param>
    /// <param name="b">[bRows x depth].</param>
    /// <param name="bStride">From one row of B to the next.</param>
    /// <param name="bRows">Rows of B.</param>
    /// <param name="depth">Columns of A and of B.</param>
    public static void Add(
        Span<double> c,
        int cStride,
        double scale,
        ReadOnlySpan<double> a,
        int aStride,
        int aRows,
        ReadOnlySpan<double> b,
        int bStride,
        int bRows,
        int depth)
    {
        for (var start = 0; start < depth; start += Depth)
        {
            var length = Math.Min(Depth, depth - start);
            var i = 0;
            for (; i + 4 <= aRows; i += 4)
            {
                var j = 0;
                for (; j + 3 <= bRows; j += 3)
                {
                    var (fromA, fromB) = ((i * aStride) + start, (j * bStride) + start);
                    Add4x3(c[((i * cStride) + j)..], cStride, scale, a[fromA..], aStride, b[fromB..], bStride, length);
                }

                for (; j < bRows; j++)
                {
                    for (var row = i; row < i + 4; row++)
                    {
                        AddDot(c, a, b, row, j, start, length);
                    }
                }
            }

            for (; i < aRows; i++)
            {
                for (var j = 0; j < bRows; j++)
                {
                    AddDot(c, a, b, i, j, start, length);
                }
            }
        }

        void AddDot(Span<double> c, ReadOnlySpan<double> a, ReadOnlySpan<double> b, int i, int j, int start, int length)
        {
            var (rowOfA, rowOfB) = ((i * aStride) + start, (j * bStride) + start);
            c[(i * cStride) + j] += scale * TensorPrimitives.Dot(a.Slice(rowOfA, length), b.Slice(rowOfB, length));
        }
    }

    // Twelve dot products at once: each number that is loaded takes part in three or four of them.
    private static void Add4x3(
        Span<double> c,
        int cStride,
        double scale,
        ReadOnlySpan<double> aRows,
        int aStride,
        ReadOnlySpan<double> bRows,
        int bStride,
        int depth)
    {
        // One check for all loads below.
        _ = aRows[(3 * aStride) + depth - 1];
        _ = bRows[(2 * bStride) + depth - 1];
        ref var a = ref MemoryMarshal.GetReference(aRows);
        ref var b = ref MemoryMarshal.GetReference(bRows);
        nuint a1 = (nuint)aStride, a2 = 2 * a1, a3 = 3 * a1, b1 = (nuint)bStride, b2 = 2 * b1;
        Vector256<double> s00 = default, s01 = default, s02 = default, s10 = default, s11 = default, s12 = default;
        Vector256<double> s20 = default, s21 = default, s22 = default, s30 = default, s31 = default, s32 = default;
        nuint k = 0;
        for (; k + 4 <= (nuint)depth; k += 4)
        {
            var x0 = Vector256.LoadUnsafe(ref b, k);
            var x1 = Vector256.LoadUnsafe(ref b, b1 + k);
            var x2 = Vector256.LoadUnsafe(ref b, b2 + k);
            var y = Vector256.LoadUnsafe(ref a, k);
            s00 = Vector256.FusedMultiplyAdd(y, x0, s00);
            s01 = Vector256.FusedMultiplyAdd(y, x1, s01);
            s02 = Vector256.FusedMultiplyAdd(y, x2, s02);
            y = Vector256.LoadUnsafe(ref a, a1 + k);
            s10 = Vector256.FusedMultiplyAdd(y, x0, s10);
            s11 = Vector256.FusedMultiplyAdd(y, x1, s11);
            s12 = Vector256.FusedMultiplyAdd(y, x2, s12);
            y = Vector256.LoadUnsafe(ref a, a2 + k);
            s20 = Vector256.FusedMultiplyAdd(y, x0, s20);
            s21 = Vector256.FusedMultiplyAdd(y, x1, s21);
            s22 = Vector256.FusedMultiplyAdd(y, x2, s22);
            y = Vector256.LoadUnsafe(ref a, a3 + k);
            s30 = Vector256.FusedMultiplyAdd(y, x0, s30);
            s31 = Vector256.FusedMultiplyAdd(y, x1, s31);
            s32 = Vector256.FusedMultiplyAdd(y, x2, s32);
        }

        ReadOnlySpan<double> sums =
        [
            Vector256.Sum(s00), Vector256.Sum(s01), Vector256.Sum(s02), Vector256.Sum(s10), Vector256.Sum(s11), Vector256.Sum(s12),
            Vector256.Sum(s20), Vector256.Sum(s21), Vector256.Sum(s22), Vector256.Sum(s30), Vector256.Sum(s31), Vector256.Sum(s32),
        ];
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                var sum = sums[(i * 3) + j];
                for (var rest = (int)k; rest < depth; rest++)
                {
                    sum += aRows[(i * aStride) + rest] * bRows[(j * bStride) + rest];
                }

                c[(i * cStride) + j] += scale * sum;
            }
        }
    }
}
