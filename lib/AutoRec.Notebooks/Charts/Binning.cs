
namespace AutoRec.Notebooks;

/// <summary>From many values to the few that a chart can show.</summary>
internal static class Binning
{
    /// <summary>
    /// The edges of about <paramref name="bins"/> bins that hold all values: round numbers, or equal ratios on a logarithmic axis.
    /// </summary>
    public static double[] Edges(IReadOnlyCollection<double> values, int bins, bool log)
    {
        if (values.Count == 0)
        {
            return [log ? 1 : 0, log ? 2 : 1];
        }

        var (min, max) = (values.Min(), values.Max());
        var whole = values.All(value => value == Math.Floor(value));
        return log ? LogEdges(min, max, bins, whole) : LinearEdges(min, max, bins, whole);
    }

    /// <summary>How many values lie in each bin, lower edge included.</summary>
    public static double[] Count(IEnumerable<double> values, double[] edges)
    {
        var counts = new double[edges.Length - 1];
        foreach (var value in values)
        {
            var place = Array.BinarySearch(edges, value);
            counts[Math.Clamp(place >= 0 ? place : ~place - 1, 0, counts.Length - 1)]++;
        }

        return counts;
    }

    /// <summary>At most <paramref name="most"/> points of a series, evenly taken, both ends among them.</summary>
    public static Series Thin(Series series, int most)
    {
        var count = series.X.Count;
        if (count <= most)
        {
            return series;
        }

        var taken = Enumerable.Range(0, most).Select(i => (int)((long)i * (count - 1) / (most - 1))).ToArray();
        return series with { X = [.. taken.Select(i => series.X[i])], Y = [.. taken.Select(i => series.Y[i])] };
    }

    /// <summary>The share, 0 to 1, that the first 0, 1, 2, ... counts hold together.</summary>
    public static double[] CumulativeShares(IReadOnlyList<int> counts)
    {
        var total = Math.Max(1, counts.Sum(count => (double)count));
        var shares = new double[counts.Count + 1];
        var sum = 0.0;
        for (var i = 0; i < counts.Count; i++)
        {
            sum += counts[i];
            shares[i + 1] = sum / total;
        }

        return shares;
    }

    private static double[] LinearEdges(double min, double max, int bins, bool whole)
    {
        // Bins of whole numbers begin half-way below one, so that each number lies in the middle of its place.
        var step = max > min ? Ticks.NiceStep((max - min) / bins) : 1;
        step = whole ? Math.Max(1, Math.Ceiling(step)) : step;
        var shift = whole ? -0.5 : 0;
        var first = (Math.Floor(min / step) * step) + shift;
        var count = (int)Math.Floor((max - first) / step) + 1;
        return [.. Enumerable.Range(0, count + 1).Select(i => first + (i * step))];
    }

    private static double[] LogEdges(double min, double max, int bins, bool whole)
    {
        var ratio = Math.Pow(Math.Max(max / min, 2), 1.0 / bins);
        if (!whole)
        {
            return [.. Enumerable.Range(0, bins).Select(i => min * Math.Pow(ratio, i)), Math.Max(max, min * 2)];
        }

        // Bins of whole numbers grow in whole steps, and the first holds a few numbers: a bin that holds two beside one
        // that holds one would look twice as full for no reason but its place.
        ratio = Math.Clamp(1 + (3 / min), ratio, Math.Max(ratio, 2));
        var edges = new List<double> { min - 0.5 };
        for (var (edge, width) = (min, 0.0); edge <= max; edge += width)
        {
            width = Math.Max(Math.Max(1, width), Math.Round(edge * (ratio - 1)));
            edges.Add(edge + width - 0.5);
        }

        return [.. edges];
    }
}
