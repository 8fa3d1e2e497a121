using System.ComponentModel.DataAnnotations;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of a deep autoencoder.</summary>
internal record DeepAutoencoderOptions : INetworkOptions
{
    /// <summary>Units of the encoder's layers; the decoder mirrors them. Default 512-256.</summary>
    public LayerWidths Widths { get; init; } = [512, 256];

    /// <summary>Activation of the hidden layers. Default selu.</summary>
    public Activation HiddenActivation { get; init; } = Activation.Selu;

    /// <summary>Activation of the output layer. Default identity.</summary>
    public OutputActivation OutputActivation { get; init; } = OutputActivation.Identity;

    /// <summary>
    /// Share of the input that is hidden from the encoder in training, drawn at random for each batch, which makes it a denoising
    /// autoencoder. Default 0.5.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.5;

    /// <summary>Standard deviation of the normal noise added to the input in training, where 1 is the highest rating. Default 0.</summary>
    [Range(0.0, 10.0)]
    public double GaussianNoise { get; init; }

    /// <summary>
    /// Weight of the sum of squared weights, without biases, against the mean squared error of an entry of the batch in units of the
    /// scale's range. Default 0.
    /// </summary>
    [Range(0.0, 1e3)]
    public double WeightDecay { get; init; }

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

    /// <summary>Estimates what a training with these options takes.</summary>
    public FitCost Cost(DataSize data) => NetworkCost.Of(data, SizeOf(data));

    /// <summary>What a training with these options consists of.</summary>
    private protected virtual NetworkSize SizeOf(DataSize data)
    {
        var layer = (double)data.Items * Widths[0];
        var inner = Widths.Zip(Widths.Skip(1), (width, next) => (double)width * next).Sum();
        var batch = Math.Min(BatchSize, data.Users);
        return new NetworkSize
        {
            Weights = 2 * (layer + inner),
            Longest = sizeof(float) * layer,
            DenseBatch = batch * (double)data.Items,
            Rows = data.Users,
            Batch = batch,
            DenseWeights = Engine == TrainingEngine.Torch ? 2 * (layer + inner) : layer + (2 * inner),
            SparseWeights = Engine == TrainingEngine.Torch ? 0 : Widths[0],
            Epochs = Epochs,
            Engine = Engine,
        };
    }
}

/// <summary>The options of a deep autoencoder of ratings.</summary>
internal sealed record DeepRatingOptions : DeepAutoencoderOptions
{
    /// <summary>What is learned: ratings less a baseline, or ratings as they are. Default baseline.</summary>
    public Centering Center { get; init; } = Centering.Baseline;

    /// <summary>
    /// Weight of the L2 penalty lambda/2 |W|^2 on all weights, without biases, against the sum of squared errors over all ratings: lambda
    /// divided by (sqrt(ratings of a user) + sqrt(ratings of an item))^2, of the mean numbers. With center=none there is only
    /// <see cref="DeepAutoencoderOptions.WeightDecay"/>. Default 3.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 3;

    private protected override NetworkSize SizeOf(DataSize data) => base.SizeOf(data).OfEntries(data);
}
