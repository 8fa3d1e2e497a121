using AutoRec.Data;
using AutoRec.Distributed;

namespace AutoRec.Models.Numerics;

/// <summary>The mean of all ratings.</summary>
internal static class MeanRating
{
    /// <summary>Computes the mean; the middle of the scale when there are no ratings.</summary>
    /// <param name="ratings">The ratings.</param>
    /// <param name="weights">How much each counts; empty for weights of 1. Default empty.</param>
    public static double Of(InteractionMatrix ratings, ReadOnlySpan<float> weights = default)
    {
        var (sum, count) = (0.0, 0.0);
        var values = ratings.Values();
        for (var i = 0; i < values.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            sum += weight * (double)values[i];
            count += weight;
        }

        return count > 0 ? sum / count : ratings.Scale.Middle;
    }

    /// <summary>Computes the mean of a matrix that several processes may have together: of the sums of all rows.</summary>
    public static double Of(InteractionMatrix ratings, IProcessGroup group)
    {
        var ofRows = ratings.SumRows(group, (sums, first, end) =>
        {
            for (var row = first; row < end; row++)
            {
                foreach (var value in ratings.Values(row))
                {
                    sums[row] += value;
                }
            }
        });
        var count = ratings.CountOfAll(group);
        return count > 0 ? ratings.Total(group, ofRows) / count : ratings.Scale.Middle;
    }
}
