namespace AutoRec.Data;

/// <summary>How to read ratings.</summary>
public sealed record ReadOptions
{
    /// <summary>The layout of the file. Default: recognised by its first lines.</summary>
    public RatingsFormat Format { get; init; } = RatingsFormat.Auto;

    /// <summary>Which columns hold what. Default: recognised by their names, or without a header by what stands in them.</summary>
    public ColumnNames Columns { get; init; } = new();

    /// <summary>
    /// What separates the fields of a text file: <c>,</c> <c>;</c> <c>tab</c> <c>|</c> <c>::</c> or <c>blanks</c>. Default: null,
    /// recognised by several lines.
    /// </summary>
    public string? Separator { get; init; }

    /// <summary>
    /// The encoding of a text file, such as <c>windows-1252</c>. Default: null, which recognises UTF-8, UTF-16, UTF-32 and Windows-1252.
    /// </summary>
    public string? Encoding { get; init; }

    /// <summary>
    /// How times are written: <c>seconds</c>, <c>milliseconds</c>, <c>microseconds</c> or <c>nanoseconds</c> since 1970-01-01 UTC;
    /// <c>iso</c>; <c>yyyyMMdd</c>; <c>dd/MM/yyyy</c>; <c>MM/dd/yyyy</c>; or another .NET date pattern. Default: null, recognised.
    /// </summary>
    public string? TimeFormat { get; init; }

    /// <summary>
    /// The scale of the ratings; a line with a rating outside is a bad line. Default: null, which checks nothing and takes the observed
    /// range as <see cref="Interactions.Scale"/>.
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

    /// <summary>Receives how far the read has come: of text files the bytes, of other sources the phase alone. Default: nobody.</summary>
    public IProgress<WorkReport>? Progress { get; init; }

    /// <summary>
    /// How this process reads its share of a partitioned log; of other sources, and where null, it reads all. Default: null.
    /// </summary>
    internal ShareReading? Share { get; init; }

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
