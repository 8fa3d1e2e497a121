using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Numerics;
using AutoRec.Models.Rows;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of an AutoRec.</summary>
public sealed record AutoRecOptions : INetworkOptions
{
    /// <summary>What is learned: ratings less a baseline, or ratings as they are, as in the paper. Default baseline.</summary>
    public Centering Center { get; init; } = Centering.Baseline;

    /// <summary>Units of the hidden layer, k in the paper. Default 500.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 500;

    /// <summary>
    /// Weight of the L2 penalty: lambda divided by a measure of the density of the data, so that one default serves dense and sparse data.
    /// The measure is (sqrt(ratings of a user) + sqrt(ratings of an item))^2, of the mean numbers; with center=none it is the mean number
    /// of ratings of a visible unit (a user in I-AutoRec, an item in U-AutoRec). Default 1.5.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 1.5;

    /// <summary>Adam's learning rate in the first epoch. Default 0.002.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.002;

    /// <summary>Factor of the learning rate after each epoch. Default 0.97.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 0.97;

    /// <summary>Maximum number of rows in a batch; an epoch has at least 8 batches, where there are as many rows. Default 512.</summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 512;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 150.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 150;

    /// <summary>
    /// Whether a batch updates only the weights of visible units that it has ratings of (lazy Adam). This is faster, with slightly
    /// different results, where there are far more visible units than ratings in a batch, such as the users of a shop. Requires the sparse
    /// engine. Default false.
    /// </summary>
    public bool LazyAdam { get; init; }

    /// <summary>Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default auto.</summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains an AutoRec (Sedhain, Menon, Sanner, Xie: AutoRec: Autoencoders Meet Collaborative Filtering, WWW 2015): one hidden layer,
/// r -> V g(W r + mu) + b with a sigmoid g. Minimises the sum over observed ratings of (r - prediction)^2, plus
/// lambda/2 (|W|^2 + |V|^2) (eq. 2 and 3), in mini-batches of rows, each with its share of the penalty.
/// </summary>
/// <remarks>
/// That is <see cref="Centering.None"/>. By default r are residuals of a baseline, in units of their standard deviation. g is then tanh and
/// there is no b, so that a row that says nothing gets the baseline. The input is more than the residuals: it tells that something was rated,
/// and rows of many ratings are scaled down.
/// </remarks>
/// <param name="rows">I-AutoRec or U-AutoRec.</param>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class AutoRecTrainer(AutoRecRows rows, AutoRecOptions? options = null) : ITrainer<AutoRecModel>
{
    // With fewer updates an epoch the first epochs barely move, and early stopping takes them for the end.
    private const int LeastBatchesPerEpoch = 8;

    private readonly AutoRecOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var (visible, others) = rows == AutoRecRows.Items ? (data.Users, data.Items) : (data.Items, data.Users);
        var weights = 2.0 * visible * options.HiddenUnits;
        var batch = Math.Clamp(others / LeastBatchesPerEpoch, 1, options.BatchSize);
        var usesTorch = options.Engine == TrainingEngine.Torch;
        var size = new NetworkSize
        {
            Weights = weights,
            Longest = Math.Max(weights / 2, (double)batch * options.HiddenUnits),
            DenseBatch = usesTorch ? batch * (double)visible : 0,
            Rows = others,
            Batch = batch,
            DenseWeights = usesTorch ? weights : 0,
            SparseWeights = usesTorch ? 0 : options.HiddenUnits,
            Epochs = options.Epochs,
            Engine = options.Engine,
        };
        return NetworkCost.Of(data, size, new("hidden-units", options.HiddenUnits, units =>
            new AutoRecTrainer(rows, options with { HiddenUnits = units }).Estimate(data)));
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Lazy Adam is requested without the sparse engine.</exception>
    public AutoRecModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        var frame = RatingFrame.Of(train, options.Center, rows);
        var values = frame.ToValues(train);
        var matrix = rows == AutoRecRows.Items ? values.Transpose() : values; // [rows x visible]
        var trained = matrix.CountRows();
        var batchSize = Math.Clamp(trained / LeastBatchesPerEpoch, 1, options.BatchSize);
        using var training = new NetworkTraining<AutoRecNetwork>(
            matrix,
            context,
            options with { BatchSize = batchSize },
            generator => new AutoRecNetwork(matrix.ColumnCount, options.HiddenUnits, AutoRecModel.ActivationOf(frame), generator),
            isByItem: rows == AutoRecRows.Items);
        if (frame.IsCentred)
        {
            Layers.DropBias(training.Network.OutputBias);
        }

        if (training.UsesTorch && options.LazyAdam)
        {
            throw new NotSupportedException("Lazy Adam requires engine=sparse on the device 'cpu'. Set these, or lazy-adam=false.");
        }

        var activation = AutoRecModel.ActivationOf(frame);
        var engine = training.Add(AutoencoderEngine.Of(training.Network, activation, training.UsesTorch, options.LazyAdam));
        var density = frame.IsCentred ? RatingFrame.NoiseLevel(matrix) : (double)matrix.Count / Math.Max(1, matrix.ColumnCount);
        var lambda = options.Regularization * density;
        var read = frame.ToInput(matrix);
        var target = new SparseBatch(matrix.ColumnCount);
        var input = frame.IsCentred ? new SparseBatch(matrix.ColumnCount) : target;
        return training.Run(
            "rmse",
            () => frame.Unit * Math.Sqrt(training.Sum(SquaredError) / Math.Max(1, matrix.Count)),
            engine.CopyWeights,
            weights => AutoRecModel.Of(rows, weights, frame, read),
            new Resumption<AutoencoderWeights>(training.State, best => best.SaveTo(new ModelState()), AutoencoderWeights.Of));

        double SquaredError(int[] batch)
        {
            target.Fill(matrix, batch);
            if (frame.IsCentred)
            {
                input.Fill(read, batch);
            }

            return engine.Step(input, target, weights: default, training.LearningRate, lambda * batch.Length / training.RowCount);
        }
    }
}

/// <summary>
/// A fitted AutoRec. Predictions are clipped to the scale of the training ratings; scores are not, so that the best items of a user are
/// told apart. Items without a training rating and users without a history get the baseline or, without one, the middle of the scale, as in
/// the paper (section 3).
/// </summary>
public sealed class AutoRecModel : TrainedModel, IRatingPredictor, IPersistentModel<AutoRecModel>
{
    private readonly AutoRecRows rows;
    private readonly AutoencoderWeights weights;
    private readonly RatingFrame frame;
    private readonly float[] itemHidden; // I-AutoRec: [items x hidden]; else empty
    private readonly Lazy<PackedRows> items; // I-AutoRec: the hidden layer of each and 1; U-AutoRec: the weights and the bias of each

    private AutoRecModel(AutoRecRows rows, AutoencoderWeights weights, RatingFrame frame, float[] itemHidden)
    {
        this.rows = rows;
        this.weights = weights;
        this.frame = frame;
        this.itemHidden = itemHidden;
        items = new(() => PackedRows.Of(ItemCount, weights.Hidden + 1, (item, row) =>
        {
            (IsByItem ? HiddenOf(item) : weights.DecoderRow(item)).CopyTo(row);
            row[^1] = IsByItem ? 1 : weights.DecoderBias[item];
        }));
    }

    /// <inheritdoc/>
    public override int ItemCount => frame.ItemCount;

    internal AutoencoderWeights Weights => weights;

    private bool IsByItem => rows == AutoRecRows.Items;

    /// <inheritdoc/>
    public RatingScale Scale => frame.Scale;

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        var vectorOf = Vectors(histories);
        items.Value.Multiply(
            histories.Count,
            (user, row) =>
            {
                var (vector, bias) = vectorOf(user);
                vector.Span.CopyTo(row);
                row[^1] = IsByItem ? bias : 1;
            },
            scores);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
            frame.ToRatings(histories, user, scores.Span.Slice(user * ItemCount, ItemCount)));
    }

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        var vectorOf = Vectors(histories);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
            var asked = pairs.Columns(user);
            var level = frame.Level(histories, user);
            var (vector, bias) = vectorOf(user);
            var isCold = histories.Interactions.RowLength(user) == 0;
            for (var i = 0; i < row.Length; i++)
            {
                var item = asked[i];
                row[i] = Scale.Clip(isCold || !frame.IsKnown(item) ? frame.ColdRating(level, item)
                    : frame.ToRating(level, item, IsByItem
                        ? TensorPrimitives.Dot(HiddenOf(item), vector.Span) + bias
                        : TensorPrimitives.Dot(weights.DecoderRow(item), vector.Span) + weights.DecoderBias[item]));
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => weights.SaveTo(frame.SaveTo(new ModelState().Add("rows", [(int)rows]))
        .Add("item_hidden", itemHidden, itemHidden.Length / weights.Hidden, weights.Hidden));

    /// <inheritdoc/>
    public static AutoRecModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var weights = AutoencoderWeights.Of(state);
        return new AutoRecModel((AutoRecRows)state.Ints("rows")[0], weights, RatingFrame.Load(state), state.Floats("item_hidden"));
    }

    /// <summary>The g of a frame: the paper's sigmoid, or tanh, which makes nothing of nothing.</summary>
    internal static Activation ActivationOf(RatingFrame frame) => frame.IsCentred ? Activation.Tanh : Activation.Sigmoid;

    /// <summary>Makes the model with these weights.</summary>
    /// <param name="rows">I-AutoRec or U-AutoRec.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="frame">What the weights are fitted to.</param>
    /// <param name="input">The rows of the training data as the network reads them: [rows x visible].</param>
    internal static AutoRecModel Of(AutoRecRows rows, AutoencoderWeights weights, RatingFrame frame, InteractionMatrix input)
    {
        var isTanh = frame.IsCentred;
        var itemHidden = new float[rows == AutoRecRows.Items ? Sizes.Of("items x hidden units", input.RowCount, weights.Hidden) : 0];
        if (rows == AutoRecRows.Items)
        {
            Parallel.For(0, input.RowCount, ComputeThreads.Options, item =>
                Encode(weights, isTanh, input, item, itemHidden.AsSpan(item * weights.Hidden, weights.Hidden)));
        }

        return new AutoRecModel(rows, weights, frame, itemHidden);
    }

    // g(W r + mu) of one sparse row: [hidden].
    private static void Encode(AutoencoderWeights weights, bool isTanh, InteractionMatrix input, int row, Span<float> hidden)
    {
        var columns = input.Columns(row);
        var values = input.Values(row);
        weights.EncoderBias.CopyTo(hidden);
        for (var i = 0; i < columns.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(weights.EncoderRow(columns[i]), values[i], hidden, hidden);
        }

        if (isTanh)
        {
            TensorPrimitives.Tanh(hidden, hidden);
        }
        else
        {
            TensorPrimitives.Sigmoid(hidden, hidden);
        }
    }

    // The hidden layer of an item: [hidden].
    private ReadOnlySpan<float> HiddenOf(int item) => itemHidden.AsSpan(item * weights.Hidden, weights.Hidden);

    // Of each user what items are multiplied with: [hidden], and a bias.
    private Func<int, (ReadOnlyMemory<float> Vector, float Bias)> Vectors(Histories histories)
    {
        CheckUsers(histories);
        if (IsByItem)
        {
            return user => (
                weights.Decoder.AsMemory(histories.TrainingRows[user] * weights.Hidden, weights.Hidden),
                weights.DecoderBias[histories.TrainingRows[user]]);
        }

        var input = frame.ToInput(frame.ToValues(histories.Interactions));
        return user =>
        {
            var vector = new float[weights.Hidden];
            Encode(weights, frame.IsCentred, input, user, vector);
            return (vector, 0);
        };
    }

    private void CheckUsers(Histories histories)
    {
        if (IsByItem && histories.TrainingRows.Contains(-1))
        {
            throw new NotSupportedException(
                "I-AutoRec has no weights for users that it was not trained on. Train again with them, or use U-AutoRec ('autorec-user'), "
                + "which folds new users in.");
        }
    }
}
