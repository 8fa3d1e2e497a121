using System.Globalization;

namespace AutoRec.Data;

/// <summary>
/// Which interactions of a log are wanted. The steps come in this order: time window, duplicates (see
/// <see cref="ReadOptions.Duplicates"/>), minimum rating, sample of users, k-core.
/// </summary>
public sealed record InteractionFilter
{
    /// <summary>Keeps interactions at this time or later. Default: null, from the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Keeps interactions before this time. Default: null, to the end.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Keeps interactions with a value of at least this. Default: null, whatever the value.</summary>
    public float? MinRating { get; init; }

    /// <summary>Keeps this many users, drawn at random; all when there are no more. At least 1. Default: null, all users.</summary>
    public int? SampleUsers { get; init; }

    /// <summary>The seed of the draw of users. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>
    /// Each user keeps at least this many interactions, and each item at least <see cref="ItemCore"/>: whoever has fewer is
    /// left out, and again, until all have enough. Default 0, no limit.
    /// </summary>
    public int UserCore { get; init; }

    /// <summary>As <see cref="UserCore"/>, for items. Default 0, no limit.</summary>
    public int ItemCore { get; init; }

    /// <summary>Whether nothing is left out.</summary>
    public bool IsEmpty => From is null && Before is null && MinRating is null && SampleUsers is null && UserCore <= 0 && ItemCore <= 0;

    internal bool HasWindow => From is not null || Before is not null;

    internal long? FromSeconds => From?.ToUnixTimeSeconds() + (From?.ToUnixTimeMilliseconds() % 1000 > 0 ? 1 : 0);

    internal long? BeforeSeconds => Before?.ToUnixTimeSeconds() + (Before?.ToUnixTimeMilliseconds() % 1000 > 0 ? 1 : 0);

    /// <summary>
    /// Filters a log. Users and items that keep no interaction are left out, so that rows change; the scale stays.
    /// </summary>
    /// <param name="log">The log.</param>
    /// <param name="dropped">Receives what each step left out.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or there is a time window and the log has no times.</exception>
    public Interactions Apply(Interactions log, out IReadOnlyList<Dropped> dropped)
    {
        ArgumentNullException.ThrowIfNull(log);
        Validate();
        var steps = new List<Dropped>();
        dropped = steps;
        if (HasWindow)
        {
            CheckTimes(log.HasTimestamps);
            Keep(WindowReason, i => IsInWindow(log.Timestamps[i]));
        }

        if (MinRating is { } least)
        {
            Keep(BelowReason, i => log.Values[i] >= least);
        }

        if (SampleUsers is { } count && count < log.Users.Count)
        {
            int[] users = [.. Enumerable.Range(0, log.Users.Count)];
            new Random(Seed).Shuffle(users);
            var chosen = new bool[users.Length];
            foreach (var user in users.AsSpan(0, count))
            {
                chosen[user] = true;
            }

            Keep(string.Create(CultureInfo.InvariantCulture, $"user not among the {count:N0} drawn"), i => chosen[log.UserRows[i]]);
        }

        if (UserCore > 0 || ItemCore > 0)
        {
            var kept = KCore.Find(log, UserCore, ItemCore);
            Keep(CoreReason, i => kept[i]);
        }

        return log;

        void Keep(string reason, Func<int, bool> isKept)
        {
            var before = log.Count;
            log = log.Where(isKept);
            steps.Add(new Dropped(reason, before - log.Count));
        }
    }

    private const string WindowReason = "outside the time window";

    internal string BelowReason => string.Create(CultureInfo.InvariantCulture, $"value below {MinRating}");

    internal string CoreReason => UserCore == ItemCore
        ? $"not in the {UserCore}-core"
        : $"not in the core of users with {UserCore} and items with {ItemCore}";

    internal bool IsInWindow(long seconds) => !(seconds < FromSeconds) && !(seconds >= BeforeSeconds);

    /// <summary>What was left out, the time window, if there is one, before the other steps.</summary>
    internal IReadOnlyList<Dropped> WithWindow(long outside, IReadOnlyList<Dropped> others) =>
        HasWindow ? [new Dropped(WindowReason, outside), .. others] : others;

    /// <summary>The filter without the time window.</summary>
    internal InteractionFilter AfterWindow => this with { From = null, Before = null };

    internal void CheckTimes(bool hasTimestamps)
    {
        if (!hasTimestamps && HasWindow)
        {
            throw new ArgumentException("A time window (--from, --before) requires timestamps; the data have none.");
        }
    }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(UserCore);
        ArgumentOutOfRangeException.ThrowIfNegative(ItemCore);
        if (SampleUsers is < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(SampleUsers), SampleUsers, "The number of users to draw must be at least 1.");
        }

        if (MinRating is { } least && !float.IsFinite(least))
        {
            throw new ArgumentOutOfRangeException(nameof(MinRating), least, "The minimum rating must be a finite number.");
        }

        if (From >= Before)
        {
            throw new ArgumentException($"The time window is empty: it begins at {From:u} and ends before {Before:u}.");
        }
    }
}
