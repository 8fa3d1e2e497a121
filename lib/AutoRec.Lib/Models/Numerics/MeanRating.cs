using AutoRec.Data;

namespace AutoRec.Models.Numerics;

/// <summary>The mean of all ratings.</summary>
internal static class MeanRating
{
    /// <summary>Computes the mean; the middle of the scale when there are no ratings.</summary>
    public static double Of(InteractionMatrix ratings)
    {
        var sum = 0.0;
        foreach (var value in ratings.Values())
        {
            sum += value;
        }

        return ratings.Count > 0 ? sum / ratings.Count : ratings.Scale.Middle;
    }
}
