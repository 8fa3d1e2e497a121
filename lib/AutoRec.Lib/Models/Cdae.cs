using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>The options of a CDAE.</summary>
internal sealed record CdaeOptions : INetworkOptions
{
    /// <summary>Units of the hidden layer, K in the paper. Default 50.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 50;

    /// <summary>
    /// Share q of a user's items that are hidden from the encoder in training, drawn at random for each batch. Default 0.5.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>
    /// Number of items that are drawn as negatives for each item of a user, from those that the user does not have, for each batch anew.
    /// 0 takes all of them. Default 5.
    /// </summary>
    [Range(0, 10_000)]
    public int NegativesPerPositive { get; init; } = 5;

    /// <summary>
    /// Weight lambda of the penalty lambda/2 times the sum of all squared parameters, with biases and user nodes, against the mean loss of
    /// a user. Default 0.001.
    /// </summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; } = 0.001;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Users in a batch. Default 64.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 64;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;

    /// <summary>
    /// Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default auto.
    /// </summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains a CDAE (Wu, DuBois, Zheng, Ester: Collaborative Denoising Auto-Encoders for Top-N Recommender Systems, WSDM 2016): a denoising
/// autoencoder of a user's items, with a node of the user's own in the hidden layer. Minimises the mean over users of the logistic loss of
/// the user's items and of sampled negatives, plus lambda/2 times all parameters squared (section 3), with a sigmoid hidden layer. Adam
/// replaces the paper's AdaGrad, and each negative is drawn by itself, with the probability that gives the requested number on average.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class CdaeTrainer(CdaeOptions? options = null) : ITrainer<CdaeModel>
{
    private readonly CdaeOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public bool BeginsAsPopularity => true;

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var (layer, nodes) = ((double)data.Items * options.HiddenUnits, (double)data.Users * options.HiddenUnits);
        var batch = Math.Min(options.BatchSize, data.Users);
        var isDense = options.Engine == TrainingEngine.Torch || options.NegativesPerPositive == 0;
        var size = new NetworkSize
        {
            Weights = (2 * layer) + nodes,
            Longest = sizeof(float) * Math.Max(layer, nodes),
            DenseBatch = isDense ? batch * (double)data.Items : 0,
            Rows = data.Users,
            Batch = batch,
            DenseWeights = isDense ? layer : 0,
            SparseWeights = options.HiddenUnits * (1 + (isDense ? 0 : 1.5 * (1 + options.NegativesPerPositive))),
            Epochs = options.Epochs,
            Engine = isDense ? TrainingEngine.Torch : options.Engine,
        };
        return NetworkCost.Of(data, size, new("hidden-units", options.HiddenUnits, units =>
            new CdaeTrainer(options with { HiddenUnits = units }).Estimate(data)));
    }

    /// <inheritdoc/>
    public CdaeModel Fit(InteractionMatrix train, FitContext context)
    {
        using var training = new NetworkTraining<CdaeNetwork>(
            train,
            context,
            options,
            generator =>
            {
                var network = new CdaeNetwork(train.RowCount, train.ColumnCount, options.HiddenUnits, generator);
                FirstOutputs.Set(network.decoder, FirstOutputs.Logits(FirstOutputs.Shares(train)));
                return network;
            },
            _ => options.WeightDecay);
        var (input, nodes) = (training.InputLayer(training.Network.encoder), training.EmbeddingLayer(training.Network.user_nodes));
        var output = training.EntryOutputLayer(training.Network.decoder, isDense: options.NegativesPerPositive == 0);
        var (clicks, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));
        return training.Run("logistic loss", LogisticLoss, network => new CdaeModel(network));

        BatchLoss LogisticLoss(int[] users)
        {
            noisy.Fill(train, users).Binarize().Drop(options.Dropout, training.Generator);
            clicks.Fill(train, users).Binarize().AddZeros(
                options.NegativesPerPositive > 0 ? options.NegativesPerPositive : double.PositiveInfinity, training.Generator);
            var code = CdaeNetwork.BeforeOutput(input.Forward(noisy), nodes.Forward(users));
            return output.Loss(
                code, clicks, logits => Losses.Logistic(logits, clicks.ToValues(training.Device)).Over(users.Length));
        }
    }
}

/// <summary>
/// A fitted CDAE. Scores are logits. New users are folded in by their history alone: their user node is zero, to which the penalty draws
/// all nodes.
/// </summary>
internal sealed class CdaeModel : NetworkModel, IPersistentModel<CdaeModel>
{
    internal CdaeModel(CdaeNetwork network)
        : base(network, network.ItemCount) => Network = network;

    internal CdaeNetwork Network { get; }

    /// <inheritdoc/>
    public static CdaeModel Load(ModelState state) => new(CdaeNetwork.Load(state));

    private protected override Tensor Forward(Histories histories) =>
        Network.forward(UserRows.Clicks(histories), Network.UserNodes(histories.TrainingRows));
}
