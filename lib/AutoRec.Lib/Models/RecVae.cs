using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>The options of a RecVAE.</summary>
internal sealed record RecVaeOptions : INetworkOptions
{
    /// <summary>Units of each of the encoder's five hidden layers. Default 600.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 600;

    /// <summary>Length of the latent vector. Default 200.</summary>
    [Range(1, 100_000)]
    public int LatentFactors { get; init; } = 200;

    /// <summary>
    /// Share of a user's items that are hidden from the encoder while it is trained, drawn at random for each batch. Default 0.5.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Weight gamma of a user's KL term for each item of the user. Default 0.005.</summary>
    [Range(0.0, 10.0)]
    public double KlWeight { get; init; } = 0.005;

    /// <summary>Passes of the encoder over all users in an epoch, before the one pass of the decoder. Default 3.</summary>
    [Range(1, 100)]
    public int EncoderPasses { get; init; } = 3;

    /// <summary>Adam's learning rate. Default 0.0005.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.0005;

    /// <summary>Users in a batch. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 500;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 100.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

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
/// Trains a RecVAE (Shenbin, Alekseev, Tutubalina, Malykh, Nikolenko: RecVAE: a New Variational Autoencoder for Top-N Recommendations with
/// Implicit Feedback, WSDM 2020). It differs from Mult-VAE (section 3) by
/// <list type="bullet">
/// <item>a deep, densely connected encoder and a linear decoder;</item>
/// <item>a composite prior of each latent coordinate, 3/20 N(0, 1) + 3/4 N(the posterior of the encoder one epoch ago) +
/// 1/10 N(0, e^10), which keeps the encoder from forgetting;</item>
/// <item>a KL weight of gamma times the number of the user's items in place of annealing;</item>
/// <item>encoder and decoder trained in turn, the encoder more often and with noise on its input, the decoder without.</item>
/// </list>
/// The KL term is estimated at one draw of z. Feedback is implicit: every interaction counts as one, whatever its value.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class RecVaeTrainer(RecVaeOptions? options = null) : ITrainer<RecVaeModel>
{
    private readonly RecVaeOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public bool BeginsAsPopularity => true;

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        // The encoder of the epoch before is there too.
        double layer = (double)data.Items * options.HiddenUnits, decoder = (double)data.Items * options.LatentFactors;
        var others = 4.0 * options.HiddenUnits * options.HiddenUnits;
        var batch = Math.Min(options.BatchSize, data.Users);
        var size = new NetworkSize
        {
            Weights = (1.5 * (layer + others)) + decoder,
            Longest = sizeof(float) * Math.Max(layer, decoder),
            DenseBatch = batch * (double)data.Items,
            Rows = data.Users,
            Batch = batch,
            DenseWeights = (options.EncoderPasses * (decoder + (1.5 * others))) + decoder,
            SparseWeights = 1.5 * options.EncoderPasses * options.HiddenUnits,
            Epochs = options.Epochs,
            Engine = options.Engine,
            Precision = options.MatmulPrecision,
        };
        return NetworkCost.Of(data, size, new("hidden-units", options.HiddenUnits, units =>
            new RecVaeTrainer(options with { HiddenUnits = units }).Estimate(data)));
    }

    /// <inheritdoc/>
    public RecVaeModel Fit(InteractionMatrix train, FitContext context)
    {
        using var training = new NetworkTraining<RecVaeNetwork>(
            train,
            context,
            options,
            generator =>
            {
                var network = new RecVaeNetwork(train.ColumnCount, options.HiddenUnits, options.LatentFactors, generator);
                FirstOutputs.Set(network.decoder, FirstOutputs.Logarithms(FirstOutputs.Shares(train)));
                return network;
            })
        {
            Passes = options.EncoderPasses + 1
        };
        var network = training.Network;
        using var oldEncoder = new RecVaeEncoder(train.ColumnCount, options.HiddenUnits, options.LatentFactors, training.Generator);
        if (context.Start is not null)
        {
            NetworkState.CopyParameters(oldEncoder, network.encoder);
        }

        oldEncoder.to(training.Device);
        training.State.Add("old_encoder", oldEncoder);

        var (input, oldInput) = (training.InputLayer(network.encoder.hidden[0]), training.InputLayer(oldEncoder.hidden[0]));
        var output = training.OutputLayer(network.decoder, OutputLoss.Multinomial);
        var encoder = training.OtherLayers();
        var (clicks, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));
        var whole = new SparseBatch(train.ColumnCount);
        return training.Run("negative log-likelihood", Epoch, best => new RecVaeModel(best));

        double Epoch()
        {
            for (var pass = 0; pass < options.EncoderPasses; pass++)
            {
                training.Pass(NegativeElbo, input, encoder);
            }

            input.Save();
            NetworkState.CopyParameters(oldEncoder, network.encoder);
            oldInput.Load();
            return training.Pass(NegativeLogLikelihood, output);
        }

        BatchLoss NegativeElbo(int[] users)
        {
            clicks.Fill(train, users).Binarize();
            whole.Fill(train, users).Binarize().Normalize();
            noisy.Fill(train, users).Binarize().Normalize().Drop(options.Dropout, training.Generator);
            var (mean, logVariance) = network.encoder.Posterior(input.Forward(noisy));
            var z = Noise.Reparameterize(mean, logVariance, training.Generator);
            Tensor oldMean, oldLogVariance;
            using (no_grad())
            {
                (oldMean, oldLogVariance) = oldEncoder.Posterior(oldInput.Forward(whole));
            }

            var kl = Losses.CompositePriorKl(z, mean, logVariance, oldMean, oldLogVariance);
            var klWeights = Array.ConvertAll(users, user => (float)(train.RowLength(user) * options.KlWeight));
            return output.Loss(z, clicks, isTrained: false).Plus((kl * tensor(klWeights, device: training.Device)).mean());
        }

        // Of the decoder, on which the KL term does not depend.
        BatchLoss NegativeLogLikelihood(int[] users)
        {
            clicks.Fill(train, users).Binarize();
            whole.Fill(train, users).Binarize().Normalize();
            Tensor z;
            using (no_grad())
            {
                var (mean, logVariance) = network.encoder.Posterior(input.Forward(whole));
                z = Noise.Reparameterize(mean, logVariance, training.Generator);
            }

            return output.Loss(z.requires_grad_(), clicks);
        }
    }
}

/// <summary>
/// A fitted RecVAE. Scores are logits: the latent mean is decoded, nothing is sampled. New users are folded in: the encoder needs nothing
/// but a history.
/// </summary>
internal sealed class RecVaeModel : NetworkModel, IPersistentModel<RecVaeModel>
{
    internal RecVaeModel(RecVaeNetwork network)
        : base(network, network.ItemCount) => Network = network;

    internal RecVaeNetwork Network { get; }

    /// <inheritdoc/>
    public static RecVaeModel Load(ModelState state) => new(RecVaeNetwork.Load(state));

    private protected override Tensor Forward(Histories histories) => Network.forward(DenseBatches.Normalize(UserRows.Clicks(histories)));
}
