namespace AutoRec.Data;

/// <summary>The interactions of one stretch of time.</summary>
/// <param name="From">When it begins: the time of its first interaction.</param>
/// <param name="Count">Its interactions.</param>
/// <param name="Mean">Their mean value.</param>
public sealed record PeriodMean(DateTimeOffset From, int Count, double Mean);

/// <summary>What may be wrong, or at least odd, with a log of interactions.</summary>
public sealed record DataQuality
{
    /// <summary>How many interactions make a user or an item known: fewer are cold.</summary>
    public const int ColdBelow = 5;

    /// <summary>The share of like values from which a user counts as near-constant.</summary>
    public const double ConstantShare = 0.95;

    private const int Periods = 10;

    private DataQuality()
    {
    }

    /// <summary>Users with 1 to 4 interactions, of whom a model can learn next to nothing.</summary>
    public required int ColdUsers { get; init; }

    /// <summary>Items with 1 to 4 interactions.</summary>
    public required int ColdItems { get; init; }

    /// <summary>Users with at least 5 interactions who gave at least 95 % of them the same value.</summary>
    public required int NearConstantUsers { get; init; }

    /// <summary>The share of near-constant users among those with at least 5 interactions, 0 to 1; 0 where all values are alike.</summary>
    public required double NearConstantShare { get; init; }

    /// <summary>
    /// The share of items in the long tail, 0 to 1: those beyond the most popular ones that together hold 80 % of all interactions.
    /// </summary>
    public required double LongTailItemShare { get; init; }

    /// <summary>Ten stretches of time with about the same number of interactions; empty where times are not known.</summary>
    public required IReadOnlyList<PeriodMean> Drift { get; init; }

    /// <summary>The largest mean value of a stretch minus the smallest; 0 where times are not known.</summary>
    public double DriftRange => Drift.Count == 0 ? 0 : Drift.Max(period => period.Mean) - Drift.Min(period => period.Mean);

    /// <summary>Looks at a log.</summary>
    public static DataQuality Of(Interactions log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var matrix = log.ToMatrix();
        var perItem = matrix.CountByColumn();
        var rated = Enumerable.Range(0, matrix.RowCount).Where(user => matrix.RowLength(user) >= ColdBelow).ToArray();
        var isImplicit = log.Count > 0 && matrix.Values().IndexOfAnyExcept(matrix.Values()[0]) < 0;
        var constant = isImplicit ? 0 : rated.Count(user => IsNearConstant(matrix.Values(user)));
        return new DataQuality
        {
            ColdUsers = Enumerable.Range(0, matrix.RowCount).Count(user => matrix.RowLength(user) is > 0 and < ColdBelow),
            ColdItems = perItem.Count(count => count is > 0 and < ColdBelow),
            NearConstantUsers = constant,
            NearConstantShare = rated.Length == 0 ? 0 : constant / (double)rated.Length,
            LongTailItemShare = LongTail(perItem),
            Drift = log.HasTimestamps ? MeansOverTime(log) : [],
        };
    }

    private static bool IsNearConstant(ReadOnlySpan<float> values)
    {
        var counts = new Dictionary<float, int>();
        foreach (var value in values)
        {
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }

        return counts.Values.Max() >= ConstantShare * values.Length;
    }

    private static double LongTail(int[] perItem)
    {
        int[] descending = [.. perItem.Where(count => count > 0).OrderDescending()];
        var (left, head) = (0.8 * descending.Sum(count => (long)count), 0);
        while (head < descending.Length && left > 0)
        {
            left -= descending[head++];
        }

        return descending.Length == 0 ? 0 : (descending.Length - head) / (double)descending.Length;
    }

    private static PeriodMean[] MeansOverTime(Interactions log)
    {
        int[] order = [.. Enumerable.Range(0, log.Count).OrderBy(i => log.Timestamps[i])];
        return [.. order.Chunk(Math.Max(1, (order.Length + Periods - 1) / Periods)).Select(period => new PeriodMean(
            DataDescription.Time(log.Timestamps[period[0]]), period.Length, period.Average(i => (double)log.Values[i])))];
    }
}

/// <summary>What a test part reveals to a model, or asks of it, that the model cannot know in use.</summary>
/// <param name="SamePairs">(user, item) pairs that are in both parts.</param>
/// <param name="TestBeforeTrain">Test interactions that are older than the newest training interaction of all; null without times.</param>
/// <param name="TestBeforeOwnTrain">Test interactions that are older than the newest training interaction of their own user; null
/// without times.</param>
/// <param name="UnknownUsers">Users of the test part without a training interaction.</param>
/// <param name="UnknownItems">Items of the test part without a training interaction.</param>
/// <param name="TestCount">Test interactions in all.</param>
public sealed record Leakage(
    int SamePairs, int? TestBeforeTrain, int? TestBeforeOwnTrain, int UnknownUsers, int UnknownItems, int TestCount)
{
    /// <summary>Compares two parts of a data set.</summary>
    /// <param name="train">The training part.</param>
    /// <param name="test">The test part, with the rows of <paramref name="train"/>.</param>
    /// <exception cref="ArgumentException">The parts do not have the same users and items; see
    /// <see cref="Interactions.Align"/>.</exception>
    public static Leakage Between(Interactions train, Interactions test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        if (!ReferenceEquals(train.Users, test.Users) || !ReferenceEquals(train.Items, test.Items))
        {
            throw new ArgumentException(
                "The two parts must have the same users and items: use Interactions.Align on the logs first.", nameof(test));
        }

        var known = train.ToMatrix();
        var knownItems = known.Transpose();
        var hasTimes = train.HasTimestamps && test.HasTimestamps;
        var newest = new long[train.Users.Count];
        Array.Fill(newest, long.MinValue);
        for (var i = 0; hasTimes && i < train.Count; i++)
        {
            newest[train.UserRows[i]] = Math.Max(newest[train.UserRows[i]], train.Timestamps[i]);
        }

        var last = newest.DefaultIfEmpty(long.MinValue).Max();
        return new Leakage(
            Count(i => known.Contains(test.UserRows[i], test.ItemRows[i])),
            hasTimes ? Count(i => test.Timestamps[i] < last) : null,
            hasTimes ? Count(i => test.Timestamps[i] < newest[test.UserRows[i]]) : null,
            test.UserRows.Distinct().Count(user => known.RowLength(user) == 0),
            test.ItemRows.Distinct().Count(item => knownItems.RowLength(item) == 0),
            test.Count);

        int Count(Func<int, bool> holds) => Enumerable.Range(0, test.Count).Count(holds);
    }
}
