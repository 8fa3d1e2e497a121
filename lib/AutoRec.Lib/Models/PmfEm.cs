using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of a probabilistic matrix factorisation.</summary>
internal sealed record PmfEmOptions
{
    /// <summary>Number of latent factors, n in the paper. Those that the data do not need shrink to 0 by themselves. Default 30.</summary>
    [Range(1, 1_000)]
    public int LatentFactors { get; init; } = 30;

    /// <summary>Whether users and items have biases, as one more random number each, which the paper's do not. Default true.</summary>
    public bool Biases { get; init; } = true;

    /// <summary>Number of epochs, in each of which users, items and variances are solved for in turn. Default 50.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 50;
}

/// <summary>
/// Trains a probabilistic matrix factorisation (Salakhutdinov and Mnih, "Probabilistic Matrix Factorization", NIPS 2007) by
/// expectation-maximisation: variational Bayes after Lim and Teh, "Variational Bayesian Approach to Movie Rating Prediction", KDD Cup 2007.
/// The model: <c>r_ij ~ N(mu + u_i.v_j, tau^2)</c>, <c>u_il ~ N(0, sigma_l^2)</c>, <c>v_jl ~ N(0, 1/n)</c>. The posterior is taken as a
/// product of one Gaussian for each user and each item. In turn,
/// <list type="bullet">
/// <item>each user gets covariance <c>Phi_i = (diag(1/sigma^2) + sum over items of (Psi_j + v_j v_j') / tau^2)^-1</c> and mean
/// <c>u_i = Phi_i sum over items of (r_ij - mu) v_j / tau^2</c> (section 3.2 of the paper),</item>
/// <item>each item the same with users in the place of items,</item>
/// <item>the noise and prior variances become the expected squares: <c>tau^2</c> the mean over ratings of E[(r - mu - u.v)^2],
/// <c>sigma_l^2</c> the mean over users of E[u_il^2].</item>
/// </list>
/// Each step raises the variational bound on the likelihood; there is no learning rate. Biases, an extension of the paper, are one more
/// component of each vector, which meets a constant 1 on the other side; they share in the covariances and have prior variances of their
/// own, estimated too.
/// </summary>
/// <remarks>
/// Time: ratings * n^2 + (users + items) * n^3 an epoch, on several threads; results do not depend on their number. Memory:
/// 2 n^2 bytes for each user and item; nothing of size users x items is made. Users or items without a rating are integrated out.
/// </remarks>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class PmfEmTrainer(PmfEmOptions? options = null) : ITrainer<PmfEmModel>
{
    private readonly PmfEmOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        var size = options.LatentFactors + (options.Biases ? 1 : 0);
        var row = size + (size * (size + 1.0) / 2); // mean and moments
        var means = sizeof(float) * (double)size * data.Users;
        var (pairs, rows) = (data.Interactions * row, (double)data.Users + data.Items);
        return new FitCost
        {
            // Of items also as learned, and in the unit of the ratings.
            Bytes = (sizeof(float) * row * (data.Users + (3.0 * data.Items)))
                + means + (2 * data.MatrixBytes) + (16.0 * data.Users),
            ModelBytes = (sizeof(float) * row * data.Items) + means,
            Seconds = (0.6e-9 * pairs) + (3.5e-8 * rows * row), // The users of the model are solved for; moments are copied.
            EpochSeconds = (1.2e-9 * pairs) + (1e-8 * rows * row) + (0.2e-9 * rows * size * size * size),
            Epochs = options.Epochs,
            LongestArray = Math.Max(data.Users, data.Items) * row,
            Option = new("latent-factors", options.LatentFactors, factors =>
                new PmfEmTrainer(options with { LatentFactors = factors }).Estimate(data)),
        };
    }

    /// <inheritdoc/>
    public PmfEmModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var units = RatingUnits.Of(train.Scale);
        var known = KnownUsers.Of(train);
        var fit = new PmfEmFit(units.ToValues(train), options.LatentFactors, options.Biases, context.Seed);
        return EpochLoop.Run(
            new EpochTraining<PmfEmItems, PmfEmModel>
            {
                Epochs = options.Epochs,
                Metric = "negative elbo of a rating",
                TrainEpoch = (_, progress) =>
                {
                    var steps = new WorkSteps(progress, "", (long)train.RowCount + train.ColumnCount, "users and items");
                    fit.UpdateUsers(steps, context.Cancellation);
                    fit.UpdateItems(steps, context.Cancellation);
                    fit.UpdateVariances();
                    return -fit.Elbo() / Math.Max(1, train.Count);
                },
                Snapshot = _ => fit.Items(),
                ToModel = items => PmfEmModel.Of(items.ToRatings(units), train, known),
            },
            context);
    }
}

/// <summary>
/// A fitted probabilistic matrix factorisation: mu + u.v + b_u + b_i at the posterior means. A user's posterior is solved for from the
/// history with the final items: once for each training user, and when they are scored for new users and other histories. For an unknown
/// item or a user without a history the prediction is the sum of the other terms. Predictions are clipped to the scale of the training
/// ratings; scores are not. The training error in the history is minus the variational bound, in nats a rating, of ratings in units whose
/// scale is 1 to 5.
/// </summary>
internal sealed class PmfEmModel : TrainedModel, IRatingPredictor, IPersistentModel<PmfEmModel>
{
    private readonly PmfEmItems items;
    private readonly KnownUsers known;
    private readonly float[] userMeans; // [known users x size]
    private readonly double[] userPriorVariances;
    private readonly int size;
    private readonly Lazy<PackedRows> packedItems; // v, 1, b_i

    private PmfEmModel(PmfEmItems items, RatingScale scale, KnownUsers known, float[] userMeans)
    {
        this.items = items;
        this.known = known;
        this.userMeans = userMeans;
        size = items.Factors + (items.Biases ? 1 : 0);
        userPriorVariances = Array.ConvertAll(items.UserPriorVariances, value => (double)value);
        Scale = scale;
        packedItems = new(() => PackedRows.Of(ItemCount, items.Factors + 2, (item, row) =>
        {
            var itemMeans = items.Means.AsSpan(item * size, size);
            itemMeans[..items.Factors].CopyTo(row);
            (row[^2], row[^1]) = (1, items.Biases ? itemMeans[^1] : 0);
        }));
    }

    /// <inheritdoc/>
    public override int ItemCount => items.Means.Length / size;

    /// <inheritdoc/>
    public RatingScale Scale { get; }

    /// <summary>Gets the estimated standard deviation of a rating about its prediction, tau in the paper, in units of the scale.</summary>
    public double NoiseDeviation => Math.Sqrt(items.NoiseVariance);

    /// <inheritdoc/>
    public override void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        packedItems.Value.Multiply(
            histories.Count,
            (user, vector) =>
            {
                var posterior = UserMeans(histories, user);
                posterior[..items.Factors].CopyTo(vector);
                (vector[^2], vector[^1]) = (items.Mean + (items.Biases ? posterior[^1] : 0), 1);
            },
            scores);
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

            var posterior = UserMeans(histories, user);
            var row = ratings.Span.Slice(pairs.Offsets[user], asked.Length);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = Scale.Clip(Estimate(posterior, asked[i]));
            }
        });
    }

    /// <inheritdoc/>
    public ModelState Save() => known.SaveTo(new ModelState()
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("factors_and_biases", [items.Factors, items.Biases ? 1 : 0])
        .Add("mean_and_noise_variance", [items.Mean, items.NoiseVariance])
        .Add("user_prior_variances", items.UserPriorVariances)
        .Add("item_means", items.Means, ItemCount, size)
        .Add("item_moments", items.Moments, ItemCount, PmfEmSums.Packed(size))
        .Add("user_means", userMeans, userMeans.Length / size, size));

    /// <inheritdoc/>
    public static PmfEmModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var (items, size) = state.Size("item_means");
        var hasUsers = state.Names.Contains("user_means"); // Models of earlier versions solve for everybody.
        state.Require("item_moments", items, Sizes.Of("pairs of factors", size, size + 1) / 2).Require("user_prior_variances", size);
        return state.Floats("scale") is [var min, var max] && state.Ints("factors_and_biases") is [var factors, var biases and (0 or 1)]
            && factors == size - biases && (!hasUsers || state.Size("user_means").Columns == size)
            && state.Floats("mean_and_noise_variance") is [var mean, var noiseVariance]
            ? new PmfEmModel(
                new PmfEmItems(
                    factors,
                    biases != 0,
                    mean,
                    noiseVariance,
                    state.Floats("user_prior_variances"),
                    state.Floats("item_means"),
                    state.Floats("item_moments")),
                new RatingScale(min, max),
                hasUsers ? KnownUsers.Load(state, state.Size("user_means").Rows) : KnownUsers.None,
                hasUsers ? state.Floats("user_means") : [])
            : throw new InvalidDataException(
                "The model's 'scale', 'factors_and_biases' and 'mean_and_noise_variance' must be two numbers each that fit the others.");
    }

    /// <summary>Makes the model, and solves for the users it is fitted to.</summary>
    internal static PmfEmModel Of(PmfEmItems items, InteractionMatrix train, KnownUsers known)
    {
        var size = items.UserPriorVariances.Length;
        var userMeans = new float[Sizes.Of("users x factors", train.RowCount, size)];
        var model = new PmfEmModel(items, train.Scale, known, userMeans);
        Parallel.For(
            0,
            PmfEmSolver.Blocks(train.RowCount),
            ComputeThreads.Options,
            () => new PmfEmSolver(items.Factors, items.Biases),
            (block, _, solver) =>
            {
                var first = block * PmfEmSolver.Rows;
                var count = Math.Min(PmfEmSolver.Rows, train.RowCount - first);
                model.Solve(solver, train, first, userMeans.AsSpan(first * size, count * size));
                return solver;
            },
            _ => { });
        return model;
    }

    private ReadOnlySpan<float> UserMeans(Histories histories, int user)
    {
        if (known.RowOf(histories, user) is >= 0 and var row)
        {
            return userMeans.AsSpan(row * size, size);
        }

        var posterior = new float[size];
        Solve(new PmfEmSolver(items.Factors, items.Biases), histories.Interactions, user, posterior);
        return posterior;
    }

    // The posterior means of some users, as many as there is room for; they are 0 without a history.
    private void Solve(PmfEmSolver solver, InteractionMatrix histories, int first, Span<float> posteriors)
    {
        var count = posteriors.Length / size;
        solver.Gather(histories, first, count, items.Mean, items.Means, items.Moments);
        solver.SolveMeans(items.NoiseVariance, userPriorVariances);
        for (var i = 0; i < count; i++)
        {
            solver.CopyMeans(i, posteriors.Slice(i * size, size));
        }
    }

    private float Estimate(ReadOnlySpan<float> user, int item)
    {
        var itemMeans = items.Means.AsSpan(item * size, size);
        var estimate = items.Mean + TensorPrimitives.Dot(user[..items.Factors], itemMeans[..items.Factors]);
        return items.Biases ? estimate + user[^1] + itemMeans[^1] : estimate;
    }
}
