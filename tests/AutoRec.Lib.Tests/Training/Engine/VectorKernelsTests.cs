using AutoRec.Training;

namespace AutoRec.Tests.Training;

/// <summary>Sums and products of several rows at once have the bits of those made one after the other.</summary>
public sealed class VectorKernelsTests
{
    private const int Rows = 9;

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(47)]
    [InlineData(64)]
    [InlineData(500)]
    public void ScaledSum_RowsOfAnyLength_AsOneAfterTheOther(int length)
    {
        var width = length + 2; // of which the last two are not summed
        var (rows, factors) = (Numbers(Rows * width, seed: 1), Numbers(Rows, seed: 2));
        for (var count = 0; count <= Rows; count++)
        {
            var (expected, actual) = (Numbers(length, seed: 3), Numbers(length, seed: 3));
            var sum = new ScaledSum(rows, width, actual);
            for (var row = 0; row < count; row++)
            {
                VectorKernels.AddScaled(ref expected[0], ref rows[row * width], factors[row], length);
                sum.Add(row, factors[row]);
            }

            sum.Complete();
            Assert.Equal(expected, actual);
        }

        var plain = Enumerable.Range(0, length)
            .Select(i => Enumerable.Range(0, Rows).Sum(row => factors[row] * (double)rows[(row * width) + i]));
        var sums = new float[length];
        var all = new ScaledSum(rows, width, sums);
        for (var row = 0; row < Rows; row++)
        {
            all.Add(row, factors[row]);
        }

        all.Complete();
        Assert.All(plain.Zip(sums), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(50)]
    [InlineData(500)]
    public void Dots_FourVectors_AsOneAfterTheOther(int length)
    {
        var (a, b) = (Numbers(length, seed: 1), Numbers(4 * length, seed: 2));
        var products = new float[4];
        VectorKernels.Dots(ref a[0], ref b[0], ref b[length], ref b[2 * length], ref b[3 * length], length, products);
        for (var row = 0; row < 4; row++)
        {
            Assert.Equal(VectorKernels.Dot(ref a[0], ref b[row * length], length), products[row]);
            Assert.Equal(Enumerable.Range(0, length).Sum(i => a[i] * (double)b[(row * length) + i]), products[row], 1e-4);
        }
    }

    private static float[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
