using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>Cross-validation: every interaction is tested exactly once.</summary>
public static class KFold
{
    /// <summary>Splits a log into folds at random, each as large as the others to within one interaction.</summary>
    /// <param name="log">What to split.</param>
    /// <param name="folds">How many folds; from 2 to the number of interactions.</param>
    /// <param name="seed">The seed of what is drawn.</param>
    /// <returns>One split a fold: the fold is the test part, all other folds are the training part.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="folds"/> is out of range.</exception>
    public static IReadOnlyList<Split> Split(Interactions log, int folds, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (folds < 2 || folds > log.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(folds), folds, $"The number of folds must be between 2 and {log.Count}, the number of interactions.");
        }

        var order = SplitParts.Shuffled(log.Count, new Random(seed));
        return
        [
            .. Enumerable.Range(0, folds).Select(fold =>
            {
                var start = (int)((long)log.Count * fold / folds);
                var end = (int)((long)log.Count * (fold + 1) / folds);
                return SplitParts.ByPosition(log, order.AsSpan(start..end));
            }),
        ];
    }
}
