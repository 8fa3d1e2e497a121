using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Trains on the past and tests on what came after, over all users together. Where the cut falls among interactions of the same second,
/// those that models learn from are drawn at random; <see cref="Split.TimeTies"/> tells among how many.
/// </summary>
/// <param name="trainShare">The share of interactions, the earliest, that models learn from, between 0 and 1.</param>
public sealed class TimeSplitter(double trainShare) : ISplitter
{
    private readonly double trainShare = SplitParts.CheckShare(trainShare);

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"time:{trainShare}");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The log holds no times, or fewer than two interactions.</exception>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        SplitParts.CheckCount(log.Count);
        if (!log.HasTimestamps)
        {
            throw new ArgumentException($"Split {Name} requires timestamps; the data have none.", nameof(log));
        }

        long[] times = [.. log.Timestamps];
        Array.Sort(times);
        var trainCount = SplitParts.TrainCount(log.Count, trainShare);
        var cut = times[trainCount]; // the earliest time in the test part
        int[] atCut = [.. Enumerable.Range(0, log.Count).Where(i => log.Timestamps[i] == cut)];
        var learned = trainCount - times.AsSpan().IndexOf(cut);
        new Random(seed).Shuffle(atCut);
        int[] test = [.. Enumerable.Range(0, log.Count).Where(i => log.Timestamps[i] > cut), .. atCut.AsSpan(learned)];
        return SplitParts.ByPosition(log, test) with { TimeTies = learned > 0 ? atCut.Length : 0 };
    }
}
