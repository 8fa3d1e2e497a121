namespace AutoRec.Data;

/// <summary>How to read ratings.</summary>
public sealed record ReadOptions
{
    /// <summary>The layout of the file. Default: recognised by its first line.</summary>
    public RatingsFormat Format { get; init; } = RatingsFormat.Auto;

    /// <summary>Which columns of a file with a header hold what. Default: recognised by their names.</summary>
    public ColumnNames Columns { get; init; } = new();

    /// <summary>
    /// The scale of the ratings; a line with a rating outside is a bad line. Default: null, which checks MovieLens
    /// formats against 0.5 to 5, Amazon's against 1 to 5 and others not at all, and takes the observed range as
    /// <see cref="Interactions.Scale"/>.
    /// </summary>
    public RatingScale? Scale { get; init; }

    /// <summary>
    /// What values say. Default: null, which recognises it: likes where there are no ratings; counts by the name of the column, such as
    /// <c>plays</c> or <c>quantity</c>; thumbs where -1 and 1, or 0 and 1, are the only values; otherwise stars.
    /// </summary>
    public FeedbackKind? Feedback { get; init; }

    /// <summary>
    /// The lowest value of a positive interaction; negative infinity makes every interaction positive. Default: null, which is three
    /// quarters up the scale for stars (4 of 1 to 5, 8 of 0 to 10, 75 of 0 to 100), the higher value for thumbs, and whatever is above 0
    /// for counts. All likes are positive.
    /// </summary>
    public float? PositiveFrom { get; init; }

    /// <summary>What becomes of a line that cannot be used. Default: the read fails.</summary>
    public BadLineAction OnBadLine { get; init; } = BadLineAction.Fail;

    /// <summary>What becomes of a (user, item) pair that comes again. Default: the latest by time counts.</summary>
    public DuplicateRule Duplicates { get; init; } = DuplicateRule.KeepLast;

    /// <summary>Which of the interactions are wanted. Default: all.</summary>
    public InteractionFilter Filter { get; init; } = new();

    /// <summary>How it is decided what values say.</summary>
    /// <param name="hasRatings">Whether there is a column of values.</param>
    /// <param name="column">Its name; null where it has none.</param>
    internal FeedbackRule FeedbackRule(bool hasRatings, string? column) => new()
    {
        Kind = Feedback,
        Scale = Scale,
        PositiveFrom = PositiveFrom,
        HasRatings = hasRatings,
        Column = column,
    };
}

/// <summary>What becomes of a line that cannot be used.</summary>
public enum BadLineAction
{
    /// <summary>The read fails with a <see cref="DataFileException"/>.</summary>
    Fail,

    /// <summary>The line is left out and counted in the <see cref="ReadReport"/>.</summary>
    Skip,
}

/// <summary>
/// The columns of a file with a header. Null finds a column by the names that are usual, whatever their case, hyphens
/// and underscores: <c>user</c>, <c>userId</c>, <c>reviewerID</c>, <c>customerId</c>; <c>item</c>, <c>itemId</c>,
/// <c>movieId</c>, <c>productId</c>, <c>prod_id</c>, <c>asin</c>; <c>rating</c>, <c>overall</c>, <c>score</c>;
/// <c>timestamp</c>, <c>unixReviewTime</c>, <c>time</c>.
/// </summary>
/// <param name="User">Raw user id.</param>
/// <param name="Item">Raw item id.</param>
/// <param name="Rating">Rating or quantity; <see cref="None"/> when each line is an interaction of value 1.</param>
/// <param name="Timestamp">Whole seconds since 1970-01-01 UTC; <see cref="None"/> leaves a column of times unread.</param>
public sealed record ColumnNames(string? User = null, string? Item = null, string? Rating = null, string? Timestamp = null)
{
    /// <summary>Says that there is no such column.</summary>
    public const string None = "-";

    /// <summary>Whether no column is named.</summary>
    internal bool IsEmpty => this == new ColumnNames();

    /// <summary>The value of the option <c>--columns</c> that names these columns; null where none is named.</summary>
    internal string? ToArgument() => IsEmpty ? null : string.Join(
        ',',
        new[] { ("user", User), ("item", Item), ("rating", Rating), ("timestamp", Timestamp) }
            .Where(part => part.Item2 is not null)
            .Select(part => $"{part.Item1}={part.Item2}"));
}
