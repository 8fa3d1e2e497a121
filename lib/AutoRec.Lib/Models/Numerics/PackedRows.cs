using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Models.Numerics;

/// <summary>
/// Rows of floats, such as the factors of all items, laid out for dot products with blocks of other rows, such as the factors of users.
/// Each product is summed column after column, whatever the other rows, the block and the number of threads are, so that the scores of a
/// user are the same to the last bit alone and among others.
/// </summary>
internal sealed class PackedRows
{
    // Two vectors of products at a time.
    private const int Panel = 2 * VectorWidth;
    private const int VectorWidth = 16;

    // Panels that stay in the second-level cache while they meet a group of other rows.
    private const int FloatsPerChunk = 1 << 17;
    private const int RowsPerGroup = 192;

    private readonly float[] panels; // [panels x width x Panel]; rows behind the last are 0
    private readonly int width;

    private PackedRows(int count, int width)
    {
        (Count, this.width) = (count, width);
        panels = new float[Sizes.Of("panels of rows x numbers of a panel", (count + Panel - 1) / Panel, width * (long)Panel)];
    }

    /// <summary>Writes the numbers of a row.</summary>
    internal delegate void RowWriter(int row, Span<float> numbers);

    /// <summary>Packs rows that lie one after the other: [count x width].</summary>
    public static PackedRows Of(float[] rows, int width) =>
        Of(rows.Length / width, width, (row, numbers) => rows.AsSpan(row * width, width).CopyTo(numbers));

    /// <summary>Packs rows.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The numbers of a row, at least 1.</param>
    /// <param name="fill">Writes the numbers of a row.</param>
    public static PackedRows Of(int count, int width, RowWriter fill)
    {
        var packed = new PackedRows(count, width);
        var numbers = new float[width];
        for (var row = 0; row < count; row++)
        {
            fill(row, numbers);
            var place = (row / Panel * Panel * width) + (row % Panel);
            foreach (var number in numbers)
            {
                packed.panels[place] = number;
                place += Panel;
            }
        }

        return packed;
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>Computes the dot product of each of these rows with a vector of each user.</summary>
    /// <param name="users">The number of users.</param>
    /// <param name="fill">Writes the vector of a user; called by several threads at once.</param>
    /// <param name="products">Receives the products: [users x Count].</param>
    public void Multiply(int users, RowWriter fill, Memory<float> products)
    {
        var vectors = new float[Sizes.Of("users x numbers of a vector", users, width)];
        Parallel.For(0, users, ComputeThreads.Options, user => fill(user, vectors.AsSpan(user * width, width)));
        Multiply(vectors, users, products);
    }

    /// <summary>Computes the dot product of each of some rows with each of these.</summary>
    /// <param name="left">The other rows: [leftCount x width].</param>
    /// <param name="leftCount">The number of other rows.</param>
    /// <param name="products">Receives the products: [leftCount x Count].</param>
    public void Multiply(ReadOnlyMemory<float> left, int leftCount, Memory<float> products)
    {
        var panelCount = (Count + Panel - 1) / Panel;
        var perChunk = Math.Max(1, FloatsPerChunk / (Panel * width));
        var (chunks, groups) = ((panelCount + perChunk - 1) / perChunk, (leftCount + RowsPerGroup - 1) / RowsPerGroup);
        Parallel.For(0, chunks * groups, ComputeThreads.Options, part =>
        {
            var first = part % groups * RowsPerGroup;
            var rows = Math.Min(RowsPerGroup, leftCount - first);
            var firstPanel = part / groups * perChunk;
            for (var panel = firstPanel; panel < Math.Min(panelCount, firstPanel + perChunk); panel++)
            {
                MultiplyPanel(
                    panel,
                    left.Span.Slice(first * width, rows * width),
                    products.Span.Slice(first * Count, rows * Count),
                    panel * Panel,
                    Count);
            }
        });
    }

    /// <summary>Computes the dot product of each of some rows with a few of these, one panel after the other.</summary>
    /// <param name="first">The first of these, a multiple of 32.</param>
    /// <param name="count">How many of these.</param>
    /// <param name="left">The other rows: [other rows x width].</param>
    /// <param name="products">Receives the products: [other rows x count].</param>
    public void MultiplyPart(int first, int count, ReadOnlySpan<float> left, Span<float> products)
    {
        for (var column = 0; column < count; column += Panel)
        {
            MultiplyPanel((first + column) / Panel, left, products, column, count);
        }
    }

    private void MultiplyPanel(int panel, ReadOnlySpan<float> left, Span<float> products, int column, int stride)
    {
        ref var b = ref panels[panel * Panel * width];
        ref var a = ref MemoryMarshal.GetReference(left);
        ref var c = ref MemoryMarshal.GetReference(products);
        var rows = left.Length / width;
        var isWhole = column + Panel <= stride;
        Span<float> rest = stackalloc float[Panel];
        var row = 0;
        for (; isWhole && row + 6 <= rows; row += 6)
        {
            MultiplySix(ref Unsafe.Add(ref a, row * width), ref b, width, ref Unsafe.Add(ref c, (row * stride) + column), (nuint)stride);
        }

        for (; row < rows; row++)
        {
            ref var target = ref isWhole ? ref Unsafe.Add(ref c, (row * stride) + column) : ref MemoryMarshal.GetReference(rest);
            MultiplyOne(ref Unsafe.Add(ref a, row * width), ref b, width, ref target);
            if (!isWhole)
            {
                rest[..(stride - column)].CopyTo(products[((row * stride) + column)..]);
            }
        }
    }

    private static void MultiplyOne(ref float a, ref float b, int width, ref float c)
    {
        Vector512<float> sum0 = default, sum1 = default;
        nuint place = 0;
        for (nuint k = 0; k < (nuint)width; k++)
        {
            var factor = Vector512.Create(Unsafe.Add(ref a, k));
            sum0 = Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref b, place), sum0);
            sum1 = Vector512.FusedMultiplyAdd(factor, Vector512.LoadUnsafe(ref b, place + VectorWidth), sum1);
            place += Panel;
        }

        Store(ref c, 0, sum0, sum1);
    }

    // Twelve vectors of sums, so that each number that is loaded takes part in several of them.
    private static void MultiplySix(ref float a, ref float b, int width, ref float c, nuint stride)
    {
        nuint a1 = (nuint)width, a2 = 2 * a1, a3 = 3 * a1, a4 = 4 * a1, a5 = 5 * a1;
        Vector512<float> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default;
        Vector512<float> s30 = default, s31 = default, s40 = default, s41 = default, s50 = default, s51 = default;
        nuint place = 0;
        for (nuint k = 0; k < (nuint)width; k++)
        {
            var b0 = Vector512.LoadUnsafe(ref b, place);
            var b1 = Vector512.LoadUnsafe(ref b, place + VectorWidth);
            var factor = Vector512.Create(Unsafe.Add(ref a, k));
            s00 = Vector512.FusedMultiplyAdd(factor, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(factor, b1, s01);
            factor = Vector512.Create(Unsafe.Add(ref a, a1 + k));
            s10 = Vector512.FusedMultiplyAdd(factor, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(factor, b1, s11);
            factor = Vector512.Create(Unsafe.Add(ref a, a2 + k));
            s20 = Vector512.FusedMultiplyAdd(factor, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(factor, b1, s21);
            factor = Vector512.Create(Unsafe.Add(ref a, a3 + k));
            s30 = Vector512.FusedMultiplyAdd(factor, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(factor, b1, s31);
            factor = Vector512.Create(Unsafe.Add(ref a, a4 + k));
            s40 = Vector512.FusedMultiplyAdd(factor, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(factor, b1, s41);
            factor = Vector512.Create(Unsafe.Add(ref a, a5 + k));
            s50 = Vector512.FusedMultiplyAdd(factor, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(factor, b1, s51);
            place += Panel;
        }

        Store(ref c, 0, s00, s01);
        Store(ref c, stride, s10, s11);
        Store(ref c, 2 * stride, s20, s21);
        Store(ref c, 3 * stride, s30, s31);
        Store(ref c, 4 * stride, s40, s41);
        Store(ref c, 5 * stride, s50, s51);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref float c, nuint place, Vector512<float> first, Vector512<float> second)
    {
        first.StoreUnsafe(ref c, place);
        second.StoreUnsafe(ref c, place + VectorWidth);
    }
}
