using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of a biased matrix factorisation.</summary>
internal sealed record BiasedMfOptions : IAgeWeighted
{
    /// <summary>Number of latent factors, f in the paper. Default 100.</summary>
    [Range(1, 10_000)]
    public int LatentFactors { get; init; } = 100;

    /// <summary>
    /// Weight lambda of the L2 penalty on factors and biases against the sum of squared errors over all ratings; as in the paper's
    /// equation the penalty of a user or an item counts once for each of its ratings. Default 0.06.
    /// </summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; init; } = 0.06;

    /// <summary>Step size gamma of gradient descent in the first epoch. Default 0.01.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.01;

    /// <summary>Factor of the learning rate after each epoch. Default 0.98.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 0.98;

    /// <summary>
    /// Standard deviation of the first factors. With 0.1, the value of the Surprise library, the noise of a hundred random factors costs
    /// 0.006 of RMSE on MovieLens 1M and 0.013 on MovieLens 100K. Default 0.01.
    /// </summary>
    [Range(1e-6, 10.0)]
    public double InitialDeviation { get; init; } = 0.01;

    /// <summary>Maximum number of epochs; early stopping may end training sooner. Default 100.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }
}

/// <summary>
/// Trains a matrix factorisation with biases by stochastic gradient descent (Funk 2006; Koren, Bell and Volinsky, "Matrix Factorization
/// Techniques for Recommender Systems", Computer 2009, eq. 5; "SVD" in the Surprise library). Minimises, over the training ratings,
/// <c>sum (e^2 + lambda (b_u^2 + b_i^2 + |p_u|^2 + |q_i|^2))</c> with <c>e = r - mu - b_u - b_i - p_u.q_i</c>. Each rating, in an order
/// that is drawn anew for each epoch, moves <c>b += gamma (e - lambda b)</c>, <c>p_u += gamma (e q_i - lambda p_u)</c> and
/// <c>q_i += gamma (e p_u - lambda q_i)</c>; with a half-life gamma is multiplied by the rating's weight by age. The seed alone decides:
/// one thread computes or, from 4 million ratings on, several on blocks of users and items that have nothing in common
/// (<see cref="BlockedOrder"/>).
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <param name="blocksFrom">The ratings from which on they are taken in blocks.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class BiasedMfTrainer(BiasedMfOptions? options = null, int blocksFrom = 4_000_000) : ITrainer<BiasedMfModel>
{
    private const int RatingsPerCheck = 1 << 20; // For a cancellation.
    private const int Blocks = 16; // of users, and of items

    private readonly BiasedMfOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        // Weights, the copy that is validated, and the best.
        const int Copies = 3;
        var rows = (double)data.Users + data.Items;
        var weights = rows * (options.LatentFactors + 1);
        return new FitCost
        {
            Bytes = (sizeof(float) * Copies * weights) + (2 * data.MatrixBytes) + (16.0 * data.Users),
            ModelBytes = sizeof(float) * weights,
            EpochSeconds = data.Interactions * (2e-7 + (5e-9 * options.LatentFactors)),
            Epochs = options.Epochs,
            LongestArray = Math.Max(data.Users, data.Items) * (double)options.LatentFactors,
            Option = new("latent-factors", options.LatentFactors, factors =>
                new BiasedMfTrainer(options with { LatentFactors = factors }).Estimate(data)),
        };
    }

    /// <inheritdoc/>
    public BiasedMfModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var random = new Random(context.Seed);
        var units = RatingUnits.Of(train.Scale);
        var values = units.ToValues(train);
        var known = KnownUsers.Of(train);
        var ages = AgeWeights.Of(train, options);
        var weights = BiasedMfWeights.Random(values, options.LatentFactors, options.InitialDeviation, random, ages);
        if (context.Start is { } start)
        {
            weights.StartWith(start, units);
        }

        var users = train.RowOfEachEntry();
        var order = new ShuffledOrder([.. Enumerable.Range(0, train.Count)], random);
        var state = new TrainingState();
        order.AddTo(state);
        weights.AddTo(state);
        var blocks = train.Count < blocksFrom ? null : BlockedOrder.Of(train, Blocks);
        return EpochLoop.Run(
            new EpochTraining<BiasedMfWeights, BiasedMfModel>
            {
                Epochs = options.Epochs,
                Metric = "rmse",
                TrainEpoch = Rmse,
                Snapshot = _ => weights.Copy(),
                ToModel = copy => new BiasedMfModel(copy.ToRatings(units), known, train.Scale, options.Regularization),
                Resumption = new(state, copy => copy.SaveTo(new ModelState()), arrays => BiasedMfWeights.Of(arrays, weights.Mean)),
            },
            context);

        double Rmse(int epoch, IProgress<WorkReport>? progress)
        {
            var steps = new WorkSteps(progress, "", train.Count, "ratings");
            var rate = (float)LearningRates.Decay(options.LearningRate, options.LearningRateDecay, epoch);
            var squaredErrors = blocks is null
                ? order.SumOverBatches(RatingsPerCheck, context.Cancellation, batch => Sum(batch))
                : blocks.Sum(order.Shuffle(), users, train.Columns(), context.Cancellation, Sum);
            return units.Size * Math.Sqrt(squaredErrors / Math.Max(1, train.Count));

            double Sum(ArraySegment<int> batch)
            {
                var sum = SquaredErrors(batch, rate);
                steps.Add(batch.Count);
                return sum;
            }
        }

        double SquaredErrors(ReadOnlySpan<int> batch, float rate)
        {
            var items = train.Columns();
            var ratings = values.Values();
            var sum = 0.0;
            foreach (var entry in batch)
            {
                var ofEntry = ages.Length == 0 ? rate : rate * ages[entry];
                var error = weights.Step(users[entry], items[entry], ratings[entry], ofEntry, (float)options.Regularization);
                sum += (double)error * error;
            }

            return sum;
        }
    }
}

/// <summary>
/// A fitted biased matrix factorisation: mu + b_u + b_i + p_u.q_i. New users, and those whose history is not the one of training, are
/// folded in: b_u and p_u minimise the training objective over the history with the items held fixed (a ridge regression). For an unknown
/// item or a user without a history the prediction is the sum of the other terms. Predictions are clipped to the scale of the training
/// ratings; scores are not.
/// </summary>
internal sealed class BiasedMfModel : TrainedModel, IRatingPredictor, IPersistentModel<BiasedMfModel>
{
    private readonly BiasedMfWeights weights;
    private readonly KnownUsers known;
    private readonly float regularization;
    private readonly Lazy<PackedRows> items; // q_i, 1, b_i

    internal BiasedMfModel(BiasedMfWeights weights, KnownUsers known, RatingScale scale, double regularization)
    {
        this.weights = weights;
        this.known = known;
        items = new(() => PackedRows.Of(ItemCount, weights.Factors + 2, (item, row) =>
        {
            ItemFactors(item).CopyTo(row);
            (row[^2], row[^1]) = (1, weights.ItemBiases[item]);
        }));
        this.regularization = (float)regularization;
        Scale = scale;
    }

    /// <inheritdoc/>
    public override int ItemCount => weights.ItemBiases.Length;

    /// <inheritdoc/>
    public RatingScale Scale { get; }

    /// <summary>Gets the latent factors of an item: [k].</summary>
    public ReadOnlySpan<float> ItemFactors(int item) => weights.ItemFactors.AsSpan(item * weights.Factors, weights.Factors);

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        items.Value.Multiply(
            histories.Count,
            (user, vector) =>
            {
                var (bias, factors) = UserSide(histories, user);
                factors.CopyTo(vector);
                (vector[^2], vector[^1]) = (weights.Mean + bias, 1);
            },
            scores);
    }

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var (bias, factors) = UserSide(histories, user);
            var row = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Scale.Clip(Estimate(bias, factors, pairs.Columns(user)[i]));
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => known.SaveTo(weights.SaveTo(new ModelState()
        .Add("mean", [weights.Mean])
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("regularization", [regularization])));

    /// <inheritdoc/>
    public static BiasedMfModel Load(ModelState state) =>
        state.Floats("scale") is [var min, var max] && state.Floats("mean") is [var mean]
        && state.Floats("regularization") is [var regularization]
            ? new BiasedMfModel(
                BiasedMfWeights.Of(state, mean),
                KnownUsers.Load(state, state.Size("user_factors").Rows),
                new RatingScale(min, max),
                regularization)
            : throw new InvalidDataException("The model's 'scale' must be two numbers, 'mean' and 'regularization' one each.");

    private float Estimate(float bias, float[] factors, int item) =>
        weights.Mean + bias + weights.ItemBiases[item] + TensorPrimitives.Dot(ItemFactors(item), factors);

    private (float Bias, float[] Factors) UserSide(Histories histories, int user) =>
        known.RowOf(histories, user) is >= 0 and var row
            ? (weights.UserBiases[row], weights.UserFactors[(row * weights.Factors)..((row + 1) * weights.Factors)])
            : FoldIn(histories.Interactions.Columns(user), histories.Interactions.Values(user));

    /// <summary>Computes the bias and the factors of a user that minimise the objective over these ratings.</summary>
    internal (float Bias, float[] Factors) FoldIn(ReadOnlySpan<int> items, ReadOnlySpan<float> ratings)
    {
        var k = weights.Factors;
        if (items.IsEmpty)
        {
            return (0, new float[k]);
        }

        // Rows [q_i, 1] and what they are to explain.
        var n = k + 1;
        var rows = new double[Sizes.Of("items of a history x factors", items.Length, n)];
        var solution = new double[n];
        for (var i = 0; i < items.Length; i++)
        {
            var row = rows.AsSpan(i * n, n);
            TensorPrimitives.ConvertTruncating<float, double>(ItemFactors(items[i]), row);
            row[k] = 1;
            TensorPrimitives.MultiplyAdd(row, (double)ratings[i] - weights.Mean - weights.ItemBiases[items[i]], solution, solution);
        }

        var matrix = Numerics.Factors.Gram(rows, n);
        for (var i = 0; i < n; i++)
        {
            // An unpenalised model still has one solution.
            matrix[(i * n) + i] += Math.Max(regularization, 1e-6f) * (double)items.Length;
        }

        Cholesky.Factor(matrix, n);
        Cholesky.Solve(matrix, solution);
        return ((float)solution[k], Array.ConvertAll(solution[..k], value => (float)value));
    }
}
