namespace AutoRec.Data;

/// <summary>The lengths of arrays, computed without overflow, and arrays that grow.</summary>
internal static class Sizes
{
    /// <summary>The length of an array of [rows x columns].</summary>
    /// <param name="what">What rows and columns are, such as <c>users x factors</c>.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns.</param>
    /// <exception cref="NotSupportedException">An array cannot be that long.</exception>
    public static int Of(string what, long rows, long columns)
    {
        // Two ints never overflow a long.
        var length = rows * columns;
        return length <= Array.MaxLength ? (int)length : throw new NotSupportedException(FormattableString.Invariant(
            $"{what}: {rows:N0} x {columns:N0} = {length:N0} numbers; at most {Array.MaxLength:N0} are supported. ")
            + "Leave out rare users or items (--core), or choose a smaller model.");
    }

    /// <summary>The parts of an array of any length, from its beginning, all but the last as long as may be.</summary>
    /// <param name="length">The length of the array.</param>
    /// <param name="most">The most of a part, at least 1.</param>
    public static IEnumerable<(int Start, int Length)> Parts(int length, int most)
    {
        for (var start = 0L; start < length; start += most) // Behind the last part is more than an int holds.
        {
            yield return ((int)start, (int)Math.Min(most, length - start));
        }
    }

    /// <summary>Replaces a buffer by an empty one if it is shorter than is needed.</summary>
    public static void Grow<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[length];
        }
    }
}
