using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a Mult-VAE learns.</summary>
public sealed record MultVaeOptions
{
    /// <summary>Units of the tanh hidden layer of encoder and decoder; 0 for none, so that both are linear. Default 600.</summary>
    [Range(0, 100_000)]
    public int HiddenUnits { get; init; } = 600;

    /// <summary>Length of the latent vector. Default 200.</summary>
    [Range(1, 100_000)]
    public int LatentFactors { get; init; } = 200;

    /// <summary>The share of a user's items that the encoder does not see in training. Default 0.5.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>The weight beta of the KL term once it is fully annealed; 1 is the plain VAE. Default 0.2.</summary>
    [Range(0.0, 10.0)]
    public double KlWeight { get; init; } = 0.2;

    /// <summary>
    /// The epochs over which the KL weight rises from 0, linearly with each update; then it is held. Counted in epochs
    /// and not, as in the paper, in updates, because 200,000 updates are never reached on small data. Default 50.
    /// </summary>
    [Range(0, 100_000)]
    public int AnnealingEpochs { get; init; } = 50;

    /// <summary>The weight of the sum of squared weights, biases left out, in the loss. Default 0.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

    /// <summary>Adam's learning rate in the first epoch. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>What the learning rate is multiplied by after each epoch. Default 1.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 1;

    /// <summary>Users a batch. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 500;

    /// <summary>The most epochs; early stopping may end sooner. Default 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;

    /// <summary>What computes the training. Default: the sparse engine on the processor, torch on a GPU.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Mult-VAE (Liang, Krishnan, Hoffman, Jebara: Variational Autoencoders for Collaborative Filtering, WWW 2018): a
/// variational autoencoder with a multinomial likelihood over items, which maximises for each user
/// E_q[log p(x | z)] - beta KL(q(z | x) || N(0, I)) (eq. 5), beta annealed from 0. Feedback is implicit: every
/// interaction counts as one, whatever its value.
/// </summary>
public sealed class MultVaeTrainer : ITrainer<MultVaeModel>
{
    private readonly MultVaeOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public MultVaeTrainer(MultVaeOptions? options = null)
    {
        this.options = options ?? new MultVaeOptions();
        OptionRanges.Check(this.options);
    }

    /// <inheritdoc/>
    public MultVaeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var users = RowBatches.NonEmpty(train);
        var updatesPerEpoch = (users.Length + options.BatchSize - 1) / options.BatchSize;
        var shuffle = new Random(context.Seed);

        VaeNetwork Create(Generator generator) => new(train.ColumnCount, options.HiddenUnits, options.LatentFactors, generator);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = Create(generator);
        network.to(device);
        var usesTorch = options.Engine.UsesTorch(context.Device);
        using var input = InputLayer.Of(network.FirstLayer, usesTorch, device, Decay);
        using var output = OutputLayer.Of(network.decoder_output, usesTorch, device, Decay);
        using var adam = new TorchAdam(network.parameters().Except([.. network.FirstLayer.parameters(), .. network.decoder_output.parameters()]), options.LearningRate, Decay);
        var (clicks, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));

        double Step(int[] batch, double klWeight, double learningRate)
        {
            using var scope = NewDisposeScope();
            clicks.Fill(train, batch);
            clicks.Binarize();
            noisy.Fill(train, batch);
            noisy.Binarize().Normalize().Drop(options.Dropout, generator);
            adam.ZeroGradients();
            var (mean, logVariance) = network.Posterior(input.Forward(noisy));
            var z = Noise.Reparameterize(mean, logVariance, generator);
            var loss = output.Loss(network.BeforeOutput(z), clicks) + (Losses.GaussianKl(mean, logVariance) * klWeight);
            loss.backward();
            input.Step(learningRate);
            output.Step(learningRate);
            adam.LearningRate = learningRate;
            adam.Step();
            return loss.ToDouble(); // The negative ELBO, mean over the batch, before the step.
        }

        var update = 0;
        var training = new TrainingState().Add("order", users, shuffle).Add("generator", generator).Add("network", network).Add("update", () => update, value => update = value);
        input.AddTo(training, "input");
        output.AddTo(training, "output");
        adam.AddTo(training, "adam");
        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "negative elbo",
            epoch =>
            {
                var learningRate = LearningRates.Decay(options.LearningRate, options.LearningRateDecay, epoch);
                return RowBatches.Mean(users, options.BatchSize, shuffle, context.Cancellation, batch =>
                {
                    var klWeight = Annealing.Linear(update++, options.AnnealingEpochs * updatesPerEpoch, options.KlWeight);
                    return Step(batch, klWeight, learningRate);
                });
            },
            () =>
            {
                input.Save(network.FirstLayer);
                return NetworkState.Copy(network, Create);
            },
            copy => new MultVaeModel(copy, []),
            NetworkState.Resumption(training, Create));
        return new MultVaeModel(best, history);
    }

    private double Decay(Parameter parameter) => parameter.dim() > 1 ? 2 * options.WeightDecay : 0;
}

/// <summary>A fitted Mult-VAE. New users are folded in: the encoder needs nothing but a history.</summary>
public sealed class MultVaeModel : IPersistentModel<MultVaeModel>
{
    private readonly VaeNetwork network;

    internal MultVaeModel(VaeNetwork network, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        network.eval();
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => (int)network.decoder_output.weight.shape[0];

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal VaeNetwork Network => network;

    /// <summary>Scores are logits: the latent mean is decoded, nothing is sampled.</summary>
    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        UserRows.Write(histories, scores, part => network.forward(DenseBatches.Normalize(UserRows.Clicks(part))));
    }

    /// <inheritdoc/>
    public ModelState Save() => NetworkState.Of(network);

    /// <inheritdoc/>
    public static MultVaeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new MultVaeModel(VaeNetwork.Load(state), []);
    }
}
