using System.Globalization;
using AutoRec.Data;

namespace AutoRec.Splitting;

/// <summary>
/// Trains on the past and tests on what came after, over all users together, so that a model learns nothing from after the cut. Equal
/// times are never in both parts. The cut is a date and time, or the time that comes closest to a share of the interactions.
/// </summary>
/// <remarks>
/// Splits that ignore time, or cut each user's time line alone, let a model learn from interactions that are later than those it is
/// tested on (Ji, Sun, Zhang and Li, "A Critical Study on Data Leakage in Recommender System Offline Evaluation", ACM TOIS 2023).
/// </remarks>
public sealed class TimeSplitter : ISplitter
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd' 'HH:mmK", "yyyy-MM-dd' 'HH:mm:ssK",
    ];

    private readonly double trainShare;
    private readonly long? start;

    /// <summary>Cuts where the training part comes closest to a share of the interactions.</summary>
    /// <param name="trainShare">The share of interactions, the earliest, that models learn from, between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is out of its range.</exception>
    public TimeSplitter(double trainShare)
    {
        this.trainShare = SplitParts.CheckShare(trainShare);
        Name = FormattableString.Invariant($"time:{trainShare}");
    }

    /// <summary>Cuts at a date and time.</summary>
    /// <param name="start">The start of the test part, to the second: everything before it is the training part, everything from it on
    /// the test part.</param>
    public TimeSplitter(DateTimeOffset start)
    {
        this.start = start.ToUnixTimeSeconds();
        var format = start.UtcDateTime.TimeOfDay < TimeSpan.FromSeconds(1) ? "yyyy-MM-dd" : "yyyy-MM-dd'T'HH:mm:ss";
        Name = $"time:{start.UtcDateTime.ToString(format, CultureInfo.InvariantCulture)}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool IsDrawn => false;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The log holds no times, fewer than two interactions or one time only, or the date leaves a part empty.
    /// </exception>
    public Split Split(Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(log);
        SplitParts.CheckCount(log.Count);
        SplitParts.CheckTimes(log, Name);
        long[] times = [.. log.Timestamps];
        Array.Sort(times);
        if (times[0] == times[^1])
        {
            throw new ArgumentException(
                $"Split {Name} requires two different times; all interactions have the time {Text(times[0])} (UTC).");
        }

        if (start is { } date)
        {
            return date <= times[0] || date > times[^1]
                ? throw new ArgumentException(
                    $"Split {Name} leaves no interaction in the {(date <= times[0] ? "training" : "test")} part: "
                    + $"the times of the data go from {Text(times[0])} to {Text(times[^1])} (UTC). Choose a date between them.")
                : From(date);
        }

        var wanted = SplitParts.TrainCount(log.Count, trainShare);
        var trainCount = SplitParts.NearestCut(times, wanted);
        return From(times[trainCount]) with { Notes = Notes(times[trainCount], trainCount - wanted) };

        Split From(long cut) => SplitParts.ByPosition(log, [.. Enumerable.Range(0, log.Count).Where(i => log.Timestamps[i] >= cut)]);
    }

    /// <summary>Reads a date, or a date and time: <c>2019-01-01</c>, <c>2019-01-01T18:30</c>, <c>2019-01-01T18:30:00+02:00</c>. Without
    /// an offset it is UTC.</summary>
    internal static DateTimeOffset? ReadTime(string text) =>
        DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    private static IReadOnlyList<string> Notes(long cut, int moved) =>
    [
        $"the test part begins at {Text(cut)} (UTC)",
        .. moved == 0 ? [] : new[] { SplitParts.MovedNote(Math.Max(moved, 0), Math.Max(-moved, 0)) },
    ];

    private static string Text(long time) => DataDescription.Time(time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
