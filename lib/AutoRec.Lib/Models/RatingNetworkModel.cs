using AutoRec.Data;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Scoring;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>A fitted network that reconstructs all ratings of a user from the user's history.</summary>
/// <remarks>
/// New users are folded in: the network needs nothing but a history. Predictions are clipped to the scale; scores are not. Items without a
/// training rating and users without a history get the middle of the scale.
/// </remarks>
internal abstract class RatingNetworkModel : NetworkModel, IRatingPredictor
{
    private protected RatingNetworkModel(nn.Module network, UserRowRatings ratings)
        : base(network, ratings.ItemCount) => Ratings = ratings;

    private protected UserRowRatings Ratings { get; }

    /// <inheritdoc/>
    public RatingScale Scale => Ratings.Scale;

    /// <inheritdoc/>
    public sealed override void Score(Histories histories, Memory<float> scores) => Ratings.Score(histories, scores, Forward);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings) =>
        Ratings.Predict(histories, pairs, ratings, Forward);

    /// <summary>Returns the arrays that make up the model: the parameters of its network, the scale and the known items.</summary>
    public override ModelState Save() => Ratings.SaveTo(base.Save());
}
