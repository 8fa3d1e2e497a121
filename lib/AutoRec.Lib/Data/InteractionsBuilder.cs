namespace AutoRec.Data;

/// <summary>What becomes of a (user, item) pair that a log holds more than once.</summary>
public enum DuplicateRule
{
    /// <summary>The latest by time wins, or the last in order where there are no times: a user changed a rating.</summary>
    KeepLast,

    /// <summary>Values add up: a customer ordered again.</summary>
    Sum,
}

/// <summary>Collects interactions one by one and settles duplicates.</summary>
public sealed class InteractionsBuilder
{
    private readonly IdIndex users;
    private readonly IdIndex items;
    private readonly List<int> userRows = [];
    private readonly List<int> itemRows = [];
    private readonly List<float> values = [];
    private readonly List<long> timestamps = [];

    /// <summary>A builder that gives rows in the order in which ids are met.</summary>
    public InteractionsBuilder()
        : this(new IdIndex(), new IdIndex())
    {
    }

    /// <summary>
    /// A builder that goes on from known ids, so that two files (a training and a test file, say) share their rows.
    /// The indexes grow with what is added.
    /// </summary>
    public InteractionsBuilder(IdIndex users, IdIndex items)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        this.users = users;
        this.items = items;
    }

    /// <summary>Interactions added so far, duplicates included.</summary>
    public int Count => values.Count;

    /// <summary>Adds an interaction.</summary>
    /// <param name="user">Raw user id.</param>
    /// <param name="item">Raw item id.</param>
    /// <param name="value">Rating or quantity; a finite number.</param>
    /// <param name="timestamp">Seconds since 1970-01-01 UTC; given for all interactions or for none.</param>
    public void Add(ReadOnlySpan<char> user, ReadOnlySpan<char> item, float value, long? timestamp = null)
    {
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

    /// <summary>Makes the log.</summary>
    /// <param name="rule">What becomes of duplicates.</param>
    /// <param name="scale">The declared scale; null takes the observed range.</param>
    /// <param name="duplicates">How many interactions were merged into another of the same user and item.</param>
    public Interactions Build(DuplicateRule rule, RatingScale? scale, out int duplicates)
    {
        return Duplicates.Settle(new InteractionColumns(users, items, [.. userRows], [.. itemRows], [.. values], timestamps.Count == 0 ? null : [.. timestamps]), rule, scale, out duplicates);
    }
}
