
namespace AutoRec.Notebooks;

/// <summary>Descriptive statistics of a few lines, for notebooks.</summary>
public static class Statistics
{
    /// <summary>The root of the mean squared distance to the mean (of the population: divided by n); NaN of no values.</summary>
    public static double StandardDeviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Length == 0 ? double.NaN : all.Average();
        return Math.Sqrt(all.Select(value => (value - mean) * (value - mean)).DefaultIfEmpty(double.NaN).Average());
    }

    /// <summary>Pearson's correlation, -1 to 1; NaN where one side does not vary.</summary>
    /// <exception cref="ArgumentException">The two differ in length.</exception>
    public static double Correlation(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count || first.Count == 0)
        {
            throw new ArgumentException($"Correlation is between pairs, not between {first.Count} values and {second.Count}.");
        }

        var (a, b) = (first.Average(), second.Average());
        var covariance = first.Zip(second, (x, y) => (x - a) * (y - b)).Average();
        return covariance / (StandardDeviation(first) * StandardDeviation(second));
    }

    /// <summary>Sorts values by a number and cuts them into parts of equal size; the last part may be smaller.</summary>
    /// <param name="values">The values; equal ones keep their order.</param>
    /// <param name="by">What they are sorted by, ascending.</param>
    /// <param name="parts">How many parts, at least 1; fewer where there are fewer values.</param>
    public static T[][] EqualParts<T>(IEnumerable<T> values, Func<T, double> by, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        var sorted = values.OrderBy(by).ToArray();
        return [.. sorted.Chunk(Math.Max(1, (sorted.Length + parts - 1) / parts))];
    }

    /// <summary>What is left of values when the mean of each one's group is taken away.</summary>
    /// <param name="values">The values.</param>
    /// <param name="groups">The group of each value, by number from 0.</param>
    public static double[] WithoutGroupMeans(IReadOnlyList<double> values, IReadOnlyList<int> groups)
    {
        var sums = new double[groups.DefaultIfEmpty(-1).Max() + 1];
        var counts = new int[sums.Length];
        for (var i = 0; i < values.Count; i++)
        {
            sums[groups[i]] += values[i];
            counts[groups[i]]++;
        }

        return [.. values.Select((value, i) => value - (sums[groups[i]] / counts[groups[i]]))];
    }
}
