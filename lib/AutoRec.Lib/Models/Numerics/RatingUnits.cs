using AutoRec.Data;

namespace AutoRec.Models.Numerics;

/// <summary>
/// The units in which models learn ratings: rating = <see cref="Origin"/> + <see cref="Size"/> x value. The scale of the data maps onto 1
/// to 5, so that what is learned does not depend on the unit of the data, and stars are learned as they are.
/// </summary>
/// <param name="Origin">The rating whose value is 0.</param>
/// <param name="Size">The ratings that one unit is worth, above 0.</param>
internal readonly record struct RatingUnits(float Origin, float Size)
{
    /// <summary>Ratings as they are.</summary>
    public static RatingUnits OfRatings { get; } = new(0, 1);

    /// <summary>The units of a scale; those of a scale of one rating are as large as ratings.</summary>
    public static RatingUnits Of(RatingScale scale)
    {
        var size = scale.Max > scale.Min ? (scale.Max - scale.Min) / 4 : 1;
        return new RatingUnits(scale.Min - size, size);
    }

    /// <summary>The value of a rating.</summary>
    public float ToValue(float rating) => (float)(((double)rating - Origin) / Size);

    /// <summary>The rating of a value.</summary>
    public float ToRating(float value) => (float)(((double)value * Size) + Origin);

    /// <summary>Puts values in the place of ratings, and their scale in the place of that of the ratings.</summary>
    public InteractionMatrix ToValues(InteractionMatrix ratings)
    {
        if (this == OfRatings)
        {
            return ratings;
        }

        var units = this;
        float[] values = [.. ratings.Values()];
        foreach (ref var value in values.AsSpan())
        {
            value = ToValue(value);
        }

        return ratings.WithValues(values, new RatingScale(ToValue(ratings.Scale.Min), ToValue(ratings.Scale.Max)));
    }
}
