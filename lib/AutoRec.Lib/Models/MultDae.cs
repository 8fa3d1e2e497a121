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

/// <summary>What a Mult-DAE learns.</summary>
public sealed record MultDaeOptions
{
    /// <summary>Units of the one hidden layer. Default 200.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 200;

    /// <summary>The share of a user's items that the encoder does not see in training. Default 0.5.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>The weight of the sum of squared weights, biases left out, in the loss. Default 0.01 / 500, as in the paper's code.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; } = 0.01 / 500;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

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
/// Mult-DAE (Liang, Krishnan, Hoffman, Jebara: Variational Autoencoders for Collaborative Filtering, WWW 2018, section
/// 2.2): a denoising autoencoder with one tanh hidden layer that maximises for each user the multinomial log-likelihood
/// sum_i x_i log softmax(f(x))_i, less the weight decay. Feedback is implicit: every interaction counts as one.
/// </summary>
public sealed class MultDaeTrainer : ITrainer<MultDaeModel>
{
    private readonly MultDaeOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public MultDaeTrainer(MultDaeOptions? options = null) => this.options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public MultDaeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var users = RowBatches.NonEmpty(train);
        var shuffle = new Random(context.Seed);

        DeepAutoencoderNetwork Create(Generator generator) => new(train.ColumnCount, [options.HiddenUnits], Activation.Tanh, generator);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = Create(generator);
        network.to(device);
        var usesTorch = options.Engine.UsesTorch(context.Device);
        using var input = InputLayer.Of(network.encoder[0], usesTorch, device, Decay);
        using var output = OutputLayer.Of(network.decoder[0], usesTorch, device, Decay);
        var (clicks, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));

        double Step(int[] batch)
        {
            using var scope = NewDisposeScope();
            clicks.Fill(train, batch);
            clicks.Binarize();
            noisy.Fill(train, batch);
            noisy.Binarize().Normalize().Drop(options.Dropout, generator);
            var loss = output.Loss(tanh(input.Forward(noisy)), clicks);
            loss.backward();
            input.Step(options.LearningRate);
            output.Step(options.LearningRate);
            return loss.ToDouble();
        }

        var training = new TrainingState().Add("order", users, shuffle).Add("generator", generator).Add("network", network);
        input.AddTo(training, "input");
        output.AddTo(training, "output");
        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "negative log-likelihood",
            _ => RowBatches.Mean(users, options.BatchSize, shuffle, context.Cancellation, Step),
            () =>
            {
                input.Save(network.encoder[0]);
                return NetworkState.Copy(network, Create);
            },
            copy => new MultDaeModel(copy, []),
            NetworkState.Resumption(training, Create));
        return new MultDaeModel(best, history);
    }

    private double Decay(Parameter parameter) => parameter.dim() > 1 ? 2 * options.WeightDecay : 0;
}

/// <summary>A fitted Mult-DAE. New users are folded in: the encoder needs nothing but a history.</summary>
public sealed class MultDaeModel : IPersistentModel<MultDaeModel>
{
    private readonly DeepAutoencoderNetwork network;

    internal MultDaeModel(DeepAutoencoderNetwork network, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => (int)network.encoder[0].weight.shape[1];

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal DeepAutoencoderNetwork Network => network;

    /// <summary>Scores are the logits of the multinomial.</summary>
    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        UserRows.Write(histories, scores, part => network.forward(DenseBatches.Normalize(UserRows.Clicks(part))));
    }

    /// <inheritdoc/>
    public ModelState Save() => NetworkState.Of(network);

    /// <inheritdoc/>
    public static MultDaeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        TorchDevices.Resolve(ComputeDevice.Cpu);
        var hidden = state.Shape("encoder.0.weight");
        using var unused = new Generator(0, CPU);
        var network = new DeepAutoencoderNetwork(hidden[1], [hidden[0]], Activation.Tanh, unused);
        NetworkState.Restore(network, state);
        return new MultDaeModel(network, []);
    }
}
