using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>What a row of an AutoRec is.</summary>
public enum AutoRecRows
{
    /// <summary>I-AutoRec: the ratings of one item by all users. The better of the two; new users cannot be folded in.</summary>
    Items,

    /// <summary>U-AutoRec: the ratings of one user of all items. New users are folded in.</summary>
    Users,
}

/// <summary>What an AutoRec learns.</summary>
public sealed record AutoRecOptions
{
    /// <summary>Hidden units, k in the paper. Default 500.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 500;

    /// <summary>
    /// The strength of the L2 penalty. The paper's lambda is this times the mean number of training ratings of a visible
    /// unit (a user in I-AutoRec, an item in U-AutoRec), so that one default serves dense and sparse data. Default 1.5:
    /// on 90 % of MovieLens 1M a lambda of 224 for I-AutoRec; 0.7 for U-AutoRec (<see cref="For"/>), there a lambda of 170.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 1.5;

    /// <summary>Adam's learning rate in the first epoch. Default 0.004.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.004;

    /// <summary>What the learning rate is multiplied by after each epoch. Default 0.97.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 0.97;

    /// <summary>The most rows a batch. Default 512; an epoch has at least 8 batches, where there are as many rows.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 512;

    /// <summary>The most epochs; early stopping may end sooner. Default 150.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 150;

    /// <summary>
    /// Whether a batch updates only the weights of visible units that it has ratings of (lazy Adam): faster where there are far
    /// more visible units than ratings a batch, such as the users of a shop, and not quite the same result. Of the sparse engine
    /// only. Default false.
    /// </summary>
    public bool LazyAdam { get; init; }

    /// <summary>What computes the training. Default: the sparse engine on the processor, torch on a GPU.</summary>
    public TrainingEngine Engine { get; init; }

    /// <summary>The defaults for item rows or for user rows.</summary>
    public static AutoRecOptions For(AutoRecRows rows) => rows == AutoRecRows.Items ? new() : new() { Regularization = 0.7 };
}

/// <summary>
/// AutoRec (Sedhain, Menon, Sanner, Xie: AutoRec: Autoencoders Meet Collaborative Filtering, WWW 2015): one hidden layer,
/// r -> V g(W r + mu) + b, fitted to minimise sum over observed ratings of (r - prediction)^2 + lambda/2 (|W|^2 + |V|^2)
/// (eq. 2 and 3), here in mini-batches of rows, each with its share of the penalty.
/// </summary>
public sealed class AutoRecTrainer : ITrainer<AutoRecModel>
{
    // With fewer updates an epoch the first epochs barely move, and early stopping takes them for the end.
    private const int LeastBatchesPerEpoch = 8;

    private readonly AutoRecRows rows;
    private readonly AutoRecOptions options;

    /// <summary>A trainer.</summary>
    /// <param name="rows">I-AutoRec or U-AutoRec.</param>
    /// <param name="options">What to learn; null takes the defaults for these rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public AutoRecTrainer(AutoRecRows rows, AutoRecOptions? options = null)
    {
        this.rows = rows;
        this.options = options ?? AutoRecOptions.For(rows);
        OptionRanges.Check(this.options);
    }

    /// <inheritdoc/>
    public AutoRecModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var device = TorchDevices.Resolve(context.Device);
        var matrix = rows == AutoRecRows.Items ? train.Transpose() : train; // [rows x visible]
        var trained = Enumerable.Range(0, matrix.RowCount).Where(row => matrix.RowLength(row) > 0).ToArray();
        var shuffle = new Random(context.Seed);
        var batchSize = Math.Clamp(trained.Length / LeastBatchesPerEpoch, 1, options.BatchSize);
        var lambda = options.Regularization * matrix.Count / Math.Max(1, matrix.ColumnCount);

        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)context.Seed, CPU);
        using var network = new AutoRecNetwork(matrix.ColumnCount, options.HiddenUnits, generator);
        var usesTorch = options.Engine.UsesTorch(context.Device);
        if (usesTorch && options.LazyAdam)
        {
            throw new NotSupportedException("Lazy Adam is of the sparse engine. Leave it out, or use the engine 'sparse' and the device 'cpu'.");
        }

        var start = AutoRecWeights.Of(network);
        using IAutoencoderEngine engine = usesTorch
            ? new TorchAutoencoderEngine(network.to(device), device)
            : new SparseAutoencoder(Activation.Sigmoid, start.Encoder, start.EncoderBias, start.Decoder, start.DecoderBias, options.LazyAdam);
        var ratings = new SparseBatch(matrix.ColumnCount);
        var training = new TrainingState().Add("order", trained, shuffle);
        engine.AddTo(training);

        var (weights, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "rmse",
            epoch =>
            {
                var learningRate = LearningRates.Decay(options.LearningRate, options.LearningRateDecay, epoch);
                shuffle.Shuffle(trained);
                var squaredError = 0.0;
                foreach (var batch in trained.Chunk(batchSize))
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    ratings.Fill(matrix, batch);
                    squaredError += engine.Step(ratings, ratings, ReadOnlyMemory<float>.Empty, learningRate, lambda * batch.Length / trained.Length);
                }

                return Math.Sqrt(squaredError / Math.Max(1, matrix.Count));
            },
            () => usesTorch ? AutoRecWeights.Of(network) : start.Copy(),
            state => new AutoRecModel(rows, state, train, []),
            new Resumption<AutoRecWeights>(training, best => best.ToState(), AutoRecWeights.Of));
        return new AutoRecModel(rows, weights, train, history);
    }
}

/// <summary>What an AutoRec has learned, outside torch. W and V are kept [visible x hidden], a row a visible unit.</summary>
internal sealed record AutoRecWeights(int Visible, int Hidden, float[] Encoder, float[] EncoderBias, float[] Decoder, float[] DecoderBias)
{
    public static AutoRecWeights Of(AutoRecNetwork network) => new(
        (int)network.encoder_weight.shape[0],
        (int)network.encoder_weight.shape[1],
        ToArray(network.encoder_weight),
        ToArray(network.encoder_bias),
        ToArray(network.decoder_weight),
        ToArray(network.decoder_bias));

    public AutoRecWeights Copy() => this with
    {
        Encoder = [.. Encoder],
        EncoderBias = [.. EncoderBias],
        Decoder = [.. Decoder],
        DecoderBias = [.. DecoderBias],
    };

    public static AutoRecWeights Of(ModelState state) => new(
        state.Shape("encoder_weight")[0],
        state.Shape("encoder_weight")[1],
        state.Floats("encoder_weight"),
        state.Floats("encoder_bias"),
        state.Floats("decoder_weight"),
        state.Floats("decoder_bias"));

    public ModelState ToState() => new ModelState()
        .Add("encoder_weight", Encoder, Visible, Hidden)
        .Add("encoder_bias", EncoderBias)
        .Add("decoder_weight", Decoder, Visible, Hidden)
        .Add("decoder_bias", DecoderBias);

    public ReadOnlySpan<float> EncoderRow(int unit) => Encoder.AsSpan(unit * Hidden, Hidden);

    public ReadOnlySpan<float> DecoderRow(int unit) => Decoder.AsSpan(unit * Hidden, Hidden);

    /// <summary>g(W r + mu) of one sparse row, into <paramref name="hidden"/>: [hidden].</summary>
    public void Encode(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, Span<float> hidden)
    {
        EncoderBias.CopyTo(hidden);
        for (var i = 0; i < columns.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(EncoderRow(columns[i]), values[i], hidden, hidden);
        }

        TensorPrimitives.Sigmoid(hidden, hidden);
    }

    private static float[] ToArray(torch.Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().data<float>().ToArray();
    }
}

/// <summary>
/// A fitted AutoRec. Predictions are clipped to the scale of the training ratings; scores are not, so that the best
/// items of a user are told apart. Items without a training rating, and users without a history, get the middle of the
/// scale, as the paper does (section 3).
/// </summary>
public sealed class AutoRecModel : IRatingPredictor, IPersistentModel<AutoRecModel>
{
    private readonly AutoRecRows rows;
    private readonly AutoRecWeights weights;
    private readonly bool[] isKnownItem;
    private readonly float[] itemHidden; // I-AutoRec: [items x hidden]; else empty

    internal AutoRecModel(AutoRecRows rows, AutoRecWeights weights, InteractionMatrix train, IReadOnlyList<EpochReport> history)
        : this(rows, weights, train.Scale, IsKnown(train.Transpose()), rows == AutoRecRows.Items ? HiddenOf(train.Transpose(), weights) : [], history)
    {
    }

    private AutoRecModel(
        AutoRecRows rows, AutoRecWeights weights, RatingScale scale, bool[] isKnownItem, float[] itemHidden, IReadOnlyList<EpochReport> history)
    {
        this.rows = rows;
        this.weights = weights;
        this.isKnownItem = isKnownItem;
        this.itemHidden = itemHidden;
        Scale = scale;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => isKnownItem.Length;

    internal AutoRecWeights Weights => weights;

    /// <inheritdoc/>
    public RatingScale Scale { get; }

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        CheckUsers(histories);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            var context = UserSide(histories, user);
            for (var item = 0; item < ItemCount; item++)
            {
                row[item] = Estimate(context, item);
            }
        });
    }

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        CheckUsers(histories);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
            var context = UserSide(histories, user);
            var items = pairs.Columns(user);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Scale.Clip(Estimate(context, items[i]));
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState()
        .Add("rows", [(int)rows])
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("is_known_item", Array.ConvertAll(isKnownItem, known => known ? 1 : 0))
        .Add("item_hidden", itemHidden, itemHidden.Length / weights.Hidden, weights.Hidden)
        .Add("encoder_weight", weights.Encoder, weights.Visible, weights.Hidden)
        .Add("encoder_bias", weights.EncoderBias)
        .Add("decoder_weight", weights.Decoder, weights.Visible, weights.Hidden)
        .Add("decoder_bias", weights.DecoderBias);

    /// <inheritdoc/>
    public static AutoRecModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var shape = state.Shape("encoder_weight");
        var weights = new AutoRecWeights(
            shape[0], shape[1], state.Floats("encoder_weight"), state.Floats("encoder_bias"), state.Floats("decoder_weight"), state.Floats("decoder_bias"));
        var scale = state.Floats("scale");
        return new AutoRecModel(
            (AutoRecRows)state.Ints("rows")[0],
            weights,
            new RatingScale(scale[0], scale[1]),
            Array.ConvertAll(state.Ints("is_known_item"), known => known != 0),
            state.Floats("item_hidden"),
            []);
    }

    private static bool[] IsKnown(InteractionMatrix byItem) => [.. Enumerable.Range(0, byItem.RowCount).Select(item => byItem.RowLength(item) > 0)];

    private static float[] HiddenOf(InteractionMatrix byItem, AutoRecWeights weights)
    {
        var hidden = new float[byItem.RowCount * weights.Hidden];
        Parallel.For(0, byItem.RowCount, ComputeThreads.Options, item =>
            weights.Encode(byItem.Columns(item), byItem.Values(item), hidden.AsSpan(item * weights.Hidden, weights.Hidden)));
        return hidden;
    }

    // What a user brings to a prediction: V's row and bias in I-AutoRec, the hidden layer in U-AutoRec; none for a
    // user without history.
    private (float[]? Vector, float Bias) UserSide(Histories histories, int user)
    {
        if (histories.Interactions.RowLength(user) == 0)
        {
            return (null, 0);
        }

        var trainingRow = histories.TrainingRows[user];
        if (rows == AutoRecRows.Items)
        {
            return (weights.DecoderRow(trainingRow).ToArray(), weights.DecoderBias[trainingRow]);
        }

        var hidden = new float[weights.Hidden];
        weights.Encode(histories.Interactions.Columns(user), histories.Interactions.Values(user), hidden);
        return (hidden, 0);
    }

    private float Estimate((float[]? Vector, float Bias) user, int item)
    {
        if (user.Vector is null || !isKnownItem[item])
        {
            return Scale.Middle;
        }

        return rows == AutoRecRows.Items
            ? TensorPrimitives.Dot<float>(itemHidden.AsSpan(item * weights.Hidden, weights.Hidden), user.Vector) + user.Bias
            : TensorPrimitives.Dot(weights.DecoderRow(item), user.Vector) + weights.DecoderBias[item];
    }

    private void CheckUsers(Histories histories)
    {
        if (rows == AutoRecRows.Items && histories.TrainingRows.Contains(-1))
        {
            throw new NotSupportedException(
                "I-AutoRec has no weights for users that it was not trained on. Train again with them, or use U-AutoRec ('autorec-user'), which folds new users in.");
        }
    }
}
