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

/// <summary>What a CDAE learns.</summary>
public sealed record CdaeOptions
{
    /// <summary>Units of the hidden layer, K in the paper. Default 50.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 50;

    /// <summary>The share q of a user's items that the encoder does not see in training. Default 0.5.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>
    /// How many items that a user has not are drawn for each item of the user, anew in each step; the loss counts them as
    /// not wanted. 0 counts all items that the user has not. Default 5.
    /// </summary>
    [Range(0, 10_000)]
    public int NegativesPerPositive { get; init; } = 5;

    /// <summary>The weight lambda of the L2 penalty lambda/2 (|W|^2 + |W'|^2 + |V|^2 + |b|^2 + |b'|^2). Default 0.001.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; } = 0.001;

    /// <summary>Adam's learning rate. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Users a batch. Default 64.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 64;

    /// <summary>The most epochs; early stopping may end sooner. Default 200.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 200;

    /// <summary>What computes the training. Default: the sparse engine on the processor, torch on a GPU.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// CDAE (Wu, DuBois, Zheng, Ester: Collaborative Denoising Auto-Encoders for Top-N Recommender Systems, WSDM 2016): a
/// denoising autoencoder of the items a user has, with a node of the user's own in the hidden layer. Minimised is the
/// mean over users of the loss of the user's items and of sampled others, plus lambda/2 times all parameters squared
/// (section 3), with a sigmoid hidden layer and the logistic loss. Adam takes the place of the paper's AdaGrad, and
/// each item that a user has not is drawn by itself, with the probability that gives the asked-for number on average.
/// </summary>
public sealed class CdaeTrainer : ITrainer<CdaeModel>
{
    private readonly CdaeOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public CdaeTrainer(CdaeOptions? options = null) => this.options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public CdaeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var users = RowBatches.NonEmpty(train);
        var shuffle = new Random(context.Seed);

        CdaeNetwork Create(Generator generator) => new(train.RowCount, train.ColumnCount, options.HiddenUnits, generator);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = Create(generator);
        network.to(device);
        var usesTorch = options.Engine.UsesTorch(context.Device);
        using var input = InputLayer.Of(network.encoder, usesTorch, device, Decay);
        using var adam = new TorchAdam(network.parameters().Except(network.encoder.parameters()), options.LearningRate, Decay);
        var (clicks, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));

        // Returns the logistic loss, mean over the batch, without the penalty, before the step.
        double Step(int[] batch)
        {
            using var scope = NewDisposeScope();
            clicks.Fill(train, batch);
            var positives = clicks.Binarize().ToDense(device);
            noisy.Fill(train, batch);
            noisy.Binarize().Drop(options.Dropout, generator);
            adam.ZeroGradients();
            var logits = network.Decode(input.Forward(noisy), network.UserNodes(batch));
            var loss = Losses.Logistic(logits, positives, positives + Negatives(positives, options.NegativesPerPositive, generator)) / batch.Length;
            loss.backward();
            input.Step(options.LearningRate);
            adam.Step();
            return loss.ToDouble();
        }

        var training = new TrainingState().Add("order", users, shuffle).Add("generator", generator).Add("network", network);
        input.AddTo(training, "input");
        adam.AddTo(training, "adam");
        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "logistic loss",
            _ => RowBatches.Mean(users, options.BatchSize, shuffle, context.Cancellation, Step),
            () =>
            {
                input.Save(network.encoder);
                return NetworkState.Copy(network, Create);
            },
            copy => new CdaeModel(copy, []),
            NetworkState.Resumption(training, Create));
        return new CdaeModel(best, history);
    }

    private double Decay(Parameter parameter) => options.WeightDecay;

    /// <summary>1 for items drawn from those that a user has not, else 0; all of them for 0 a positive: [batch x items].</summary>
    internal static Tensor Negatives(Tensor clicks, int perPositive, Generator generator)
    {
        var others = 1 - clicks;
        if (perPositive == 0)
        {
            return others;
        }

        var probability = clicks.sum(1, keepdim: true) * perPositive / others.sum(1, keepdim: true).clamp_min(1);
        return others * (rand(clicks.shape, generator: generator).to(clicks.device) < probability);
    }
}

/// <summary>
/// A fitted CDAE. New users are folded in by their history alone: their user node is zero, to which the penalty draws
/// all nodes.
/// </summary>
public sealed class CdaeModel : IPersistentModel<CdaeModel>
{
    private readonly CdaeNetwork network;

    internal CdaeModel(CdaeNetwork network, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => (int)network.decoder.weight.shape[0];

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal CdaeNetwork Network => network;

    /// <summary>Scores are logits.</summary>
    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        UserRows.Write(histories, scores, part => network.forward(UserRows.Clicks(part), network.UserNodes(part.TrainingRows)));
    }

    /// <inheritdoc/>
    public ModelState Save() => NetworkState.Of(network);

    /// <inheritdoc/>
    public static CdaeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        TorchDevices.Resolve(ComputeDevice.Cpu);
        using var unused = new Generator(0, CPU);
        var network = new CdaeNetwork(state.Shape("user_nodes")[0], state.Shape("encoder.weight")[1], state.Shape("encoder.weight")[0], unused);
        NetworkState.Restore(network, state);
        return new CdaeModel(network, []);
    }
}
