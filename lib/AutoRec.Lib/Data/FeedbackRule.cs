using System.Numerics.Tensors;

namespace AutoRec.Data;

/// <summary>
/// Decides what the values of a log say, see <see cref="Feedback"/>: the one place that does. What is declared counts first, then the name
/// of the column, then the values that occur.
/// </summary>
internal sealed record FeedbackRule
{
    // Names of columns, letters only and in small ones; any other name that ends in "count" or "counts" too.
    private static readonly string[] CountNames =
    [
        "plays", "listens", "views", "clicks", "visits", "hits", "watches", "downloads", "quantity", "qty", "units", "purchases", "orders",
        "times", "timesplayed", "frequency", "freq", "weight", "playtime", "hours", "minutes",
    ];

    /// <summary>The kind that is declared; null to recognise it.</summary>
    public FeedbackKind? Kind { get; init; }

    /// <summary>The scale that is declared; null takes the range that occurs.</summary>
    public RatingScale? Scale { get; init; }

    /// <summary>
    /// The lowest positive value that is declared; negative infinity makes every interaction positive, null takes the default of the kind.
    /// </summary>
    public float? PositiveFrom { get; init; }

    /// <summary>Whether there were ratings; if not, each interaction has the value 1.</summary>
    public bool HasRatings { get; init; } = true;

    /// <summary>The name of the column of values; null where it has none.</summary>
    public string? Column { get; init; }

    /// <summary>Decides by the values that occur, in any order and each as often as it likes.</summary>
    /// <exception cref="ArgumentException">What is declared does not fit the values.</exception>
    public Feedback Decide(ReadOnlySpan<float> values)
    {
        var range = values.IsEmpty ? Scale ?? default : new RatingScale(TensorPrimitives.Min(values), TensorPrimitives.Max(values));
        var kind = Kind ?? KindOf(values, range);
        if (kind == FeedbackKind.Thumbs && !HasTwo(values, range))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"Thumbs have two values, but more occur between {range.Min} and {range.Max}. Use --feedback stars."));
        }

        var scale = Scale ?? (kind == FeedbackKind.Likes ? new RatingScale(Math.Min(0, range.Min), Math.Max(1, range.Max)) : range);
        var threshold = PositiveFrom switch
        {
            null => Threshold(kind, scale, range, values),
            float.NegativeInfinity => Math.Min(scale.Min, range.Min),
            { } declared => declared,
        };
        return PositiveFrom is null || values.IsEmpty || threshold <= range.Max
            ? new Feedback(kind, scale, threshold)
            : throw new ArgumentException(FormattableString.Invariant(
                $"No value is {threshold} or more (--positive-from); the highest is {range.Max}."));
    }

    /// <summary>Some of the values of one of several parts: those of all parts decide what all values do.</summary>
    /// <param name="values">The values of the part.</param>
    /// <param name="range">The range of all parts.</param>
    public float[] Deciding(ReadOnlySpan<float> values, RatingScale range)
    {
        var (broken, between) = (float.PositiveInfinity, float.PositiveInfinity); // None.
        foreach (var value in values)
        {
            broken = value != MathF.Floor(value) ? value : broken;
            between = value != range.Min && value != range.Max ? value : between;
        }

        float[] some = values.IsEmpty ? [] :
        [
            TensorPrimitives.Min(values), TensorPrimitives.Max(values), broken, between, LowestFrom(float.Epsilon, values),
            LowestFrom(NearlyThreeQuartersUp(Scale ?? range), values),
        ];
        return [.. some.Where(float.IsFinite)];
    }

    private FeedbackKind KindOf(ReadOnlySpan<float> values, RatingScale range) =>
        !HasRatings ? FeedbackKind.Likes
        : Column is not null && IsCountName(string.Concat(Column.Where(char.IsLetterOrDigit)).ToLowerInvariant()) ? FeedbackKind.Counts
        : range is { Min: -1 or 0, Max: 1 } && (Scale ?? range) == range && HasTwo(values, range) ? FeedbackKind.Thumbs
        : Scale is null && range.Min == range.Max && range.Min > 0 ? FeedbackKind.Likes // one value for all says no more
        : FeedbackKind.Stars;

    private static bool IsCountName(string name) =>
        CountNames.Contains(name) || name.EndsWith("count", StringComparison.Ordinal) || name.EndsWith("counts", StringComparison.Ordinal);

    private static bool HasTwo(ReadOnlySpan<float> values, RatingScale range)
    {
        foreach (var value in values)
        {
            if (value != range.Min && value != range.Max)
            {
                return false;
            }
        }

        return true;
    }

    private static float Threshold(FeedbackKind kind, RatingScale scale, RatingScale range, ReadOnlySpan<float> values) => kind switch
    {
        FeedbackKind.Likes => range.Min,
        FeedbackKind.Thumbs => range.Max,
        FeedbackKind.Counts => range.Max <= 0 ? range.Min : AreWhole(values) ? 1 : LowestFrom(float.Epsilon, values),
        _ => ThreeQuartersUp(scale, range, values),
    };

    // On a scale of whole numbers rounded up to one; else the lowest value that occurs from there on. Neither changes what is positive.
    private static float ThreeQuartersUp(RatingScale scale, RatingScale range, ReadOnlySpan<float> values)
    {
        var exact = scale.Min + (0.75 * LengthOf(scale));
        return exact > range.Max ? (float)exact
            : AreWhole(values) ? (float)Math.Ceiling(exact)
            : LowestFrom(NearlyThreeQuartersUp(scale), values);
    }

    // 4.3 of 1.3 to 5.3 is no exact number.
    private static float NearlyThreeQuartersUp(RatingScale scale) =>
        (float)(scale.Min + (0.75 * LengthOf(scale)) - (1e-6 * LengthOf(scale)));

    private static double LengthOf(RatingScale scale) => (double)scale.Max - scale.Min;

    private static bool AreWhole(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (value != MathF.Floor(value))
            {
                return false;
            }
        }

        return true;
    }

    private static float LowestFrom(float least, ReadOnlySpan<float> values)
    {
        var lowest = float.PositiveInfinity;
        foreach (var value in values)
        {
            lowest = value >= least && value < lowest ? value : lowest;
        }

        return lowest;
    }
}
