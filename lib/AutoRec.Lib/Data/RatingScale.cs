using System.Globalization;

namespace AutoRec.Data;

/// <summary>The closed range that ratings come from, such as 1 to 5 stars.</summary>
/// <param name="Min">Lowest rating.</param>
/// <param name="Max">Highest rating, not below <paramref name="Min"/>.</param>
public readonly record struct RatingScale(float Min, float Max)
{
    /// <summary>One to five, the scale of MovieLens 100K, 1M and Amazon.</summary>
    public static RatingScale OneToFive { get; } = new(1, 5);

    /// <summary>The middle of the scale, the prediction of last resort (3 on a scale of 1 to 5).</summary>
    public float Middle => (Min + Max) / 2;

    /// <summary>Whether <paramref name="rating"/> lies on the scale, ends included; false for NaN.</summary>
    public bool Contains(float rating) => rating >= Min && rating <= Max;

    /// <summary>The nearest rating on the scale.</summary>
    public float Clip(float rating) => Math.Clamp(rating, Min, Max);

    /// <summary>Reads a scale as <see cref="ToString"/> writes it, <c>1..5</c>; false when it is none.</summary>
    public static bool TryParse(string? text, out RatingScale scale)
    {
        scale = default;
        if (text?.Split("..") is not [var low, var high]
            || !float.TryParse(low, NumberStyles.Float, CultureInfo.InvariantCulture, out var min)
            || !float.TryParse(high, NumberStyles.Float, CultureInfo.InvariantCulture, out var max)
            || !float.IsFinite(min) || !float.IsFinite(max) || min > max)
        {
            return false;
        }

        scale = new RatingScale(min, max);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Min}..{Max}");
}
