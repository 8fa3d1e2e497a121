using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Native;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a Mult-VAE learns.</summary>
public sealed record MultVaeOptions
{
    /// <summary>Units of the hidden layer of encoder and decoder. Default 600.</summary>
    [Range(1, 100_000)]
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

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Users a batch. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 500;

    /// <summary>The most epochs; early stopping may end sooner. Default 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;
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
        OptionsBinding.Validate(this.options);
    }

    /// <inheritdoc/>
    public MultVaeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var users = Enumerable.Range(0, train.RowCount).Where(user => train.RowLength(user) > 0).ToArray();
        var updatesPerEpoch = (users.Length + options.BatchSize - 1) / options.BatchSize;
        var shuffle = new Random(context.Seed);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = NewNetwork(train.ColumnCount, generator);
        network.to(device);
        using var adam = optim.Adam(network.parameters(), options.LearningRate);
        var batches = new DenseBatches(train, device);

        var update = 0;
        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "negative elbo",
            _ =>
            {
                shuffle.Shuffle(users);
                var sum = 0.0;
                foreach (var batch in users.Chunk(options.BatchSize))
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    var klWeight = Annealing.Linear(update++, options.AnnealingEpochs * updatesPerEpoch, options.KlWeight);
                    sum += Step(network, adam, batches, batch, klWeight, generator) * batch.Length;
                }

                return sum / Math.Max(1, users.Length);
            },
            () => Copy(network, train.ColumnCount),
            copy => new MultVaeModel(copy, []));
        return new MultVaeModel(best, history);
    }

    // Returns the negative ELBO, mean over the batch, before the step.
    private double Step(MultVaeNetwork network, optim.Optimizer adam, DenseBatches batches, int[] batch, double klWeight, Generator generator)
    {
        using var scope = NewDisposeScope();
        var clicks = batches.Mask(batch);
        var input = MultVaeModel.Normalize(clicks);
        if (options.Dropout > 0)
        {
            var keep = rand(input.shape, generator: generator).to(input.device) >= options.Dropout;
            input = input * keep / (1 - options.Dropout);
        }

        var (mean, logVariance) = network.Encode(input);
        var z = mean + (randn(mean.shape, generator: generator).to(mean.device) * (logVariance / 2).exp());
        adam.zero_grad();
        var loss = Losses.MultinomialNegativeLogLikelihood(network.Decode(z), clicks) + (Losses.GaussianKl(mean, logVariance) * klWeight);
        loss.backward();
        adam.step();
        return loss.ToDouble();
    }

    private MultVaeNetwork NewNetwork(int items, Generator generator) => new(items, options.HiddenUnits, options.LatentFactors, generator);

    // A copy that later steps do not change, on the CPU, where scoring takes place.
    private MultVaeNetwork Copy(MultVaeNetwork network, int items)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        using var unused = new Generator(0, CPU);
        var copy = NewNetwork(items, unused);
        foreach (var (target, source) in copy.parameters().Zip(network.parameters()))
        {
            target.copy_(source);
        }

        return copy;
    }
}

/// <summary>A fitted Mult-VAE. New users are folded in: the encoder needs nothing but a history.</summary>
public sealed class MultVaeModel : IPersistentModel<MultVaeModel>
{
    private readonly MultVaeNetwork network;

    internal MultVaeModel(MultVaeNetwork network, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        network.eval();
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => (int)network.decoder_output.weight.shape[0];

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal MultVaeNetwork Network => network;

    /// <summary>Scores are logits: the latent mean is decoded, nothing is sampled.</summary>
    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var clicks = new DenseBatches(histories.Interactions, CPU).Mask([.. Enumerable.Range(0, histories.Count)]);
        network.forward(Normalize(clicks)).data<float>().CopyTo(scores.Span);
    }

    /// <inheritdoc/>
    public ModelState Save() => NetworkState.Of(network);

    /// <inheritdoc/>
    public static MultVaeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        TorchRuntime.EnsureLoaded();
        var hidden = state.Shape("encoder_hidden.weight");
        using var unused = new Generator(0, CPU);
        var network = new MultVaeNetwork(hidden[1], hidden[0], state.Shape("decoder_hidden.weight")[1], unused);
        NetworkState.Restore(network, state);
        return new MultVaeModel(network, []);
    }

    /// <summary>Scales each row to length 1 (L2); a row of zeros stays as it is. [batch x items].</summary>
    internal static Tensor Normalize(Tensor clicks) => nn.functional.normalize(clicks, 2, 1);
}
