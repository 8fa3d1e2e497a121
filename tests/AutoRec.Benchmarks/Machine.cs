using AutoRec.Native;
using static TorchSharp.torch;

namespace AutoRec.Benchmarks;

/// <summary>What the machine can do at best, measured.</summary>
/// <param name="BytesPerSecond">Memory bandwidth: reading two arrays and writing a third, each far larger than the caches.</param>
/// <param name="FlopsPerSecond">Torch's product of square matrices of floats.</param>
internal sealed record Machine(double BytesPerSecond, double FlopsPerSecond)
{
    private const int Repeats = 5;

    public static Machine Measure() => new(Bandwidth(1 << 25), Gemm(1536));

    private static double Bandwidth(int length)
    {
        var (a, b, c) = (new float[length], new float[length], new float[length]);
        const int Slice = 1 << 16;
        var best = Enumerable.Range(0, Repeats + 1).Min(_ => Comparison.Time(() =>
        {
            Parallel.For(0, length / Slice, ComputeThreads.Options, slice =>
                System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(
                    a.AsSpan(slice * Slice, Slice), 3f, b.AsSpan(slice * Slice, Slice), c.AsSpan(slice * Slice, Slice)));
            return 0;
        }).Seconds);
        return 3.0 * sizeof(float) * length / best;
    }

    private static double Gemm(int size)
    {
        using var scope = NewDisposeScope();
        var (a, b) = (rand(size, size), rand(size, size));
        var best = Enumerable.Range(0, Repeats + 1).Min(_ => Comparison.Time(() =>
        {
            using var product = a.mm(b);
            return 0;
        }).Seconds);
        return 2.0 * size * size * size / best;
    }
}
