using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Tests.Training;

public sealed class Bfloat16Tests
{
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(1003)]
    public void Narrow_ThenWiden_SameAsTorch(int length)
    {
        using var scope = NewDisposeScope();
        var random = new Random(3);

        // Of many sizes, with numbers half way between two, one with an even and one with an odd last bit.
        float[] singles = [.. Enumerable.Range(0, length).Select(_ =>
            (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-30, 30)))];
        float[] special = [1.00390625f, 1.01171875f, -1.00390625f, 0f, -0f, 1e-40f, -3e-45f, 3e38f];
        special.AsSpan(0, Math.Min(length, special.Length)).CopyTo(singles);

        var (numbers, widened) = (new ushort[length], new float[length]);
        Bfloat16.Narrow(singles, numbers);
        Bfloat16.Widen(numbers, widened);

        var expected = tensor(singles).to(ScalarType.BFloat16);
        Assert.Equal(expected.ShortNumbers().ToArray(), numbers);
        Assert.Equal(expected.to(ScalarType.Float32).data<float>().ToArray(), widened);
    }
}
