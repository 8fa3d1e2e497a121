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
        SplitParts.CheckCount(log.Count);
        var order = SplitParts.Shuffled(log.Count, new Random(seed));
        var trainCount = SplitParts.TrainCount(log.Count, trainShare);
        return SplitParts.ByPosition(log, order.AsSpan(trainCount));
    }
}
