using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a Gaussian VAE learns.</summary>
public sealed record GaussianVaeOptions
{
    /// <summary>Units of the tanh hidden layer of encoder and decoder; 0 for none, so that both are linear. Default 600.</summary>
    [Range(0, 100_000)]
    public int HiddenUnits { get; init; } = 600;

    /// <summary>Length of the latent vector. Default 200.</summary>
    [Range(1, 100_000)]
    public int LatentFactors { get; init; } = 200;

    /// <summary>The share of a user's ratings that the encoder does not see in training. Default 0.5.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>The weight beta of the KL term once it is fully annealed; 1 is the plain VAE. Default 1.</summary>
    [Range(0.0, 10.0)]
    public double KlWeight { get; init; } = 1;

    /// <summary>The epochs over which the KL weight rises from 0, linearly with each update; then it is held. Default 20.</summary>
    [Range(0, 100_000)]
    public int AnnealingEpochs { get; init; } = 20;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Users a batch. Default 256.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 256;

    /// <summary>The most epochs; early stopping may end sooner. Default 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;
}

/// <summary>
/// A variational autoencoder of a user's ratings (Kingma and Welling: Auto-Encoding Variational Bayes, ICLR 2014, with
/// Gaussian likelihood as in appendix C.2, unit variance): maximises for each user
/// -1/2 sum over observed ratings of (r - f(z))^2 - beta KL(q(z | r) || N(0, I)), where z is drawn from
/// q = N(mu, diag exp(logvar)) as z = mu + exp(logvar / 2) eps. Ratings that are missing have no part in the likelihood.
/// </summary>
public sealed class GaussianVaeTrainer : ITrainer<GaussianVaeModel>
{
    private readonly GaussianVaeOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public GaussianVaeTrainer(GaussianVaeOptions? options = null) => this.options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public GaussianVaeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var ratings = UserRowRatings.Of(train);
        var users = RowBatches.NonEmpty(train);
        var updatesPerEpoch = (users.Length + options.BatchSize - 1) / options.BatchSize;
        var shuffle = new Random(context.Seed);

        VaeNetwork Create(Generator generator) => new(train.ColumnCount, options.HiddenUnits, options.LatentFactors, generator);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = Create(generator);
        network.to(device);
        using var adam = new TorchAdam(network.parameters(), options.LearningRate);
        var batches = new DenseBatches(train, device);

        var update = 0;
        var training = new TrainingState().Add("order", users, shuffle).Add("generator", generator).Add("network", network).Add("update", () => update, value => update = value);
        adam.AddTo(training, "adam");
        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "negative elbo",
            _ => RowBatches.Mean(users, options.BatchSize, shuffle, context.Cancellation, batch =>
            {
                var klWeight = Annealing.Linear(update++, options.AnnealingEpochs * updatesPerEpoch, options.KlWeight);
                return Step(network, adam, ratings, batches, batch, klWeight, generator);
            }),
            () => NetworkState.Copy(network, Create),
            copy => new GaussianVaeModel(copy, ratings, []),
            NetworkState.Resumption(training, Create));
        return new GaussianVaeModel(best, ratings, history);
    }

    // Returns the negative ELBO, mean over the batch, constants left out, before the step.
    private double Step(
        VaeNetwork network, TorchAdam adam, UserRowRatings ratings, DenseBatches batches, int[] batch, double klWeight, Generator generator)
    {
        using var scope = NewDisposeScope();
        var values = batches.Values(batch);
        var (mean, logVariance) = network.Encode(Noise.Dropout(GaussianVaeModel.Input(values, ratings), options.Dropout, generator));
        var output = network.Decode(Noise.Reparameterize(mean, logVariance, generator)) + ratings.Scale.Middle;
        var halfSquaredError = Losses.MaskedSquaredError(output, values, batches.Mask(batch)) / (2 * batch.Length);
        var loss = halfSquaredError + (Losses.GaussianKl(mean, logVariance) * klWeight);
        adam.ZeroGradients();
        loss.backward();
        adam.Step();
        return loss.ToDouble();
    }
}

/// <summary>
/// A fitted Gaussian VAE. New users are folded in. Predictions decode the latent mean, nothing is sampled, and are
/// clipped to the scale; scores are not. Items without a training rating and users without a history get the middle of
/// the scale.
/// </summary>
public sealed class GaussianVaeModel : IRatingPredictor, IPersistentModel<GaussianVaeModel>
{
    private readonly VaeNetwork network;
    private readonly UserRowRatings ratings;

    internal GaussianVaeModel(VaeNetwork network, UserRowRatings ratings, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        this.ratings = ratings;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => ratings.ItemCount;

    /// <inheritdoc/>
    public RatingScale Scale => ratings.Scale;

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal VaeNetwork Network => network;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores) => ratings.Score(histories, scores, Reconstruct);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings) =>
        this.ratings.Predict(histories, pairs, ratings, Reconstruct);

    /// <inheritdoc/>
    public ModelState Save() => ratings.SaveTo(NetworkState.Of(network));

    /// <inheritdoc/>
    public static GaussianVaeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new GaussianVaeModel(VaeNetwork.Load(state), UserRowRatings.Load(state), []);
    }

    /// <summary>Ratings as the encoder reads them: divided by the highest, 0 where there is none, then each row scaled to length 1.</summary>
    internal static Tensor Input(Tensor values, UserRowRatings ratings) => DenseBatches.Normalize(ratings.Input(values));

    private Tensor Reconstruct(Histories histories) => network.forward(Input(UserRows.Values(histories), ratings)) + ratings.Scale.Middle;
}
