using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>The options of a Gaussian VAE.</summary>
internal sealed record GaussianVaeOptions : INetworkOptions
{
    /// <summary>What is learned: ratings less a baseline, or ratings as they are. Default baseline.</summary>
    public Centering Center { get; init; } = Centering.Baseline;

    /// <summary>Units of the tanh hidden layer of encoder and decoder; 0 for none, so that both are linear. Default 600.</summary>
    [Range(0, 100_000)]
    public int HiddenUnits { get; init; } = 600;

    /// <summary>Length of the latent vector. Default 200.</summary>
    [Range(1, 100_000)]
    public int LatentFactors { get; init; } = 200;

    /// <summary>
    /// Share of a user's ratings that are hidden from the encoder in training, drawn at random for each batch. Default 0.5.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Weight beta of the KL term once it is fully annealed; 1 is the plain VAE. Default 1.</summary>
    [Range(0.0, 10.0)]
    public double KlWeight { get; init; } = 1;

    /// <summary>Epochs over which the KL weight rises from 0, linearly with each update; then it is constant. Default 20.</summary>
    [Range(0, 100_000)]
    public int AnnealingEpochs { get; init; } = 20;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Users in a batch. Default 256.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;

    /// <summary>
    /// Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default auto.
    /// </summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains a variational autoencoder of a user's ratings (Kingma and Welling: Auto-Encoding Variational Bayes, ICLR 2014, with a Gaussian
/// likelihood of unit variance as in appendix C.2): maximises for each user
/// -1/2 sum over observed ratings of (r - f(z))^2 - beta KL(q(z | r) || N(0, I)), where z is drawn from
/// q = N(mu, diag exp(logvar)) as z = mu + exp(logvar / 2) eps. Missing ratings have no part in the likelihood.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class GaussianVaeTrainer(GaussianVaeOptions? options = null) : ITrainer<GaussianVaeModel>
{
    private readonly GaussianVaeOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var size = VaeNetwork.SizeOf(data, options.HiddenUnits, options.LatentFactors, options.BatchSize, options.Epochs);
        size = (size with { Engine = options.Engine }).OfEntries(data);
        return NetworkCost.Of(data, size, new("hidden-units", options.HiddenUnits, units =>
            new GaussianVaeTrainer(options with { HiddenUnits = units }).Estimate(data)));
    }

    /// <inheritdoc/>
    public GaussianVaeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        var frame = RatingFrame.Of(train, options.Center, AutoRecRows.Users);
        var values = frame.ToValues(train);
        var inputs = frame.ToInput(values);
        using var training = new NetworkTraining<VaeNetwork>(train, context, options, Network);
        var input = training.InputLayer(training.Network.FirstLayer);
        var output = training.EntryOutputLayer(training.Network.decoder_output);
        var (ratings, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));
        return training.Run("negative elbo", NegativeElbo, network => new GaussianVaeModel(network, frame));

        VaeNetwork Network(Generator generator)
        {
            var network = new VaeNetwork(train.ColumnCount, options.HiddenUnits, options.LatentFactors, generator);
            if (frame.IsCentred)
            {
                Layers.DropBias(network.decoder_output.bias!);
            }

            return network;
        }

        // Without the constants of the likelihood.
        BatchLoss NegativeElbo(int[] users)
        {
            ratings.Fill(values, users);
            GaussianVaeModel.Scaled(noisy.Fill(inputs, users), frame).Drop(options.Dropout, training.Generator);
            var (mean, logVariance) = training.Network.Posterior(input.Forward(noisy));
            var z = Noise.Reparameterize(mean, logVariance, training.Generator);
            var halfSquaredError = output.Loss(training.Network.BeforeOutput(z), ratings, outputs => Losses.SquaredError(
                outputs.Plus(frame.ValueScale.Middle), ratings.ToValues(training.Device)).Over(2 * users.Length));
            var klWeight = Annealing.Linear(training.Update, options.AnnealingEpochs * training.UpdatesPerPass, options.KlWeight);
            return halfSquaredError.Plus(Losses.GaussianKl(mean, logVariance).Times(klWeight));
        }
    }
}

/// <summary>A fitted Gaussian VAE. Predictions decode the latent mean; nothing is sampled.</summary>
/// <inheritdoc cref="RatingNetworkModel" path="/remarks"/>
internal sealed class GaussianVaeModel : RatingNetworkModel, IPersistentModel<GaussianVaeModel>
{
    internal GaussianVaeModel(VaeNetwork network, RatingFrame frame)
        : base(network, frame, network.FirstLayer, network.decoder_output) => Network = network;

    internal VaeNetwork Network { get; }

    /// <inheritdoc/>
    public static GaussianVaeModel Load(ModelState state) => new(VaeNetwork.Load(state), RatingFrame.Load(state));

    /// <summary>
    /// The input of the encoder: each row scaled to length 1; residuals, which may all be small, to a length
    /// of about 1.
    /// </summary>
    internal static SparseBatch Scaled(SparseBatch rows, RatingFrame frame) =>
        frame.IsCentred ? rows.Scale(1 / MathF.Sqrt(frame.MeanCount)) : rows.Scale(1 / frame.HighestValue).Normalize();

    private protected override SparseBatch Scaled(SparseBatch rows) => Scaled(rows, Frame);

    private protected override Tensor BeforeOutput(Tensor first) => Network.BeforeOutput(Network.Posterior(first).Mean);

    private protected override Tensor ToValues(Tensor outputs) => outputs.Plus(Frame.ValueScale.Middle);
}
