using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a RecVAE learns.</summary>
public sealed record RecVaeOptions
{
    /// <summary>Units of each of the encoder's five hidden layers. Default 600.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 600;

    /// <summary>Length of the latent vector. Default 200.</summary>
    [Range(1, 100_000)]
    public int LatentFactors { get; init; } = 200;

    /// <summary>The share of a user's items that the encoder does not see while it is trained. Default 0.5.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>The weight gamma of a user's KL term for each item of the user. Default 0.005.</summary>
    [Range(0.0, 10.0)]
    public double KlWeight { get; init; } = 0.005;

    /// <summary>Passes of the encoder over all users in an epoch, before the one pass of the decoder. Default 3.</summary>
    [Range(1, 100)]
    public int EncoderPasses { get; init; } = 3;

    /// <summary>Adam's learning rate. Default 0.0005.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.0005;

    /// <summary>Users a batch. Default 500.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 500;

    /// <summary>The most epochs; early stopping may end sooner. Default 100.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

    /// <summary>What computes the training. Default: the sparse engine on the processor, torch on a GPU.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// RecVAE (Shenbin, Alekseev, Tutubalina, Malykh, Nikolenko: RecVAE: a New Variational Autoencoder for Top-N
/// Recommendations with Implicit Feedback, WSDM 2020). Against Mult-VAE it has (section 3)
/// <list type="bullet">
/// <item>a deep, densely connected encoder and a linear decoder;</item>
/// <item>a composite prior of each latent coordinate, 3/20 N(0, 1) + 3/4 N(the posterior of the encoder one epoch ago) +
/// 1/10 N(0, e^10), which keeps the encoder from forgetting;</item>
/// <item>a KL weight of gamma times the number of the user's items in place of annealing;</item>
/// <item>encoder and decoder trained in turn, the encoder more often and with noise on its input, the decoder without.</item>
/// </list>
/// The KL term is estimated at one draw of z. Feedback is implicit: every interaction counts as one.
/// </summary>
public sealed class RecVaeTrainer : ITrainer<RecVaeModel>
{
    private readonly RecVaeOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public RecVaeTrainer(RecVaeOptions? options = null) => this.options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public RecVaeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var users = RowBatches.NonEmpty(train);
        var shuffle = new Random(context.Seed);

        RecVaeNetwork Create(Generator generator) => new(train.ColumnCount, options.HiddenUnits, options.LatentFactors, generator);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = Create(generator);
        using var oldEncoder = new RecVaeEncoder(train.ColumnCount, options.HiddenUnits, options.LatentFactors, generator);
        network.to(device);
        oldEncoder.to(device);
        var usesTorch = options.Engine.UsesTorch(context.Device);
        var first = network.encoder.hidden[0];
        using var input = InputLayer.Of(first, usesTorch, device);
        using var oldInput = InputLayer.Of(oldEncoder.hidden[0], usesTorch, device);
        using var output = OutputLayer.Of(network.decoder, usesTorch, device);
        using var adam = new TorchAdam(network.encoder.parameters().Except(first.parameters()), options.LearningRate);
        var (clicks, whole, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));

        // Returns the negative ELBO, mean over the batch, before the step.
        double StepEncoder(int[] batch)
        {
            using var scope = NewDisposeScope();
            clicks.Fill(train, batch);
            clicks.Binarize();
            whole.Fill(train, batch);
            whole.Binarize().Normalize();
            noisy.Fill(train, batch);
            noisy.Binarize().Normalize().Drop(options.Dropout, generator);
            adam.ZeroGradients();
            var (mean, logVariance) = network.encoder.Posterior(input.Forward(noisy));
            var z = Noise.Reparameterize(mean, logVariance, generator);
            Tensor oldMean, oldLogVariance;
            using (no_grad())
            {
                (oldMean, oldLogVariance) = oldEncoder.Posterior(oldInput.Forward(whole));
            }

            var kl = Losses.CompositePriorKl(z, mean, logVariance, oldMean, oldLogVariance);
            var klWeights = tensor(Array.ConvertAll(batch, user => (float)(train.RowLength(user) * options.KlWeight)), device: device);
            var loss = output.Loss(z, clicks, isTrained: false) + (kl * klWeights).mean();
            loss.backward();
            input.Step(options.LearningRate);
            adam.Step();
            return loss.ToDouble();
        }

        // The KL term does not depend on the decoder. Returns the negative log-likelihood, mean over the batch, before the step.
        double StepDecoder(int[] batch)
        {
            using var scope = NewDisposeScope();
            clicks.Fill(train, batch);
            clicks.Binarize();
            whole.Fill(train, batch);
            whole.Binarize().Normalize();
            Tensor z;
            using (no_grad())
            {
                var (mean, logVariance) = network.encoder.Posterior(input.Forward(whole));
                z = Noise.Reparameterize(mean, logVariance, generator);
            }

            var loss = output.Loss(z.requires_grad_(), clicks);
            loss.backward();
            output.Step(options.LearningRate);
            return loss.ToDouble();
        }

        double Pass(Func<int[], double> step) => RowBatches.Mean(users, options.BatchSize, shuffle, context.Cancellation, step);

        var training = new TrainingState().Add("order", users, shuffle, options.EncoderPasses + 1).Add("generator", generator).Add("network", network).Add("old_encoder", oldEncoder);
        input.AddTo(training, "input");
        oldInput.AddTo(training, "old_input");
        output.AddTo(training, "output");
        adam.AddTo(training, "adam");
        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "negative log-likelihood",
            _ =>
            {
                for (var pass = 0; pass < options.EncoderPasses; pass++)
                {
                    Pass(StepEncoder);
                }

                input.Save(first);
                NetworkState.CopyParameters(oldEncoder, network.encoder);
                oldInput.Load(oldEncoder.hidden[0]);
                return Pass(StepDecoder);
            },
            () => NetworkState.Copy(network, Create),
            copy => new RecVaeModel(copy, []),
            NetworkState.Resumption(training, Create));
        return new RecVaeModel(best, history);
    }
}

/// <summary>A fitted RecVAE. New users are folded in: the encoder needs nothing but a history.</summary>
public sealed class RecVaeModel : IPersistentModel<RecVaeModel>
{
    private readonly RecVaeNetwork network;

    internal RecVaeModel(RecVaeNetwork network, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => (int)network.decoder.weight.shape[0];

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal RecVaeNetwork Network => network;

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
    public static RecVaeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        TorchDevices.Resolve(ComputeDevice.Cpu);
        var hidden = state.Shape("encoder.hidden.0.weight");
        using var unused = new Generator(0, CPU);
        var network = new RecVaeNetwork(hidden[1], hidden[0], state.Shape("decoder.weight")[1], unused);
        NetworkState.Restore(network, state);
        return new RecVaeModel(network, []);
    }
}
