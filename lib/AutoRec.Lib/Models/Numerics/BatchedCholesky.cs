using System.Runtime.Intrinsics;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Solves eight small symmetric positive definite systems at once through A = L L', one in each lane of a vector, so that no sum goes
/// across lanes and a system has the same result in every lane. Lower triangles [n (n + 1) / 2], packed row after row. Double
/// precision, one thread.
/// </summary>
internal static class BatchedCholesky
{
    /// <summary>The number of systems.</summary>
    public const int Systems = 8;

    /// <summary>Numbers of a lower triangle.</summary>
    public static int Packed(int n) => n * (n + 1) / 2;

    /// <summary>Replaces the lower triangles of A by L.</summary>
    /// <exception cref="ArithmeticException">A matrix is not positive definite, or not finite.</exception>
    public static void Factor(Span<Vector512<double>> matrix, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var row = Row(matrix, i);
            for (var j = 0; j < i; j++)
            {
                var other = Row(matrix, j);
                row[j] = (row[j] - Dot(row[..j], other[..j])) / other[j];
            }

            var square = row[i] - Dot(row[..i], row[..i]);
            row[i] = Vector512.GreaterThanAll(square, default) && Vector512.LessThanAll(square, Vector512.Create(double.PositiveInfinity))
                ? Vector512.Sqrt(square)
                : throw new ArithmeticException($"A matrix is not positive definite: the squares of pivot {i} are {square}.");
        }
    }

    /// <summary>Solves L L' y = x in place.</summary>
    /// <param name="factor">L.</param>
    /// <param name="x">[n].</param>
    public static void Solve(ReadOnlySpan<Vector512<double>> factor, Span<Vector512<double>> x)
    {
        for (var i = 0; i < x.Length; i++)
        {
            var row = Row(factor, i);
            x[i] = (x[i] - Dot(row[..i], x[..i])) / row[i];
        }

        for (var i = x.Length - 1; i >= 0; i--)
        {
            // By rows of L: once x_i is known, its part is taken out of all numbers before it.
            var row = Row(factor, i);
            x[i] /= row[i];
            AddScaled(x[..i], -x[i], row[..i]);
        }
    }

    /// <summary>The lower triangles of the inverses of A = L L'.</summary>
    /// <param name="factor">L, of which L^-1 is left.</param>
    /// <param name="n">Rows and columns.</param>
    /// <param name="inverse">Receives the inverses.</param>
    public static void Invert(Span<Vector512<double>> factor, int n, Span<Vector512<double>> inverse)
    {
        inverse.Clear();
        for (var i = 0; i < n; i++)
        {
            // Row i of Y = L^-1 from the rows before it: y_i = (e_i - sum over j < i of L_ij y_j) / L_ii. Then A^-1 = Y' Y.
            var row = Row(factor, i);
            for (var j = 0; j < i; j++)
            {
                var weight = row[j];
                row[j] = default;
                AddScaled(row[..(j + 1)], -weight, Row(factor, j));
            }

            var scale = Vector512<double>.One / row[i];
            for (var j = 0; j < i; j++)
            {
                row[j] *= scale;
            }

            row[i] = scale;
            for (var j = 0; j <= i; j++)
            {
                AddScaled(Row(inverse, j), row[j], row[..(j + 1)]);
            }
        }
    }

    /// <summary>ln det A of A = L L'.</summary>
    public static Vector512<double> LogDeterminant(ReadOnlySpan<Vector512<double>> factor, int n)
    {
        Vector512<double> sum = default;
        for (var i = 0; i < n; i++)
        {
            sum += Vector512.Log(factor[Packed(i + 1) - 1]);
        }

        return sum + sum;
    }

    private static Span<Vector512<double>> Row(Span<Vector512<double>> triangle, int i) => triangle.Slice(Packed(i), i + 1);

    private static ReadOnlySpan<Vector512<double>> Row(ReadOnlySpan<Vector512<double>> triangle, int i) => triangle.Slice(Packed(i), i + 1);

    private static Vector512<double> Dot(ReadOnlySpan<Vector512<double>> a, ReadOnlySpan<Vector512<double>> b)
    {
        // Two sums, because each addition waits for the one before.
        Vector512<double> even = default, odd = default;
        b = b[..a.Length];
        var k = 0;
        for (; k < a.Length - 1; k += 2)
        {
            even = Vector512.FusedMultiplyAdd(a[k], b[k], even);
            odd = Vector512.FusedMultiplyAdd(a[k + 1], b[k + 1], odd);
        }

        return k < a.Length ? Vector512.FusedMultiplyAdd(a[k], b[k], even) + odd : even + odd;
    }

    private static void AddScaled(Span<Vector512<double>> target, Vector512<double> factor, ReadOnlySpan<Vector512<double>> source)
    {
        source = source[..target.Length];
        for (var k = 0; k < target.Length; k++)
        {
            target[k] = Vector512.FusedMultiplyAdd(factor, source[k], target[k]);
        }
    }
}
