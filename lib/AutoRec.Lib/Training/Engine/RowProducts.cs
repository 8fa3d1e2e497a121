using System.Runtime.CompilerServices;

namespace AutoRec.Training;

/// <summary>The products of a vector with rows, one after the other, of which four are made in one pass over the vector.</summary>
/// <param name="rows">The rows, of which the first numbers of each are multiplied.</param>
/// <param name="which">The rows to multiply with.</param>
/// <param name="vector">The vector, as long as a row or shorter.</param>
internal ref struct RowProducts(FloatRows rows, ReadOnlySpan<int> which, Span<float> vector)
{
    private const int AtOnce = 4;

    private readonly Span<float> rows = rows.All;
    private readonly int stride = rows.Stride;
    private readonly ReadOnlySpan<int> which = which;
    private readonly Span<float> vector = vector;
    private Products products;
    private uint next;

    /// <summary>The product with the next of the rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Next()
    {
        var place = next % AtOnce;
        if (place == 0)
        {
            Multiply();
        }

        next++;
        return products[(int)place];
    }

    // The products with the next four rows, or with what is left of them.
    private void Multiply()
    {
        var first = (int)next;
        if (first + AtOnce <= which.Length)
        {
            VectorKernels.Dots(
                ref vector[0], ref Row(first), ref Row(first + 1), ref Row(first + 2), ref Row(first + 3), vector.Length, products);
            return;
        }

        for (var i = first; i < which.Length; i++)
        {
            products[i - first] = VectorKernels.Dot(ref vector[0], ref Row(i), vector.Length);
        }
    }

    private readonly ref float Row(int place) => ref rows.Slice(which[place] * stride, vector.Length)[0];

    [InlineArray(AtOnce)]
    private struct Products
    {
        private float first;
    }
}
