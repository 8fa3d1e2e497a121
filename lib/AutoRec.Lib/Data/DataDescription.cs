namespace AutoRec.Data;

/// <summary>The smallest, middle and largest of some counts.</summary>
/// <param name="Min">The smallest.</param>
/// <param name="Median">The middle; between two counts, their mean.</param>
/// <param name="Mean">The arithmetic mean.</param>
/// <param name="P90">The count that nine in ten do not exceed: the 0.9 quantile, interpolated between neighbours.</param>
/// <param name="Max">The largest.</param>
public sealed record CountSummary(int Min, double Median, double Mean, double P90, int Max)
{
    /// <summary>Summarises counts in any order; all zero when there are none.</summary>
    internal static CountSummary Of(IEnumerable<int> counts)
    {
        int[] sorted = [.. counts.Order()];
        return sorted.Length == 0
            ? new CountSummary(0, 0, 0, 0, 0)
            : new CountSummary(sorted[0], Quantile(0.5), sorted.Average(), Quantile(0.9), sorted[^1]);

        double Quantile(double share)
        {
            var place = share * (sorted.Length - 1);
            var below = (int)place;
            var above = Math.Min(below + 1, sorted.Length - 1);
            return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
        }
    }
}

/// <summary>A log of interactions in numbers.</summary>
public sealed record DataDescription
{
    private DataDescription()
    {
    }

    /// <summary>Users, those without an interaction included.</summary>
    public required int Users { get; init; }

    /// <summary>Items, those without an interaction included.</summary>
    public required int Items { get; init; }

    /// <summary>Interactions.</summary>
    public required int Interactions { get; init; }

    /// <summary>The share of all (user, item) pairs that occur, 0 to 1.</summary>
    public required double Density { get; init; }

    /// <summary>What values say, and which interactions are positive.</summary>
    public required Feedback Feedback { get; init; }

    /// <summary>The scale that values lie on.</summary>
    public required RatingScale Scale { get; init; }

    /// <summary>The mean value; NaN without interactions.</summary>
    public required double Mean { get; init; }

    /// <summary>
    /// The standard deviation of values (of the population: the sum of squares is divided by their number); NaN without interactions.
    /// </summary>
    public required double StandardDeviation { get; init; }

    /// <summary>Each value that occurs and how often, lowest first.</summary>
    public required IReadOnlyList<KeyValuePair<float, int>> Histogram { get; init; }

    /// <summary>Interactions per user.</summary>
    public required CountSummary PerUser { get; init; }

    /// <summary>Interactions per item.</summary>
    public required CountSummary PerItem { get; init; }

    /// <summary>Users with fewer than 5 interactions.</summary>
    public required int UsersBelow5 { get; init; }

    /// <summary>Items with fewer than 5 interactions.</summary>
    public required int ItemsBelow5 { get; init; }

    /// <summary>The share of interactions that the most popular 1 % of items hold (rounded up to whole items), 0 to 1.</summary>
    public required double Top1PercentShare { get; init; }

    /// <summary>As <see cref="Top1PercentShare"/>, for 10 %.</summary>
    public required double Top10PercentShare { get; init; }

    /// <summary>As <see cref="Top1PercentShare"/>, for 20 %.</summary>
    public required double Top20PercentShare { get; init; }

    /// <summary>
    /// The Gini coefficient of item popularity, from 0 (all alike) towards 1 (one item has everything): with the counts
    /// c_1 to c_n ascending, the sum over i of (2 i - n - 1) c_i, divided by n times the sum of the c_i.
    /// </summary>
    public required double ItemGini { get; init; }

    /// <summary>The time of the first interaction; null where times are not known.</summary>
    public required DateTimeOffset? First { get; init; }

    /// <summary>The time of the last interaction; null where times are not known.</summary>
    public required DateTimeOffset? Last { get; init; }

    /// <summary>Describes a log.</summary>
    public static DataDescription Of(Interactions log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var perUser = Codes.Count(log.UserRows.AsSpan(), log.Users.Count);
        var perItem = Codes.Count(log.ItemRows.AsSpan(), log.Items.Count);
        Array.Sort(perItem);
        var mean = log.Count == 0 ? double.NaN : log.Values.Average(value => (double)value);
        return new DataDescription
        {
            Users = log.Users.Count,
            Items = log.Items.Count,
            Interactions = log.Count,
            Density = log.Density,
            Feedback = log.Feedback,
            Scale = log.Scale,
            Mean = mean,
            StandardDeviation = log.Count == 0 ? double.NaN : Math.Sqrt(log.Values.Average(value => (value - mean) * (value - mean))),
            Histogram = [.. log.Values.CountBy(value => value).OrderBy(pair => pair.Key)],
            PerUser = CountSummary.Of(perUser),
            PerItem = CountSummary.Of(perItem),
            UsersBelow5 = perUser.Count(count => count < 5),
            ItemsBelow5 = perItem.Count(count => count < 5),
            Top1PercentShare = TopShare(perItem, 1),
            Top10PercentShare = TopShare(perItem, 10),
            Top20PercentShare = TopShare(perItem, 20),
            ItemGini = Gini(perItem),
            First = log.HasTimestamps ? Time(log.Timestamps.Min()) : null,
            Last = log.HasTimestamps ? Time(log.Timestamps.Max()) : null,
        };
    }

    private static double TopShare(int[] ascending, int percent)
    {
        var top = ((ascending.Length * percent) + 99) / 100;
        var total = ascending.Sum(count => (long)count);
        return total == 0 ? 0 : ascending[^top..].Sum(count => (long)count) / (double)total;
    }

    private static double Gini(int[] ascending)
    {
        var (weighted, total) = (0.0, 0.0);
        for (var i = 0; i < ascending.Length; i++)
        {
            weighted += ((2.0 * (i + 1)) - ascending.Length - 1) * ascending[i];
            total += ascending[i];
        }

        return total == 0 ? 0 : weighted / (ascending.Length * total);
    }

    // Files hold what they hold: a time beyond the years 1 to 9999 is no reason to fail.
    internal static DateTimeOffset Time(long seconds) => DateTimeOffset.FromUnixTimeSeconds(
        Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds()));
}
