using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Trains on the past and tests on what came after, over all users together. Interactions of the same second keep the
/// order of the log. Nothing is drawn by lot.
/// </summary>
/// <param name="trainShare">The share of interactions, the earliest, that models learn from, between 0 and 1.</param>
public sealed class TimeSplitter(double trainShare) : ISplitter
{
    private readonly double trainShare = Splitter.CheckShare(trainShare);

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"time:{trainShare}");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The log holds no times, or fewer than two interactions.</exception>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        Splitter.CheckCount(log.Count);
        if (!log.HasTimestamps)
        {
            throw new ArgumentException($"The split {Name} needs timestamps, and the log holds none.", nameof(log));
        }

        int[] order = [.. Enumerable.Range(0, log.Count).OrderBy(i => log.Timestamps[i])];
        return Splitter.ByPosition(log, order.AsSpan(Splitter.TrainCount(log.Count, trainShare)));
    }
}
