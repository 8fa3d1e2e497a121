using AutoRec.Models.Numerics;

namespace AutoRec.Tests.Models.Numerics;

public sealed class PackedRowsTests
{
    // Less than a panel of rows and more, less than six other rows and more, several groups of other rows, several chunks of panels.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(6, 32, 5)]
    [InlineData(7, 33, 64)]
    [InlineData(200, 95, 3)]
    [InlineData(11, 300, 700)]
    public void Multiply_AnyShape_SumsColumnAfterColumn(int leftCount, int count, int width)
    {
        var random = new Random(1);
        var (left, rows) = (Numbers(leftCount * width), Numbers(count * width));
        var expected = new float[leftCount * count];
        for (var i = 0; i < leftCount; i++)
        {
            for (var j = 0; j < count; j++)
            {
                for (var k = 0; k < width; k++)
                {
                    ref var sum = ref expected[(i * count) + j];
                    sum = MathF.FusedMultiplyAdd(left[(i * width) + k], rows[(j * width) + k], sum);
                }
            }
        }

        var products = new float[leftCount * count];
        PackedRows.Of(rows, width).Multiply(left, leftCount, products);
        Assert.Equal(expected, products); // To the last bit.

        float[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }
}
