using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of iALS.</summary>
internal sealed record IalsOptions
{
    /// <summary>Number of latent factors, d in the paper. More are better, at a cost that grows with their square. Default 64.</summary>
    [Range(1, 10_000)]
    public int LatentFactors { get; init; } = 64;

    /// <summary>Weight alpha_0 of the squared error of all pairs of user and item, against 1 for those that occur. Default 0.1.</summary>
    [Range(1e-9, 1e3)]
    public double UnobservedWeight { get; init; } = 0.1;

    /// <summary>
    /// Weight lambda of the L2 penalty against the weighted sum of squared errors over all pairs. The squared factors of a user with n
    /// items count lambda (n + alpha_0 items)^nu, with nu the <see cref="RegularizationExponent"/>, those of an item likewise. Default
    /// 0.003.
    /// </summary>
    [Range(1e-9, 1e6)]
    public double Regularization { get; init; } = 0.003;

    /// <summary>
    /// Exponent nu that scales each user's and item's penalty: 0 penalises all alike, 1 in proportion to their interactions, observed or
    /// not. Default 1.
    /// </summary>
    [Range(0.0, 2.0)]
    public double RegularizationExponent { get; init; } = 1;

    /// <summary>
    /// Weight alpha of repetition where data are counts: an interaction that occurred n times as often as the lowest positive count weighs
    /// 1 + alpha ln n in the loss, divided by the mean of that over all training interactions, so that the weight of what did not occur means
    /// the same. 0 lets all weigh alike. No effect on data other than counts. Default 0.3.
    /// </summary>
    [Range(0.0, 1e3)]
    public double CountWeight { get; init; } = 0.3;

    /// <summary>Standard deviation sigma* of the first dot products; that of each factor is sigma* / sqrt(d). Default 0.1.</summary>
    [Range(1e-6, 10.0)]
    public double InitialDeviation { get; init; } = 0.1;

    /// <summary>Number of epochs, in each of which users and items are solved for in turn. Default 16.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 16;
}

/// <summary>
/// Trains iALS: matrix factorisation of implicit feedback by alternating least squares (Hu, Koren and Volinsky, ICDM 2008) with the loss
/// and the scaled regularisation of Rendle, Krichene, Zhang and Koren, "Revisiting the Performance of iALS on Item Recommendation
/// Benchmarks", RecSys 2022 (eq. 3 to 5). With S the pairs that occur, minimises
/// <c>sum over S of c_ui (w_u.h_i - 1)^2 + alpha_0 * sum over all pairs of (w_u.h_i)^2
/// + lambda * (sum_u (|S_u| + alpha_0 * items)^nu |w_u|^2 + sum_i (|S_i| + alpha_0 * users)^nu |h_i|^2)</c>.
/// where c_ui is 1 or, where data are counts, grows with their logarithm (Hu et al., eq. 6, there with c_ui = 1 for pairs that do not occur).
/// With one side held fixed each row of the other has a closed form,
/// <c>(sum over S_u of c_ui h h' + alpha_0 H'H + lambda_u I)^-1 sum over S_u of c_ui h</c>, where H'H is computed once for all (the Gramian trick), so
/// that time grows with the interactions, not users x items.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class IalsTrainer(IalsOptions? options = null) : ITrainer<IalsModel>
{
    private readonly IalsOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public IalsModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var k = options.LatentFactors;
        var byItem = train.Transpose();
        var counts = CountWeights.Of(train, options.CountWeight);
        var users = new double[Sizes.Of("users x factors", train.RowCount, k)];
        var itemNumbers = Sizes.Of("items x factors", train.ColumnCount, k);
        var items = Factors.Normal(new Random(context.Seed), itemNumbers, options.InitialDeviation / Math.Sqrt(k));
        return EpochLoop.Run(
            new EpochTraining<float[], IalsModel>
            {
                Epochs = options.Epochs,
                Metric = "loss",
                TrainEpoch = _ =>
                {
                    SolveAll(train, items, users, counts, context.Cancellation);
                    SolveAll(byItem, users, items, counts, context.Cancellation);
                    return Loss(train, users, items, options) / Math.Max(1, train.Count);
                },
                Snapshot = () => Array.ConvertAll(items, value => (float)value),
                ToModel = factors => new IalsModel(factors, options, counts),
                Resumption = new(
                    new TrainingState().Add("users", users).Add("items", items),
                    copy => new ModelState().Add("items", copy),
                    arrays => arrays.Floats("items")),
            },
            context);
    }

    /// <summary>Computes the loss that training makes smaller.</summary>
    internal static double Loss(InteractionMatrix train, double[] users, double[] items, IalsOptions options)
    {
        var k = options.LatentFactors;
        var counts = CountWeights.Of(train, options.CountWeight);
        var rows = new double[train.RowCount];
        Parallel.For(0, train.RowCount, ComputeThreads.Options, user =>
        {
            var factors = users.AsSpan(user * k, k);
            var weights = counts.Of(train.Values(user));
            for (var i = 0; i < train.RowLength(user); i++)
            {
                var error = TensorPrimitives.Dot<double>(factors, items.AsSpan(train.Columns(user)[i] * k, k)) - 1;
                rows[user] += (weights.Length == 0 ? 1 : weights[i]) * error * error;
            }

            rows[user] += Penalty(train.RowLength(user), train.ColumnCount, options) * TensorPrimitives.SumOfSquares<double>(factors);
        });

        var byItem = train.Transpose();
        var loss = rows.Sum();
        for (var item = 0; item < train.ColumnCount; item++)
        {
            var penalty = Penalty(byItem.RowLength(item), train.RowCount, options);
            loss += penalty * TensorPrimitives.SumOfSquares<double>(items.AsSpan(item * k, k));
        }

        // The sum over all pairs of (w.h)^2 is the sum over pairs of factors of W'W times H'H; both are symmetric.
        var userGram = Factors.Gram(users, k);
        var itemGram = Factors.Gram(items, k);
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                loss += options.UnobservedWeight * (i == j ? 1 : 2) * userGram[(i * k) + j] * itemGram[(i * k) + j];
            }
        }

        return loss;
    }

    /// <summary>The penalty lambda_u of a row with so many interactions, there being so many columns.</summary>
    internal static double Penalty(int interactions, int columns, IalsOptions options) =>
        options.Regularization * Math.Pow(interactions + (options.UnobservedWeight * columns), options.RegularizationExponent);

    /// <summary>The best factors of a row, the other side's held fixed.</summary>
    /// <param name="columns">The row's interactions.</param>
    /// <param name="fixedFactors">The other side: [columns x k].</param>
    /// <param name="gram">Its Gram matrix: [k x k].</param>
    /// <param name="options">What to learn.</param>
    /// <param name="factors">Receives the row's factors: [k].</param>
    /// <param name="weights">The weight of each interaction; empty for weights of 1. Default empty.</param>
    internal static void Solve(
        ReadOnlySpan<int> columns,
        double[] fixedFactors,
        double[] gram,
        IalsOptions options,
        Span<double> factors,
        ReadOnlySpan<double> weights = default)
    {
        factors.Clear();
        if (columns.IsEmpty)
        {
            return;
        }

        var k = options.LatentFactors;
        var matrix = new double[k * k];
        TensorPrimitives.Multiply(gram, options.UnobservedWeight, matrix);
        Factors.AddOuterProducts(fixedFactors, k, columns, matrix, weights);
        var penalty = Penalty(columns.Length, fixedFactors.Length / k, options);
        for (var i = 0; i < k; i++)
        {
            matrix[(i * k) + i] += penalty;
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var weight = weights.IsEmpty ? 1 : weights[i];
            TensorPrimitives.MultiplyAdd(fixedFactors.AsSpan(columns[i] * k, k), weight, factors, factors);
        }

        Cholesky.Factor(matrix, k);
        Cholesky.Solve(matrix, factors);
    }

    private void SolveAll(
        InteractionMatrix rows, double[] fixedFactors, double[] factors, CountWeights counts, CancellationToken cancellation)
    {
        var k = options.LatentFactors;
        var gram = Factors.Gram(fixedFactors, k);
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = cancellation;
        Parallel.For(0, rows.RowCount, parallel, row =>
            Solve(rows.Columns(row), fixedFactors, gram, options, factors.AsSpan(row * k, k), counts.Of(rows.Values(row))));
    }
}

/// <summary>How much interactions weigh by their counts: (1 + alpha ln(count / unit)) / mean.</summary>
/// <param name="Alpha">The weight of repetition; 0 lets all weigh 1.</param>
/// <param name="Unit">The lowest positive count.</param>
/// <param name="Mean">The mean over the training interactions, before the division.</param>
internal readonly record struct CountWeights(double Alpha, double Unit, double Mean)
{
    /// <summary>The weights for training data: all 1 unless they are counts.</summary>
    public static CountWeights Of(InteractionMatrix train, double alpha)
    {
        if (alpha == 0 || train.Count == 0 || train.Feedback is not { Kind: FeedbackKind.Counts, PositiveFrom: > 0 })
        {
            return default;
        }

        var plain = new CountWeights(alpha, train.Feedback.PositiveFrom, 1);
        return plain with { Mean = plain.Of(train.Values()).Average() };
    }

    /// <summary>The weights of counts; empty if all are 1.</summary>
    public double[] Of(ReadOnlySpan<float> counts)
    {
        if (Alpha == 0)
        {
            return [];
        }

        var weights = new double[counts.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (1 + (Alpha * Math.Log(Math.Max(1, counts[i] / Unit)))) / Mean;
        }

        return weights;
    }
}

/// <summary>
/// A fitted iALS. Scores are w_u.h_i, where w_u is solved for from the user's history with the final item factors, for training users and
/// new ones alike. Without a history all scores are 0.
/// </summary>
internal sealed class IalsModel : TrainedModel, IPersistentModel<IalsModel>
{
    private readonly float[] itemFactors; // [items x k]
    private readonly double[] fixedFactors; // The same, as the solver takes them.
    private readonly double[] gram; // [k x k]
    private readonly IalsOptions options;
    private readonly CountWeights counts;

    internal IalsModel(float[] itemFactors, IalsOptions options, CountWeights counts)
    {
        this.itemFactors = itemFactors;
        this.counts = new CountWeights((float)counts.Alpha, (float)counts.Unit, (float)counts.Mean);
        this.options = options with
        {
            // Floats, as they are saved.
            UnobservedWeight = (float)options.UnobservedWeight,
            Regularization = (float)options.Regularization,
            RegularizationExponent = (float)options.RegularizationExponent,
        };
        fixedFactors = Array.ConvertAll(itemFactors, value => (double)value);
        gram = Factors.Gram(fixedFactors, options.LatentFactors);
    }

    /// <inheritdoc/>
    public override int ItemCount => itemFactors.Length / options.LatentFactors;

    /// <summary>Gets the latent factors of an item: [k].</summary>
    public ReadOnlySpan<float> ItemFactors(int item) => itemFactors.AsSpan(item * options.LatentFactors, options.LatentFactors);

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var factors = new double[options.LatentFactors];
            var weights = counts.Of(histories.Interactions.Values(user));
            IalsTrainer.Solve(histories.Interactions.Columns(user), fixedFactors, gram, options, factors, weights);
            var userFactors = Array.ConvertAll(factors, value => (float)value);
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            for (var item = 0; item < row.Length; item++)
            {
                row[item] = TensorPrimitives.Dot(ItemFactors(item), userFactors);
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save()
    {
        var state = new ModelState()
            .Add("item_factors", itemFactors, ItemCount, options.LatentFactors)
            .Add("fold_in", [(float)options.UnobservedWeight, (float)options.Regularization, (float)options.RegularizationExponent]);
        return counts == default ? state : state.Add("count_weights", [(float)counts.Alpha, (float)counts.Unit, (float)counts.Mean]);
    }

    /// <inheritdoc/>
    public static IalsModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (_, k) = state.Size("item_factors");
        return k > 0 && state.Floats("fold_in") is [var unobservedWeight, var regularization, var exponent]
            ? new IalsModel(
                state.Floats("item_factors"),
                new IalsOptions
                {
                    LatentFactors = k,
                    UnobservedWeight = unobservedWeight,
                    Regularization = regularization,
                    RegularizationExponent = exponent,
                },
                state.Names.Contains("count_weights") && state.Floats("count_weights") is [var alpha, var unit, var mean]
                    ? new(alpha, unit, mean)
                    : default)
            : throw new InvalidDataException("The model's 'item_factors' must be [items x factors] and its 'fold_in' three numbers.");
    }
}
