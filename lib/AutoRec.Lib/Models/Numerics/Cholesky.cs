using System.Buffers;
using System.Numerics.Tensors;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Solves small symmetric positive definite systems through A = L L', L lower triangular. Matrices are [n x n], row after
/// row; of A only the lower triangle is read. Double precision, one thread.
/// </summary>
internal static class Cholesky
{
    /// <summary>Replaces the lower triangle of A by L; what is above the diagonal stays.</summary>
    /// <exception cref="ArithmeticException">The matrix is not positive definite, or not finite.</exception>
    public static void Factor(Span<double> matrix, int n) => Factor(matrix, n, n);

    /// <inheritdoc cref="Factor(Span{double}, int)"/>
    /// <param name="matrix">A, then L.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="n">Rows and columns.</param>
    public static void Factor(Span<double> matrix, int stride, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var row = matrix.Slice(i * stride, i + 1);
            SolveLower(matrix, stride, row[..i]);
            var square = row[i] - TensorPrimitives.SumOfSquares<double>(row[..i]);
            row[i] = square > 0 && double.IsFinite(square)
                ? Math.Sqrt(square)
                : throw new ArithmeticException($"The matrix is not positive definite: the square of pivot {i} is {square}.");
        }
    }

    /// <summary>Solves L y = x in place for the leading rows and columns of L, as many as x has numbers.</summary>
    public static void SolveLower(ReadOnlySpan<double> factor, int stride, Span<double> x)
    {
        for (var j = 0; j < x.Length; j++)
        {
            var row = factor.Slice(j * stride, j + 1);
            x[j] = (x[j] - TensorPrimitives.Dot(row[..j], x[..j])) / row[j];
        }
    }

    /// <summary>Solves L L' y = x in place.</summary>
    public static void Solve(ReadOnlySpan<double> factor, Span<double> x)
    {
        var n = x.Length;
        SolveLower(factor, n, x);
        SolveUpper(factor, n, x);
    }

    /// <summary>Solves L' y = x in place for the leading rows and columns of L, as many as x has numbers.</summary>
    public static void SolveUpper(ReadOnlySpan<double> factor, int stride, Span<double> x)
    {
        for (var j = x.Length - 1; j >= 0; j--)
        {
            // By rows of L: once x_j is known, its part is taken out of all numbers before it.
            var row = factor.Slice(j * stride, j + 1);
            x[j] /= row[j];
            TensorPrimitives.MultiplyAdd(row[..j], -x[j], x[..j], x[..j]);
        }
    }

    /// <summary>The whole inverse of A = L L', both triangles.</summary>
    /// <param name="factor">L: [n x n].</param>
    /// <param name="n">Rows and columns.</param>
    /// <param name="inverse">Receives the inverse: [n x n].</param>
    public static void Invert(ReadOnlySpan<double> factor, int n, Span<double> inverse)
    {
        // Y = L'^-1, upper triangular, row after row from Y L' = I; then A^-1 = Y Y'.
        var rented = ArrayPool<double>.Shared.Rent(n * n);
        var upper = rented.AsSpan(0, n * n);
        upper.Clear();
        for (var i = 0; i < n; i++)
        {
            var row = upper.Slice(i * n, n);
            row[i] = 1 / factor[(i * n) + i];
            for (var j = i + 1; j < n; j++)
            {
                row[j] = -TensorPrimitives.Dot(factor.Slice((j * n) + i, j - i), row[i..j]) / factor[(j * n) + j];
            }
        }

        inverse = inverse[..(n * n)];
        inverse.Clear();
        DenseProduct.Add(inverse, n, 1, upper, n, n, upper, n, n, n);
        ArrayPool<double>.Shared.Return(rented);
    }
}
