using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Holds out the last part of each user's interactions by time. Equal times of a user are never in both parts. Users whose interactions
/// all have one time stay in the training part.
/// </summary>
/// <remarks>
/// Each user is tested, and has a history. But the training part holds interactions of some users that are later than what others are
/// tested on; <see cref="TimeSplitter"/> has one cut for all. Campos, Diez and Cantador, "Time-Aware Recommender Systems: A Comprehensive
/// Survey and Analysis of Existing Evaluation Protocols" (UMUAI 2014) compare both.
/// </remarks>
/// <param name="trainShare">The share of each user's interactions, the earliest, that models learn from, between 0 and 1. The cut comes as
/// close to it as equal times allow, with at least one interaction on each side.</param>
public sealed class UserTimeSplitter(double trainShare) : ISplitter
{
    private readonly double trainShare = SplitParts.CheckShare(trainShare);

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"time-users:{trainShare}");

    /// <inheritdoc/>
    public bool IsDrawn => false;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The log holds no times, or no user has interactions at two different times.</exception>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        SplitParts.CheckTimes(log, Name);
        List<int> test = [];
        var (toTraining, toTest, whole) = (0, 0, 0);
        foreach (var (start, end) in SplitParts.UserRanges(log))
        {
            var times = log.Timestamps.AsSpan(start..end).ToArray();
            if (times.Max() == times.Min())
            {
                whole++;
                continue;
            }

            Array.Sort(times);
            var wanted = SplitParts.TrainCount(times.Length, trainShare);
            var trainCount = SplitParts.NearestCut(times, wanted);
            test.AddRange(Enumerable.Range(start, end - start).Where(i => log.Timestamps[i] >= times[trainCount]));
            toTraining += Math.Max(trainCount - wanted, 0);
            toTest += Math.Max(wanted - trainCount, 0);
        }

        return test.Count > 0
            ? SplitParts.ByPosition(log, test.ToArray()) with { Notes = Notes(toTraining, toTest, whole) }
            : throw new ArgumentException($"Split {Name} requires a user with interactions at two different times; there is none.");
    }

    private static IReadOnlyList<string> Notes(int toTraining, int toTest, int whole) =>
    [
        .. toTraining + toTest == 0 ? [] : new[] { SplitParts.MovedNote(toTraining, toTest) },
        .. whole == 0 ? [] : new[]
        {
            FormattableString.Invariant(
                $"{whole:N0} users have one interaction, or all at one time; they stay in the training part and are not tested"),
        },
    ];
}
