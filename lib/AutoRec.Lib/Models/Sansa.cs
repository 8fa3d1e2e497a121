using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of SANSA.</summary>
internal sealed record SansaOptions : IAgeWeighted
{
    /// <summary>
    /// Weight lambda of the L2 penalty lambda |B|^2 against the sum of squared errors |X - X B|^2 over all users and items, in users, as in
    /// EASE. Default 500.
    /// </summary>
    [Range(1e-3, 1e9)]
    public double Regularization { get; init; } = 500;

    /// <summary>
    /// Share of all pairs of items for which a weight matrix holds a number, at most; there are two such matrices. Time grows with its
    /// third power. 1 leaves nothing out, which is EASE. Default auto: 200 / items.
    /// </summary>
    [Range(1e-9, 1.0)]
    [DefaultValue(0.05)]
    public double? Density { get; init; }

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }

    /// <summary>The most numbers of a row of a weight matrix, beside the diagonal.</summary>
    /// <param name="items">Items.</param>
    public int MostOf(long items) => (int)Math.Min(items, Density is { } density ? Math.Ceiling(density * items) : 200);
}

/// <summary>
/// Trains SANSA (Spisak, Bartyzal, Hoskovec, Peska and Tuma, "Scalable Approximate NonSymmetric Autoencoder for Collaborative Filtering",
/// RecSys 2023): EASE with the inverse P = (X'X + lambda I)^-1 replaced by a product Z'Z of sparse factors, so that the weights
/// B_ij = -P_ij / P_jj off the diagonal are never made. Items are eliminated from the most to the least popular. X is binary: any
/// interaction counts as 1, or with a half-life as the root of its weight by age. It is deterministic; the seed has no effect.
/// </summary>
/// <remarks>
/// The paper makes an incomplete Cholesky factor and inverts it by iterations that lower the residual. Here the factor of the inverse is
/// found directly, row by row (<see cref="SparseInverse"/>): incomplete factors of a dense Gram matrix break down. Memory: about 60 bytes
/// in training for each number of Z, 20 afterwards. Time: a pass over the pairs of each user's items, and k^3 / 6 multiplications for each
/// item with k weights.
/// </remarks>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class SansaTrainer(SansaOptions? options = null) : ITrainer<SansaModel>
{
    private readonly SansaOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data)
    {
        // Item and number: of the factor, its transpose and what makes it, and of the known similarities.
        const int BytesPerWeight = 44, BytesPerSimilarity = sizeof(int) + sizeof(float);
        var most = options.MostOf(data.Items);
        var weights = data.Items + Math.Min((double)data.Items * most, data.Pairs / 2);
        var similarities = Math.Min((double)data.Items * SparseInverse.KnownOf(data.Items, most), data.Pairs);
        var spaces = ComputeThreads.Count * ((13.0 * data.Items) + (sizeof(double) * (double)most * most));
        return new FitCost
        {
            Bytes = (BytesPerWeight * weights) + (BytesPerSimilarity * similarities)
                + (64.0 * data.Items) + spaces + (4 * data.MatrixBytes),
            ModelBytes = 20 * weights,
            Seconds = Phases(data).Searching + Phases(data).Solving,
            LongestArray = Math.Max(weights, (double)most * most),
        };
    }

    /// <inheritdoc/>
    public SansaModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var byItem = AgeWeights.Rooted(train, options).Transpose();
        int[] order = [.. Enumerable.Range(0, train.ColumnCount).OrderByDescending(byItem.RowLength)];
        var (searching, solving) = Phases(DataSize.Of(train));
        var factor = SparseInverse.Of(
            byItem.SelectRows(order),
            options.Regularization,
            options.MostOf(train.ColumnCount),
            new WorkPlan(context.Progress, (SparseInverse.SearchPhase, searching), (SparseInverse.SolvePhase, solving)),
            context.Cancellation);
        return new SansaModel(ToItems(factor, order));
    }

    // Processor seconds of each.
    private (double Searching, double Solving) Phases(DataSize data)
    {
        var most = (double)options.MostOf(data.Items);
        return (DataSize.PairSeconds * data.Pairs, data.Items * ((1.2e-8 * most * most) + (1e-10 * most * most * most)));
    }

    // The same numbers, with items as columns.
    private static InteractionMatrix ToItems(InteractionMatrix factor, int[] order)
    {
        var items = Array.ConvertAll(factor.Columns().ToArray(), position => order[position]);
        var values = factor.Values().ToArray();
        for (var row = 0; row < factor.RowCount; row++)
        {
            items.AsSpan(factor.Offsets[row], factor.RowLength(row)).Sort(values.AsSpan(factor.Offsets[row], factor.RowLength(row)));
        }

        return InteractionMatrix.FromRows(factor.ColumnCount, factor.Offsets.ToArray(), items, values);
    }
}

/// <summary>
/// A fitted SANSA. A user's scores are the history times Z', times Z with the columns of Z divided by -P_jj, and without the diagonal, so
/// that new users are folded in.
/// </summary>
internal sealed class SansaModel : IPersistentModel<SansaModel>
{
    private readonly InteractionMatrix factor;  // Z: [factors x items]
    private readonly InteractionMatrix encoder; // Z': [items x factors]
    private readonly InteractionMatrix decoder; // [factors x items]

    internal SansaModel(InteractionMatrix factor)
    {
        this.factor = factor;
        encoder = factor.Transpose();
        var variances = new float[ItemCount]; // of P, on its diagonal
        for (var item = 0; item < ItemCount; item++)
        {
            variances[item] = TensorPrimitives.SumOfSquares(encoder.Values(item));
        }

        var values = factor.Values().ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            values[i] /= -variances[factor.Columns()[i]];
        }

        decoder = factor.WithValues(values, factor.Scale);
    }

    /// <inheritdoc/>
    public int ItemCount => factor.ColumnCount;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Parallel.For(0, histories.Count, ComputeThreads.Options, () => new float[ItemCount], (user, _, code) =>
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            row.Clear();
            foreach (var item in histories.Interactions.Columns(user))
            {
                Add(encoder, item, 1, code);
                row[item] = 1; // B has a diagonal of 0, -P_jj / P_jj is -1.
            }

            for (var i = 0; i < code.Length; i++)
            {
                if (code[i] != 0)
                {
                    Add(decoder, i, code[i], row);
                    code[i] = 0;
                }
            }

            return code;
        }, _ => { });
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState().Add("factor", factor);

    /// <inheritdoc/>
    public static SansaModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var factor = state.Matrix("factor");
        return factor.RowCount == factor.ColumnCount ? new SansaModel(factor) : throw new InvalidDataException(
            $"SANSA's factor must be [items x items]; got [{factor.RowCount} x {factor.ColumnCount}].");
    }

    private static void Add(InteractionMatrix weights, int row, float times, Span<float> sums)
    {
        var columns = weights.Columns(row);
        var values = weights.Values(row);
        for (var i = 0; i < columns.Length; i++)
        {
            sums[columns[i]] += times * values[i];
        }
    }
}
