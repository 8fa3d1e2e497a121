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

/// <summary>The options of EASE.</summary>
public sealed record EaseOptions : IAgeWeighted
{
    /// <summary>
    /// Weight lambda of the L2 penalty lambda |B|^2 against the sum of squared errors |X - X B|^2 over all users and items, in users:
    /// several hundred for catalogues of some thousand items, 500 in the paper for MovieLens 20M. Default 500.
    /// </summary>
    [Range(1e-3, 1e9)]
    public double Regularization { get; init; } = 500;

    /// <summary>
    /// Share p of a user's items that would be hidden at random in training, in the limit of infinitely many draws: adds p / (1 - p) times
    /// the number of users of an item to the item's penalty (EDLAE: Steck, "Autoencoders that don't overfit towards the Identity", NeurIPS
    /// 2020). The best <see cref="Regularization"/> is lower with it. 0 is EASE. Default 0.
    /// </summary>
    [Range(0.0, 0.99)]
    public double Dropout { get; init; }

    /// <summary>
    /// Whether no item may stand for itself: diag(B) = 0, as in EASE and EDLAE. If not, dropout and penalty alone keep weights from the
    /// identity: DLAE (Steck 2020), or without dropout ridge regression. Default true.
    /// </summary>
    public bool ZeroDiagonal { get; init; } = true;

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }
}

/// <summary>
/// Trains EASE (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019): a linear autoencoder without a hidden layer.
/// Minimises |X - X B|^2 + lambda |B|^2 over the item-item weights B under the constraint diag(B) = 0 (eq. 3), which has the closed form
/// P = (X'X + lambda I)^-1, B_ij = -P_ij / P_jj off the diagonal (eq. 8). X is binary: any interaction counts as 1, or with a half-life as
/// the root of its weight by age. With a dropout it is EDLAE, which has the same form with lambda + p / (1 - p) (X'X)_ii in place of
/// lambda. Without the constraint it is DLAE, with Lambda the diagonal of these penalties: B = (X'X + Lambda)^-1 X'X = I - P Lambda.
/// It is deterministic; the seed has no effect.
/// </summary>
/// <remarks>
/// Memory: 12 bytes for each pair of items in training (4.8 GB for a catalogue of 20,000 items), 4 afterwards. Time: items^3
/// multiplications. A catalogue that does not fit is refused before training begins. Several processes count common users together; the
/// first solves and gives the weights to the others.
/// </remarks>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class EaseTrainer(EaseOptions? options = null) : ITrainer<EaseModel>
{
    // A double each for the Gram matrix and its inverse factor, a float for the inverse.
    private const int BytesPerPair = sizeof(double) + sizeof(float);

    private const string InversePhase = "inverting the matrix of items";

    private readonly EaseOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => ItemGram.CostOf(data, BytesPerPair, sizeof(float)) with
    {
        Seconds = Phases(data).Counting + Phases(data).Inverting,
    };

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The catalogue has too many items for this machine's memory.</exception>
    public EaseModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var items = train.ColumnCount;
        var size = DataSize.Of(train);
        Estimate(size).Check("ease");

        var (counting, inverting) = Phases(size);
        var plan = new WorkPlan(context.Progress, (ItemGram.Phase, counting), (InversePhase, inverting));
        var gram = ItemGram.Of(AgeWeights.Rooted(train, options), context.Group, plan.Begin(ItemGram.Phase), context.Cancellation);
        var weights = new float[items * items];
        context.Group.WorkOnFirst(() => Solve(gram, weights, items, plan.Begin(InversePhase), context.Cancellation));
        context.Group.Broadcast(weights.AsSpan(), root: 0);
        return new EaseModel(weights, items);
    }

    // From X'X, which is written over, to B.
    private void Solve(double[] gram, float[] weights, int items, IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var emphasis = options.Dropout / (1 - options.Dropout);
        var penalties = new float[items];
        for (var item = 0; item < items; item++)
        {
            ref var users = ref gram[(item * items) + item];
            var penalty = options.Regularization + (emphasis * users);
            users += penalty;
            penalties[item] = (float)penalty;
        }

        SpdInverse.Invert(gram, items, weights, progress, cancellation);

        // From P to B: column j over -P_jj, or times -Lambda_j.
        var divisors = new float[items];
        for (var item = 0; item < items; item++)
        {
            divisors[item] = options.ZeroDiagonal ? -weights[(item * items) + item] : -1 / penalties[item];
        }

        Parallel.For(0, items, ComputeThreads.Options, item =>
        {
            var row = weights.AsSpan(item * items, items);
            TensorPrimitives.Divide(row, divisors, row);
            row[item] = options.ZeroDiagonal ? 0 : 1 + row[item];
        });
    }

    // Processor seconds of each.
    private static (double Counting, double Inverting) Phases(DataSize data) =>
        (DataSize.PairSeconds * data.Pairs / 4 / Math.Max(1, data.Ranks), ItemGram.ProductSeconds * Math.Pow(data.Items, 3));
}

/// <summary>A fitted EASE. A user's scores are the history times B, so that new users are folded in.</summary>
public sealed class EaseModel : IPersistentModel<EaseModel>
{
    private readonly float[] weights; // B: [items x items]

    internal EaseModel(float[] weights, int itemCount)
    {
        this.weights = weights;
        ItemCount = itemCount;
    }

    /// <inheritdoc/>
    public int ItemCount { get; }

    /// <summary>Gets how much having an item speaks for each item, or against it if below 0: a row of B, [items].</summary>
    internal ReadOnlySpan<float> Weights(int item) => weights.AsSpan(item * ItemCount, ItemCount);

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            row.Clear();
            foreach (var item in histories.Interactions.Columns(user))
            {
                TensorPrimitives.Add(row, Weights(item), row);
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState().Add("weights", weights, ItemCount, ItemCount);

    /// <inheritdoc/>
    public static EaseModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var shape = state.Shape("weights");
        return shape is [var rows, var columns] && rows == columns
            ? new EaseModel(state.Floats("weights"), rows)
            : throw new InvalidDataException($"EASE's weights must be [items x items]; got [{string.Join(" x ", shape)}].");
    }
}
