using AutoRec.Data;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>
/// Ratings less the mean of their row, in units of half the range of the scale: about -1 to 1, and 0 where there is no rating.
/// </summary>
/// <param name="Input">The centred ratings: [rows x visible].</param>
/// <param name="Means">The mean rating of each row: [rows x 1].</param>
/// <param name="HalfRangeOfScale">The unit.</param>
internal sealed record CentredRatings(Tensor Input, Tensor Means, float HalfRangeOfScale)
{
    /// <summary>The unit: half the range of a scale, or 1 if it has none.</summary>
    public static float HalfRange(RatingScale scale) => scale.Max > scale.Min ? (scale.Max - scale.Min) / 2 : 1;

    /// <summary>Centres ratings.</summary>
    /// <param name="ratings">[rows x visible].</param>
    /// <param name="mask">1 where observed, else 0: [rows x visible].</param>
    /// <param name="scale">The scale of the ratings.</param>
    public static CentredRatings Of(Tensor ratings, Tensor mask, RatingScale scale)
    {
        var halfRange = HalfRange(scale);
        var means = ratings.sum(1, keepdim: true) / mask.sum(1, keepdim: true).AtLeastOne();
        return new CentredRatings(((ratings - means) * mask).Over(halfRange), means, halfRange);
    }

    /// <summary>From the network's output back to ratings: [rows x visible].</summary>
    public Tensor Restore(Tensor output) => output.Times(HalfRangeOfScale).Plus(Means);
}
