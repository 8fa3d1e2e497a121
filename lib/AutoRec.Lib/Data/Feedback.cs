using System.Globalization;

namespace AutoRec.Data;

/// <summary>What the values of interactions say.</summary>
public enum FeedbackKind
{
    /// <summary>Ratings on a scale, such as 1 to 5 stars: the higher, the better.</summary>
    Stars,

    /// <summary>Only that there was an interaction; there are no ratings.</summary>
    Likes,

    /// <summary>One of two ratings, -1 or 1, or 0 or 1: thumbs down or up.</summary>
    Thumbs,

    /// <summary>How often something was played, bought or seen.</summary>
    Counts,
}

/// <summary>
/// What the values of a log say: their kind, their scale and which interactions are positive. It is decided once, when data are read,
/// and kept by all that is made of the log: its parts, its matrices and the models that are fitted to it.
/// </summary>
public sealed record Feedback
{
    internal Feedback(FeedbackKind kind, RatingScale scale, float positiveFrom)
    {
        Kind = kind;
        Scale = scale;
        PositiveFrom = positiveFrom;
    }

    /// <summary>What the values say.</summary>
    public FeedbackKind Kind { get; }

    /// <summary>The scale that values lie on: the declared one, or else the range that occurs; 0 to 1 for likes.</summary>
    public RatingScale Scale { get; }

    /// <summary>An interaction is positive when its value is at least this.</summary>
    public float PositiveFrom { get; }

    /// <summary>
    /// The feedback before interactions below a threshold were dropped and the others became likes (<c>--min-rating</c>): by it the ratings
    /// of new histories are read. Null for all other logs.
    /// </summary>
    public Feedback? Original { get; internal init; }

    /// <summary>Whether values are ratings that a model can predict; not so for likes and counts.</summary>
    public bool HasRatings => Kind is FeedbackKind.Stars or FeedbackKind.Thumbs;

    /// <summary>The kind as command lines and files name it: <c>stars</c>, <c>likes</c>, <c>thumbs</c> or <c>counts</c>.</summary>
    public string Name => NameOf(Kind);

    /// <summary>Whether an interaction of this value is positive.</summary>
    public bool IsPositive(float value) => value >= PositiveFrom;

    /// <summary>The value of an item in a new history.</summary>
    /// <param name="rating">The rating or count, read as those of the data were; null for an item that the user just has.</param>
    /// <returns>The value; null for a rating outside the scale.</returns>
    internal float? Read(float? rating) =>
        Original is not null ? Original.Read(rating) switch { null => null, { } value => Original.IsPositive(value) ? 1 : 0 }
        : rating is null ? (Kind == FeedbackKind.Counts ? PositiveFrom : Scale.Max)
        : Kind == FeedbackKind.Counts || Scale.Contains(rating.Value) ? rating
        : null;

    /// <summary>The feedback in words: <c>stars 1..5, positive from 4</c>.</summary>
    public override string ToString() => Kind switch
    {
        FeedbackKind.Likes => Name,
        FeedbackKind.Counts => string.Create(CultureInfo.InvariantCulture, $"{Name}, positive from {PositiveFrom}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Name} {Scale}, positive from {PositiveFrom}"),
    };

    /// <summary>The name of a kind, such as <c>stars</c>.</summary>
    public static string NameOf(FeedbackKind kind) => kind.ToString().ToLowerInvariant();

    /// <summary>The feedback of values about which nothing else is known: on a scale, each of them positive.</summary>
    internal static Feedback OfAnyValue(RatingScale scale) => new(FeedbackKind.Stars, scale, float.NegativeInfinity);

    /// <summary>The feedback of the interactions with at least a value, when they became likes (<see cref="Original"/>).</summary>
    internal Feedback OfPositives(float minRating) => Likes with { Original = Original ?? new Feedback(Kind, Scale, minRating) };

    /// <summary>The feedback of interactions that all have the value 1.</summary>
    internal static Feedback Likes { get; } = new(FeedbackKind.Likes, new RatingScale(0, 1), 1);
}
