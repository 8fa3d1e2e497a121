using System.Runtime.InteropServices;
using AutoRec.Data;

namespace AutoRec.Training;

/// <summary>
/// Rows of 32-bit numbers in one array. Made here, each row begins with a cache line of 64 bytes, where that costs at most an eighth of
/// the memory and an array has the room: the vectors of a row that begins elsewhere lie across two lines, and a sum of rows takes half
/// as long again.
/// </summary>
internal sealed class FloatRows
{
    private const int Line = 16; // numbers of a cache line
    private const int MostPadding = 8;

    private readonly float[] numbers;
    private readonly int start;

    private FloatRows(float[] numbers, int start, int count, int width, int stride) =>
        (this.numbers, this.start, Count, Width, Stride) = (numbers, start, count, width, stride);

    /// <summary>Rows of zeros.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The numbers of a row.</param>
    /// <param name="what">What the count and the width are of, for the error. Default: rows x numbers of a row.</param>
    /// <exception cref="NotSupportedException">They are more than an array holds.</exception>
    public FloatRows(int count, int width, string what = "rows x numbers of a row")
    {
        var padded = (width + Line - 1) / Line * Line;
        var isPadded = (padded - width) * MostPadding <= width && (long)count * padded <= Array.MaxLength - Line;
        (Count, Width, Stride) = (count, width, isPadded ? padded : width);
        numbers = GC.AllocateArray<float>(Line + Sizes.Of(what, count, Stride), pinned: true);
        var address = Marshal.UnsafeAddrOfPinnedArrayElement(numbers, 0) / sizeof(float);
        start = (int)((Line - (address % Line)) % Line);
    }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>The numbers of a row.</summary>
    public int Width { get; }

    /// <summary>The distance of rows in <see cref="All"/>.</summary>
    public int Stride { get; }

    /// <summary>The rows, with what lies between them: [count x stride].</summary>
    public Span<float> All => numbers.AsSpan(start, Count * Stride);

    /// <summary>A row: [width].</summary>
    public Span<float> this[int row] => numbers.AsSpan(start + (row * Stride), Width);

    /// <summary>Takes an array as it is; its rows begin where they do: [rows x width].</summary>
    public static FloatRows Of(float[] numbers, int width) => new(numbers, 0, numbers.Length / Math.Max(1, width), width, width);

    /// <summary>Copies numbers: [rows x width].</summary>
    public static FloatRows CopyOf(ReadOnlySpan<float> numbers, int width)
    {
        var rows = new FloatRows(numbers.Length / width, width);
        rows.Fill(numbers);
        return rows;
    }

    /// <summary>Replaces the first rows: [rows x width].</summary>
    public void Fill(ReadOnlySpan<float> from)
    {
        for (var row = 0; row < from.Length / Width; row++)
        {
            from.Slice(row * Width, Width).CopyTo(this[row]);
        }
    }

    /// <summary>Copies the rows into others of the same number and width.</summary>
    public void CopyTo(FloatRows others)
    {
        for (var row = 0; row < Count; row++)
        {
            this[row].CopyTo(others[row]);
        }
    }

    /// <summary>Copies the rows, one right behind the other: [count x width].</summary>
    public void CopyTo(Span<float> to)
    {
        for (var row = 0; row < Count; row++)
        {
            this[row].CopyTo(to.Slice(row * Width, Width));
        }
    }

    /// <summary>Makes a copy.</summary>
    public FloatRows Copy()
    {
        var copy = new FloatRows(Count, Width);
        CopyTo(copy);
        return copy;
    }

    /// <summary>Replaces rows by new ones of zeros where there are too few.</summary>
    public static void Grow(ref FloatRows rows, int count)
    {
        if (rows.Count < count)
        {
            rows = new FloatRows(count, rows.Width);
        }
    }

    /// <summary>A new array of the rows, one right behind the other: [count x width].</summary>
    public float[] ToArray()
    {
        var array = new float[Count * Width];
        CopyTo(array);
        return array;
    }
}
