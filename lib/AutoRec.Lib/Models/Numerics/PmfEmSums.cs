using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace AutoRec.Models.Numerics;

/// <summary>
/// What the ratings of one row (a user, say) tell about it. A rating by bias b_j and factors v_j of the other side says that
/// c.[v_j, 1] is about r - mu - b_j. To be used for one row after the other.
/// </summary>
internal sealed class PmfEmSums
{
    private const int Together = 4;

    private readonly int factors;
    private readonly bool biases;
    private readonly int size;
    private readonly double[] design;
    private readonly double[] response;
    private double squares; // sum of E[(r - b)^2]

    public PmfEmSums(int factors, bool biases)
    {
        (this.factors, this.biases, size) = (factors, biases, factors + (biases ? 1 : 0));
        (design, response) = (new double[Packed(size)], new double[size]);
    }

    /// <summary>The sum of E[x x'], x = [v, 1]: packed.</summary>
    public ReadOnlySpan<double> Design => design;

    /// <summary>The sum of E[x (r - b)]: [size].</summary>
    public ReadOnlySpan<double> Response => response;

    /// <summary>Numbers of a lower triangle.</summary>
    public static int Packed(int n) => BatchedCholesky.Packed(n);

    /// <summary>The lower triangle of c c'.</summary>
    public static void PackOuterProduct(ReadOnlySpan<float> c, Span<float> packed)
    {
        for (var i = 0; i < c.Length; i++)
        {
            TensorPrimitives.Multiply(c[..(i + 1)], c[i], packed.Slice(Packed(i), i + 1));
        }
    }

    /// <summary>Forgets the row, for another.</summary>
    public void Clear()
    {
        Array.Clear(design);
        Array.Clear(response);
        squares = 0;
    }

    /// <summary>Takes the ratings of the row in.</summary>
    /// <param name="rows">The rows of the other side that the ratings are with.</param>
    /// <param name="ratings">The ratings.</param>
    /// <param name="mean">The mean of all ratings.</param>
    /// <param name="means">E[c] of the other side: [rows x size].</param>
    /// <param name="moments">E[c c'] of it, packed: [rows x size (size + 1) / 2].</param>
    public void Add(
        ReadOnlySpan<int> rows, ReadOnlySpan<float> ratings, double mean, ReadOnlySpan<float> means, ReadOnlySpan<float> moments)
    {
        // Four ratings in one pass over the sums; what is left, one by one.
        var start = 0;
        for (; start <= rows.Length - Together; start += Together)
        {
            // Rows of the other side may lie anywhere in gigabytes: the next four are on their way while these are added.
            var next = rows.Slice(Math.Min(start + Together, rows.Length - Together), Together);
            Add4(rows.Slice(start, Together), ratings.Slice(start, Together), mean, means, moments, next);
        }

        for (; start < rows.Length; start++)
        {
            Add1(ratings[start] - mean, Of(means, rows[start], size), Of(moments, rows[start], Packed(size)));
        }
    }

    /// <summary>E[sum of (r - prediction)^2] over the ratings taken in, for a row with these moments.</summary>
    public double ExpectedSquaredError(ReadOnlySpan<float> means, ReadOnlySpan<float> moments)
    {
        // tr(E[x x'] E[c c']): what lies off the diagonal counts twice.
        double trace = 0, product = 0;
        for (var i = 0; i < size; i++)
        {
            var (start, end) = (Packed(i), Packed(i + 1) - 1);
            var sum = 0.0;
            for (var k = start; k < end; k++)
            {
                sum += design[k] * moments[k];
            }

            trace += (2 * sum) + (design[end] * moments[end]);
            product += response[i] * means[i];
        }

        return squares - (2 * product) + trace;
    }

    private void Add1(double rating, ReadOnlySpan<float> means, ReadOnlySpan<float> moments)
    {
        var vv = Packed(factors);
        for (var k = 0; k < vv; k++)
        {
            design[k] += moments[k];
        }

        squares += rating * rating;
        for (var k = 0; k < factors; k++)
        {
            response[k] += rating * means[k];
        }

        if (!biases)
        {
            return;
        }

        for (var k = 0; k < factors; k++)
        {
            design[vv + k] += means[k];
            response[k] -= moments[vv + k]; // E[v b]
        }

        var bias = (double)means[factors];
        design[vv + factors]++;
        response[factors] += rating - bias;
        squares += moments[vv + factors] - (2 * rating * bias);
    }

    private void Add4(
        ReadOnlySpan<int> rows,
        ReadOnlySpan<float> ratings,
        double mean,
        ReadOnlySpan<float> means,
        ReadOnlySpan<float> moments,
        ReadOnlySpan<int> next)
    {
        int vv = Packed(factors), packed = Packed(size);
        ReadOnlySpan<float> m0 = Of(moments, rows[0], packed), m1 = Of(moments, rows[1], packed);
        ReadOnlySpan<float> m2 = Of(moments, rows[2], packed), m3 = Of(moments, rows[3], packed);
        ReadOnlySpan<float> v0 = Of(means, rows[0], size), v1 = Of(means, rows[1], size);
        ReadOnlySpan<float> v2 = Of(means, rows[2], size), v3 = Of(means, rows[3], size);
        foreach (var row in next)
        {
            Fetch(Of(means, row, size));
            Fetch(Of(moments, row, packed));
        }

        AddSums(design.AsSpan(0, vv), m0, m1, m2, m3);
        double r0 = ratings[0] - mean, r1 = ratings[1] - mean, r2 = ratings[2] - mean, r3 = ratings[3] - mean;
        for (var k = 0; k < factors; k++)
        {
            response[k] += (r0 * v0[k]) + (r1 * v1[k]) + (r2 * v2[k]) + (r3 * v3[k]);
        }

        squares += (r0 * r0) + (r1 * r1) + (r2 * r2) + (r3 * r3);
        if (!biases)
        {
            return;
        }

        AddSums(design.AsSpan(vv, factors), v0, v1, v2, v3);
        for (var k = 0; k < factors; k++)
        {
            response[k] -= (double)m0[vv + k] + m1[vv + k] + m2[vv + k] + m3[vv + k]; // E[v b]
        }

        var last = vv + factors;
        design[last] += Together;
        response[factors] += r0 + r1 + r2 + r3 - v0[factors] - v1[factors] - v2[factors] - v3[factors];
        squares += (double)m0[last] + m1[last] + m2[last] + m3[last]
            - (2 * ((r0 * v0[factors]) + (r1 * v1[factors]) + (r2 * v2[factors]) + (r3 * v3[factors])));
    }

    private static ReadOnlySpan<float> Of(ReadOnlySpan<float> rows, int row, int length) => rows.Slice(row * length, length);

    private static unsafe void Fetch(ReadOnlySpan<float> row)
    {
        const int Line = 16; // numbers of a cache line
        if (!Sse.IsSupported)
        {
            return;
        }

        for (var k = 0; k < row.Length; k += Line)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in row[k])));
        }
    }

    // target += a + b + c + d. The four are added as single numbers, as exact as they are.
    private static void AddSums(
        Span<double> target, ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> c, ReadOnlySpan<float> d)
    {
        ref var t = ref target[0];
        var (width, half) = (Vector512<float>.Count, Vector512<double>.Count);
        var k = 0;
        for (; k <= target.Length - width; k += width)
        {
            var sum = Vector512.Create(a[k..]) + Vector512.Create(b[k..]) + (Vector512.Create(c[k..]) + Vector512.Create(d[k..]));
            var (lower, upper) = Vector512.Widen(sum);
            (Vector512.LoadUnsafe(ref t, (nuint)k) + lower).StoreUnsafe(ref t, (nuint)k);
            (Vector512.LoadUnsafe(ref t, (nuint)(k + half)) + upper).StoreUnsafe(ref t, (nuint)(k + half));
        }

        for (; k < target.Length; k++)
        {
            Unsafe.Add(ref t, k) += a[k] + b[k] + (c[k] + d[k]);
        }
    }
}
