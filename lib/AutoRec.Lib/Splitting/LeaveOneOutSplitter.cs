using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Holds out one interaction of each user: the last by time, or one drawn at random where the log holds no times. Of several
/// interactions at a user's last time one is drawn at random; <see cref="Split.Notes"/> tell among how many. A user with one
/// interaction keeps it for training.
/// </summary>
public sealed class LeaveOneOutSplitter : ISplitter
{
    /// <inheritdoc/>
    public string Name => "leave-one-out";

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">No user has two interactions.</exception>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        var random = new Random(seed);
        List<int> test = [];
        var ties = 0;
        foreach (var (start, end) in SplitParts.UserRanges(log))
        {
            if (end - start == 1)
            {
                continue;
            }

            var last = log.HasTimestamps ? log.Timestamps.AsSpan(start..end).ToArray().Max() : 0;
            int[] latest = [.. Enumerable.Range(start, end - start).Where(i => !log.HasTimestamps || log.Timestamps[i] == last)];
            test.Add(latest[random.Next(latest.Length)]);
            ties += log.HasTimestamps && latest.Length > 1 ? latest.Length : 0;
        }

        return test.Count > 0
            ? SplitParts.ByPosition(log, test.ToArray()) with { Notes = Notes(ties) }
            : throw new ArgumentException(
                "Split leave-one-out requires a user with two interactions; no user has more than one.", nameof(log));
    }

    private static IReadOnlyList<string> Notes(int ties) => ties == 0 ? [] :
    [
        FormattableString.Invariant($"{ties:N0} interactions share the last time of their user; ")
            + "a draw with the seed decided which is tested",
    ];
}
