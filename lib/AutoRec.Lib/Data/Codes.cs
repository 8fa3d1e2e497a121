namespace AutoRec.Data;

/// <summary>Codes of users, items or others, from 0.</summary>
internal static class Codes
{
    /// <summary>How often each code comes.</summary>
    /// <param name="codes">The codes, in any order.</param>
    /// <param name="count">The number of codes that there are.</param>
    /// <returns>[count].</returns>
    public static int[] Count(ReadOnlySpan<int> codes, int count)
    {
        var counts = new int[count];
        foreach (var code in codes)
        {
            counts[code]++;
        }

        return counts;
    }
}
