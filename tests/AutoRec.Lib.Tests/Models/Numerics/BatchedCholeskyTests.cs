using System.Runtime.Intrinsics;
using AutoRec.Models.Numerics;

namespace AutoRec.Tests.Models.Numerics;

public sealed class BatchedCholeskyTests
{
    // A = [4 2; 2 5] = L L' with L = [2 0; 1 2]; det A = 16; A^-1 = [5 -2; -2 4] / 16; A (1, 2)' = (8, 12)'. The other lanes hold the
    // same times 1 to 7.
    [Fact]
    public void TwoByTwo_ByHand()
    {
        var scale = Vector512.Create(1.0, 1, 2, 3, 4, 5, 6, 7);
        var factor = new[] { 4 * scale, 2 * scale, 5 * scale };
        BatchedCholesky.Factor(factor, 2);
        var x = new[] { 8 * scale, 12 * scale };
        BatchedCholesky.Solve(factor, x);
        var determinant = BatchedCholesky.LogDeterminant(factor, 2);
        var inverse = new Vector512<double>[3];
        BatchedCholesky.Invert(factor, 2, inverse);
        for (var lane = 0; lane < BatchedCholesky.Systems; lane++)
        {
            var times = scale[lane];
            Assert.Equal([1, 2], [x[0][lane], x[1][lane]], Near);
            Assert.Equal(Math.Log(16 * times * times), determinant[lane], 1e-14);
            Assert.Equal([5 / 16.0 / times, -2 / 16.0 / times, 4 / 16.0 / times], inverse.Select(number => number[lane]), Near);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(31)]
    [InlineData(64)]
    public void EightSystems_AnySize_EachAsAlone(int n)
    {
        var random = new Random(n);
        var systems = Enumerable.Range(0, BatchedCholesky.Systems).Select(_ => PositiveDefinite(random, n)).ToArray();
        var right = systems.Select(_ => Enumerable.Range(0, n).Select(_ => random.NextDouble()).ToArray()).ToArray();
        var factor = Lanes(systems, BatchedCholesky.Packed(n));
        var x = Lanes(right, n);
        var inverse = new Vector512<double>[BatchedCholesky.Packed(n)];
        BatchedCholesky.Factor(factor, n);
        BatchedCholesky.Solve(factor, x);
        BatchedCholesky.Invert(factor, n, inverse);
        for (var lane = 0; lane < BatchedCholesky.Systems; lane++)
        {
            var (alone, whole) = (Square(systems[lane], n), new double[n * n]);
            Cholesky.Factor(alone, n);
            Cholesky.Solve(alone, right[lane]);
            Cholesky.Invert(alone, n, whole);
            Assert.Equal(right[lane], x.Select(number => number[lane]), Near);
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    Assert.Equal(whole[(i * n) + j], inverse[BatchedCholesky.Packed(i) + j][lane], 1e-12);
                }
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Factor_OneOfEightIsNotPositiveDefinite_Throws(double pivot)
    {
        var matrix = new[] { Vector512<double>.One.WithElement(5, pivot) };
        Assert.Throws<ArithmeticException>(() => BatchedCholesky.Factor(matrix, 1));
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12;

    private static Vector512<double>[] Lanes(double[][] systems, int length) =>
        [.. Enumerable.Range(0, length).Select(k => Vector512.Create([.. systems.Select(system => system[k])]))];

    // R R' + 5 I, the lower triangle.
    private static double[] PositiveDefinite(Random random, int n)
    {
        var root = Enumerable.Range(0, n * n).Select(_ => random.NextDouble() - 0.5).ToArray();
        var packed = new double[BatchedCholesky.Packed(n)];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var dot = Enumerable.Range(0, n).Sum(k => root[(i * n) + k] * root[(j * n) + k]);
                packed[BatchedCholesky.Packed(i) + j] = dot + (i == j ? 5 : 0);
            }
        }

        return packed;
    }

    private static double[] Square(double[] packed, int n)
    {
        var square = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            packed.AsSpan(BatchedCholesky.Packed(i), i + 1).CopyTo(square.AsSpan(i * n));
        }

        return square;
    }
}
