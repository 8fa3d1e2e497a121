using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Models.Numerics;

/// <summary>The items of a fitted probabilistic matrix factorisation, and what it takes to solve for a user.</summary>
/// <param name="Factors">Number of factors.</param>
/// <param name="Biases">Whether the last number of each vector is a bias.</param>
/// <param name="Mean">mu, the mean rating.</param>
/// <param name="NoiseVariance">tau^2.</param>
/// <param name="UserPriorVariances">sigma^2: [size].</param>
/// <param name="Means">E[c]: [items x size].</param>
/// <param name="Moments">E[c c'], the lower triangle row after row: [items x size (size + 1) / 2].</param>
internal sealed record PmfEmItems(
    int Factors, bool Biases, float Mean, float NoiseVariance, float[] UserPriorVariances, float[] Means, float[] Moments)
{
    /// <summary>The items that predict ratings where these predict their values. Item factors have no unit, biases have.</summary>
    public PmfEmItems ToRatings(RatingUnits units)
    {
        var squared = units.Size * units.Size;
        var (means, moments) = ((float[])[.. Means], (float[])[.. Moments]);
        var size = UserPriorVariances.Length;
        for (var bias = size - 1; Biases && bias < means.Length; bias += size)
        {
            means[bias] *= units.Size;
            var last = moments.AsSpan((bias / size * PmfEmSums.Packed(size)) + PmfEmSums.Packed(Factors), size);
            TensorPrimitives.Multiply(last[..Factors], units.Size, last[..Factors]);
            last[Factors] *= squared;
        }

        return this with
        {
            Mean = units.ToRating(Mean),
            NoiseVariance = NoiseVariance * squared,
            UserPriorVariances = Array.ConvertAll(UserPriorVariances, variance => variance * squared),
            Means = means,
            Moments = moments,
        };
    }
}

/// <summary>The posterior of one side, users or items: a Gaussian for each row.</summary>
/// <param name="rows">Number of users or items.</param>
/// <param name="size">Random numbers of each: the factors and, with biases, the bias behind them.</param>
internal sealed class PmfEmPosterior(int rows, int size)
{
    /// <summary>E[c]: [rows x size].</summary>
    public float[] Means { get; } = new float[Sizes.Of("users or items x factors", rows, size)];

    /// <summary>E[c c'], the lower triangle row after row: [rows x size (size + 1) / 2].</summary>
    public float[] Moments { get; } = new float[Sizes.Of("users or items x pairs of factors", rows, PmfEmSums.Packed(size))];

    /// <summary>ln det of the covariance: [rows].</summary>
    public double[] LogDeterminants { get; } = new double[rows];

    /// <summary>The variance of each of the numbers before any rating is seen: [size].</summary>
    public double[] PriorVariances { get; } = new double[size];
}

/// <summary>Fits a probabilistic matrix factorisation by variational EM, step by step.</summary>
internal sealed class PmfEmFit
{
    private readonly InteractionMatrix byUser;
    private readonly InteractionMatrix byItem;
    private readonly int factors;
    private readonly bool biases;
    private readonly double mean;

    // Ratings that the model explains without an error would leave no noise to divide by.
    private readonly double leastNoiseVariance = 1e-9;
    private double squaredErrors; // E[sum of (r - prediction)^2] under the posterior, after the items' update

    public PmfEmFit(InteractionMatrix train, int factors, bool biases, int seed)
    {
        byUser = train;
        byItem = train.Transpose();
        this.factors = factors;
        this.biases = biases;
        Size = factors + (biases ? 1 : 0);
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
        Array.Fill(ItemPosterior.PriorVariances, 1.0 / factors);
        NoiseVariance = 1;

        // Items begin where a draw from their prior lies, without biases.
        var drawn = Factors.Normal(new Random(seed), Sizes.Of("items x factors", train.ColumnCount, factors), Math.Sqrt(1.0 / factors));
        for (var item = 0; item < train.ColumnCount; item++)
        {
            var means = ItemPosterior.Means.AsSpan(item * Size, Size);
            TensorPrimitives.ConvertTruncating<double, float>(drawn.AsSpan(item * factors, factors), means);
            PmfEmSums.PackOuterProduct(means, ItemPosterior.Moments.AsSpan(item * PmfEmSums.Packed(Size)));
        }
    }

    public int Size { get; }

    public PmfEmPosterior Users { get; }

    public PmfEmPosterior ItemPosterior { get; }

    public double NoiseVariance { get; private set; }

    public void UpdateUsers(WorkSteps? steps, CancellationToken cancellation) =>
        UpdateRows(byUser, Users, ItemPosterior, steps, cancellation);

    public void UpdateItems(WorkSteps? steps, CancellationToken cancellation) =>
        squaredErrors = UpdateRows(byItem, ItemPosterior, Users, steps, cancellation);

    public void UpdateVariances()
    {
        if (byUser.Count == 0)
        {
            return;
        }

        NoiseVariance = Math.Max(squaredErrors / byUser.Count, leastNoiseVariance);
        Parallel.For(0, Size, ComputeThreads.Options, l => Users.PriorVariances[l] = MeanSquare(byUser, Users, l));
        if (biases)
        {
            ItemPosterior.PriorVariances[^1] = MeanSquare(byItem, ItemPosterior, Size - 1);
        }
    }

    /// <summary>The bound on ln p(ratings) that every step raises; valid after <see cref="UpdateItems"/>.</summary>
    public double Elbo() =>
        (-0.5 * byUser.Count * Math.Log(2 * Math.PI * NoiseVariance)) - (squaredErrors / (2 * NoiseVariance))
        - Divergence(byUser, Users) - Divergence(byItem, ItemPosterior);

    /// <summary>Copies what predictions need.</summary>
    public PmfEmItems Items()
    {
        var (means, moments) = ((float[])[.. ItemPosterior.Means], (float[])[.. ItemPosterior.Moments]);
        for (var item = 0; item < byItem.RowCount; item++)
        {
            if (byItem.RowLength(item) > 0)
            {
                continue;
            }

            // The prior instead of the draw that nothing has moved.
            means.AsSpan(item * Size, Size).Clear();
            var prior = moments.AsSpan(item * PmfEmSums.Packed(Size), PmfEmSums.Packed(Size));
            prior.Clear();
            for (var l = 0; l < Size; l++)
            {
                prior[PmfEmSums.Packed(l) + l] = (float)ItemPosterior.PriorVariances[l];
            }
        }

        var priorVariances = Array.ConvertAll(Users.PriorVariances, value => (float)value);
        return new PmfEmItems(factors, biases, (float)mean, (float)NoiseVariance, priorVariances, means, moments);
    }

    // Returns the expected sum of squared errors under the new posterior.
    private double UpdateRows(
        InteractionMatrix ratings, PmfEmPosterior side, PmfEmPosterior other, WorkSteps? steps, CancellationToken cancellation)
    {
        var errors = new double[ratings.RowCount];
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = cancellation;
        Parallel.For(0, PmfEmSolver.Blocks(ratings.RowCount), parallel, () => new PmfEmSolver(factors, biases), (block, _, solver) =>
        {
            var (first, packed) = (block * PmfEmSolver.Rows, PmfEmSums.Packed(Size));
            var count = Math.Min(PmfEmSolver.Rows, ratings.RowCount - first);
            solver.Gather(ratings, first, count, mean, other.Means, other.Moments);
            solver.SolveMoments(NoiseVariance, side.PriorVariances);
            for (var i = 0; i < count; i++)
            {
                steps?.Add();
                var row = first + i;
                if (ratings.RowLength(row) > 0)
                {
                    var means = side.Means.AsSpan(row * Size, Size);
                    var moments = side.Moments.AsSpan(row * packed, packed);
                    solver.CopyMeans(i, means);
                    solver.CopyMoments(i, moments);
                    side.LogDeterminants[row] = solver.LogDeterminants[i];
                    errors[row] = solver[i].ExpectedSquaredError(means, moments);
                }
            }

            return solver;
        }, _ => { });
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
                sum += side.Moments[(row * PmfEmSums.Packed(Size)) + PmfEmSums.Packed(component) + component];
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
                sum += side.Moments[(row * PmfEmSums.Packed(Size)) + PmfEmSums.Packed(l) + l] / side.PriorVariances[l];
            }
        }

        return sum / 2;
    }
}
