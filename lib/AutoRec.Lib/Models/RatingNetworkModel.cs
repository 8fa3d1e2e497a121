using AutoRec.Data;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Scoring;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>A fitted network that reconstructs all ratings of a user from the user's history.</summary>
/// <remarks>
/// New users are folded in: the network needs nothing but a history. Predictions are clipped to the scale; scores are not. Items without a
/// training rating and users without a history get the baseline or, without one, the middle of the scale.
/// </remarks>
internal abstract class RatingNetworkModel : NetworkModel, IRatingPredictor
{
    private readonly UserRowRatings ratings;

    private protected RatingNetworkModel(nn.Module network, RatingFrame frame)
        : base(network, frame.ItemCount) => ratings = new UserRowRatings(frame);

    /// <inheritdoc/>
    public RatingScale Scale => Frame.Scale;

    private protected RatingFrame Frame => ratings.Frame;

    /// <inheritdoc/>
    public sealed override void Score(Histories histories, Memory<float> scores) => ratings.Score(histories, scores, Forward);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings) =>
        this.ratings.Predict(histories, pairs, ratings, Forward);

    /// <summary>Returns the arrays that make up the model: the parameters of its network and what lies between ratings and their
    /// values.</summary>
    public override ModelState Save() => Frame.SaveTo(base.Save());

    /// <summary>The histories as networks read them: [users x items].</summary>
    private protected InteractionMatrix Input(Histories histories) => Frame.ToInput(Frame.ToValues(histories.Interactions));
}
