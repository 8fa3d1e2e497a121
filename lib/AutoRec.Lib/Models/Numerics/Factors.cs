using System.Buffers;
using System.Numerics;
using AutoRec.Distributed;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Latent factors, a row for each user or item: how they begin, and the matrices of the least-squares problems they solve.
/// </summary>
internal static class Factors
{
    // Rows taken together.
    private const int Chunk = 256;

    /// <summary>
    /// Adds sum over rows r of w_r f_r f_r' to the lower triangle of a matrix (numbers above the diagonal may change too).
    /// </summary>
    /// <typeparam name="T">The type of the factors; sums are made of doubles.</typeparam>
    /// <param name="factors">[any number of rows x stride], of which the first k of each row count.</param>
    /// <param name="stride">The distance of rows.</param>
    /// <param name="k">Factors.</param>
    /// <param name="rows">The rows that count.</param>
    /// <param name="matrix">[k x k].</param>
    /// <param name="weights">w_r of each of <paramref name="rows"/>, at least 0; empty for weights of 1. Default empty.</param>
    public static void AddOuterProducts<T>(
        ReadOnlySpan<T> factors, int stride, int k, ReadOnlySpan<int> rows, Span<double> matrix, ReadOnlySpan<double> weights = default)
        where T : INumberBase<T>
    {
        const int Block = 48;
        var gathered = ArrayPool<double>.Shared.Rent(k * Chunk); // [k x rows of the chunk]
        for (var start = 0; start < rows.Length; start += Chunk)
        {
            var chunk = rows.Slice(start, Math.Min(Chunk, rows.Length - start));
            for (var i = 0; i < chunk.Length; i++)
            {
                var row = factors.Slice(chunk[i] * stride, k);
                var root = weights.IsEmpty ? 1 : Math.Sqrt(weights[start + i]);
                for (var j = 0; j < row.Length; j++)
                {
                    gathered[(j * Chunk) + i] = root * double.CreateTruncating(row[j]);
                }
            }

            for (var block = 0; block < k; block += Block)
            {
                var rowsOfA = gathered.AsSpan(block * Chunk);
                var count = Math.Min(Block, k - block);
                DenseProduct.Add(matrix[(block * k)..], k, 1, rowsOfA, Chunk, count, gathered, Chunk, block + count, chunk.Length);
            }
        }

        ArrayPool<double>.Shared.Return(gathered);
    }

    /// <summary>Sum over all rows r of f_r f_r', of which the lower triangle is meant: [k x k].</summary>
    public static double[] Gram<T>(T[] factors, int k)
        where T : INumberBase<T>
    {
        var gram = new double[k * k];
        AddOuterProducts<T>(factors, k, k, [.. Enumerable.Range(0, factors.Length / k)], gram);
        return gram;
    }

    /// <summary>The same for many rows, by several threads and processes, in the order of <see cref="LeafSplit"/>.</summary>
    /// <param name="factors">All rows, on each process: [rows x k].</param>
    /// <param name="group">The processes, each of which sums over some of the leaves.</param>
    public static double[] Gram(FloatRows factors, IProcessGroup group)
    {
        var k = factors.Width;
        var room = ArrayPool<double>.Shared.Rent(LeafSplit.LeafCount * k * k); // Kept: new memory would take longer than the sums.
        var ofLeaves = room.AsMemory(0, LeafSplit.LeafCount * k * k);
        ofLeaves.Span.Clear();
        var (firstLeaf, endLeaf) = LeafSplit.LeavesOf(group.Rank, group.Size);
        Parallel.For(firstLeaf, endLeaf, ComputeThreads.Options, leaf =>
        {
            var (first, end) = ProcessGroup.Share(factors.Count, leaf, LeafSplit.LeafCount);
            var gram = ofLeaves.Span.Slice(leaf * k * k, k * k);
            AddOuterProducts<float>(factors.All, factors.Stride, k, [.. Enumerable.Range(first, end - first)], gram);
        });
        var sum = LeafSplit.Sum(group, ofLeaves.Span).ToArray();
        ArrayPool<double>.Shared.Return(room);
        return sum;
    }

    /// <summary>Numbers drawn from a normal distribution with mean 0.</summary>
    public static double[] Normal(Random random, int count, double deviation) => Normal<double>(random, count, deviation);

    /// <inheritdoc cref="Normal"/>
    public static float[] NormalFloats(Random random, int count, double deviation) => Normal<float>(random, count, deviation);

    private static T[] Normal<T>(Random random, int count, double deviation)
        where T : INumberBase<T>
    {
        var numbers = new T[count];
        for (var i = 0; i < count; i++)
        {
            // Box-Muller.
            numbers[i] = T.CreateTruncating(
                deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return numbers;
    }
}
