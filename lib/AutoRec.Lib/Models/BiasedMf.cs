using System.ComponentModel.DataAnnotations;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>What a biased matrix factorisation learns.</summary>
public sealed record BiasedMfOptions
{
    /// <summary>Latent factors, f in the paper. Default 100.</summary>
    [Range(1, 10_000)]
    public int LatentFactors { get; init; } = 100;

    /// <summary>The weight lambda of the L2 penalty on factors and biases, for each rating. Default 0.06.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; init; } = 0.06;

    /// <summary>How far a rating moves factors and biases in the first epoch, gamma in the paper. Default 0.01.</summary>
    [Range(1e-7, 1.0)]
    public double LearningRate { get; init; } = 0.01;

    /// <summary>What the learning rate is multiplied by after each epoch. Default 0.98.</summary>
    [Range(0.5, 1.0)]
    public double LearningRateDecay { get; init; } = 0.98;

    /// <summary>
    /// The standard deviation of factors at the start. Default 0.01: with 0.1, the Surprise library's, the noise of a hundred random factors
    /// costs 0.006 of RMSE on MovieLens 1M and 0.013 on MovieLens 100K.
    /// </summary>
    [Range(1e-6, 10.0)]
    public double InitialDeviation { get; init; } = 0.01;

    /// <summary>The most epochs; early stopping may end sooner. Default 100.</summary>
    [Range(1, 100_000)]
    public int Epochs { get; init; } = 100;
}

/// <summary>
/// Matrix factorisation with biases, fitted by stochastic gradient descent (Funk 2006; Koren, Bell and Volinsky, "Matrix
/// Factorization Techniques for Recommender Systems", Computer 2009, eq. 5; "SVD" in the Surprise library). Minimises, over
/// the training ratings, <c>sum (e^2 + lambda (b_u^2 + b_i^2 + |p_u|^2 + |q_i|^2))</c> with <c>e = r - mu - b_u - b_i - p_u.q_i</c>. Each
/// rating, in an order drawn anew for each epoch, moves <c>b += gamma (e - lambda b)</c>, <c>p_u += gamma (e q_i - lambda p_u)</c>
/// and <c>q_i += gamma (e p_u - lambda q_i)</c>. One thread computes, so that the seed alone decides.
/// </summary>
/// <param name="options">What to learn; null takes the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class BiasedMfTrainer(BiasedMfOptions? options = null) : ITrainer<BiasedMfModel>
{
    private readonly BiasedMfOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public BiasedMfModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var random = new Random(context.Seed);
        var weights = BiasedMfWeights.Random(train, options, random);
        var users = new int[train.Count];
        for (var user = 0; user < train.RowCount; user++)
        {
            users.AsSpan(train.Offsets[user], train.RowLength(user)).Fill(user);
        }

        var order = new int[train.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "rmse",
            epoch =>
            {
                random.Shuffle(order);
                var rate = (float)(options.LearningRate * Math.Pow(options.LearningRateDecay, epoch - 1));
                var items = train.Columns();
                var ratings = train.Values();
                var squaredError = 0.0;
                for (var i = 0; i < order.Length; i++)
                {
                    if (i % (1 << 20) == 0)
                    {
                        context.Cancellation.ThrowIfCancellationRequested();
                    }

                    var error = weights.Step(users[order[i]], items[order[i]], ratings[order[i]], rate, (float)options.Regularization);
                    squaredError += (double)error * error;
                }

                return Math.Sqrt(squaredError / Math.Max(1, order.Length));
            },
            weights.Copy,
            state => new BiasedMfModel(state, train.Scale, options.Regularization, []),
            new Resumption<BiasedMfWeights>(
                new TrainingState().Add("order", order, random).Add("user_biases", weights.UserBiases).Add("item_biases", weights.ItemBiases)
                    .Add("user_factors", weights.UserFactors).Add("item_factors", weights.ItemFactors),
                best => new ModelState().Add("user_biases", best.UserBiases).Add("item_biases", best.ItemBiases)
                    .Add("user_factors", best.UserFactors).Add("item_factors", best.ItemFactors),
                arrays => new BiasedMfWeights(
                    weights.Mean, arrays.Floats("user_biases"), arrays.Floats("item_biases"), arrays.Floats("user_factors"), arrays.Floats("item_factors"))));
        return new BiasedMfModel(best, train.Scale, options.Regularization, history);
    }
}

/// <summary>What a biased matrix factorisation has learned. Factors are [users x k] and [items x k].</summary>
internal sealed record BiasedMfWeights(float Mean, float[] UserBiases, float[] ItemBiases, float[] UserFactors, float[] ItemFactors)
{
    public int Factors => ItemBiases.Length == 0 ? 0 : ItemFactors.Length / ItemBiases.Length;

    // Rows without a rating stay at 0, so that they say nothing.
    public static BiasedMfWeights Random(InteractionMatrix train, BiasedMfOptions options, Random random) => new(
        train.Count == 0 ? train.Scale.Middle : (float)MeanOf(train.Values()),
        new float[train.RowCount],
        new float[train.ColumnCount],
        FactorsOf(train, options, random),
        FactorsOf(train.Transpose(), options, random));

    public BiasedMfWeights Copy() => new(Mean, [.. UserBiases], [.. ItemBiases], [.. UserFactors], [.. ItemFactors]);

    /// <summary>Moves biases and factors towards a rating; returns its error before.</summary>
    public float Step(int user, int item, float rating, float rate, float regularization)
    {
        var p = UserFactors.AsSpan(user * Factors, Factors);
        var q = ItemFactors.AsSpan(item * Factors, Factors);
        var error = rating - Mean - UserBiases[user] - ItemBiases[item] - TensorPrimitives.Dot<float>(p, q);
        UserBiases[user] += rate * (error - (regularization * UserBiases[user]));
        ItemBiases[item] += rate * (error - (regularization * ItemBiases[item]));

        // p + rate (error q - lambda p) and likewise q, both from the old values, a vector register at a time.
        var keep = 1 - (rate * regularization);
        var move = rate * error;
        var ps = MemoryMarshal.Cast<float, Vector<float>>(p);
        var qs = MemoryMarshal.Cast<float, Vector<float>>(q);
        for (var i = 0; i < ps.Length; i++)
        {
            (ps[i], qs[i]) = ((ps[i] * keep) + (qs[i] * move), (qs[i] * keep) + (ps[i] * move));
        }

        for (var i = ps.Length * Vector<float>.Count; i < p.Length; i++)
        {
            (p[i], q[i]) = ((p[i] * keep) + (q[i] * move), (q[i] * keep) + (p[i] * move));
        }

        return error;
    }

    private static float[] FactorsOf(InteractionMatrix rows, BiasedMfOptions options, Random random)
    {
        var k = options.LatentFactors;
        var factors = Array.ConvertAll(Numerics.Factors.Normal(random, rows.RowCount * k, options.InitialDeviation), value => (float)value);
        for (var row = 0; row < rows.RowCount; row++)
        {
            if (rows.RowLength(row) == 0)
            {
                factors.AsSpan(row * k, k).Clear();
            }
        }

        return factors;
    }

    private static double MeanOf(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}

/// <summary>
/// A fitted biased matrix factorisation: mu + b_u + b_i + p_u.q_i. New users are folded in: b_u and p_u minimise the training
/// objective over their history, the items held fixed (a ridge regression). Of an unknown item, or a user without a history,
/// only the other terms remain. Predictions are clipped to the scale of the training ratings; scores are not.
/// </summary>
public sealed class BiasedMfModel : IRatingPredictor, IPersistentModel<BiasedMfModel>
{
    private readonly BiasedMfWeights weights;
    private readonly float regularization;

    internal BiasedMfModel(BiasedMfWeights weights, RatingScale scale, double regularization, IReadOnlyList<EpochReport> history)
    {
        this.weights = weights;
        this.regularization = (float)regularization;
        Scale = scale;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => weights.ItemBiases.Length;

    /// <inheritdoc/>
    public RatingScale Scale { get; }

    /// <summary>What happened in each epoch of the training.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    /// <summary>The latent factors of an item: [k].</summary>
    public ReadOnlySpan<float> ItemFactors(int item) => weights.ItemFactors.AsSpan(item * weights.Factors, weights.Factors);

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var (bias, factors) = UserSide(histories, user);
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            for (var item = 0; item < row.Length; item++)
            {
                row[item] = Estimate(bias, factors, item);
            }
        });
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
    public ModelState Save() => new ModelState()
        .Add("mean", [weights.Mean])
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("regularization", [regularization])
        .Add("user_biases", weights.UserBiases)
        .Add("item_biases", weights.ItemBiases)
        .Add("user_factors", weights.UserFactors, weights.UserBiases.Length, weights.Factors)
        .Add("item_factors", weights.ItemFactors, weights.ItemBiases.Length, weights.Factors);

    /// <inheritdoc/>
    public static BiasedMfModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Floats("scale") is [var min, var max] && state.Floats("mean") is [var mean] && state.Floats("regularization") is [var regularization]
            ? new BiasedMfModel(
                new BiasedMfWeights(mean, state.Floats("user_biases"), state.Floats("item_biases"), state.Floats("user_factors"), state.Floats("item_factors")),
                new RatingScale(min, max),
                regularization,
                [])
            : throw new InvalidDataException("The model's 'scale' is two numbers, 'mean' and 'regularization' are one each.");
    }

    private float Estimate(float bias, float[] factors, int item) =>
        weights.Mean + bias + weights.ItemBiases[item] + TensorPrimitives.Dot(ItemFactors(item), factors);

    private (float Bias, float[] Factors) UserSide(Histories histories, int user) =>
        histories.TrainingRows[user] is >= 0 and var row
            ? (weights.UserBiases[row], weights.UserFactors[(row * weights.Factors)..((row + 1) * weights.Factors)])
            : FoldIn(histories.Interactions.Columns(user), histories.Interactions.Values(user));

    /// <summary>The bias and the factors of a user that minimise the objective over these ratings.</summary>
    internal (float Bias, float[] Factors) FoldIn(ReadOnlySpan<int> items, ReadOnlySpan<float> ratings)
    {
        var k = weights.Factors;
        if (items.IsEmpty)
        {
            return (0, new float[k]);
        }

        // Rows [q_i, 1] and what they are to explain.
        var n = k + 1;
        var rows = new double[items.Length * n];
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
