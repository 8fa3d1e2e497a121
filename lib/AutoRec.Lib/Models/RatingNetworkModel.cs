using AutoRec.Data;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>A fitted network that reconstructs all ratings of a user from the user's history.</summary>
/// <remarks>
/// New users are folded in: the network needs nothing but a history. Predictions are clipped to the scale; scores are not. Items without a
/// training rating and users without a history get the baseline or, without one, the middle of the scale.
/// </remarks>
internal abstract class RatingNetworkModel : NetworkModel, IRatingPredictor
{
    // The outputs of fewer users at all items take less time than the copies of the weights in the order in which sparse rows read them.
    private const int FewUsers = 64;

    private readonly UserRowRatings ratings;
    private readonly Linear first;
    private readonly Linear last;

    /// <param name="network">The network.</param>
    /// <param name="frame">What lies between ratings and their values.</param>
    /// <param name="first">The network's layer that takes items.</param>
    /// <param name="last">The network's layer that gives values of items.</param>
    private protected RatingNetworkModel(nn.Module network, RatingFrame frame, Linear first, Linear last)
        : base(network, frame.ItemCount) => (ratings, this.first, this.last) = (new UserRowRatings(frame), first, last);

    /// <inheritdoc/>
    public RatingScale Scale => Frame.Scale;

    private protected RatingFrame Frame => ratings.Frame;

    /// <inheritdoc/>
    public sealed override void Score(Histories histories, Memory<float> scores) => ratings.Score(histories, scores, Forward);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        if (histories.Count < FewUsers)
        {
            this.ratings.Predict(
                histories, pairs, ratings, (part, entries) => Forward(part).flatten().index_select(0, entries.Places(CPU)));
            return;
        }

        using var scope = NewDisposeScope();
        var (input, inputBias) = (first.weight.t().CopyRows(), first.bias!.unsqueeze(0).CopyRows());
        var (output, outputBiases) = (last.weight.CopyRows(), last.bias!.unsqueeze(1).CopyRows());
        this.ratings.Predict(histories, pairs, ratings, (part, entries) =>
        {
            var codes = BeforeOutput(InputLayer.Outputs(Input(part), input, inputBias)).CopyRows();
            return ToValues(EntryOutputLayer.Outputs(codes, entries, output, outputBiases));
        });
    }

    /// <summary>Returns the arrays that make up the model: the parameters of its network and what lies between ratings and their
    /// values.</summary>
    public override ModelState Save() => Frame.SaveTo(base.Save());

    /// <summary>Brings values of ratings to the range that the network reads, in place.</summary>
    private protected abstract SparseBatch Scaled(SparseBatch rows);

    /// <summary>What lies between the first and the last layer: [users x units] -> [users x units].</summary>
    private protected abstract Tensor BeforeOutput(Tensor first);

    /// <summary>Turns outputs of the last layer into values of ratings: any shape.</summary>
    private protected abstract Tensor ToValues(Tensor outputs);

    private protected sealed override Tensor Forward(Histories histories) =>
        ToValues(last.forward(BeforeOutput(first.forward(Input(histories).ToDense(CPU)))));

    // The histories as the network reads them.
    private SparseBatch Input(Histories histories) => Scaled(new SparseBatch(ItemCount).Fill(
        Frame.ToInput(Frame.ToValues(histories.Interactions)), [.. Enumerable.Range(0, histories.Count)]));
}
