using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a deep autoencoder learns.</summary>
public sealed record DeepAutoencoderOptions
{
    /// <summary>Units of the encoder's layers; the decoder mirrors them. Default 512-256.</summary>
    public LayerWidths Widths { get; init; } = [512, 256];

    /// <summary>What follows each hidden layer. Default: SELU.</summary>
    public Activation Hidden { get; init; } = Activation.Selu;

    /// <summary>What follows the output layer. Default: nothing.</summary>
    public OutputActivation Output { get; init; } = OutputActivation.Identity;

    /// <summary>
    /// The share of the input that is hidden from the encoder in training, which makes it a denoising autoencoder. Default 0.5.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>
    /// The standard deviation of normal noise added to the input in training, where 1 is the highest rating. Default 0.
    /// </summary>
    [Range(0.0, 10.0)]
    public double GaussianNoise { get; init; }

    /// <summary>The weight of the sum of squared weights, biases left out, in the loss. Default 0.</summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

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
/// A deep autoencoder of a user's ratings, fitted to the observed ones: the mean over the observed ratings of a batch of
/// (r - prediction)^2, ratings scaled to 0..1 (masked mean squared error; Kuchaiev and Ginsburg: Training Deep
/// AutoEncoders for Collaborative Filtering, 2017, eq. 1, without their re-feeding). With noise on its input it is a
/// denoising autoencoder (Vincent et al.: Extracting and Composing Robust Features with Denoising Autoencoders, ICML 2008).
/// </summary>
public sealed class DeepAutoencoderTrainer : ITrainer<DeepAutoencoderModel>
{
    private readonly DeepAutoencoderOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public DeepAutoencoderTrainer(DeepAutoencoderOptions? options = null) => this.options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public DeepAutoencoderModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var ratings = UserRowRatings.Of(train);
        var (network, history) = DeepAutoencoderFit.Run(options, train, context, "rmse", (network, batches, users, generator) =>
        {
            var values = batches.Values(users);
            var mask = batches.Mask(users);
            var input = DeepAutoencoderFit.AddNoise(options, ratings.Input(values), mask, generator);
            var output = DeepAutoencoderModel.ToRatings(network.forward(input), options.Output, ratings);
            var squaredError = Losses.MaskedSquaredError(output, values, mask) / mask.sum();
            return (squaredError / (ratings.Range * ratings.Range), squaredError.sqrt());
        }, network => new DeepAutoencoderModel(network, options, ratings, []));
        return new DeepAutoencoderModel(network, options, ratings, history);
    }
}

/// <summary>
/// A fitted deep autoencoder of ratings. New users are folded in: the encoder needs nothing but a history. Predictions
/// are clipped to the scale, scores are not. Items without a training rating and users without a history get the middle
/// of the scale.
/// </summary>
public sealed class DeepAutoencoderModel : IRatingPredictor, IPersistentModel<DeepAutoencoderModel>
{
    private readonly DeepAutoencoderNetwork network;
    private readonly DeepAutoencoderOptions options;
    private readonly UserRowRatings ratings;

    internal DeepAutoencoderModel(
        DeepAutoencoderNetwork network, DeepAutoencoderOptions options, UserRowRatings ratings, IReadOnlyList<EpochReport> history)
    {
        this.network = network;
        this.options = options;
        this.ratings = ratings;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => ratings.ItemCount;

    /// <inheritdoc/>
    public RatingScale Scale => ratings.Scale;

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    internal DeepAutoencoderNetwork Network => network;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores) => ratings.Score(histories, scores, Reconstruct);

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings) =>
        this.ratings.Predict(histories, pairs, ratings, Reconstruct);

    /// <inheritdoc/>
    public ModelState Save() => ratings.SaveTo(DeepAutoencoderFit.Save(network, options));

    /// <inheritdoc/>
    public static DeepAutoencoderModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var ratings = UserRowRatings.Load(state);
        var (network, options) = DeepAutoencoderFit.Load(state, ratings.ItemCount);
        return new DeepAutoencoderModel(network, options, ratings, []);
    }

    /// <summary>From the last layer to ratings. An output of 0 is the middle of the scale: [batch x items].</summary>
    internal static Tensor ToRatings(Tensor output, OutputActivation activation, UserRowRatings ratings) =>
        ((activation == OutputActivation.Sigmoid ? output.sigmoid() : output + 0.5) * ratings.Range) + ratings.Scale.Min;

    private Tensor Reconstruct(Histories histories) =>
        ToRatings(network.forward(ratings.Input(UserRows.Values(histories))), options.Output, ratings);
}
