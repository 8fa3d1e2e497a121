using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Distributed;
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

    /// <summary>
    /// Maximum number of rows in a batch. A batch has an eighth of the rows, unless that is more than this or, with torch's engine, more
    /// than 268 million numbers (1 GB) with all their zeros. Default 16384.
    /// </summary>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = AutoRecBatches.MostRows;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 150.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 150;

    /// <summary>
    /// Whether a batch updates only the weights of visible units that it has ratings of (lazy Adam). This is faster, with slightly
    /// different results, where there are far more visible units than ratings in a batch, such as the users of a shop. Requires the sparse
    /// engine. Default false.
    /// </summary>
    public bool LazyAdam { get; init; }

    /// <summary>
    /// Engine that computes the training: sparse, torch, or auto for sparse on the processor and torch on a GPU. Default auto.
    /// </summary>
    public TrainingEngine Engine { get; init; }
}

/// <summary>
/// Trains an AutoRec (Sedhain, Menon, Sanner, Xie: AutoRec: Autoencoders Meet Collaborative Filtering, WWW 2015): one hidden layer,
/// r -> V g(W r + mu) + b with a sigmoid g. Minimises the sum over observed ratings of (r - prediction)^2, plus
/// lambda/2 (|W|^2 + |V|^2) (eq. 2 and 3), in mini-batches of rows, each with its share of the penalty.
/// </summary>
/// <remarks>
/// That is <see cref="Centering.None"/>. By default r are residuals of a baseline, in units of their standard deviation. g is then tanh and
/// there is no b, so that a row that says nothing gets the baseline. The input is more than the residuals: it tells that something was
/// rated, and rows of many ratings are scaled down.
/// </remarks>
/// <param name="rows">I-AutoRec or U-AutoRec.</param>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class AutoRecTrainer(AutoRecRows rows, AutoRecOptions? options = null) : ITrainer<AutoRecModel>
{
    private readonly AutoRecOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var (visible, others) = rows == AutoRecRows.Items ? (data.Users, data.Items) : (data.Items, data.Users);
        var weights = 2.0 * visible * options.HiddenUnits / Math.Max(1, data.Ranks);
        var usesTorch = options.Engine == TrainingEngine.Torch;
        var batch = AutoRecBatches.RowsOf(others, options.BatchSize, usesTorch ? visible : 0);
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
        ArgumentNullException.ThrowIfNull(context);
        CheckGroup(context, options.Engine);
        var isByItem = rows == AutoRecRows.Items;
        if (train.Share is { } share && share.IsByUser != isByItem)
        {
            throw new ArgumentException("A process must have all ratings of its visible units.", nameof(train));
        }

        var frame = RatingFrame.Of(train, options.Center, rows, context.Group);
        var (ofUsers, ofItems) = (train.CountByRow(context.Group), train.CountByColumn(context.Group));
        var count = train.CountOfAll(context.Group);
        var (lengths, ofUnits) = isByItem ? (ofItems, ofUsers) : (ofUsers, ofItems);
        var units = LeafSplit.Of(ofUnits, context.Group);
        train = ToUnits(train, units);
        var matrix = OwnRows(frame.ToValues(train), units); // [rows x visible units of this process]
        var activation = AutoRecModel.ActivationOf(frame);
        var dense = options.Engine.UsesTorch(context.Device) ? units.Count : 0;
        var batchSize = (int)AutoRecBatches.RowsOf(lengths.Count(length => length > 0), options.BatchSize, dense);
        using var training = new NetworkTraining<AutoRecNetwork>(
            lengths,
            context,
            options with { BatchSize = batchSize },
            generator => new AutoRecNetwork(units, options.HiddenUnits, activation, generator),
            isByItem: isByItem,
            savesNetwork: options.Engine.UsesTorch(context.Device));
        if (frame.IsCentred)
        {
            Layers.DropBias(training.Network.OutputBias);
        }

        if (training.UsesTorch && options.LazyAdam)
        {
            throw new NotSupportedException("Lazy Adam requires engine=sparse on the device 'cpu'. Set these, or lazy-adam=false.");
        }

        var cost = new RankCost
        {
            Units = units.Count,
            Rows = lengths.Count(length => length > 0),
            Ratings = count,
            Hidden = options.HiddenUnits,
            IsByItem = isByItem,
            Batch = batchSize,
        };
        var engine = training.Add(AutoencoderEngine.Of(
            training.Network, activation, training.UsesTorch, options.LazyAdam, cost.ExchangesRows(context.Group.Size)));
        if (engine.Weights is not null)
        {
            training.FreeNetwork();
        }

        var density = frame.IsCentred ? RatingFrame.NoiseLevel(ofUsers, ofItems) : (double)count / Math.Max(1, units.Count);
        var lambda = options.Regularization * density;
        var read = frame.ToInput(matrix, lengths);
        var target = new SparseBatch(matrix.ColumnCount);
        var input = frame.IsCentred ? new SparseBatch(matrix.ColumnCount) : target;
        return training.Run(
            "rmse",
            () => frame.Unit * Math.Sqrt(training.Sum(SquaredError) / Math.Max(1, count)),
            engine.CopyWeights,
            weights => AutoRecModel.Of(rows, weights, frame, read),
            new Resumption<AutoencoderWeights>(
                training.State, best => best.SaveTo(new ModelState()), arrays => AutoencoderWeights.Of(arrays, units)),
            view: engine.Weights is null ? null : () => engine.Weights);

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

    // What a training on several processes requires.
    internal static void CheckGroup(FitContext context, TrainingEngine engine)
    {
        if (context.Group.Size > 1 && (context.Start is not null || engine.UsesTorch(context.Device)))
        {
            throw new NotSupportedException(
                "On several ranks AutoRec is trained from its first weights (without --from), by engine=sparse on the device 'cpu'.");
        }
    }

    // Each process gets the ratings of its units, where it does not have all.
    internal static InteractionMatrix ToUnits(InteractionMatrix ratings, LeafSplit units) => ratings.Share is { } share
        ? ratings.MovedTo(share with { Starts = units.StartsOfProcesses }, units.Group)
        : ratings;

    // [users x items] -> [rows x units of this process].
    private InteractionMatrix OwnRows(InteractionMatrix values, LeafSplit units) => rows == AutoRecRows.Users
        ? values.SelectColumns(units.First, units.End)
        : (units.Own == values.RowCount ? values : values.SelectRows([.. Enumerable.Range(units.First, units.Own)])).TransposeOnce();
}

/// <summary>
/// A fitted AutoRec. Predictions are clipped to the scale of the training ratings; scores are not, so that the best items of a user are
/// told apart. Items without a training rating and users without a history get the baseline or, without one, the middle of the scale, as in
/// the paper (section 3).
/// </summary>
/// <remarks>
/// After a training on several processes each of them has the weights of its visible units alone. Then all processes must score, predict
/// and save together.
/// </remarks>
public sealed class AutoRecModel : TrainedModel, IRatingPredictor, ISplitModel, IPersistentModel<AutoRecModel>
{
    private const int UsersAtATime = 1024; // bounds the memory of their hidden layers

    private readonly AutoRecRows rows;
    private readonly AutoencoderWeights weights;
    private readonly RatingFrame frame;
    private readonly HybridRows? hybrid; // Of rows with features, where histories are encoded
    private readonly float[] itemHidden; // I-AutoRec: [items x (hidden + joined)]; else empty
    private readonly Lazy<PackedRows> items; // I-AutoRec: the hidden layer of each and 1; U-AutoRec: weights and bias of each of its own

    private AutoRecModel(
        AutoRecRows rows, AutoencoderWeights weights, RatingFrame frame, HybridRows? hybrid, float[] itemHidden)
    {
        this.hybrid = hybrid;
        this.rows = rows;
        this.weights = weights;
        this.frame = frame;
        this.itemHidden = itemHidden;
        items = new(() => PackedRows.Of(IsByItem ? ItemCount : Units.Own, weights.Code + 1, (item, row) =>
        {
            (IsByItem ? HiddenOf(item) : weights.Decoder[item]).CopyTo(row);
            row[^1] = IsByItem ? 1 : weights.DecoderBias[item];
        }));
    }

    /// <inheritdoc/>
    public override int ItemCount => frame.ItemCount;

    internal AutoencoderWeights Weights => weights;

    bool ISplitModel.IsSplit => Units.Group.Size > 1;

    private LeafSplit Units => weights.Units;

    private bool IsByItem => rows == AutoRecRows.Items;

    /// <inheritdoc/>
    public RatingScale Scale => frame.Scale;

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        CheckUsers(histories);
        var vectors = IsByItem ? UserWeights(histories) : UserCodes(histories);
        if (IsByItem || Units.Group.Size == 1)
        {
            items.Value.Multiply(vectors, histories.Count, scores);
        }
        else
        {
            ScoreOwnItems(vectors, histories.Count, scores);
        }

        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
            frame.ToRatings(histories, user, scores.Span.Slice(user * ItemCount, ItemCount)));
    }

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        CheckUsers(histories);
        if (histories.Interactions.Share is not null)
        {
            // Each process predicts for its units, and gives the ratings to those that ask.
            var (own, asked) = (AutoRecTrainer.ToUnits(histories.Interactions, Units), AutoRecTrainer.ToUnits(pairs, Units));
            var predicted = new float[asked.Count];
            PredictOwn(histories.With(own), asked, predicted);
            asked.WithValues(predicted, Scale).MovedTo(pairs.Share!, Units.Group).Values().CopyTo(ratings.Span);
            return;
        }

        PredictOwn(histories, pairs, ratings);
        if (Units.Group.Size > 1)
        {
            var unitOf = pairs.Columns().ToArray();
            for (var user = 0; IsByItem && user < pairs.RowCount; user++)
            {
                unitOf.AsSpan(pairs.Offsets[user], pairs.RowLength(user)).Fill(histories.TrainingRows[user]);
            }

            Units.Exchange(ratings.Span, unitOf);
        }
    }

    /// <inheritdoc/>
    public ModelState Save()
    {
        var state = weights.SaveTo(frame.SaveTo(new ModelState().Add("rows", [(int)rows]))
            .Add("item_hidden", itemHidden, itemHidden.Length / weights.Code, weights.Code));
        return hybrid?.SaveTo(state) ?? state;
    }

    /// <inheritdoc/>
    public static AutoRecModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (weights, frame) = (AutoencoderWeights.Of(state), RatingFrame.Load(state));
        var hybrid = HybridRows.Load(state, frame);
        return new AutoRecModel((AutoRecRows)state.Ints("rows")[0], weights, frame, hybrid, state.Floats("item_hidden"));
    }

    /// <summary>The g of a frame: the paper's sigmoid, or tanh, which makes nothing of nothing.</summary>
    internal static Activation ActivationOf(RatingFrame frame) => frame.IsCentred ? Activation.Tanh : Activation.Sigmoid;

    /// <summary>Makes the model with these weights.</summary>
    /// <param name="rows">I-AutoRec or U-AutoRec.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="frame">What the weights are fitted to.</param>
    /// <param name="input">
    /// The rows of the training data as the network reads them: [rows x (visible units of this process + joined)].
    /// </param>
    /// <param name="hybrid">What joins features to rows; null for none. Default null.</param>
    internal static AutoRecModel Of(
        AutoRecRows rows, AutoencoderWeights weights, RatingFrame frame, InteractionMatrix input, HybridRows? hybrid = null) =>
        rows == AutoRecRows.Items
            ? new(rows, weights, frame, hybrid: null, weights.Encode(input, hybrid is null ? ActivationOf(frame) : HybridRows.Activation))
            : new(rows, weights, frame, hybrid, itemHidden: []);

    // The hidden layer of users with their joined features: [users x (hidden + joined)].
    private float[] Encode(Histories histories, ReadOnlySpan<double> levels, ReadOnlySpan<int> lengths)
    {
        var values = frame.ToValues(histories.Interactions, levels);
        if (hybrid is null)
        {
            return weights.Encode(frame.ToInput(values, lengths).SelectColumns(Units.First, Units.End), ActivationOf(frame));
        }

        var (centred, means) = hybrid.Centre(values);
        var read = HybridRows.WithMeans(hybrid.Read(centred, histories.TrainingRows, Units), means);
        return weights.Encode(read, HybridRows.Activation);
    }

    // U-AutoRec, what weights and biases of items are multiplied with: [users x (hidden + joined + 1)].
    private float[] UserCodes(Histories histories)
    {
        var (width, codes) = (weights.Code, Encode(histories, frame.Levels(histories.Interactions), lengths: []));
        var vectors = new float[Sizes.Of("users x numbers of a vector", histories.Count, width + 1)];
        for (var user = 0; user < histories.Count; user++)
        {
            codes.AsSpan(user * width, width).CopyTo(vectors.AsSpan(user * (width + 1)));
            vectors[((user + 1) * (width + 1)) - 1] = 1;
        }

        return vectors;
    }

    // I-AutoRec, what hidden layers of items are multiplied with: [users x (hidden + joined + 1)].
    private float[] UserWeights(Histories histories)
    {
        var width = weights.Code + 1;
        var vectors = new float[Sizes.Of("users x numbers of a vector", histories.Count, width)];
        var unitOf = new int[Units.Group.Size == 1 ? 0 : vectors.Length];
        for (var user = 0; user < histories.Count; user++)
        {
            var unit = histories.TrainingRows[user];
            if (Units.Has(unit))
            {
                weights.Decoder[unit - Units.First].CopyTo(vectors.AsSpan(user * width));
                vectors[((user + 1) * width) - 1] = weights.DecoderBias[unit - Units.First];
            }

            if (unitOf.Length > 0)
            {
                unitOf.AsSpan(user * width, width).Fill(unit);
            }
        }

        Units.Exchange(vectors, unitOf);
        return vectors;
    }

    // Each process scores its own items for all users.
    private void ScoreOwnItems(float[] vectors, int users, Memory<float> scores)
    {
        var own = new float[Sizes.Of("users x items", users, Units.Own)];
        items.Value.Multiply(vectors, users, own);
        var unitOf = new int[scores.Length];
        for (var user = 0; user < users; user++)
        {
            own.AsSpan(user * Units.Own, Units.Own).CopyTo(scores.Span.Slice((user * ItemCount) + Units.First, Units.Own));
            for (var item = 0; item < ItemCount; item++)
            {
                unitOf[(user * ItemCount) + item] = item;
            }
        }

        Units.Exchange(scores.Span, unitOf);
    }

    // The ratings that this process has the weights for.
    private void PredictOwn(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        var levels = frame.Levels(histories.Interactions);
        var lengths = histories.Interactions.CountByRow(Units.Group);
        for (var start = 0; start < histories.Count; start += UsersAtATime)
        {
            var (first, count) = (start, Math.Min(UsersAtATime, histories.Count - start));
            var codes = IsByItem ? [] : Encode(
                histories.Select([.. Enumerable.Range(first, count)]),
                levels.AsSpan(first, count),
                lengths.AsSpan(first, count));
            Parallel.For(first, first + count, ComputeThreads.Options, user =>
            {
                var code = IsByItem ? [] : codes.AsSpan((user - first) * weights.Code, weights.Code);
                var ofUser = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
                Predict(histories.TrainingRows[user], levels[user], lengths[user] == 0, code, pairs.Columns(user), ofUser);
            });
        }
    }

    // The ratings of a user that this process has the weights for.
    private void Predict(
        int row, double level, bool isCold, ReadOnlySpan<float> code, ReadOnlySpan<int> asked, Span<float> ratings)
    {
        for (var i = 0; i < asked.Length; i++)
        {
            var item = asked[i];
            var unit = IsByItem ? row : item;
            if (!Units.Has(unit))
            {
                continue;
            }

            var own = unit - Units.First;
            var hidden = IsByItem ? HiddenOf(item) : code;
            ratings[i] = Scale.Clip(isCold || !frame.IsKnown(item)
                ? frame.ColdRating(level, item)
                : frame.ToRating(level, item, TensorPrimitives.Dot(hidden, weights.Decoder[own]) + weights.DecoderBias[own]));
        }
    }

    // The hidden layer of an item with its joined features: [hidden + joined].
    private ReadOnlySpan<float> HiddenOf(int item) => itemHidden.AsSpan(item * weights.Code, weights.Code);

    private void CheckUsers(Histories histories)
    {
        if (IsByItem && histories.TrainingRows.Contains(-1))
        {
            throw new NotSupportedException(
                "I-AutoRec has no weights for users that it was not trained on. Train again with them, or use U-AutoRec ('autorec-user'), "
                + "which folds new users in.");
        }

        if (IsByItem && Units.Group.Size == 1 && !histories.TrainingRows.ToArray().All(Units.Has))
        {
            throw new NotSupportedException("The weights of a user are not among those that were read.");
        }
    }
}
