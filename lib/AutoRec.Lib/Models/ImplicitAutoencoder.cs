using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>
/// A deep autoencoder of whole rows: every item a user has not is a 0 that the network learns to reconstruct as well,
/// by the mean over all entries of a batch of (x - output)^2, where x is the rating or the count of purchases divided by
/// the highest there is. Its output says how much of an interaction to expect, 0 included: an order of items, and no
/// rating, whatever the values were.
/// </summary>
public sealed class ImplicitAutoencoderTrainer : ITrainer<ImplicitAutoencoderModel>
{
    private readonly DeepAutoencoderOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public ImplicitAutoencoderTrainer(DeepAutoencoderOptions? options = null) => this.options = OptionRanges.Checked(options);

    /// <summary>252-128-64, sigmoid everywhere, mean squared error, Adam 0.002, batches of 64, 50 epochs, no noise.</summary>
    public static DeepAutoencoderOptions SigmoidPreset => new()
    {
        Widths = [252, 128, 64],
        Hidden = Activation.Sigmoid,
        Output = OutputActivation.Sigmoid,
        Dropout = 0,
        LearningRate = 0.002,
        BatchSize = 64,
        Epochs = 50,
    };

    /// <summary>128-64-32-64-128, ReLU, sigmoid output, mean squared error on counts of purchases, Adam 0.001, batches of 64, 50 epochs, no noise.</summary>
    public static DeepAutoencoderOptions PurchasePreset => new()
    {
        Widths = [128, 64, 32],
        Hidden = Activation.Relu,
        Output = OutputActivation.Sigmoid,
        Dropout = 0,
        LearningRate = 0.001,
        BatchSize = 64,
        Epochs = 50,
    };

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A value is negative.</exception>
    public ImplicitAutoencoderModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        if (train.Values().ContainsAnyExceptInRange(0, float.MaxValue))
        {
            throw new ArgumentException($"Ratings or counts of at least 0 are expected, but there are values down to {train.Scale.Min}.", nameof(train));
        }

        var largest = train.Scale.Max > 0 ? train.Scale.Max : 1;
        var (network, history) = DeepAutoencoderFit.Run(options, train, context, "rmse of 0..1", (network, batches, users, generator) =>
        {
            var target = batches.Values(users) / largest;
            var input = DeepAutoencoderFit.AddNoise(options, target, ones_like(target), generator);
            var output = network.forward(input);
            var squaredError = Losses.MeanSquaredError(options.Output == OutputActivation.Sigmoid ? output.sigmoid() : output, target);
            return (squaredError, squaredError.sqrt());
        }, network => new ImplicitAutoencoderModel(network, options, largest, []));
        return new ImplicitAutoencoderModel(network, options, largest, history);
    }
}

/// <summary>
/// A fitted deep autoencoder of whole rows. New users are folded in. Scores are the output layer before its activation,
/// which keeps their order and tells apart what a sigmoid rounds to 1.
/// </summary>
public sealed class ImplicitAutoencoderModel : IPersistentModel<ImplicitAutoencoderModel>
{
    private readonly DeepAutoencoderNetwork network;
    private readonly DeepAutoencoderOptions options;
    private readonly float largest;

    internal ImplicitAutoencoderModel(DeepAutoencoderNetwork network, DeepAutoencoderOptions options, float largest, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        this.options = options;
        this.largest = largest;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => (int)network.encoder[0].weight.shape[1];

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal DeepAutoencoderNetwork Network => network;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        UserRows.Write(histories, scores, part => network.forward(UserRows.Values(part) / largest));
    }

    /// <inheritdoc/>
    public ModelState Save() => DeepAutoencoderFit.Save(network, options).Add("largest", [largest]);

    /// <inheritdoc/>
    public static ImplicitAutoencoderModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (network, options) = DeepAutoencoderFit.Load(state, state.Shape("encoder.0.weight")[1]);
        return new ImplicitAutoencoderModel(network, options, state.Floats("largest")[0], []);
    }
}
