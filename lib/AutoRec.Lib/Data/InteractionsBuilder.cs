namespace AutoRec.Data;

/// <summary>Collects interactions one by one, in any order.</summary>
public sealed class InteractionsBuilder
{
    private readonly IdIndex users = new();
    private readonly IdIndex items = new();
    private readonly List<int> userRows = [];
    private readonly List<int> itemRows = [];
    private readonly List<float> values = [];
    private readonly List<long> timestamps = [];
    private bool isBuilt;

    /// <summary>Interactions added so far, duplicates included.</summary>
    public int Count => values.Count;

    /// <summary>Adds an interaction.</summary>
    /// <param name="user">Raw user id.</param>
    /// <param name="item">Raw item id.</param>
    /// <param name="value">Rating or quantity; a finite number.</param>
    /// <param name="timestamp">Seconds since 1970-01-01 UTC; given for all interactions or for none.</param>
    /// <exception cref="InvalidOperationException">The log has been made.</exception>
    public void Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item, float value, long? timestamp = null)
    {
        if (isBuilt)
        {
            throw new InvalidOperationException("Interactions cannot be added after Build.");
        }

        if (!float.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A rating or quantity is a finite number.");
        }

        if (timestamp.HasValue != (timestamps.Count > 0) && Count > 0)
        {
            throw new ArgumentException("Timestamps are given for all interactions or for none.", nameof(timestamp));
        }

        userRows.Add(users.GetOrAdd(user));
        itemRows.Add(items.GetOrAdd(item));
        values.Add(value);
        if (timestamp is { } seconds)
        {
            timestamps.Add(seconds);
        }
    }

    /// <summary>Makes the log, which does not depend on the order in which interactions were added.</summary>
    /// <param name="rule">Which value and time count for a user and an item that were added more than once.</param>
    /// <param name="scale">The declared scale; null takes the observed range.</param>
    /// <param name="duplicates">Receives what became of duplicates.</param>
    /// <param name="feedback">What values say; null recognises it by the values that occur. Default null.</param>
    /// <param name="positiveFrom">The lowest value of a positive interaction; negative infinity makes all of them positive, null takes the
    /// default of <see cref="ReadOptions.PositiveFrom"/>. Default null.</param>
    /// <exception cref="ArgumentException">The declared feedback does not fit the values.</exception>
    public Interactions Build(
        DuplicateRule rule,
        RatingScale? scale,
        out DuplicateCounts duplicates,
        FeedbackKind? feedback = null,
        float? positiveFrom = null) =>
        Build(new FeedbackRule { Kind = feedback, Scale = scale, PositiveFrom = positiveFrom }, rule, out duplicates);

    /// <summary>Makes the log by a rule for its feedback.</summary>
    internal Interactions Build(FeedbackRule feedback, DuplicateRule rule, out DuplicateCounts duplicates)
    {
        isBuilt = true; // the log may hold the indexes
        long[]? times = timestamps.Count == 0 ? null : [.. timestamps];
        var columns = new InteractionColumns(users, items, [.. userRows], [.. itemRows], [.. values], times);
        return Interactions.Of(columns, rule, feedback, out duplicates);
    }
}
