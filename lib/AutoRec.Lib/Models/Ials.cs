using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>
/// Trains iALS: matrix factorisation of implicit feedback by alternating least squares (Hu, Koren and Volinsky, ICDM 2008) with the loss
/// and the scaled regularisation of Rendle, Krichene, Zhang and Koren, "Revisiting the Performance of iALS on Item Recommendation
/// Benchmarks", RecSys 2022 (eq. 3 to 5). With S the pairs that occur, minimises
/// <c>sum over S of c_ui (w_u.h_i - 1)^2 + alpha_0 * sum over all pairs of (w_u.h_i)^2
/// + lambda * (sum_u (|S_u| + alpha_0 * items)^nu |w_u|^2 + sum_i (|S_i| + alpha_0 * users)^nu |h_i|^2)</c>.
/// where c_ui is 1 or, where data are counts, grows with their logarithm (Hu et al., eq. 6, there with c_ui = 1 for pairs that do not
/// occur). With a half-life it is multiplied by the weight of the interaction by age.
/// With one side held fixed each row of the other has a closed form,
/// <c>(sum over S_u of c_ui h h' + alpha_0 H'H + lambda_u I)^-1 sum over S_u of c_ui h</c>, where H'H is computed once for all (the Gramian
/// trick), so that time grows with the interactions, not users x items. By default the system is not solved but approached by conjugate
/// gradients, after Takács, Pilászy and Tikk, "Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative
/// Filtering", RecSys 2011; see <see cref="IalsOptions.Solver"/>. The error in reports is the loss after the epoch, divided by the
/// interactions.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class IalsTrainer(IalsOptions? options = null) : ITrainer<IalsModel>
{
    private readonly IalsOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        // Factors, the copy that becomes the model, and that of the best epoch.
        const int Copies = 3;
        var grams = sizeof(double) * (LeafSplit.LeafCount + 2.0) * options.LatentFactors * options.LatentFactors;
        var factors = ((double)data.Users + data.Items) * options.LatentFactors;
        return new FitCost
        {
            Bytes = grams + (sizeof(float) * Copies * factors) + ((options.HalfLife is null ? 1 : 3) * data.MatrixBytes)
                + (24.0 * data.Users),
            ModelBytes = sizeof(float) * factors,
            EpochSeconds = options.Solver == IalsSolver.Cg
                ? 5e-9 / 3 * Math.Max(2, options.Steps) * data.Interactions * options.LatentFactors
                : 2e-9 * options.LatentFactors * ((data.Interactions * (double)options.LatentFactors) + (factors * options.LatentFactors)),
            Epochs = options.Epochs,
            LongestArray = Math.Max(data.Users, data.Items) * (double)options.LatentFactors,
            Option = new("latent-factors", options.LatentFactors, factors =>
                new IalsTrainer(options with { LatentFactors = factors }).Estimate(data)),
        };
    }

    /// <inheritdoc/>
    public IalsModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        if (options.Regularization is null)
        {
            return new IalsTrainer(options.For(train)).Fit(train, context);
        }

        var k = options.LatentFactors;
        var counts = CountWeights.Of(train, options.CountWeight);
        var ages = options.HalfLife is null ? null : AgeWeights.Weighed(train, AgeWeights.OfMeanOne(train, options), binarize: true);
        var histories = KnownUsers.Of(train);
        var users = new FloatRows(train.RowCount, k, "users x factors");
        var items = FloatRows.CopyOf(FirstItems(), k);
        var (ofUsers, ofItems) = (Of(train, ages), Of(train.Transpose(), ages?.Transpose()));
        if (context.Start is { } start && start.Model.Names.Contains("user_factors"))
        {
            var known = users.ToArray();
            start.Copy(known, [train.RowCount, k], "user_factors", start.Users);
            users.Fill(known);
        }

        return EpochLoop.Run(
            new EpochTraining<IalsFactors, IalsModel>
            {
                Epochs = options.Epochs,
                Metric = "loss",
                TrainEpoch = (epoch, progress) =>
                {
                    var rows = train.ColumnCount + ((epoch == 1 ? 2L : 1) * train.RowCount);
                    var steps = new WorkSteps(progress, "", rows / context.Group.Size, "users and items");
                    if (epoch == 1)
                    {
                        SolveAll(ofUsers, items, users, counts, steps, context);
                    }

                    // Users last: theirs are then the factors that go with the items of the model.
                    SolveAll(ofItems, users, items, counts, steps, context);
                    SolveAll(ofUsers, items, users, counts, steps, context);
                    return (ofUsers.Loss() + Penalties(ofItems.Rows, items)) / Math.Max(1, train.Count);
                },
                Snapshot = _ => new IalsFactors(users.ToArray(), items.ToArray()),
                ToModel = factors => new IalsModel(factors, histories, options, counts),
                Resumption = new(
                    new TrainingState().Add("users", users, rows: null).Add("items", items, rows: null),
                    copy => new ModelState().Add("users", copy.Users).Add("items", copy.Items),
                    arrays => new IalsFactors(arrays.Floats("users"), arrays.Floats("items"))),
            },
            context);

        float[] FirstItems()
        {
            var count = Sizes.Of("items x factors", train.ColumnCount, k);
            var first = Factors.NormalFloats(new Random(context.Seed), count, options.InitialDeviation / Math.Sqrt(k));
            context.Start?.Copy(first, [train.ColumnCount, k], "item_factors", context.Start.Items);
            return first;
        }

        // The weights of shares are as a row takes time where nothing is measured yet.
        HalfStep Of(InteractionMatrix rows, InteractionMatrix? ages) => new(
            rows, ages, new TimedShares(Array.ConvertAll(rows.RowLengths(), length => length + (k / 2.0)), context.Group));
    }

    // Each process solves for some of the rows, and all get all factors.
    private void SolveAll(
        HalfStep side, FloatRows fixedFactors, FloatRows factors, CountWeights counts, WorkSteps steps, FitContext context)
    {
        var rows = side.Rows;
        var problem = new IalsProblem(fixedFactors, options, context.Group);
        var shares = side.Begin();
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = context.Cancellation;
        Parallel.For(shares.First, shares.End, parallel, row =>
        {
            var weights = Weights(rows, counts, side.Ages, row);
            side.Losses[row] = problem.Solve(rows.Columns(row), weights, factors[row], options.Solver);
            steps.Add();
        });
        side.End();
        shares.GiveToAll(factors.All, factors.Stride);
    }

    // By count, and by age where there are ages.
    private static double[] Weights(InteractionMatrix rows, CountWeights counts, InteractionMatrix? ages, int row)
    {
        var weights = counts.Of(rows.Values(row));
        if (ages is null)
        {
            return weights;
        }

        double[] byAge = [.. ages.Values(row)];
        for (var i = 0; i < weights.Length; i++)
        {
            byAge[i] *= weights[i];
        }

        return byAge;
    }

    private double Penalties(InteractionMatrix rows, FloatRows factors) => Enumerable.Range(0, rows.RowCount).Sum(row =>
        IalsProblem.Penalty(rows.RowLength(row), rows.ColumnCount, options) * TensorPrimitives.SumOfSquares<float>(factors[row]));

    // One side: the interactions of its rows, their weights by age, who solves for which, and the part of each in the loss.
    private sealed class HalfStep(InteractionMatrix rows, InteractionMatrix? ages, TimedShares timed)
    {
        private Shares shares = null!;

        public InteractionMatrix Rows => rows;

        public InteractionMatrix? Ages => ages;

        public double[] Losses { get; } = new double[rows.RowCount];

        public Shares Begin() => shares = timed.Begin();

        public void End() => timed.End();

        // The loss without the penalties of the fixed side.
        public double Loss()
        {
            shares.GiveToAll<double>(Losses);
            return Losses.Sum();
        }
    }
}

/// <summary>The factors of both sides.</summary>
/// <param name="Users">[users x k].</param>
/// <param name="Items">[items x k].</param>
internal sealed record IalsFactors(float[] Users, float[] Items);

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
/// A fitted iALS. Scores are w_u.h_i. Training users keep their w_u; for new users, and for those whose history is not the one of training,
/// it is solved for from the history. Without a history all scores are 0. Items without training interactions may have factors from their
/// features (<see cref="FeatureIalsTrainer"/>); users are solved for without these, as in training, where such items are 0.
/// </summary>
internal sealed class IalsModel : TrainedModel, IBestScorer, IPersistentModel<IalsModel>, INotedModel
{
    private readonly IalsFactors factors;
    private readonly KnownUsers known;
    private readonly IalsOptions options;
    private readonly CountWeights counts;
    private readonly int[] mapped; // items whose factors are from their features
    private readonly Lazy<IalsProblem> problem;
    private readonly Lazy<PackedRows> packedItems;
    private readonly Lazy<RowsByLength> longestItems;

    internal IalsModel(IalsFactors factors, KnownUsers known, IalsOptions options, CountWeights counts, int[]? mapped = null)
    {
        this.factors = factors;
        this.known = known;
        this.mapped = mapped ?? [];
        this.counts = new CountWeights((float)counts.Alpha, (float)counts.Unit, (float)counts.Mean);
        this.options = options with
        {
            // Floats, as they are saved.
            UnobservedWeight = (float)options.UnobservedWeight,
            Regularization = (float)options.Regularization!.Value,
            RegularizationExponent = (float)options.RegularizationExponent,
        };
        problem = new(() => new IalsProblem(FloatRows.Of(FactorsOfTraining(), options.LatentFactors), this.options));
        packedItems = new(() => PackedRows.Of(factors.Items, options.LatentFactors));
        longestItems = new(() => new RowsByLength(factors.Items, options.LatentFactors));
    }

    /// <inheritdoc/>
    public override int ItemCount => factors.Items.Length / options.LatentFactors;

    /// <inheritdoc/>
    public IEnumerable<string> Notes { get; private init; } = [];

    /// <summary>The model with factors from features for items without training interactions.</summary>
    /// <param name="train">What the model was fitted to.</param>
    /// <param name="features">[items x features].</param>
    /// <param name="penalty">The penalty of the map, see <see cref="FeatureMap"/>; null chooses it.</param>
    /// <param name="cancellation">Ends the work.</param>
    public IalsModel WithFeatures(InteractionMatrix train, InteractionMatrix features, double? penalty, CancellationToken cancellation)
    {
        var (items, note) = FeatureMap.Complete(
            factors.Items, options.LatentFactors, train, features, penalty, "the factors", cancellation);
        return new IalsModel(factors, known, options, counts, items) { TrainingHistory = TrainingHistory, Notes = [note] };
    }

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        packedItems.Value.Multiply(histories.Count, (user, vector) => CopyFactors(histories, user, vector), scores);
    }

    /// <inheritdoc/>
    public void ScoreBest(Histories histories, int[] counts, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        longestItems.Value.MultiplyBest(histories.Count, (user, vector) => CopyFactors(histories, user, vector), counts, scores);
    }

    /// <inheritdoc/>
    public ModelState Save()
    {
        var k = options.LatentFactors;
        var state = known.SaveTo(new ModelState()
            .Add("item_factors", factors.Items, ItemCount, k)
            .Add("user_factors", factors.Users, factors.Users.Length / k, k)
            .Add(
                "fold_in",
                [(float)options.UnobservedWeight, (float)options.Regularization!.Value, (float)options.RegularizationExponent]));
        state = counts == default ? state : state.Add("count_weights", [(float)counts.Alpha, (float)counts.Unit, (float)counts.Mean]);
        return mapped.Length == 0 ? state : state.Add("mapped_items", mapped);
    }

    /// <inheritdoc/>
    public static IalsModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (items, k) = state.Size("item_factors");
        var hasUsers = state.Names.Contains("user_factors"); // Models of earlier versions solve for everybody.
        var (users, width) = hasUsers ? state.Size("user_factors") : (0, k);
        return k > 0 && width == k && state.Floats("fold_in") is [var unobservedWeight, var regularization, var exponent]
            ? new IalsModel(
                new IalsFactors(hasUsers ? state.Floats("user_factors") : [], state.Floats("item_factors")),
                hasUsers ? KnownUsers.Load(state, users) : KnownUsers.None,
                new IalsOptions
                {
                    LatentFactors = k,
                    UnobservedWeight = unobservedWeight,
                    Regularization = regularization,
                    RegularizationExponent = exponent,
                },
                state.Names.Contains("count_weights") && state.Floats("count_weights") is [var alpha, var unit, var mean]
                    ? new(alpha, unit, mean)
                    : default,
                Mapped(state, items))
            : throw new InvalidDataException(
                "The model's 'item_factors' and 'user_factors' must have as many factors as each other, and its 'fold_in' three numbers.");
    }

    private static int[] Mapped(ModelState state, int items)
    {
        int[] mapped = state.Names.Contains("mapped_items") ? state.Ints("mapped_items") : [];
        return Array.TrueForAll(mapped, item => (uint)item < (uint)items) ? mapped : throw new InvalidDataException(
            $"The model's 'mapped_items' must be rows of its {items} items.");
    }

    // 0 for items without training interactions.
    private float[] FactorsOfTraining()
    {
        if (mapped.Length == 0)
        {
            return factors.Items;
        }

        float[] items = [.. factors.Items];
        foreach (var item in mapped)
        {
            items.AsSpan(item * options.LatentFactors, options.LatentFactors).Clear();
        }

        return items;
    }

    private void CopyFactors(Histories histories, int user, Span<float> vector)
    {
        if (known.RowOf(histories, user) is >= 0 and var row)
        {
            factors.Users.AsSpan(row * vector.Length, vector.Length).CopyTo(vector);
            return;
        }

        var weights = counts.Of(histories.Interactions.Values(user));
        problem.Value.Solve(histories.Interactions.Columns(user), weights, vector, IalsSolver.Cholesky);
    }
}
