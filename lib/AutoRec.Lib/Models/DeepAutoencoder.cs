using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Persistence;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>
/// Trains a deep autoencoder of a user's ratings on the observed ones: minimises the mean over the observed ratings of a batch of
/// (r - prediction)^2, values of ratings scaled to a range of 1 (masked mean squared error; Kuchaiev and Ginsburg: Training Deep
/// AutoEncoders for Collaborative Filtering, 2017, eq. 1, without their re-feeding). With noise on its input it is a denoising autoencoder
/// (Vincent et al.: Extracting and Composing Robust Features with Denoising Autoencoders, ICML 2008).
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class DeepAutoencoderTrainer(DeepRatingOptions? options = null) : ITrainer<DeepAutoencoderModel>
{
    private readonly DeepRatingOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => options.Cost(data);

    /// <inheritdoc/>
    public DeepAutoencoderModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        var frame = RatingFrame.Of(train, options.Center, AutoRecRows.Users);
        var values = frame.ToValues(train);
        var inputs = frame.ToInput(values);
        var decay = options.WeightDecay;
        if (frame.IsCentred)
        {
            var lambda = options.Regularization * RatingFrame.NoiseLevel(train);
            decay += lambda / (2 * frame.ValueRange * frame.ValueRange * Math.Max(1, train.Count));
        }

        using var training = new NetworkTraining<DeepAutoencoderNetwork>(
            train, context, options, Network, parameter => parameter.dim() > 1 ? 2 * decay : 0);
        var input = training.InputLayer(training.Network.encoder[0]);
        var output = training.EntryOutputLayer(training.Network.decoder[^1]);
        var (ratings, noisy) = (new SparseBatch(train.ColumnCount), new SparseBatch(train.ColumnCount));
        return training.Run("rmse", MeanSquaredError, network => new DeepAutoencoderModel(network, frame));

        DeepAutoencoderNetwork Network(Generator generator)
        {
            var network = DeepAutoencoderNetwork.Of(options, train.ColumnCount, generator);
            if (frame.IsCentred)
            {
                Layers.Clear(network.decoder[^1].weight);
                Layers.DropBias(network.decoder[^1].bias!);
            }

            return network;
        }

        BatchLoss MeanSquaredError(int[] users)
        {
            ratings.Fill(values, users);
            DeepAutoencoderModel.Scaled(noisy.Fill(inputs, users), frame)
                .AddNoise(options.GaussianNoise, training.Generator)
                .Drop(options.Dropout, training.Generator);
            var code = training.Network.BeforeOutput(input.Forward(noisy));
            var ofRange = output.Loss(code, ratings, outputs => Losses.MeanSquaredError(
                DeepAutoencoderModel.ToValues(outputs, training.Network.IsSigmoid, frame),
                ratings.ToValues(training.Device)).Over(frame.ValueRange * frame.ValueRange));
            return new BatchLoss(ofRange, ofRange.sqrt().Times(frame.ValueRange * frame.Unit));
        }
    }
}

/// <summary>A fitted deep autoencoder of ratings.</summary>
/// <inheritdoc cref="RatingNetworkModel" path="/remarks"/>
internal sealed class DeepAutoencoderModel : RatingNetworkModel, IPersistentModel<DeepAutoencoderModel>
{
    internal DeepAutoencoderModel(DeepAutoencoderNetwork network, RatingFrame frame)
        : base(network, frame, network.encoder[0], network.decoder[^1]) => Network = network;

    internal DeepAutoencoderNetwork Network { get; }

    /// <inheritdoc/>
    public override ModelState Save() => Frame.SaveTo(Network.SaveTo(NetworkState.Of(Network)));

    /// <inheritdoc/>
    public static DeepAutoencoderModel Load(ModelState state) => new(DeepAutoencoderNetwork.Load(state), RatingFrame.Load(state));

    /// <summary>Brings values to what the network reads, in place: 1 is the highest.</summary>
    internal static SparseBatch Scaled(SparseBatch rows, RatingFrame frame) => rows.Scale(1 / frame.HighestValue);

    /// <summary>Turns the last layer into values of ratings. An output of 0 is the middle of their range: any shape.</summary>
    internal static Tensor ToValues(Tensor output, bool isSigmoid, RatingFrame frame) =>
        (isSigmoid ? output.sigmoid() : output.Plus(0.5)).Times(frame.ValueRange).Plus(frame.ValueScale.Min);

    private protected override SparseBatch Scaled(SparseBatch rows) => Scaled(rows, Frame);

    private protected override Tensor BeforeOutput(Tensor first) => Network.BeforeOutput(first);

    private protected override Tensor ToValues(Tensor outputs) => ToValues(outputs, Network.IsSigmoid, Frame);
}
