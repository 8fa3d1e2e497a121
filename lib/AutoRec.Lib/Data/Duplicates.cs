namespace AutoRec.Data;

/// <summary>The value and time that count when a log has several interactions of one user and one item.</summary>
public enum DuplicateRule
{
    /// <summary>
    /// The latest by time: a user changed a rating. Of several at the latest time, or where there are no times, the one with the highest
    /// value, so that the order of lines does not matter.
    /// </summary>
    KeepLast,

    /// <summary>The sum of all values, at the time of the first: a customer ordered again.</summary>
    Sum,
}

/// <summary>What became of interactions of the same user and item.</summary>
/// <param name="Merged">Interactions that were merged into another one.</param>
/// <param name="DecidedByValue">Pairs of a user and an item for which <see cref="DuplicateRule.KeepLast"/> took the highest of several
/// values, because times were equal or unknown.</param>
public readonly record struct DuplicateCounts(int Merged, int DecidedByValue);

/// <summary>Settles several interactions of the same user and item.</summary>
internal static class Duplicates
{
    /// <summary>Leaves one interaction of each pair of a user and an item.</summary>
    /// <param name="columns">Interactions in canonical order, so that those of one pair follow each other; the arrays are reused.</param>
    /// <param name="rule">Which value and time count.</param>
    /// <param name="counts">Receives what was done.</param>
    public static InteractionColumns Settle(InteractionColumns columns, DuplicateRule rule, out DuplicateCounts counts)
    {
        var (_, _, userRows, itemRows, values, timestamps) = columns;
        var (kept, decided) = (0, 0);
        for (int start = 0, end; start < values.Length; start = end, kept++)
        {
            end = start + 1;
            while (end < values.Length && userRows[end] == userRows[start] && itemRows[end] == itemRows[start])
            {
                end++;
            }

            var (value, time) = (values[start], timestamps?[start] ?? 0);
            if (end - start > 1)
            {
                var pairValues = values.AsSpan(start, end - start);
                var pairTimes = timestamps is null ? default : timestamps.AsSpan(start, end - start);
                value = rule == DuplicateRule.Sum
                    ? Sum(pairValues, pairTimes, out time)
                    : Latest(pairValues, pairTimes, out time, ref decided);
            }

            (userRows[kept], itemRows[kept], values[kept]) = (userRows[start], itemRows[start], value);
            if (timestamps is not null)
            {
                timestamps[kept] = time;
            }
        }

        counts = new DuplicateCounts(values.Length - kept, decided);
        if (counts.Merged == 0)
        {
            return columns;
        }

        return columns with
        {
            UserRows = userRows[..kept],
            ItemRows = itemRows[..kept],
            Values = values[..kept],
            Timestamps = timestamps?[..kept],
        };
    }

    private static float Latest(ReadOnlySpan<float> values, ReadOnlySpan<long> times, out long latest, ref int decided)
    {
        latest = times.IsEmpty ? 0 : long.MinValue;
        foreach (var time in times)
        {
            latest = Math.Max(latest, time);
        }

        var (lowest, highest) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var i = 0; i < values.Length; i++)
        {
            if (times.IsEmpty || times[i] == latest)
            {
                (lowest, highest) = (MathF.Min(lowest, values[i]), MathF.Max(highest, values[i]));
            }
        }

        decided += lowest < highest ? 1 : 0;
        return highest;
    }

    private static float Sum(Span<float> values, ReadOnlySpan<long> times, out long first)
    {
        first = times.IsEmpty ? 0 : long.MaxValue;
        foreach (var time in times)
        {
            first = Math.Min(first, time);
        }

        values.Sort(); // the last digits of a sum depend on the order
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return (float)sum;
    }
}
