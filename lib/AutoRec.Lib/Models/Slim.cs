using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of SLIM.</summary>
internal sealed record SlimOptions : IAgeWeighted
{
    /// <summary>
    /// Weight lambda of the L1 penalty lambda |W|_1 against half the sum of squared errors over all users and items, in users: items that
    /// at most this many users have together get no weight. Default 2.
    /// </summary>
    [Range(0.0, 1e9)]
    public double L1 { get; init; } = 2;

    /// <summary>Weight beta of the L2 penalty beta/2 |W|^2 against the same, in users. Default 300.</summary>
    [Range(1e-6, 1e9)]
    public double L2 { get; init; } = 300;

    /// <summary>Largest change of a weight in an epoch at which an item's weights count as converged. Default 0.0001.</summary>
    [Range(1e-9, 1.0)]
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Maximum number of epochs, passes over the weights of an item. Default 100.</summary>
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
/// Trains SLIM (Ning and Karypis, "SLIM: Sparse Linear Methods for Top-N Recommender Systems", ICDM 2011): minimises
/// <c>|X - X W|^2 / 2 + beta/2 |W|^2 + lambda |W|_1</c> over item-item weights W that are not negative and have a diagonal of 0 (eq. 2).
/// X is binary: any interaction counts as 1, or with a half-life as the root of its weight by age. Each column of W is found on its own by
/// coordinate descent over G = X'X, until it converges:
/// <c>w_i = max(0, G_ij - sum over k other than i of G_ik w_k - lambda) / (G_ii + beta)</c>. It is deterministic; the seed has no effect.
/// </summary>
/// <remarks>Memory: 8 bytes for each pair of items in training. A catalogue that does not fit is refused before training begins.</remarks>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class SlimTrainer(SlimOptions? options = null) : ITrainer<SlimModel>
{
    private const string WeightsPhase = "finding the weights";

    private readonly SlimOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => ItemGram.CostOf(data, sizeof(double), 0) with
    {
        EpochSeconds = ItemGram.ProductSeconds * Math.Pow(data.Items, 3),
        Epochs = options.Epochs,
    };

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The catalogue has too many items for this machine's memory.</exception>
    public SlimModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var items = train.ColumnCount;
        var size = DataSize.Of(train);
        var cost = Estimate(size);
        cost.Check("slim");
        var plan = new WorkPlan(
            context.Progress,
            (ItemGram.Phase, DataSize.PairSeconds * size.Pairs / 4),
            (WeightsPhase, 10 * cost.EpochSeconds)); // about as many epochs until an item has converged
        var gram = ItemGram.Of(AgeWeights.Rooted(train, options), context.Group, plan.Begin(ItemGram.Phase), context.Cancellation);
        if (context.Group.Rank > 0)
        {
            gram = new double[items * items];
        }

        context.Group.Broadcast(gram.AsSpan(), root: 0);
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = context.Cancellation;
        Parallel.For(0, items, parallel, i =>
        {
            for (var j = i + 1; j < items; j++)
            {
                gram[(i * items) + j] = gram[(j * items) + i];
            }
        });

        var columns = new Recommendation[items][];
        var counting = new Room(items);
        double[] counts =
            [.. Enumerable.Range(0, items).Select(item => Candidates(gram.AsSpan(item * items, items), item, counting).Length)];
        var shares = Shares.OfWeights(counts, context.Group);
        var steps = new WorkSteps(plan.Begin(WeightsPhase), "", shares.End - shares.First, "items");
        Parallel.For(
            shares.First,
            shares.End,
            parallel,
            () => new Room(items),
            (item, _, room) =>
            {
                columns[item] = SolveColumn(gram, items, item, room, context.Cancellation);
                steps.Add();
                return room;
            },
            _ => { });
        shares.GiveToAll(columns);
        return new SlimModel(SparseItemWeights.Of(columns));
    }

    // The items that may have a weight for an item. G and w are not negative, so that where G_ij is at most lambda the weight is 0
    // whatever the others are.
    private ReadOnlySpan<int> Candidates(ReadOnlySpan<double> target, int item, Room room)
    {
        var count = 0;
        for (var i = 0; i < target.Length; i++)
        {
            if (i != item && target[i] > options.L1)
            {
                room.Candidates[count++] = i;
            }
        }

        return room.Candidates.AsSpan(0, count);
    }

    // The items with a weight for an item, ascending.
    private Recommendation[] SolveColumn(double[] gram, int items, int item, Room room, CancellationToken cancellation)
    {
        var target = gram.AsSpan(item * items, items);
        var candidates = Candidates(target, item, room);
        var (weights, predicted) = (room.Weights, room.Predicted);
        Array.Clear(weights);
        Array.Clear(predicted);
        var change = double.PositiveInfinity;
        for (var epoch = 0; epoch < options.Epochs && change > options.Tolerance; epoch++)
        {
            change = 0;
            foreach (var i in candidates)
            {
                cancellation.ThrowIfCancellationRequested(); // A column of a large catalogue takes long.
                var diagonal = gram[(i * items) + i];
                var others = predicted[i] - (diagonal * weights[i]);
                var weight = Math.Max(0, target[i] - others - options.L1) / (diagonal + options.L2);
                var step = weight - weights[i];
                if (step != 0)
                {
                    weights[i] = weight;
                    TensorPrimitives.MultiplyAdd(gram.AsSpan(i * items, items), step, predicted, predicted);
                    change = Math.Max(change, Math.Abs(step));
                }
            }
        }

        var column = new List<Recommendation>();
        foreach (var i in candidates)
        {
            if (weights[i] > 0)
            {
                column.Add(new Recommendation(i, (float)weights[i]));
            }
        }

        return [.. column];
    }

    // Kept from item to item: beside a Gram matrix of gigabytes the collector would let gigabytes of it pile up.
    private sealed class Room(int items)
    {
        public int[] Candidates { get; } = new int[items];

        public double[] Weights { get; } = new double[items];

        public double[] Predicted { get; } = new double[items]; // G w
    }
}

/// <summary>A fitted SLIM. A user's scores are the history times W, so that new users are folded in.</summary>
internal sealed class SlimModel : IPersistentModel<SlimModel>
{
    private readonly InteractionMatrix weights; // W: [items x items]

    internal SlimModel(InteractionMatrix weights) => this.weights = weights;

    /// <inheritdoc/>
    public int ItemCount => weights.ColumnCount;

    /// <summary>Gets the items that having an item speaks for, those with a weight above 0, best first.</summary>
    internal IReadOnlyList<Recommendation> Weights(int item) => SparseItemWeights.Sorted(weights, item);

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        SparseItemWeights.Score(weights, histories, binarize: true, scores);
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState().Add("weights", weights);

    /// <inheritdoc/>
    public static SlimModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new SlimModel(state.Matrix("weights"));
    }
}
