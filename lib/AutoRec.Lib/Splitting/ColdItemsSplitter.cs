using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Holds out whole items: all interactions of some items, drawn at random, are the test part, so that for a model these are items that
/// nobody has. Ranked lists are made of these items alone, since beside all others they would hardly be seen: what is measured is whether
/// new items find their users (Gantner et al., "Learning Attribute-to-Feature Mappings for Cold-Start Recommendations", ICDM 2010).
/// </summary>
/// <param name="share">The share of the items that is held out, between 0 and 1; at least one item is, and at least one is left.</param>
public sealed class ColdItemsSplitter(double share) : ISplitter
{
    private readonly double share = SplitParts.CheckShare(share);

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"cold-items:{share}");

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Fewer than two items have interactions.</exception>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        int[] items = [.. log.ItemRows.Distinct().Order()];
        if (items.Length < 2)
        {
            throw new ArgumentException($"Split {Name} requires at least 2 items with interactions; got {items.Length}.", nameof(log));
        }

        new Random(seed).Shuffle(items);
        int[] heldOut = [.. items.Take(items.Length - SplitParts.TrainCount(items.Length, 1 - share)).Order()];
        var isHeldOut = new bool[log.Items.Count];
        foreach (var item in heldOut)
        {
            isHeldOut[item] = true;
        }

        int[] train = [.. Enumerable.Range(0, log.Count).Where(i => !isHeldOut[log.ItemRows[i]])];
        int[] test = [.. Enumerable.Range(0, log.Count).Where(i => isHeldOut[log.ItemRows[i]])];
        return Splitting.Split.Of(log.Select(train), log.Select(test), heldOut) with
        {
            Notes =
            [
                FormattableString.Invariant($"{heldOut.Length:N0} of {items.Length:N0} items are held out with all their interactions; ")
                    + "ranked lists are made of these alone",
            ],
        };
    }
}
