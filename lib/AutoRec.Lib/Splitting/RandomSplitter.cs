using System.Collections;
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
        return log.Share is not null ? SplitShare(log, seed) : Split(log, [.. Enumerable.Range(0, log.Count)], trainShare, seed);
    }

    /// <summary>Draws the test part from some of the interactions; all others are learned from.</summary>
    internal static Split Split(Interactions log, IReadOnlyList<int> positions, double trainShare, int seed)
    {
        SplitParts.CheckCount(positions.Count);
        var order = SplitParts.Shuffled(positions.Count, new Random(seed));
        var trainCount = SplitParts.TrainCount(positions.Count, trainShare);
        return SplitParts.ByPosition(log, Array.ConvertAll(order[trainCount..], place => positions[place]));
    }

    // Draws from the places in the whole log, so that all processes together hold out what one process does.
    private Split SplitShare(Interactions log, int seed)
    {
        var whole = log.Whole ?? throw new NotSupportedException("The test part of a log of which each process has a part is not split.");
        SplitParts.CheckCount(whole.Count);
        var (isTest, trainCount) = (new BitArray(whole.Count), SplitParts.TrainCount(whole.Count, trainShare));
        foreach (var place in SplitParts.Shuffled(whole.Count, new Random(seed)).AsSpan(trainCount))
        {
            isTest[place] = true;
        }

        // The places of the training part among all that is trained on.
        var (train, test, places) = (new List<int>(), new List<int>(), new List<int>());
        for (var (i, place, trainPlace) = (0, 0, 0); i < log.Count; i++)
        {
            for (; place < whole.PositionOf(i); place++)
            {
                trainPlace += isTest[place] ? 0 : 1;
            }

            (isTest[place] ? test : train).Add(i);
            if (!isTest[place])
            {
                places.Add(trainPlace);
            }
        }

        var trainLog = log.Select(train).WithWhole(new WholeLog(trainCount, $"{whole.Fingerprint} {Name} {seed}", [.. places]));
        return Splitting.Split.Of(trainLog, log.Select(test)) with { TestCount = whole.Count - trainCount };
    }
}
