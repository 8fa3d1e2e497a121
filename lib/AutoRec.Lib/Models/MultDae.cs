using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>The options of a Mult-DAE.</summary>
internal sealed record MultDaeOptions : INetworkOptions
{
    /// <summary>Units of the hidden layer. Default 200.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 200;

    /// <summary>
    /// Share of a user's items that are hidden from the encoder in training, drawn at random for each batch. Default 0.5.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>
    /// Weight of the sum of squared weights, without biases, against the mean loss of a user; 0.01 / 500 in the paper's code. Default
    /// 0.00002.
    /// </summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; } = 0.01 / 500;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Users in a batch. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 500;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;

    /// <summary>
    /// Items that are drawn at random for each batch: the softmax of the training, and Adam, take these and the batch's own items in place
    /// of all. 0 takes all. Default: 20,000 where there are more than 100,000 items, else 0.
    /// </summary>
    [Range(0, 100_000_000)]
    public int? SampledItems { get; init; }

    /// <summary>
    /// Numbers that the matrix products of the last layer multiply: float32 or bfloat16. These products take most of the time of a
    /// training; bfloat16 halves them or more, on processors with AVX-512 BF16 or AMX and on GPUs. Default float32.
    /// </summary>
    public MatmulPrecision MatmulPrecision { get; init; }

    /// <summary>Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default
    /// auto.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains a Mult-DAE (Liang, Krishnan, Hoffman, Jebara: Variational Autoencoders for Collaborative Filtering, WWW 2018, section 2.2): a
/// denoising autoencoder with one tanh hidden layer, which maximises for each user the multinomial log-likelihood
/// sum_i x_i log softmax(f(x))_i, less the weight decay. Feedback is implicit: every interaction counts as one, whatever its value.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class MultDaeTrainer(MultDaeOptions? options = null) : ITrainer<MultDaeModel>
{
    private readonly MultDaeOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var layer = (double)data.Items * options.HiddenUnits;
        var batch = Math.Min(options.BatchSize, data.Users);
        var size = new NetworkSize
        {
            Weights = 2 * layer,
            Longest = sizeof(float) * layer,
            DenseBatch = batch * (double)data.Items,
            Rows = data.Users,
            Batch = batch,
            DenseWeights = layer,
            SparseWeights = options.HiddenUnits,
            Epochs = options.Epochs,
            Engine = options.Engine,
            Precision = options.MatmulPrecision,
        };
        return NetworkCost.Of(data, SampledSoftmax.With(size, data, options.SampledItems), new("hidden-units", options.HiddenUnits, units =>
            new MultDaeTrainer(options with { HiddenUnits = units }).Estimate(data)));
    }

    /// <inheritdoc/>
    public MultDaeModel Fit(InteractionMatrix train, FitContext context)
    {
        using var training = new NetworkTraining<DeepAutoencoderNetwork>(
            train,
            context,
            options,
            generator => MultDaeModel.NewNetwork(train.ColumnCount, options.HiddenUnits, generator),
            parameter => parameter.dim() > 1 ? 2 * options.WeightDecay : 0);
        var input = training.InputLayer(training.Network.encoder[0]);
        var output = training.OutputLayer(training.Network.decoder[0], OutputLoss.Multinomial);
        var (clicks, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));
        return training.Run("negative log-likelihood", NegativeLogLikelihood, network => new MultDaeModel(network));

        BatchLoss NegativeLogLikelihood(int[] users)
        {
            clicks.Fill(train, users).Binarize();
            noisy.Fill(train, users).Binarize().Normalize().Drop(options.Dropout, training.Generator);
            return output.Loss(tanh(input.Forward(noisy)), clicks);
        }
    }
}

/// <summary>A fitted Mult-DAE. Scores are logits. New users are folded in: the encoder needs nothing but a history.</summary>
internal sealed class MultDaeModel : NetworkModel, IPersistentModel<MultDaeModel>
{
    internal MultDaeModel(DeepAutoencoderNetwork network)
        : base(network, network.ItemCount) => Network = network;

    internal DeepAutoencoderNetwork Network { get; }

    /// <inheritdoc/>
    public static MultDaeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (hidden, items) = state.Size("encoder.0.weight");
        state.Require("decoder.0.weight", items, hidden);
        return new(NetworkState.Load(state, generator => NewNetwork(items, hidden, generator)));
    }

    internal static DeepAutoencoderNetwork NewNetwork(int items, int hidden, Generator generator) =>
        new(items, [hidden], Activation.Tanh, OutputActivation.Identity, generator);

    private protected override Tensor Forward(Histories histories) => Network.forward(DenseBatches.Normalize(UserRows.Clicks(histories)));
}
