using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of an Infinite-AE.</summary>
internal sealed record InfiniteAeOptions
{
    /// <summary>
    /// Weight lambda of the penalty lambda |f|^2 against the sum of squared errors. Its unit is the mean of the kernel's diagonal, as in
    /// the paper, times (1 + sqrt(users / items))^2, of users and items with an interaction: 4.7 times the paper's on MovieLens 1M.
    /// Default 0.85.
    /// </summary>
    [Range(1e-6, 1e6)]
    public double Regularization { get; init; } = 0.85;

    /// <summary>
    /// Maximum number of landmark users. With more training users, this many of them are drawn at random, and the fit to all users is
    /// restricted to the kernel's functions of these (Nystrom). Memory grows with its square. Default 10000.
    /// </summary>
    [Range(1, InfiniteAeTrainer.MostLandmarks)]
    public int Landmarks { get; init; } = 10_000;
}

/// <summary>
/// Trains an Infinite-AE (Sachdeva et al., "Infinite Recommendation Networks: A Data-Centric Approach", NeurIPS 2022): an autoencoder with
/// one hidden ReLU layer of infinite width, which is kernel ridge regression with its neural tangent kernel k (<see
/// cref="NeuralTangentKernel"/>). With K the kernel of all pairs of training users and X their binary rows it has the closed form
/// k(x) (K + lambda m I)^-1 X. The unit m is the mean of K's diagonal times (1 + sqrt(users / items))^2, the square of the largest singular
/// value of noise of that shape. It takes any interaction as 1, and leaves out users without one.
/// </summary>
/// <remarks>
/// Above <see cref="InfiniteAeOptions.Landmarks"/> users, k(x) are the kernels with the landmark users, and their weights minimise
/// the same sum of squared errors over all users: (K_ln K_nl + lambda m K_ll)^-1 K_ln X (Nystrom; Williams and Seeger, NIPS 2000). The
/// seed draws the landmarks and has no other effect. Memory with l landmarks: 8 l^2 + 4 l items bytes in training, 8 l items more where
/// there are further users; 4 l items afterwards. Time: l^3 / 6 + l^2 items multiplications, and l^2 / 2 for each user where there are
/// further ones.
/// </remarks>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class InfiniteAeTrainer(InfiniteAeOptions? options = null) : ITrainer<InfiniteAeModel>
{
    /// <summary>The most landmarks whose pairs an array can hold.</summary>
    public const int MostLandmarks = 46_340;

    // Users whose products are added at once.
    private const int Chunk = 256;

    // Added to the diagonal, times its mean: landmark users with the same items would make a singular matrix.
    private const double Jitter = 1e-10;

    private const string ComparingPhase = "comparing users";
    private const string SolvingPhase = "finding the weights";

    private readonly InfiniteAeOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var hasMoreUsers = data.Users > options.Landmarks;
        double landmarks = Math.Min(data.Users, options.Landmarks), weights = landmarks * data.Items;
        var buffers = landmarks * (hasMoreUsers ? 2 * Chunk : BlockCholesky.Block * ComputeThreads.Count);
        return new FitCost
        {
            Bytes = (sizeof(double) * ((landmarks * landmarks) + buffers)) + (sizeof(float) * weights)
                + (hasMoreUsers ? sizeof(double) * weights : 0) + (2 * data.MatrixBytes),
            ModelBytes = sizeof(float) * weights,
            LongestArray = Math.Max(weights, landmarks * landmarks),
            Seconds = 1.7e-10 * landmarks * landmarks * ((landmarks / 6) + data.Items + (hasMoreUsers ? data.Users / 2.0 : 0)),
            Option = new("landmarks", (int)landmarks, count => new InfiniteAeTrainer(options with { Landmarks = count }).Estimate(data)),
        };
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The landmark users and items do not fit into this machine's memory.</exception>
    public InfiniteAeModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        context.Cancellation.ThrowIfCancellationRequested();
        Estimate(DataSize.Of(train)).Check("infinite-ae");
        var items = train.ColumnCount;
        int[] users = [.. Enumerable.Range(0, train.RowCount).Where(user => train.RowLength(user) > 0)];
        var all = users.Length == train.RowCount ? train : train.SelectRows(users);
        var landmarks = users.Length <= options.Landmarks ? all : all.SelectRows(Drawn(users.Length, options.Landmarks, context.Seed));
        var count = landmarks.RowCount;

        var plan = new WorkPlan(
            context.Progress,
            (ComparingPhase, (double)all.RowCount * (count < all.RowCount ? 3 : 1)),
            (SolvingPhase, (count / 3.0) + (2.0 * items)));
        var comparing = plan.Begin(ComparingPhase);
        var kernel = new LandmarkKernel(landmarks);
        var penalty = options.Regularization * kernel.MeanOfDiagonal(all) * NoiseLevel(all);
        var matrix = new double[count * count];
        var weights = new float[Sizes.Of("items x landmark users", items, count)];
        if (all.RowCount == count)
        {
            var byItem = landmarks.Transpose();
            Gram(kernel, matrix, 1, penalty, context.Cancellation);
            BlockCholesky.Solve(matrix, count, items, ReadUsers, Write, plan.Begin(SolvingPhase), context.Cancellation);

            void ReadUsers(Span<double> row, int item)
            {
                row.Clear();
                foreach (var user in byItem.Columns(item))
                {
                    row[user] = 1;
                }
            }
        }
        else
        {
            var targets = new double[weights.Length]; // K_ln X: [items x landmarks]
            Gram(kernel, matrix, penalty, 0, context.Cancellation);
            AddProducts(kernel, all, matrix, targets, comparing, context.Cancellation);
            var jitter = Jitter * Enumerable.Range(0, count).Average(i => matrix[(i * count) + i]);
            for (var i = 0; i < count; i++)
            {
                matrix[(i * count) + i] += jitter;
            }

            BlockCholesky.Solve(
                matrix,
                count,
                items,
                (row, item) => targets.AsSpan(item * count, count).CopyTo(row),
                Write,
                plan.Begin(SolvingPhase),
                context.Cancellation);
        }

        return new InfiniteAeModel(landmarks, weights) { TrainingUsers = all.RowCount };

        void Write(ReadOnlySpan<double> row, int item)
        {
            var target = weights.AsSpan(item * count, count);
            TensorPrimitives.ConvertTruncating(row, target);
        }
    }

    // (1 + sqrt(users / items))^2, of items that somebody has.
    private static double NoiseLevel(InteractionMatrix users)
    {
        var items = users.CountByColumn().Count(count => count > 0);
        return items == 0 ? 1 : Math.Pow(1 + Math.Sqrt((double)users.RowCount / items), 2);
    }

    // The users with the lowest random numbers, ascending.
    private static int[] Drawn(int users, int count, int seed) =>
        [.. Enumerable.Range(0, users).OrderBy(user => SeedHash.Of(seed, user)).Take(count).Order()];

    // The lower triangle of scale K, K being the kernel of the landmarks, with a number added to the diagonal.
    private static void Gram(LandmarkKernel kernel, double[] matrix, double scale, double diagonal, CancellationToken cancellation)
    {
        var count = kernel.Landmarks.RowCount;
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = cancellation;
        Parallel.For(0, count, parallel, () => new int[count], (user, _, common) =>
        {
            var row = matrix.AsSpan(user * count, user + 1);
            kernel.Of(kernel.Landmarks.Columns(user), common, row);
            TensorPrimitives.Multiply(row, scale, row);
            row[user] += diagonal;
            return common;
        }, _ => { });
    }

    // Adds K_ln K_nl to the lower triangle of a matrix, and K_ln X to the targets.
    private static void AddProducts(
        LandmarkKernel kernel,
        InteractionMatrix users,
        double[] matrix,
        double[] targets,
        IProgress<WorkReport>? progress,
        CancellationToken cancellation)
    {
        var steps = new WorkSteps(progress, "", users.RowCount, "users");
        const int Block = BlockCholesky.Block;
        var count = kernel.Landmarks.RowCount;
        var rows = new double[Chunk * count]; // of the kernel: [users x landmarks]
        var columns = new double[count * Chunk]; // the same: [landmarks x users]
        for (var start = 0; start < users.RowCount; start += Chunk)
        {
            cancellation.ThrowIfCancellationRequested();
            var (first, size) = (start, Math.Min(Chunk, users.RowCount - start));
            Parallel.For(0, size, ComputeThreads.Options, () => new int[count], (user, _, common) =>
            {
                var row = rows.AsSpan(user * count, count);
                kernel.Of(users.Columns(first + user), common, row);
                for (var landmark = 0; landmark < count; landmark++)
                {
                    columns[(landmark * Chunk) + user] = row[landmark];
                }

                return common;
            }, _ => { });

            ComputeThreads.ForBlocks(count, Block, (from, end) =>
            {
                var length = end - from;
                var ofBlock = columns.AsSpan(from * Chunk);
                DenseProduct.Add(matrix.AsSpan(from * count), count, 1, ofBlock, Chunk, length, columns, Chunk, end, size);
                for (var user = 0; user < size; user++)
                {
                    var row = rows.AsSpan((user * count) + from, length);
                    foreach (var item in users.Columns(first + user))
                    {
                        var target = targets.AsSpan((item * count) + from, length);
                        TensorPrimitives.Add(target, row, target);
                    }
                }
            });
            steps.Add(size);
        }
    }
}

/// <summary>
/// A fitted Infinite-AE. The score of an item is the sum over landmark users of the kernel with them times their weight for the item, so
/// that new users are folded in.
/// </summary>
internal sealed class InfiniteAeModel : IPersistentModel<InfiniteAeModel>, INotedModel
{
    // Users and items of the tiles that scores are computed in.
    private const int UserChunk = 256;
    private const int ItemBlock = 32;

    private readonly LandmarkKernel kernel;
    private readonly float[] weights; // [items x landmarks]

    internal InfiniteAeModel(InteractionMatrix landmarks, float[] weights)
    {
        kernel = new LandmarkKernel(landmarks);
        this.weights = weights;
    }

    /// <inheritdoc/>
    public int ItemCount => kernel.Landmarks.ColumnCount;

    /// <summary>The users that the model was fitted to; null if it was loaded.</summary>
    internal int? TrainingUsers { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Notes => TrainingUsers > kernel.Landmarks.RowCount
        ? [FormattableString.Invariant($"infinite-ae compares users with {kernel.Landmarks.RowCount:N0} landmark users, drawn at random ")
            + FormattableString.Invariant($"from {TrainingUsers:N0} training users (option landmarks); all of them are fitted to")]
        : [];

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        var landmarks = kernel.Landmarks.RowCount;
        var rows = new float[Math.Min(UserChunk, histories.Count) * landmarks];
        for (var start = 0; start < histories.Count; start += UserChunk)
        {
            var (first, count) = (start, Math.Min(UserChunk, histories.Count - start));
            var newSpace = () => (Common: new int[landmarks], Row: new double[landmarks]);
            Parallel.For(0, count, ComputeThreads.Options, newSpace, (user, _, space) =>
            {
                kernel.Of(histories.Interactions.Columns(first + user), space.Common, space.Row);
                TensorPrimitives.ConvertTruncating<double, float>(space.Row, rows.AsSpan(user * landmarks, landmarks));
                return space;
            }, _ => { });

            ComputeThreads.ForBlocks(ItemCount, ItemBlock, (start, end) =>
            {
                for (var user = 0; user < count; user++)
                {
                    var row = rows.AsSpan(user * landmarks, landmarks);
                    var scored = scores.Span.Slice((first + user) * ItemCount, ItemCount);
                    for (var item = start; item < end; item++)
                    {
                        scored[item] = TensorPrimitives.Dot<float>(row, weights.AsSpan(item * landmarks, landmarks));
                    }
                }
            });
        }
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState()
        .Add("landmarks", kernel.Landmarks)
        .Add("weights", weights, ItemCount, kernel.Landmarks.RowCount);

    /// <inheritdoc/>
    public static InfiniteAeModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var landmarks = state.Matrix("landmarks");
        state.Require("weights", landmarks.ColumnCount, landmarks.RowCount);
        return new InfiniteAeModel(landmarks, state.Floats("weights"));
    }
}
