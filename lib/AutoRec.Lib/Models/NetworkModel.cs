using AutoRec.Data;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>A fitted network that scores all items for a user's history.</summary>
public abstract class NetworkModel : TrainedModel
{
    private readonly nn.Module network;

    private protected NetworkModel(nn.Module network, int itemCount)
    {
        this.network = network;
        network.eval();
        ItemCount = itemCount;
    }

    /// <inheritdoc/>
    public override int ItemCount { get; }

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        UserRows.Write(histories, scores, Forward);
    }

    /// <summary>Returns the arrays that make up the model: the parameters of its network.</summary>
    public virtual ModelState Save() => NetworkState.Of(network);

    /// <summary>Computes the scores of some users: [users x items].</summary>
    private protected abstract Tensor Forward(Histories histories);
}
