using AutoRec.Models.Numerics;
using AutoRec.Native;

namespace AutoRec.Tests.Models.Numerics;

[Collection(ThreadCount.Name)]
public sealed class DenseLinearAlgebraTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(4, 3, 4)]
    [InlineData(5, 7, 3)]
    [InlineData(9, 8, 1030)] // deeper than one block
    public void Add_AnyShape_IsTheProductOfRows(int aRows, int bRows, int depth)
    {
        var random = new Random(1);
        var a = Numbers(random, aRows * depth);
        var b = Numbers(random, bRows * depth);
        var c = Numbers(random, aRows * bRows);
        var expected = c.ToArray();
        for (var i = 0; i < aRows; i++)
        {
            for (var j = 0; j < bRows; j++)
            {
                for (var k = 0; k < depth; k++)
                {
                    expected[(i * bRows) + j] -= 2 * a[(i * depth) + k] * b[(j * depth) + k];
                }
            }
        }

        DenseProduct.Add(c, bRows, -2, a, depth, aRows, b, depth, bRows, depth);
        Assert.Equal(expected, c, (x, y) => Math.Abs(x - y) < 1e-11);
    }

    // A = [4 2; 2 5] = L L' with L = [2 0; 1 2]; A^-1 = [5 -2; -2 4] / 16; A (1, 2)' = (8, 12)'.
    [Fact]
    public void Cholesky_TwoByTwo_ByHand()
    {
        double[] factor = [4, 9, 2, 5];
        Cholesky.Factor(factor, 2);
        Assert.Equal([2, 9, 1, 2], factor);
        double[] x = [8, 12];
        Cholesky.Solve(factor, x);
        Assert.Equal([1, 2], x, (a, b) => Math.Abs(a - b) < 1e-15);
        var inverse = new double[4];
        Cholesky.Invert(factor, 2, inverse);
        Assert.Equal([5 / 16.0, -2 / 16.0, -2 / 16.0, 4 / 16.0], inverse, (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Theory]
    [InlineData(new[] { 1.0, 0, 2, 4 })] // singular
    [InlineData(new[] { double.NaN, 0, 0, 1 })]
    public void Factor_NotPositiveDefinite_Throws(double[] matrix) => Assert.Throws<ArithmeticException>(() => Cholesky.Factor(matrix, 2));

    [Theory]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(49)]
    [InlineData(150)]
    public void Invert_AnySize_TimesMatrixIsTheIdentity(int n)
    {
        var (matrix, full) = PositiveDefinite(n);
        var inverse = new float[n * n];
        SpdInverse.Invert(matrix, n, inverse, null, CancellationToken.None);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = 0.0;
                for (var k = 0; k < n; k++)
                {
                    sum += full[(i * n) + k] * inverse[(k * n) + j];
                }

                Assert.Equal(i == j ? 1 : 0, sum, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(48, 49)]
    [InlineData(49, 3)]
    [InlineData(150, 100)]
    public void Solve_AnySize_TimesMatrixIsTheRightHandSide(int n, int rows)
    {
        var (matrix, full) = PositiveDefinite(n);
        var right = Numbers(new Random(7), rows * n);
        var solution = new double[rows * n];
        BlockCholesky.Solve(
            matrix,
            n,
            rows,
            (values, row) => right.AsSpan(row * n, n).CopyTo(values),
            (values, row) => values.CopyTo(solution.AsSpan(row * n, n)),
            null,
            CancellationToken.None);
        var product = new double[rows * n];
        DenseProduct.Add(product, n, 1, solution, n, rows, full, n, n, n); // A is symmetric
        Assert.Equal(right, product, (x, y) => Math.Abs(x - y) < 1e-10);
    }

    [Fact]
    public void Invert_OneThreadOrMany_SameToTheLastBit()
    {
        var before = ComputeThreads.Count;
        try
        {
            ComputeThreads.Count = 1;
            var alone = new float[150 * 150];
            SpdInverse.Invert(PositiveDefinite(150).Lower, 150, alone, null, CancellationToken.None);
            ComputeThreads.Count = 4;
            var together = new float[150 * 150];
            SpdInverse.Invert(PositiveDefinite(150).Lower, 150, together, null, CancellationToken.None);
            Assert.Equal(alone, together);
        }
        finally
        {
            ComputeThreads.Count = before;
        }
    }

    // The upper triangle of Lower holds NaN: it must not be read.
    private static (double[] Lower, double[] Full) PositiveDefinite(int n)
    {
        var random = new Random(n);
        var root = Numbers(random, n * n);
        var full = new double[n * n];
        DenseProduct.Add(full, n, 1, root, n, n, root, n, n, n);
        for (var i = 0; i < n; i++)
        {
            full[(i * n) + i] += 5;
        }

        var lower = full.ToArray();
        for (var i = 0; i < n; i++)
        {
            lower.AsSpan((i * n) + i + 1, n - i - 1).Fill(double.NaN);
        }

        return (lower, full);
    }

    private static double[] Numbers(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
}
