using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Cross-validation: the interactions are drawn into folds, each as large as the others to within one interaction. Each fold is the test
/// part of one split, so that every interaction is tested exactly once; all other folds are its training part.
/// </summary>
/// <param name="folds">How many folds, at least 2.</param>
public sealed class KFoldSplitter(int folds) : ISplitter
{
    /// <inheritdoc/>
    public int Count { get; } = folds >= 2
        ? folds
        : throw new ArgumentOutOfRangeException(nameof(folds), folds, "The number of folds must be at least 2.");

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"kfold:{Count}");

    /// <summary>Not supported: there is not one split. See <see cref="Splits"/>.</summary>
    /// <exception cref="ArgumentException">Always.</exception>
    public Split Split(Interactions log, int seed) => throw new ArgumentException(
        FormattableString.Invariant($"{Name} makes {Count} splits; this requires one. Use random:SHARE, for example random:0.8."));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are fewer interactions than folds.</exception>
    public IEnumerable<Split> Splits(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (Count > log.Count)
        {
            throw new ArgumentException($"Split {Name} requires at least {Count} interactions; got {log.Count}.", nameof(log));
        }

        var order = SplitParts.Shuffled(log.Count, new Random(seed));
        return Enumerable.Range(0, Count).Select(fold =>
        {
            var start = (int)((long)log.Count * fold / Count);
            var end = (int)((long)log.Count * (fold + 1) / Count);
            return SplitParts.ByPosition(log, order.AsSpan(start..end));
        });
    }
}
