using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a hybrid AutoRec learns.</summary>
public sealed record HybridAutoRecOptions
{
    /// <summary>Hidden units. Default 500.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 500;

    /// <summary>The share of a row's ratings that the encoder does not see in training. Default 0.15.</summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; } = 0.15;

    /// <summary>The weight alpha of the errors at ratings the encoder did not see: prediction. Default 1.1.</summary>
    [Range(0.0, 100.0)]
    public double PredictionWeight { get; init; } = 1.1;

    /// <summary>The weight beta of the errors at ratings the encoder saw: reconstruction. Default 0.7.</summary>
    [Range(0.0, 100.0)]
    public double ReconstructionWeight { get; init; } = 0.7;

    /// <summary>
    /// The weight lambda of the L2 penalty lambda/2 (|W|^2 + |V|^2) against the weighted sum of squared errors over all
    /// ratings; biases are not penalised. Default 100.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 100;

    /// <summary>Adam's learning rate in the first epoch. Default 0.001.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>What the learning rate is multiplied by after each epoch. Default 0.99.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 0.99;

    /// <summary>Rows a batch. Default 512.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 512;

    /// <summary>The most epochs; early stopping may end sooner. Default 300.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 300;

    /// <summary>What computes the training. Default: the sparse engine on the processor, torch on a GPU.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// AutoRec with side features (Strub, Gaudel, Mary: Hybrid Recommender System based on Autoencoders, DLRS 2016): the
/// features z of the row's item or user are joined to its ratings x at the input and to the hidden layer,
/// V {tanh(W {x, z} + mu), z} + b, so that something is known of a row with few ratings. Ratings are centred at the
/// row's mean and divided by half the range of the scale. Some are hidden from the encoder; minimised is
/// alpha sum over hidden ratings of (r - prediction)^2 + beta sum over the others, plus lambda/2 (|W|^2 + |V|^2), in
/// mini-batches of rows by Adam, each with its share of the penalty.
/// </summary>
public sealed class HybridAutoRecTrainer : ITrainer<HybridAutoRecModel>
{
    private readonly AutoRecRows rows;
    private readonly InteractionMatrix features;
    private readonly HybridAutoRecOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="rows">Whether a row is an item or a user.</param>
    /// <param name="features">The features of the items or users of the training matrix, best between -1 and 1: [rows x features].
    /// See <see cref="SideFeatures"/>.</param>
    /// <param name="options">What to learn; null takes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public HybridAutoRecTrainer(AutoRecRows rows, InteractionMatrix features, HybridAutoRecOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        this.rows = rows;
        this.features = features;
        this.options = OptionRanges.Checked(options);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The features have another number of rows than there are items or users.</exception>
    public HybridAutoRecModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var matrix = rows == AutoRecRows.Items ? train.Transpose() : train; // [rows x visible]
        if (features.RowCount != matrix.RowCount)
        {
            throw new ArgumentException(
                $"There are features of {features.RowCount} rows, but {matrix.RowCount} {(rows == AutoRecRows.Items ? "items" : "users")} in the training data.", nameof(train));
        }

        var device = TorchDevices.Resolve(context.Device);
        var trained = RowBatches.NonEmpty(matrix);
        var shuffle = new Random(context.Seed);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = NewNetwork(matrix, generator);
        var usesTorch = options.Engine.UsesTorch(context.Device);
        var start = HybridWeights.Of(network);
        using IAutoencoderEngine engine = usesTorch
            ? new TorchAutoencoderEngine(network.to(device), device)
            : new SparseAutoencoder(Activation.Tanh, start.Encoder, start.EncoderBias, start.Decoder, start.DecoderBias);
        var data = new HybridBatch(matrix, features, options);
        var halfRange = CentredRatings.HalfRange(matrix.Scale);

        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "rmse",
            epoch =>
            {
                var learningRate = LearningRates.Decay(options.LearningRate, options.LearningRateDecay, epoch);
                var squaredErrorPerRow = RowBatches.Mean(trained, options.BatchSize, shuffle, context.Cancellation, batch =>
                {
                    data.Fill(batch, generator);
                    var penalty = options.Regularization * batch.Length / trained.Length;
                    return engine.Step(data.Input, data.Target, data.Weights, learningRate, penalty) * halfRange * halfRange / batch.Length;
                });
                return Math.Sqrt(squaredErrorPerRow * trained.Length / Math.Max(1, train.Count));
            },
            () =>
            {
                using var unused = new Generator(0, CPU);
                var copy = NewNetwork(matrix, unused);
                if (usesTorch)
                {
                    NetworkState.CopyParameters(copy, network);
                }
                else
                {
                    start.CopyTo(copy);
                }

                return copy;
            },
            copy => HybridAutoRecModel.Of(rows, copy, features, train, []));
        return HybridAutoRecModel.Of(rows, best, features, train, history);
    }

    private HybridAutoRecNetwork NewNetwork(InteractionMatrix matrix, Generator generator) =>
        new(matrix.ColumnCount, features.ColumnCount, options.HiddenUnits, generator);
}

/// <summary>The weights of a hybrid AutoRec as the sparse engine has them: W transposed, [(visible + features) x hidden].</summary>
internal sealed record HybridWeights(float[] Encoder, float[] EncoderBias, float[] Decoder, float[] DecoderBias)
{
    public static HybridWeights Of(HybridAutoRecNetwork network)
    {
        using var scope = NewDisposeScope();
        return new(Numbers(network.encoder.weight.t()), Numbers(network.encoder.bias!), Numbers(network.decoder.weight), Numbers(network.decoder.bias!));

        static float[] Numbers(Tensor tensor) => tensor.detach().cpu().contiguous().data<float>().ToArray();
    }

    public void CopyTo(HybridAutoRecNetwork network)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        network.encoder.weight.copy_(tensor(Encoder, network.encoder.weight.shape[1], network.encoder.weight.shape[0]).t());
        network.encoder.bias!.copy_(tensor(EncoderBias));
        network.decoder.weight.copy_(tensor(Decoder, network.decoder.weight.shape));
        network.decoder.bias!.copy_(tensor(DecoderBias));
    }
}

/// <summary>Ratings less the mean of their row, in units of half the range of the scale, 0 where there is none: about -1 to 1.</summary>
internal sealed record CentredRatings(Tensor Input, Tensor Means, float HalfRangeOfScale)
{
    /// <summary>The unit: half the range of a scale, or 1 if it has none.</summary>
    public static float HalfRange(RatingScale scale) => scale.Max > scale.Min ? (scale.Max - scale.Min) / 2 : 1;

    /// <param name="ratings">[rows x visible].</param>
    /// <param name="mask">1 where observed, else 0: [rows x visible].</param>
    /// <param name="scale">The scale of the ratings.</param>
    public static CentredRatings Of(Tensor ratings, Tensor mask, RatingScale scale)
    {
        var halfRange = HalfRange(scale);
        var means = ratings.sum(1, keepdim: true) / mask.sum(1, keepdim: true).clamp_min(1);
        return new CentredRatings((ratings - means) * mask / halfRange, means, halfRange);
    }

    /// <summary>From the network's output back to ratings: [rows x visible].</summary>
    public Tensor Restore(Tensor output) => (output * HalfRangeOfScale) + Means;
}

/// <summary>
/// A fitted hybrid AutoRec. Over user rows new users are folded in by their history, with all features 0; over item rows
/// it has no weights for users it was not trained on. Predictions are clipped to the scale, scores are not. Items
/// without a training rating and users without a history get the middle of the scale.
/// </summary>
public sealed class HybridAutoRecModel : IRatingPredictor, IPersistentModel<HybridAutoRecModel>
{
    private readonly ItemRowRatings? byItem;
    private readonly HybridUserRows? byUser;

    private HybridAutoRecModel(ItemRowRatings? byItem, HybridUserRows? byUser, IReadOnlyList<EpochReport> history)
    {
        this.byItem = byItem;
        this.byUser = byUser;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => byItem?.ItemCount ?? byUser!.Ratings.ItemCount;

    /// <inheritdoc/>
    public RatingScale Scale => byItem?.Scale ?? byUser!.Ratings.Scale;

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        byItem?.Score(histories, scores);
        byUser?.Ratings.Score(histories, scores, byUser.Reconstruct);
    }

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        byItem?.Predict(histories, pairs, ratings);
        byUser?.Ratings.Predict(histories, pairs, ratings, byUser.Reconstruct);
    }

    /// <inheritdoc/>
    public ModelState Save() => byItem?.Save() ?? byUser!.Save();

    /// <inheritdoc/>
    public static HybridAutoRecModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Names.Contains("item_codes")
            ? new HybridAutoRecModel(ItemRowRatings.Load(state), null, [])
            : new HybridAutoRecModel(null, HybridUserRows.Load(state), []);
    }

    internal static HybridAutoRecModel Of(
        AutoRecRows rows, HybridAutoRecNetwork network, InteractionMatrix features, InteractionMatrix train, IReadOnlyList<EpochReport> history) =>
        rows == AutoRecRows.Items
            ? new HybridAutoRecModel(ItemRows(network, features, train), null, history)
            : new HybridAutoRecModel(null, new HybridUserRows(network, features, UserRowRatings.Of(train)), history);

    // mean_i + half (<hidden_i, V_u> + b_u) as one dot product: the item's mean is one more number of its code.
    private static ItemRowRatings ItemRows(HybridAutoRecNetwork network, InteractionMatrix features, InteractionMatrix train)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var batches = new DenseBatches(train.Transpose(), CPU);
        var featureBatches = new DenseBatches(features, CPU);
        var codes = Enumerable.Range(0, train.ColumnCount).Chunk(512).SelectMany(items =>
        {
            using var chunk = NewDisposeScope();
            var centred = CentredRatings.Of(batches.Values(items), batches.Mask(items), train.Scale);
            return cat([network.Encode(cat([centred.Input, featureBatches.Values(items)], 1)), centred.Means], 1).data<float>().ToArray();
        }).ToArray();
        var halfRange = CentredRatings.HalfRange(train.Scale);
        var weights = cat([network.decoder.weight * halfRange, ones(train.RowCount, 1)], 1);
        return new ItemRowRatings(codes, weights.data<float>().ToArray(), (network.decoder.bias! * halfRange).data<float>().ToArray(), train);
    }
}

/// <summary>A hybrid AutoRec over user rows, with the features of the training users.</summary>
internal sealed record HybridUserRows(HybridAutoRecNetwork Network, InteractionMatrix Features, UserRowRatings Ratings)
{
    public Tensor Reconstruct(Histories histories)
    {
        var centred = CentredRatings.Of(UserRows.Values(histories), UserRows.Clicks(histories), Ratings.Scale);
        return centred.Restore(Network.forward(cat([centred.Input, FeaturesOf(histories)], 1)));
    }

    public ModelState Save() => Ratings.SaveTo(NetworkState.Of(Network))
        .Add("feature_offsets", Features.Offsets.ToArray())
        .Add("feature_columns", Features.Columns().ToArray())
        .Add("feature_values", Features.Values().ToArray());

    public static HybridUserRows Load(ModelState state)
    {
        TorchDevices.Resolve(ComputeDevice.Cpu);
        var ratings = UserRowRatings.Load(state);
        var hidden = state.Shape("encoder.weight")[0];
        var featureCount = state.Shape("decoder.weight")[1] - hidden;
        var offsets = state.Ints("feature_offsets");
        var rows = Enumerable.Range(0, offsets.Length - 1).SelectMany(row => Enumerable.Repeat(row, offsets[row + 1] - offsets[row])).ToArray();
        var features = InteractionMatrix.FromTriplets(offsets.Length - 1, featureCount, rows, state.Ints("feature_columns"), state.Floats("feature_values"));
        using var unused = new Generator(0, CPU);
        var network = new HybridAutoRecNetwork(ratings.ItemCount, featureCount, hidden, unused);
        NetworkState.Restore(network, state);
        return new HybridUserRows(network, features, ratings);
    }

    // Zeros for users the model was not trained on: [users x features].
    private Tensor FeaturesOf(Histories histories)
    {
        var known = histories.TrainingRows.ToArray();
        var mask = tensor(Array.ConvertAll(known, row => row >= 0 ? 1f : 0f)).unsqueeze(1);
        return new DenseBatches(Features, CPU).Values(Array.ConvertAll(known, row => Math.Max(0, row))) * mask;
    }
}
