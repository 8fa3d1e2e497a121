using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>What a probabilistic matrix factorisation learns.</summary>
public sealed record PmfEmOptions
{
    /// <summary>Latent factors, n in the paper. Those that the data do not need shrink to 0 by themselves. Default 30.</summary>
    [Range(1, 1_000)]
    public int LatentFactors { get; init; } = 30;

    /// <summary>Whether users and items have biases, as one more random number each. The paper has none. Default true.</summary>
    public bool Biases { get; init; } = true;

    /// <summary>How often users, items and variances are solved for in turn. Default 50.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 50;
}

/// <summary>
/// Probabilistic matrix factorisation (Salakhutdinov and Mnih, "Probabilistic Matrix Factorization", NIPS 2007) fitted by
/// expectation-maximisation: variational Bayes after Lim and Teh, "Variational Bayesian Approach to Movie Rating Prediction",
/// KDD Cup 2007. The model: <c>r_ij ~ N(mu + u_i.v_j, tau^2)</c>, <c>u_il ~ N(0, sigma_l^2)</c>, <c>v_jl ~ N(0, 1/n)</c>. The posterior is
/// taken as a product of one Gaussian for each user and each item. In turn,
/// <list type="bullet">
/// <item>each user gets covariance <c>Phi_i = (diag(1/sigma^2) + sum over items of (Psi_j + v_j v_j') / tau^2)^-1</c> and mean
/// <c>u_i = Phi_i sum over items of (r_ij - mu) v_j / tau^2</c> (section 3.2 of the paper),</item>
/// <item>each item the same with users in the place of items,</item>
/// <item>the noise and prior variances become the expected squares: <c>tau^2</c> the mean over ratings of E[(r - mu - u.v)^2],
/// <c>sigma_l^2</c> the mean over users of E[u_il^2].</item>
/// </list>
/// Each step raises the variational bound on the likelihood, so that there is no learning rate and nothing to tune but the number of
/// factors. Biases, an extension of the paper, are one more component of each vector, which meets a constant 1 on the other side; they
/// share in the covariances and have prior variances of their own, estimated too.
/// </summary>
/// <remarks>
/// Time: ratings * n^2 + (users + items) * n^3 an epoch, on several threads; results do not depend on their number. Memory:
/// 4 n^2 bytes for each user and item; nothing of size users x items is made. Users or items without a rating are integrated out.
/// </remarks>
/// <param name="options">What to learn; null takes the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class PmfEmTrainer(PmfEmOptions? options = null) : ITrainer<PmfEmModel>
{
    private readonly PmfEmOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public PmfEmModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var fit = new PmfEmFit(train, options, context.Seed);
        var (best, history) = EpochLoop.Run(
            options.Epochs,
            context,
            "negative-elbo",
            _ =>
            {
                fit.UpdateUsers(context.Cancellation);
                fit.UpdateItems(context.Cancellation);
                fit.UpdateVariances();
                return -fit.Elbo() / Math.Max(1, train.Count);
            },
            fit.Items,
            state => new PmfEmModel(state, train.Scale, []));
        return new PmfEmModel(best, train.Scale, history);
    }
}

/// <summary>The posterior of one side, users or items: a Gaussian for each row.</summary>
/// <param name="rows">How many.</param>
/// <param name="size">Random numbers of each: the factors and, with biases, the bias behind them.</param>
internal sealed class PmfEmPosterior(int rows, int size)
{
    /// <summary>E[c]: [rows x size].</summary>
    public double[] Means { get; } = new double[rows * size];

    /// <summary>E[c c'], the lower triangle row after row: [rows x size (size + 1) / 2].</summary>
    public double[] Moments { get; } = new double[rows * PmfEmSolver.Packed(size)];

    /// <summary>ln det of the covariance: [rows].</summary>
    public double[] LogDeterminants { get; } = new double[rows];

    /// <summary>The variance of each of the numbers before any rating is seen: [size].</summary>
    public double[] PriorVariances { get; } = new double[size];
}

/// <summary>Variational EM, step by step.</summary>
internal sealed class PmfEmFit
{
    private readonly InteractionMatrix byUser;
    private readonly InteractionMatrix byItem;
    private readonly PmfEmOptions options;
    private readonly double mean;

    // Ratings that the model explains without an error would leave no noise to divide by.
    private readonly double leastNoiseVariance = 1e-9;
    private double squaredErrors; // E[sum of (r - prediction)^2] under the posterior, after the items' update

    public PmfEmFit(InteractionMatrix train, PmfEmOptions options, int seed)
    {
        byUser = train;
        byItem = train.Transpose();
        this.options = options;
        Size = options.LatentFactors + (options.Biases ? 1 : 0);
        mean = train.Scale.Middle;
        if (train.Count > 0)
        {
            double sum = 0, squares = 0;
            foreach (var value in train.Values())
            {
                sum += value;
                squares += (double)value * value;
            }

            mean = sum / train.Count;
            leastNoiseVariance = Math.Max(1e-6 * ((squares / train.Count) - (mean * mean)), leastNoiseVariance);
        }

        Users = new PmfEmPosterior(train.RowCount, Size);
        ItemPosterior = new PmfEmPosterior(train.ColumnCount, Size);
        Array.Fill(Users.PriorVariances, 1);
        Array.Fill(ItemPosterior.PriorVariances, 1.0 / options.LatentFactors);
        NoiseVariance = 1;

        // Items begin where a draw from their prior lies, without biases.
        var drawn = Factors.Normal(new Random(seed), train.ColumnCount * options.LatentFactors, Math.Sqrt(1.0 / options.LatentFactors));
        for (var item = 0; item < train.ColumnCount; item++)
        {
            var means = ItemPosterior.Means.AsSpan(item * Size, Size);
            drawn.AsSpan(item * options.LatentFactors, options.LatentFactors).CopyTo(means);
            PmfEmSolver.PackOuterProduct(means, ItemPosterior.Moments.AsSpan(item * PmfEmSolver.Packed(Size)));
        }
    }

    public int Size { get; }

    public PmfEmPosterior Users { get; }

    public PmfEmPosterior ItemPosterior { get; }

    public double NoiseVariance { get; private set; }

    public void UpdateUsers(CancellationToken cancellation) => UpdateRows(byUser, Users, ItemPosterior, cancellation);

    public void UpdateItems(CancellationToken cancellation) => squaredErrors = UpdateRows(byItem, ItemPosterior, Users, cancellation);

    public void UpdateVariances()
    {
        if (byUser.Count == 0)
        {
            return;
        }

        NoiseVariance = Math.Max(squaredErrors / byUser.Count, leastNoiseVariance);
        for (var l = 0; l < Size; l++)
        {
            Users.PriorVariances[l] = MeanSquare(byUser, Users, l);
        }

        if (options.Biases)
        {
            ItemPosterior.PriorVariances[^1] = MeanSquare(byItem, ItemPosterior, Size - 1);
        }
    }

    /// <summary>The bound on ln p(ratings) that every step raises; valid after <see cref="UpdateItems"/>.</summary>
    public double Elbo() =>
        (-0.5 * byUser.Count * Math.Log(2 * Math.PI * NoiseVariance)) - (squaredErrors / (2 * NoiseVariance)) - Divergence(byUser, Users) - Divergence(byItem, ItemPosterior);

    /// <summary>What predictions need: the items, as floats.</summary>
    public PmfEmItems Items()
    {
        var means = Array.ConvertAll(ItemPosterior.Means, value => (float)value);
        var moments = Array.ConvertAll(ItemPosterior.Moments, value => (float)value);
        for (var item = 0; item < byItem.RowCount; item++)
        {
            if (byItem.RowLength(item) > 0)
            {
                continue;
            }

            // The prior instead of the draw that nothing has moved.
            means.AsSpan(item * Size, Size).Clear();
            var prior = moments.AsSpan(item * PmfEmSolver.Packed(Size), PmfEmSolver.Packed(Size));
            prior.Clear();
            for (var l = 0; l < Size; l++)
            {
                prior[PmfEmSolver.Packed(l) + l] = (float)ItemPosterior.PriorVariances[l];
            }
        }

        return new PmfEmItems(
            options.LatentFactors, options.Biases, (float)mean, (float)NoiseVariance, Array.ConvertAll(Users.PriorVariances, value => (float)value), means, moments);
    }

    // Returns the expected sum of squared errors under the new posterior.
    private double UpdateRows(InteractionMatrix ratings, PmfEmPosterior side, PmfEmPosterior other, CancellationToken cancellation)
    {
        var errors = new double[ratings.RowCount];
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = cancellation;
        Parallel.For(0, ratings.RowCount, parallel, row =>
        {
            if (ratings.RowLength(row) == 0)
            {
                return;
            }

            var packed = PmfEmSolver.Packed(Size);
            var solver = new PmfEmSolver(options.LatentFactors, options.Biases);
            var columns = ratings.Columns(row);
            for (var i = 0; i < columns.Length; i++)
            {
                solver.Add(
                    ratings.Values(row)[i] - mean,
                    other.Means.AsSpan(columns[i] * Size, Size),
                    other.Moments.AsSpan(columns[i] * packed, packed));
            }

            var means = side.Means.AsSpan(row * Size, Size);
            var moments = side.Moments.AsSpan(row * packed, packed);
            side.LogDeterminants[row] = solver.Solve(NoiseVariance, side.PriorVariances, means, moments);
            errors[row] = solver.ExpectedSquaredError(means, moments);
        });
        return errors.Sum();
    }

    private double MeanSquare(InteractionMatrix ratings, PmfEmPosterior side, int component)
    {
        var sum = 0.0;
        var rows = 0;
        for (var row = 0; row < ratings.RowCount; row++)
        {
            if (ratings.RowLength(row) > 0)
            {
                sum += side.Moments[(row * PmfEmSolver.Packed(Size)) + PmfEmSolver.Packed(component) + component];
                rows++;
            }
        }

        return Math.Max(sum / rows, 1e-12); // A factor that has died out stays a number that can be divided by.
    }

    // KL(posterior || prior), summed over rows with ratings; the others' posterior is their prior.
    private double Divergence(InteractionMatrix ratings, PmfEmPosterior side)
    {
        var sum = 0.0;
        var logPrior = side.PriorVariances.Sum(Math.Log);
        for (var row = 0; row < ratings.RowCount; row++)
        {
            if (ratings.RowLength(row) == 0)
            {
                continue;
            }

            sum += logPrior - side.LogDeterminants[row] - Size;
            for (var l = 0; l < Size; l++)
            {
                sum += side.Moments[(row * PmfEmSolver.Packed(Size)) + PmfEmSolver.Packed(l) + l] / side.PriorVariances[l];
            }
        }

        return sum / 2;
    }
}

/// <summary>
/// Gathers what the ratings of one row (a user, say) tell about it, and solves for its posterior. A rating by bias b_j and
/// factors v_j of the other side says that c.[v_j, 1] is about r - mu - b_j.
/// </summary>
internal sealed class PmfEmSolver(int factors, bool biases)
{
    private readonly int size = factors + (biases ? 1 : 0);
    private readonly double[] design = new double[Packed(factors + (biases ? 1 : 0))]; // sum of E[x x'], x = [v, 1], packed
    private readonly double[] response = new double[factors + (biases ? 1 : 0)]; // sum of E[x (r - b)]
    private double squares; // sum of E[(r - b)^2]

    /// <summary>Numbers of a lower triangle.</summary>
    public static int Packed(int n) => n * (n + 1) / 2;

    /// <summary>The lower triangle of c c'.</summary>
    public static void PackOuterProduct(ReadOnlySpan<double> c, Span<double> packed)
    {
        for (var i = 0; i < c.Length; i++)
        {
            TensorPrimitives.Multiply(c[..(i + 1)], c[i], packed.Slice(Packed(i), i + 1));
        }
    }

    /// <summary>Takes a rating in.</summary>
    /// <param name="rating">The rating less the mean of all.</param>
    /// <param name="means">E[c] of the other side's row: [size].</param>
    /// <param name="moments">E[c c'] of it, packed.</param>
    public void Add(double rating, ReadOnlySpan<double> means, ReadOnlySpan<double> moments)
    {
        var v = means[..factors];
        var vv = Packed(factors);
        TensorPrimitives.Add(design.AsSpan(0, vv), moments[..vv], design.AsSpan(0, vv));
        TensorPrimitives.MultiplyAdd(v, rating, response.AsSpan(0, factors), response.AsSpan(0, factors));
        squares += rating * rating;
        if (!biases)
        {
            return;
        }

        var bias = means[factors];
        var last = design.AsSpan(vv, size);
        TensorPrimitives.Add(last[..factors], v, last[..factors]);
        last[factors]++;
        TensorPrimitives.Subtract(response.AsSpan(0, factors), moments.Slice(vv, factors), response.AsSpan(0, factors)); // E[v b]
        response[factors] += rating - bias;
        squares += moments[vv + factors] - (2 * rating * bias);
    }

    /// <summary>The posterior given what was taken in; returns ln det of its covariance.</summary>
    /// <param name="noiseVariance">tau^2.</param>
    /// <param name="priorVariances">[size].</param>
    /// <param name="means">Receives E[c]: [size].</param>
    /// <param name="moments">Receives E[c c'], packed; empty when it is not wanted.</param>
    public double Solve(double noiseVariance, ReadOnlySpan<double> priorVariances, Span<double> means, Span<double> moments)
    {
        var precision = new double[size * size];
        for (var i = 0; i < size; i++)
        {
            TensorPrimitives.Multiply(design.AsSpan(Packed(i), i + 1), 1 / noiseVariance, precision.AsSpan(i * size, i + 1));
            precision[(i * size) + i] += 1 / priorVariances[i];
        }

        Cholesky.Factor(precision, size);
        TensorPrimitives.Multiply(response, 1 / noiseVariance, means);
        Cholesky.Solve(precision, means);
        if (!moments.IsEmpty)
        {
            var covariance = new double[size * size];
            Cholesky.Invert(precision, size, covariance);
            PackOuterProduct(means, moments);
            for (var i = 0; i < size; i++)
            {
                var row = moments.Slice(Packed(i), i + 1);
                TensorPrimitives.Add(row, covariance.AsSpan(i * size, i + 1), row);
            }
        }

        return -Cholesky.LogDeterminant(precision, size);
    }

    /// <summary>E[sum of (r - prediction)^2] over the ratings taken in, for a row with these moments.</summary>
    public double ExpectedSquaredError(ReadOnlySpan<double> means, ReadOnlySpan<double> moments)
    {
        // tr(E[x x'] E[c c']): what lies off the diagonal counts twice.
        var trace = 2 * TensorPrimitives.Dot(design, moments);
        for (var i = 0; i < size; i++)
        {
            trace -= design[Packed(i) + i] * moments[Packed(i) + i];
        }

        return squares - (2 * TensorPrimitives.Dot(response, means)) + trace;
    }
}

/// <summary>The items of a fitted model, and what it takes to solve for a user.</summary>
internal sealed record PmfEmItems(
    int Factors, bool Biases, float Mean, float NoiseVariance, float[] UserPriorVariances, float[] Means, float[] Moments);

/// <summary>
/// A fitted probabilistic matrix factorisation: mu + u.v + b_u + b_i at the posterior means. Of users only the history counts: the
/// posterior is solved for with the final items, for training users and new ones alike. Of an unknown item, or a user without a
/// history, only the other terms remain. Predictions are clipped to the scale of the training ratings; scores are not.
/// </summary>
public sealed class PmfEmModel : IRatingPredictor, IPersistentModel<PmfEmModel>
{
    private readonly PmfEmItems items;
    private readonly double[] means; // [items x size]
    private readonly double[] userPriorVariances;
    private readonly int size;

    internal PmfEmModel(PmfEmItems items, RatingScale scale, IReadOnlyList<EpochReport> history)
    {
        this.items = items;
        size = items.Factors + (items.Biases ? 1 : 0);
        means = Array.ConvertAll(items.Means, value => (double)value);
        userPriorVariances = Array.ConvertAll(items.UserPriorVariances, value => (double)value);
        Scale = scale;
        TrainingHistory = history;
    }

    /// <inheritdoc/>
    public int ItemCount => means.Length / size;

    /// <inheritdoc/>
    public RatingScale Scale { get; }

    /// <summary>The estimated standard deviation of a rating about its prediction, tau in the paper, in units of the scale.</summary>
    public double NoiseDeviation => Math.Sqrt(items.NoiseVariance);

    /// <summary>
    /// What happened in each epoch of the training; the training error is minus the variational bound, in nats a rating.
    /// </summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; }

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var posterior = UserMeans(histories.Interactions.Columns(user), histories.Interactions.Values(user));
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            for (var item = 0; item < row.Length; item++)
            {
                row[item] = Estimate(posterior, item);
            }
        });
    }

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var asked = pairs.Columns(user);
            if (asked.IsEmpty)
            {
                return;
            }

            var posterior = UserMeans(histories.Interactions.Columns(user), histories.Interactions.Values(user));
            var row = ratings.Span.Slice(pairs.Offsets[user], asked.Length);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Scale.Clip(Estimate(posterior, asked[i]));
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState()
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("factors_and_biases", [items.Factors, items.Biases ? 1 : 0])
        .Add("mean_and_noise_variance", [items.Mean, items.NoiseVariance])
        .Add("user_prior_variances", items.UserPriorVariances)
        .Add("item_means", items.Means, ItemCount, size)
        .Add("item_moments", items.Moments, ItemCount, PmfEmSolver.Packed(size));

    /// <inheritdoc/>
    public static PmfEmModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state.Floats("scale") is [var min, var max] && state.Ints("factors_and_biases") is [var factors, var biases]
            && state.Floats("mean_and_noise_variance") is [var mean, var noiseVariance]
            ? new PmfEmModel(
                new PmfEmItems(factors, biases != 0, mean, noiseVariance, state.Floats("user_prior_variances"), state.Floats("item_means"), state.Floats("item_moments")),
                new RatingScale(min, max),
                [])
            : throw new InvalidDataException("The model's 'scale', 'factors_and_biases' and 'mean_and_noise_variance' are two numbers each.");
    }

    private double[] UserMeans(ReadOnlySpan<int> history, ReadOnlySpan<float> ratings)
    {
        var solver = new PmfEmSolver(items.Factors, items.Biases);
        var packed = PmfEmSolver.Packed(size);
        var moments = new double[packed];
        for (var i = 0; i < history.Length; i++)
        {
            TensorPrimitives.ConvertTruncating<float, double>(items.Moments.AsSpan(history[i] * packed, packed), moments);
            solver.Add(ratings[i] - (double)items.Mean, means.AsSpan(history[i] * size, size), moments);
        }

        var posterior = new double[size];
        if (history.Length > 0)
        {
            solver.Solve(items.NoiseVariance, userPriorVariances, posterior, []);
        }

        return posterior;
    }

    private float Estimate(ReadOnlySpan<double> user, int item)
    {
        var itemMeans = means.AsSpan(item * size, size);
        var estimate = items.Mean + TensorPrimitives.Dot(user[..items.Factors], itemMeans[..items.Factors]);
        return (float)(items.Biases ? estimate + user[^1] + itemMeans[^1] : estimate);
    }
}
