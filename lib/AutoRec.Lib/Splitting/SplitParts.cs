using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>The steps that splitters have in common.</summary>
internal static class SplitParts
{
    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in a random order.</summary>
    public static int[] Shuffled(int count, Random random)
    {
        int[] numbers = [.. Enumerable.Range(0, count)];
        random.Shuffle(numbers);
        return numbers;
    }

    /// <summary>How many of <paramref name="count"/> go to the training part: at least one, and at least one is left.</summary>
    public static int TrainCount(int count, double share) => Math.Clamp((int)Math.Round(count * share), 1, count - 1);

    /// <summary>A split of a log whose test part is given by positions, in any order.</summary>
    public static Split ByPosition(Interactions log, ReadOnlySpan<int> test)
    {
        var isTest = new bool[log.Count];
        foreach (var position in test)
        {
            isTest[position] = true;
        }

        int[] trainPositions = [.. Enumerable.Range(0, log.Count).Where(i => !isTest[i])];
        int[] testPositions = [.. Enumerable.Range(0, log.Count).Where(i => isTest[i])];
        return Split.Of(log.Select(trainPositions), log.Select(testPositions));
    }

    public static double CheckShare(double share) =>
        share is > 0 and < 1 ? share : throw new ArgumentOutOfRangeException(nameof(share), share, "A share must be above 0 and below 1.");

    public static void CheckCount(int count)
    {
        if (count < 2)
        {
            throw new ArgumentException($"A split requires at least 2 interactions; got {count}.");
        }
    }
}
