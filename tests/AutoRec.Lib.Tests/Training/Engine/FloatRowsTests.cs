using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AutoRec.Training;

namespace AutoRec.Tests.Training;

public sealed class FloatRowsTests
{
    [Theory]
    [InlineData(64, 64)]
    [InlineData(500, 512)]
    [InlineData(110, 112)]
    [InlineData(100, 112)] // an eighth of 100 is 12.5
    [InlineData(99, 99)]
    [InlineData(1, 1)]
    public void Rows_BeginWithACacheLineWhereThatIsCheap(int width, int stride)
    {
        var rows = new FloatRows(3, width);
        Assert.Equal((3, width, stride, 3 * stride), (rows.Count, rows.Width, rows.Stride, rows.All.Length));
        Assert.Equal(0, Address(rows[0]) % 64);
        if (stride % 16 == 0)
        {
            Assert.Equal(0, Address(rows[2]) % 64);
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(500)]
    [InlineData(3)]
    public void Copies_OfAnArray_AreThatArrayAndItsOwn(int width)
    {
        float[] numbers = [.. Enumerable.Range(0, 4 * width).Select(i => (float)i)];
        var (taken, copied) = (FloatRows.Of(numbers, width), FloatRows.CopyOf(numbers, width));
        Assert.Equal(numbers, taken.ToArray());
        Assert.Equal(numbers, copied.ToArray());
        Assert.Equal(numbers[(2 * width)..(3 * width)], copied[2].ToArray());

        var copy = copied.Copy();
        copy[3][0] = -1;
        copied[0][0] = -2;
        taken[1][0] = -3;
        Assert.Equal(-3, numbers[width]);
        Assert.Equal([-2, 3 * width], [copied[0][0], copied[3][0]]);
        Assert.Equal([0, -1], [copy[0][0], copy[3][0]]);

        taken.CopyTo(copy);
        Assert.Equal(numbers, copy.ToArray());
        copied.Fill(numbers);
        Assert.Equal(numbers, copied.ToArray());
    }

    [Fact]
    public void Grow_MoreRows_MakesRoomOnlyWhereItIsMissing()
    {
        var rows = new FloatRows(2, 5);
        var before = rows;
        FloatRows.Grow(ref rows, 2);
        Assert.Same(before, rows);
        FloatRows.Grow(ref rows, 7);
        Assert.Equal((7, 5), (rows.Count, rows.Width));
    }

    private static long Address(Span<float> row)
    {
        var bytes = MemoryMarshal.AsBytes(row);
        return Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref bytes[0]);
    }
}
