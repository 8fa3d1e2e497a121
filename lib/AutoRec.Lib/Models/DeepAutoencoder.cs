using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>
/// Trains a deep autoencoder of a user's ratings on the observed ones: minimises the mean over the observed ratings of a batch of
/// (r - prediction)^2, ratings scaled to 0..1 (masked mean squared error; Kuchaiev and Ginsburg: Training Deep AutoEncoders for
/// Collaborative Filtering, 2017, eq. 1, without their re-feeding). With noise on its input it is a denoising autoencoder (Vincent et al.:
/// Extracting and Composing Robust Features with Denoising Autoencoders, ICML 2008).
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class DeepAutoencoderTrainer(DeepAutoencoderOptions? options = null) : ITrainer<DeepAutoencoderModel>
{
    private readonly DeepAutoencoderOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public DeepAutoencoderModel Fit(InteractionMatrix train, FitContext context)
    {
        using var training = new NetworkTraining<DeepAutoencoderNetwork>(
            train, context, options, generator => DeepAutoencoderNetwork.Of(options, train.ColumnCount, generator));
        var ratings = UserRowRatings.Of(train);
        var batches = new DenseBatches(train, training.Device);
        return training.Run("rmse", MeanSquaredError, network => new DeepAutoencoderModel(network, ratings));

        BatchLoss MeanSquaredError(int[] users)
        {
            var (values, mask) = (batches.Values(users), batches.Mask(users));
            var noisy = Noise.Gaussian(ratings.Input(values), options.GaussianNoise, mask, training.Generator);
            var output = training.Network.forward(Noise.Dropout(noisy, options.Dropout, training.Generator));
            var ratingsOut = DeepAutoencoderModel.ToRatings(output, training.Network.IsSigmoid, ratings);
            var squaredError = Losses.MaskedSquaredError(ratingsOut, values, mask) / mask.sum();
            var ofRange = squaredError.Over(ratings.Range * ratings.Range);
            return new BatchLoss(Losses.Decayed(ofRange, training.Network, options.WeightDecay), squaredError.sqrt());
        }
    }
}

/// <summary>A fitted deep autoencoder of ratings.</summary>
/// <inheritdoc cref="RatingNetworkModel" path="/remarks"/>
internal sealed class DeepAutoencoderModel : RatingNetworkModel, IPersistentModel<DeepAutoencoderModel>
{
    internal DeepAutoencoderModel(DeepAutoencoderNetwork network, UserRowRatings ratings)
        : base(network, ratings) => Network = network;

    internal DeepAutoencoderNetwork Network { get; }

    /// <inheritdoc/>
    public override ModelState Save() => Ratings.SaveTo(Network.SaveTo(NetworkState.Of(Network)));

    /// <inheritdoc/>
    public static DeepAutoencoderModel Load(ModelState state) => new(DeepAutoencoderNetwork.Load(state), UserRowRatings.Load(state));

    /// <summary>Turns the last layer into ratings. An output of 0 is the middle of the scale: [batch x items].</summary>
    internal static Tensor ToRatings(Tensor output, bool isSigmoid, UserRowRatings ratings) =>
        (isSigmoid ? output.sigmoid() : output.Plus(0.5)).Times(ratings.Range).Plus(ratings.Scale.Min);

    private protected override Tensor Forward(Histories histories) =>
        ToRatings(Network.forward(Ratings.Input(UserRows.Values(histories))), Network.IsSigmoid, Ratings);
}
