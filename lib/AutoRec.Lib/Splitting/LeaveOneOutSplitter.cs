using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Holds out one interaction of each user: the last by time (of several in the same second, the last in the log), or
/// one drawn by lot where the log holds no times. A user with one interaction keeps it for training.
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
        var counts = new int[log.Users.Count];
        var chosen = new int[log.Users.Count];
        for (var i = 0; i < log.Count; i++)
        {
            var user = log.UserRows[i];
            counts[user]++;

            // Without times, each of a user's n interactions is chosen with the chance 1/n (reservoir sampling).
            var takes = counts[user] == 1
                || (log.HasTimestamps ? log.Timestamps[i] >= log.Timestamps[chosen[user]] : random.Next(counts[user]) == 0);
            if (takes)
            {
                chosen[user] = i;
            }
        }

        int[] test = [.. Enumerable.Range(0, counts.Length).Where(user => counts[user] > 1).Select(user => chosen[user])];
        return test.Length > 0
            ? Splitter.ByPosition(log, test)
            : throw new ArgumentException("No user has two interactions, so that none can be held out.", nameof(log));
    }
}
