using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AutoRec.Data;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Solves for the posteriors of up to <see cref="Rows"/> rows (users, say) together. A row's result does not depend on its place nor on
/// the other rows; without a rating it is the prior. To be used for some rows after the others.
/// </summary>
internal sealed class PmfEmSolver
{
    /// <summary>The rows that are solved for together.</summary>
    public const int Rows = BatchedCholesky.Systems;

    private readonly int size;
    private readonly PmfEmSums[] sums;
    private readonly Vector512<double>[] means;
    private readonly Vector512<double>[] precision;
    private readonly Vector512<double>[] moments;

    public PmfEmSolver(int factors, bool biases)
    {
        size = factors + (biases ? 1 : 0);
        sums = [.. Enumerable.Range(0, Rows).Select(_ => new PmfEmSums(factors, biases))];
        means = new Vector512<double>[size];
        precision = new Vector512<double>[PmfEmSums.Packed(size)];
        moments = new Vector512<double>[PmfEmSums.Packed(size)];
    }

    /// <summary>ln det of the rows' covariances, after <see cref="SolveMoments"/>.</summary>
    public Vector512<double> LogDeterminants { get; private set; }

    /// <summary>What the ratings of a row tell about it.</summary>
    public PmfEmSums this[int row] => sums[row];

    /// <summary>The number of blocks that rows are solved for in.</summary>
    public static int Blocks(int rows) => (rows + Rows - 1) / Rows;

    /// <summary>Takes the ratings of some rows in, in place of what was there.</summary>
    /// <param name="ratings">The ratings: [rows x rows of the other side].</param>
    /// <param name="first">The first row, which gets place 0.</param>
    /// <param name="count">The number of rows, at most <see cref="Rows"/>.</param>
    /// <param name="mean">The mean of all ratings.</param>
    /// <param name="means">E[c] of the other side: [rows x size].</param>
    /// <param name="moments">E[c c'] of it, packed: [rows x size (size + 1) / 2].</param>
    public void Gather(
        InteractionMatrix ratings, int first, int count, double mean, ReadOnlySpan<float> means, ReadOnlySpan<float> moments)
    {
        for (var i = 0; i < count; i++)
        {
            sums[i].Clear();
            sums[i].Add(ratings.Columns(first + i), ratings.Values(first + i), mean, means, moments);
        }
    }

    /// <summary>Solves for E[c] given what was taken in.</summary>
    /// <param name="noiseVariance">tau^2.</param>
    /// <param name="priorVariances">[size].</param>
    public void SolveMeans(double noiseVariance, ReadOnlySpan<double> priorVariances)
    {
        for (var row = 0; row < Rows; row++)
        {
            ScaleInto(precision, row, sums[row].Design, 1 / noiseVariance);
            ScaleInto(means, row, sums[row].Response, 1 / noiseVariance);
        }

        for (var i = 0; i < size; i++)
        {
            precision[PmfEmSums.Packed(i) + i] += Vector512.Create(1 / priorVariances[i]);
        }

        BatchedCholesky.Factor(precision, size);
        BatchedCholesky.Solve(precision, means);
    }

    /// <summary>Solves for E[c] and E[c c'] given what was taken in.</summary>
    /// <inheritdoc cref="SolveMeans"/>
    public void SolveMoments(double noiseVariance, ReadOnlySpan<double> priorVariances)
    {
        SolveMeans(noiseVariance, priorVariances);
        LogDeterminants = -BatchedCholesky.LogDeterminant(precision, size);
        BatchedCholesky.Invert(precision, size, moments);
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                ref var moment = ref moments[PmfEmSums.Packed(i) + j];
                moment = Vector512.FusedMultiplyAdd(means[i], means[j], moment);
            }
        }
    }

    /// <summary>Copies E[c] of a row: [size].</summary>
    public void CopyMeans(int row, Span<float> to) => Copy(means, row, to);

    /// <summary>Copies E[c c'] of a row: packed.</summary>
    public void CopyMoments(int row, Span<float> to) => Copy(moments, row, to);

    private static void ScaleInto(Vector512<double>[] lanes, int row, ReadOnlySpan<double> numbers, double scale)
    {
        var to = MemoryMarshal.Cast<Vector512<double>, double>(lanes.AsSpan());
        for (var k = 0; k < numbers.Length; k++)
        {
            to[(k * Rows) + row] = numbers[k] * scale;
        }
    }

    private static void Copy(Vector512<double>[] lanes, int row, Span<float> to)
    {
        var numbers = MemoryMarshal.Cast<Vector512<double>, double>(lanes.AsSpan());
        for (var k = 0; k < to.Length; k++)
        {
            to[k] = (float)numbers[(k * Rows) + row];
        }
    }
}
