using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>The options of a Mult-VAE.</summary>
public sealed record MultVaeOptions : INetworkOptions
{
    /// <summary>Units of the tanh hidden layer of encoder and decoder; 0 for none, so that both are linear. Default 600.</summary>
    [Range(0, 100_000)]
    public int HiddenUnits { get; init; } = 600;

    /// <summary>Length of the latent vector. Default 200.</summary>
    [Range(1, 100_000)]
    public int LatentFactors { get; init; } = 200;

    /// <summary>
    /// Share of a user's items that are hidden from the encoder in training, drawn at random for each batch. Default 0.5.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Weight beta of the KL term once it is fully annealed; 1 is the plain VAE. Default 0.2.</summary>
    [Range(0.0, 10.0)]
    public double KlWeight { get; init; } = 0.2;

    /// <summary>
    /// Epochs over which the KL weight rises from 0, linearly with each update; then it is constant. The paper counts in updates, of
    /// which small data never reach its 200,000. Default 50.
    /// </summary>
    [Range(0, 100_000)]
    public int AnnealingEpochs { get; init; } = 50;

    /// <summary>Weight of the sum of squared weights, without biases, against the mean loss of a user. Default 0.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <summary>Adam's learning rate in the first epoch. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Factor of the learning rate after each epoch. Default 1.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 1;

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

    /// <summary>
    /// Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default auto.
    /// </summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains a Mult-VAE (Liang, Krishnan, Hoffman, Jebara: Variational Autoencoders for Collaborative Filtering, WWW 2018): a variational
/// autoencoder with a multinomial likelihood over items, which maximises for each user
/// E_q[log p(x | z)] - beta KL(q(z | x) || N(0, I)) (eq. 5), beta annealed from 0. Feedback is implicit: every interaction counts as one,
/// whatever its value.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class MultVaeTrainer(MultVaeOptions? options = null) : ITrainer<MultVaeModel>
{
    private readonly MultVaeOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var size = VaeNetwork.SizeOf(data, options.HiddenUnits, options.LatentFactors, options.BatchSize, options.Epochs);
        var layer = size.Longest / sizeof(float);
        size = size with
        {
            DenseWeights = size.Weights - layer, // the first layer takes the items that a user has
            SparseWeights = layer / Math.Max(1, data.Items),
            Engine = options.Engine,
            Precision = options.MatmulPrecision,
        };
        return NetworkCost.Of(data, SampledSoftmax.With(size, data, options.SampledItems), new("hidden-units", options.HiddenUnits, units =>
            new MultVaeTrainer(options with { HiddenUnits = units }).Estimate(data)));
    }

    /// <inheritdoc/>
    public MultVaeModel Fit(InteractionMatrix train, FitContext context)
    {
        using var training = new NetworkTraining<VaeNetwork>(
            train,
            context,
            options,
            generator => new VaeNetwork(train.ColumnCount, options.HiddenUnits, options.LatentFactors, generator),
            parameter => parameter.dim() > 1 ? 2 * options.WeightDecay : 0);
        var input = training.InputLayer(training.Network.FirstLayer);
        var output = training.OutputLayer(training.Network.decoder_output, OutputLoss.Multinomial);
        var (clicks, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));
        return training.Run("negative elbo", NegativeElbo, network => new MultVaeModel(network));

        BatchLoss NegativeElbo(int[] users)
        {
            clicks.Fill(train, users).Binarize();
            noisy.Fill(train, users).Binarize().Normalize().Drop(options.Dropout, training.Generator);
            var (mean, logVariance) = training.Network.Posterior(input.Forward(noisy));
            var z = Noise.Reparameterize(mean, logVariance, training.Generator);
            var klWeight = Annealing.Linear(training.Update, options.AnnealingEpochs * training.UpdatesPerPass, options.KlWeight);
            return output.Loss(training.Network.BeforeOutput(z), clicks).Plus(Losses.GaussianKl(mean, logVariance).Times(klWeight));
        }
    }
}

/// <summary>
/// A fitted Mult-VAE. Scores are logits: the latent mean is decoded, nothing is sampled. New users are folded in: the encoder needs
/// nothing but a history.
/// </summary>
public sealed class MultVaeModel : NetworkModel, IPersistentModel<MultVaeModel>
{
    internal MultVaeModel(VaeNetwork network)
        : base(network, network.ItemCount) => Network = network;

    internal VaeNetwork Network { get; }

    /// <inheritdoc/>
    public static MultVaeModel Load(ModelState state) => new(VaeNetwork.Load(state));

    private protected override Tensor Forward(Histories histories) => Network.forward(DenseBatches.Normalize(UserRows.Clicks(histories)));
}
