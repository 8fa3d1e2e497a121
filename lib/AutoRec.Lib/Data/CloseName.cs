namespace AutoRec.Data;

/// <summary>Finds the name that was meant by one that is not known.</summary>
internal static class CloseName
{
    // An error must not take seconds.
    private const int LongestName = 40;
    private const int MostNames = 100_000;

    /// <summary>A sentence that suggests the closest of some names, after a blank; empty if none is close.</summary>
    public static string Suggestion(string name, IEnumerable<string> names) =>
        Find(name, names) is { } close ? $" Did you mean '{close}'?" : "";

    /// <summary>
    /// The name with the fewest letters to add, leave out, replace or swap (Damerau 1964), whatever their case; null if more than a third
    /// of the letters differ. Of equally close names the first counts. Long names are not looked for, and of very many names only the first
    /// are looked at.
    /// </summary>
    public static string? Find(string name, IEnumerable<string> names)
    {
        if (name.Length > LongestName)
        {
            return null;
        }

        var (close, fewest) = (default(string), (Math.Max(name.Length, 2) / 3) + 1);
        foreach (var candidate in names.Take(MostNames))
        {
            if (Math.Abs(candidate.Length - name.Length) < fewest && Distance(name, candidate) is var distance && distance < fewest)
            {
                (close, fewest) = (candidate, distance);
            }
        }

        return close;
    }

    // Optimal string alignment.
    private static int Distance(string a, string b)
    {
        var (before, last, now) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            now[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var isSame = Same(a[i - 1], b[j - 1]);
                now[j] = Math.Min(Math.Min(last[j], now[j - 1]) + 1, last[j - 1] + (isSame ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    now[j] = Math.Min(now[j], before[j - 2] + 1);
                }
            }

            (before, last, now) = (last, now, before);
        }

        return last[b.Length];

        static bool Same(char x, char y) => char.ToUpperInvariant(x) == char.ToUpperInvariant(y);
    }
}
