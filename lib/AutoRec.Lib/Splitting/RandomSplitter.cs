using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>Draws the training interactions at random, whoever they belong to: the protocol of rating prediction.</summary>
/// <param name="trainShare">The share of interactions that models learn from, between 0 and 1.</param>
public sealed class RandomSplitter(double trainShare) : ISplitter
{
    private readonly double trainShare = SplitParts.CheckShare(trainShare);

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"random:{trainShare}");

    /// <inheritdoc/>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        return Split(log, [.. Enumerable.Range(0, log.Count)], trainShare, seed);
    }

    /// <summary>Draws the test part from some of the interactions; all others are learned from.</summary>
    internal static Split Split(Interactions log, IReadOnlyList<int> positions, double trainShare, int seed)
    {
        SplitParts.CheckCount(positions.Count);
        var order = SplitParts.Shuffled(positions.Count, new Random(seed));
        var trainCount = SplitParts.TrainCount(positions.Count, trainShare);
        return SplitParts.ByPosition(log, Array.ConvertAll(order[trainCount..], place => positions[place]));
    }
}
