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

    /// <summary>
    /// How many of ascending times come before the cut that is nearest to a number of them and separates no equal times; of two that are
    /// equally near the earlier.
    /// </summary>
    /// <param name="times">Ascending times, not all equal.</param>
    /// <param name="wanted">The number wanted before the cut: at least 1, and fewer than there are times.</param>
    public static int NearestCut(ReadOnlySpan<long> times, int wanted)
    {
        var (before, after) = (times.IndexOf(times[wanted]), times.LastIndexOf(times[wanted]) + 1);
        return before == 0 || (after < times.Length && after - wanted < wanted - before) ? after : before;
    }

    /// <summary>Where the interactions of each user start and end in a log, for users who have some.</summary>
    public static IEnumerable<(int Start, int End)> UserRanges(Interactions log)
    {
        for (int start = 0, end; start < log.Count; start = end)
        {
            end = start + 1;
            while (end < log.Count && log.UserRows[end] == log.UserRows[start])
            {
                end++;
            }

            yield return (start, end);
        }
    }

    /// <summary>Says how many interactions are in another part than a share would put them, for the sake of equal times.</summary>
    public static string MovedNote(int toTraining, int toTest) => FormattableString.Invariant(
        $"equal times stay in one part, which moved {toTraining:N0} interactions to the training part and {toTest:N0} to the test part");

    public static void CheckTimes(Interactions log, string split)
    {
        if (!log.HasTimestamps)
        {
            throw new ArgumentException($"Split {split} requires times; the data have none. "
                + "If a column holds them, name it: --columns timestamp=NAME.");
        }
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
