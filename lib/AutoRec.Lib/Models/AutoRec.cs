using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Networks;
using AutoRec.Models.Rows;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The rows that an AutoRec learns from.</summary>
public enum AutoRecRows
{
    /// <summary>I-AutoRec: the ratings of one item by all users. The better of the two; new users cannot be folded in.</summary>
    Items,

    /// <summary>U-AutoRec: the ratings of one user of all items. New users are folded in.</summary>
    Users,
}

/// <summary>The options of an AutoRec.</summary>
public sealed record AutoRecOptions : INetworkOptions
{
    /// <summary>Units of the hidden layer, k in the paper. Default 500.</summary>
    [Range(1, 100_000)]
    public int HiddenUnits { get; init; } = 500;

    /// <summary>
    /// Weight of the L2 penalty against the sum of squared errors over all ratings, for each rating of an average visible unit (a user in
    /// I-AutoRec, an item in U-AutoRec): the paper's lambda divided by the mean number of ratings of a visible unit, so that one default
    /// serves dense and sparse data. On 90 % of MovieLens 1M the default is a lambda of 224 in I-AutoRec; U-AutoRec has 0.7
    /// (<see cref="For"/>), there a lambda of 170. Default 1.5.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Regularization { get; init; } = 1.5;

    /// <summary>Adam's learning rate in the first epoch. Default 0.004.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.004;

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

    /// <summary>Gets the defaults for item rows or for user rows.</summary>
    public static AutoRecOptions For(AutoRecRows rows) => rows == AutoRecRows.Items ? new() : new() { Regularization = 0.7 };
}

/// <summary>
/// Trains an AutoRec (Sedhain, Menon, Sanner, Xie: AutoRec: Autoencoders Meet Collaborative Filtering, WWW 2015): one hidden layer,
/// r -> V g(W r + mu) + b with a sigmoid g. Minimises the sum over observed ratings of (r - prediction)^2, plus
/// lambda/2 (|W|^2 + |V|^2) (eq. 2 and 3), in mini-batches of rows, each with its share of the penalty.
/// </summary>
/// <param name="rows">I-AutoRec or U-AutoRec.</param>
/// <param name="options">The options; null for the defaults of these rows.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class AutoRecTrainer(AutoRecRows rows, AutoRecOptions? options = null) : ITrainer<AutoRecModel>
{
    // With fewer updates an epoch the first epochs barely move, and early stopping takes them for the end.
    private const int LeastBatchesPerEpoch = 8;

    private readonly AutoRecOptions options = OptionRanges.Checked(options ?? AutoRecOptions.For(rows));

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">Lazy Adam is requested without the sparse engine.</exception>
    public AutoRecModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        var matrix = rows == AutoRecRows.Items ? train.Transpose() : train; // [rows x visible]
        var trained = Enumerable.Range(0, matrix.RowCount).Count(row => matrix.RowLength(row) > 0);
        var batchSize = Math.Clamp(trained / LeastBatchesPerEpoch, 1, options.BatchSize);
        using var training = new NetworkTraining<AutoRecNetwork>(
            matrix,
            context,
            options with { BatchSize = batchSize },
            generator => new AutoRecNetwork(matrix.ColumnCount, options.HiddenUnits, generator));
        if (training.UsesTorch && options.LazyAdam)
        {
            throw new NotSupportedException("Lazy Adam requires engine=sparse on the device 'cpu'. Set these, or lazy-adam=false.");
        }

        var engine = training.Add(AutoencoderEngine.Of(training.Network, Activation.Sigmoid, training.UsesTorch, options.LazyAdam));
        var lambda = options.Regularization * matrix.Count / Math.Max(1, matrix.ColumnCount);
        var ratings = new SparseBatch(matrix.ColumnCount);
        return training.Run(
            "rmse",
            () => Math.Sqrt(training.Sum(SquaredError) / Math.Max(1, matrix.Count)),
            engine.CopyWeights,
            weights => new AutoRecModel(rows, weights, train),
            new Resumption<AutoencoderWeights>(training.State, best => best.SaveTo(new ModelState()), AutoencoderWeights.Of));

        double SquaredError(int[] batch)
        {
            ratings.Fill(matrix, batch);
            return engine.Step(ratings, ratings, weights: default, training.LearningRate, lambda * batch.Length / training.RowCount);
        }
    }
}

/// <summary>
/// A fitted AutoRec. Predictions are clipped to the scale of the training ratings; scores are not, so that the best items of a user are
/// told apart. Items without a training rating and users without a history get the middle of the scale, as in the paper (section 3).
/// </summary>
public sealed class AutoRecModel : TrainedModel, IRatingPredictor, IPersistentModel<AutoRecModel>
{
    private readonly AutoRecRows rows;
    private readonly AutoencoderWeights weights;
    private readonly KnownItems items;
    private readonly float[] itemHidden; // I-AutoRec: [items x hidden]; else empty

    internal AutoRecModel(AutoRecRows rows, AutoencoderWeights weights, InteractionMatrix train)
        : this(rows, weights, KnownItems.Of(train), rows == AutoRecRows.Items ? HiddenOf(train.Transpose(), weights) : [])
    {
    }

    private AutoRecModel(AutoRecRows rows, AutoencoderWeights weights, KnownItems items, float[] itemHidden)
    {
        this.rows = rows;
        this.weights = weights;
        this.items = items;
        this.itemHidden = itemHidden;
    }

    /// <inheritdoc/>
    public override int ItemCount => items.Count;

    internal AutoencoderWeights Weights => weights;

    /// <inheritdoc/>
    public RatingScale Scale => items.Scale;

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
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
            var asked = pairs.Columns(user);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Scale.Clip(Estimate(context, asked[i]));
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => weights.SaveTo(items.SaveTo(new ModelState().Add("rows", [(int)rows]))
        .Add("item_hidden", itemHidden, itemHidden.Length / weights.Hidden, weights.Hidden));

    /// <inheritdoc/>
    public static AutoRecModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var weights = AutoencoderWeights.Of(state);
        return new AutoRecModel((AutoRecRows)state.Ints("rows")[0], weights, KnownItems.Load(state), state.Floats("item_hidden"));
    }

    private static float[] HiddenOf(InteractionMatrix byItem, AutoencoderWeights weights)
    {
        var hidden = new float[Sizes.Of("items x hidden units", byItem.RowCount, weights.Hidden)];
        Parallel.For(0, byItem.RowCount, ComputeThreads.Options, item =>
            Encode(weights, byItem.Columns(item), byItem.Values(item), hidden.AsSpan(item * weights.Hidden, weights.Hidden)));
        return hidden;
    }

    // g(W r + mu) of one sparse row: [hidden].
    private static void Encode(AutoencoderWeights weights, ReadOnlySpan<int> columns, ReadOnlySpan<float> values, Span<float> hidden)
    {
        weights.EncoderBias.CopyTo(hidden);
        for (var i = 0; i < columns.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(weights.EncoderRow(columns[i]), values[i], hidden, hidden);
        }

        TensorPrimitives.Sigmoid(hidden, hidden);
    }

    // The user's part of a prediction: V's row and bias in I-AutoRec, the hidden layer in U-AutoRec; null for a user without a history.
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
        Encode(weights, histories.Interactions.Columns(user), histories.Interactions.Values(user), hidden);
        return (hidden, 0);
    }

    private float Estimate((float[]? Vector, float Bias) user, int item)
    {
        if (user.Vector is null || !items[item])
        {
            return Scale.Middle;
        }

        return rows == AutoRecRows.Items
            ? TensorPrimitives.Dot<float>(itemHidden.AsSpan(item * weights.Hidden, weights.Hidden), user.Vector) + user.Bias
            : TensorPrimitives.Dot<float>(weights.DecoderRow(item), user.Vector) + weights.DecoderBias[item];
    }

    private void CheckUsers(Histories histories)
    {
        if (rows == AutoRecRows.Items && histories.TrainingRows.Contains(-1))
        {
            throw new NotSupportedException(
                "I-AutoRec has no weights for users that it was not trained on. Train again with them, or use U-AutoRec ('autorec-user'), "
                + "which folds new users in.");
        }
    }
}
