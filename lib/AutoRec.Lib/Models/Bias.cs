using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of a bias model.</summary>
internal sealed record BiasOptions : IAgeWeighted
{
    /// <summary>
    /// Weight lambda_u of the L2 penalty on user biases against the sum of squared errors over all ratings, in ratings: a user with this
    /// many gets half of the unpenalised bias. Default 15.
    /// </summary>
    [Range(0.0, 1e6)]
    public double UserRegularization { get; init; } = 15;

    /// <summary>
    /// Weight lambda_i of the L2 penalty on item biases against the sum of squared errors over all ratings, in ratings. Default 10.
    /// </summary>
    [Range(0.0, 1e6)]
    public double ItemRegularization { get; init; } = 10;

    /// <summary>Number of epochs, in each of which item and user biases are solved for in turn. Default 10.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 10;

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }
}

/// <summary>
/// Trains a <see cref="BiasModel"/> by least squares: minimises, over the training ratings r_ui,
/// <c>sum (r_ui - mu - b_i - b_u)^2 + lambda_i * sum b_i^2 + lambda_u * sum b_u^2</c> with mu the mean rating. With one kind of bias held
/// fixed the other has a closed form, so the two are solved for in turn, starting from b_u = 0:
/// <c>b_i = sum_u (r_ui - mu - b_u) / (lambda_i + n_i)</c>, then <c>b_u = sum_i (r_ui - mu - b_i) / (lambda_u + n_u)</c>, where n_i and
/// n_u count an item's and a user's ratings. With a half-life each rating counts with its weight by age in all sums. It is deterministic;
/// the seed has no effect.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class BiasTrainer(BiasOptions? options = null) : ITrainer<BiasModel>
{
    private readonly BiasOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => new()
    {
        Bytes = data.MatrixBytes + (sizeof(double) * (data.Users + (3.0 * data.Items))),
        ModelBytes = (double)sizeof(double) * data.Items,
        EpochSeconds = 1e-7 * data.Interactions,
        Epochs = options.Epochs,
    };

    /// <inheritdoc/>
    public BiasModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        if (train.Share is not null)
        {
            return FitTogether(train, context);
        }

        var clock = Stopwatch.StartNew();
        var byItem = train.Transpose();
        var weights = AgeWeights.OfMeanOne(train, options);
        var ages = weights.Length == 0 ? null : AgeWeights.Weighed(train, weights, binarize: true);
        var agesByItem = ages?.Transpose();
        var mean = weights.Length == 0 ? MeanRating.Of(train, context.Group) : MeanRating.Of(train, weights);
        var userBiases = new double[train.RowCount];
        var itemBiases = new double[train.ColumnCount];
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            for (var item = 0; item < itemBiases.Length; item++)
            {
                itemBiases[item] = BiasModel.Solve(byItem, item, mean, userBiases, options.ItemRegularization, agesByItem);
            }

            for (var user = 0; user < userBiases.Length; user++)
            {
                userBiases[user] = BiasModel.Solve(train, user, mean, itemBiases, options.UserRegularization, ages);
            }

            var error = Rmse(train, mean, userBiases, itemBiases);
            var isLast = epoch == options.Epochs;
            context.Progress?.Report(
                new EpochReport(epoch, options.Epochs, error, "rmse", null, null, IsBest: true, isLast, clock.Elapsed));
        }

        return new BiasModel(mean, itemBiases, options.UserRegularization, train.Scale);
    }

    // The same steps where each process has some of the ratings; in the same order, so that the bits are the same.
    private BiasModel FitTogether(InteractionMatrix train, FitContext context)
    {
        if (options.HalfLife is not null)
        {
            throw new NotSupportedException("Ratings of which each rank has a part are not weighted by age. Start one process.");
        }

        var (group, byItem) = (context.Group, train.TransposeOnce());
        var (userCounts, itemCounts) = (train.CountByRow(group), train.CountByColumn(group));
        var mean = MeanRating.Of(train, group);
        var (userBiases, itemBiases) = (new double[train.RowCount], new double[train.ColumnCount]);
        for (var epoch = 1; epoch <= options.Epochs; epoch++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            itemBiases = BiasModel.Biases(
                train.SumColumns(group, (sums, first, end) => BiasModel.Add(byItem, sums, first, end, mean, userBiases)),
                itemCounts,
                options.ItemRegularization);
            userBiases = BiasModel.Biases(
                train.SumRows(group, (sums, first, end) => BiasModel.Add(train, sums, first, end, mean, itemBiases)),
                userCounts,
                options.UserRegularization);
        }

        return new BiasModel(mean, OfAll(itemBiases, train.Share!, group), options.UserRegularization, train.Scale) { Group = group };
    }

    // Each process has the biases of its items, or all have those of all.
    private static double[] OfAll(double[] itemBiases, LogShare share, IProcessGroup group)
    {
        if (!share.IsByUser)
        {
            int[] counts = [.. share.Starts.Zip(share.Starts.Skip(1), (first, end) => end - first)];
            group.AllGather<double>(itemBiases.AsSpan(share.First, share.End - share.First).ToArray(), itemBiases, counts);
        }

        return itemBiases;
    }

    private static double Rmse(InteractionMatrix train, double mean, double[] userBiases, double[] itemBiases)
    {
        var sum = 0.0;
        for (var user = 0; user < train.RowCount; user++)
        {
            for (var i = 0; i < train.RowLength(user); i++)
            {
                var error = train.Values(user)[i] - mean - userBiases[user] - itemBiases[train.Columns(user)[i]];
                sum += error * error;
            }
        }

        return Math.Sqrt(sum / Math.Max(1, train.Count));
    }
}

/// <summary>
/// The baseline of rating prediction: mu + b_i + b_u, the mean rating, how far the item is rated above it, and how far the user rates
/// above it (Koren, "Factor in the Neighbors", TKDD 2010, section 2.1). For an unknown item or a user without a history the prediction is
/// the sum of the other terms. A user's bias is solved for from the history in closed form, so that new users are folded in, and that of a
/// training user with the training history is the fitted one. Predictions are clipped to the scale; scores are not.
/// </summary>
internal sealed class BiasModel : IRatingPredictor, IPersistentModel<BiasModel>
{
    private readonly double mean;
    private readonly double[] itemBiases; // [items]
    private readonly double userRegularization;

    // All that is learned has the precision of a float, as it is saved.
    internal BiasModel(double mean, double[] itemBiases, double userRegularization, RatingScale scale)
    {
        this.mean = (float)mean;
        this.itemBiases = Array.ConvertAll(itemBiases, bias => (double)(float)bias);
        this.userRegularization = (float)userRegularization;
        Scale = scale;
    }

    /// <inheritdoc/>
    public int ItemCount => itemBiases.Length;

    /// <inheritdoc/>
    public RatingScale Scale { get; }

    /// <summary>The processes that have histories together, where each has a part of them.</summary>
    internal IProcessGroup Group { get; init; } = ProcessGroup.Single;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        for (var user = 0; user < histories.Count; user++)
        {
            var userScores = scores.Span.Slice(user * ItemCount, ItemCount);
            var level = Level(histories.Interactions, user);
            for (var item = 0; item < userScores.Length; item++)
            {
                userScores[item] = (float)(level + itemBiases[item]); // Not clipped, which would tie the best items.
            }
        }
    }

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        var levels = Levels(histories.Interactions);
        for (var user = 0; user < histories.Count; user++)
        {
            var userRatings = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
            for (var i = 0; i < userRatings.Length; i++)
            {
                userRatings[i] = Scale.Clip((float)(levels[user] + itemBiases[pairs.Columns(user)[i]]));
            }
        }
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState()
        .Add("mean", [(float)mean])
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("user_regularization", [(float)userRegularization])
        .Add("item_biases", Array.ConvertAll(itemBiases, bias => (float)bias));

    /// <inheritdoc/>
    public static BiasModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var itemBiases = Array.ConvertAll(state.Floats("item_biases"), bias => (double)bias);
        return state.Floats("scale") is [var min, var max] && state.Floats("mean") is [var mean]
            && state.Floats("user_regularization") is [var regularization]
            ? new BiasModel(mean, itemBiases, regularization, new RatingScale(min, max))
            : throw new InvalidDataException("The model's 'scale' must be two numbers, 'mean' and 'user_regularization' one each.");
    }

    /// <summary>
    /// Computes the bias of a row (a user or an item) that minimises the regularised error, given those of the columns, with weights of
    /// ratings if there are any.
    /// </summary>
    internal static double Solve(
        InteractionMatrix ratings, int row, double mean, double[] columnBiases, double regularization, InteractionMatrix? weights = null)
    {
        var columns = ratings.Columns(row);
        var values = ratings.Values(row);
        var (sum, count) = (0.0, 0.0);
        for (var i = 0; i < columns.Length; i++)
        {
            var weight = weights is null ? 1 : weights.Values(row)[i];
            sum += weight * (values[i] - mean - columnBiases[columns[i]]);
            count += weight;
        }

        return columns.IsEmpty ? 0 : sum / (regularization + count);
    }

    /// <summary>Adds, for some rows, how far their ratings lie above the mean and the biases of the columns.</summary>
    internal static void Add(InteractionMatrix ratings, double[] sums, int first, int end, double mean, double[] columnBiases)
    {
        for (var row = first; row < end; row++)
        {
            var columns = ratings.Columns(row);
            var values = ratings.Values(row);
            for (var i = 0; i < columns.Length; i++)
            {
                sums[row] += values[i] - mean - columnBiases[columns[i]];
            }
        }
    }

    /// <summary>The biases that belong to such sums over so many ratings each.</summary>
    internal static double[] Biases(double[] sums, int[] counts, double regularization)
    {
        for (var row = 0; row < sums.Length; row++)
        {
            sums[row] = counts[row] == 0 ? 0 : sums[row] / (regularization + counts[row]);
        }

        return sums;
    }

    /// <summary>
    /// The mean rating plus the bias of each user with these ratings, of which each process may have a part: [users x items].
    /// </summary>
    /// <returns>Those of all users, or of the users that this process has all ratings of.</returns>
    internal double[] Levels(InteractionMatrix ratings)
    {
        var levels = new double[ratings.RowCount];
        if (ratings.Share is { IsByUser: false })
        {
            var sums = ratings.SumRows(Group, (sums, first, end) => Add(ratings, sums, first, end, mean, itemBiases));
            TensorPrimitives.Add(Biases(sums, ratings.CountByRow(Group), userRegularization), mean, levels);
        }
        else
        {
            Parallel.For(0, levels.Length, ComputeThreads.Options, user => levels[user] = Level(ratings, user));
        }

        return levels;
    }

    /// <summary>The mean rating plus the bias of a user with these ratings: [users x items].</summary>
    internal double Level(InteractionMatrix ratings, int user) => mean + Solve(ratings, user, mean, itemBiases, userRegularization);

    /// <summary>How far an item is rated above the mean.</summary>
    internal double ItemBias(int item) => itemBiases[item];
}
