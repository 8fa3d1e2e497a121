using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Models.Numerics;

/// <summary>
/// A linear map from the features z of items to targets y, such as their factors, by ridge regression on items whose targets are known:
/// minimises sum over these items of |y - b - W'z|^2 + lambda |W|^2. If lambda is not given, the one of <see cref="Penalties"/> with the
/// smallest error over held-out items is taken: each known item is predicted by the map without it, for which there is a closed form,
/// (y - b - W'z) / (1 - h), h being the item's leverage (Allen's PRESS statistic; Golub, Heath and Wahba 1979).
/// </summary>
internal sealed class FeatureMap
{
    /// <summary>The penalties that are tried, in items.</summary>
    public static readonly IReadOnlyList<double> Penalties = [1, 3, 10, 30, 100, 300, 1000];

    // Features that one known item alone has say nothing of others. Of too many, those that most known items have are taken.
    private const int FewestItems = 2;
    private const int MostFeatures = 1_000;

    private readonly InteractionMatrix features;
    private readonly int[] places; // of each feature its row in W from 1, or 0 if it is not used: [features]
    private readonly double[] weights; // b, then W: [1 + used features x width]
    private readonly int width;

    private FeatureMap(InteractionMatrix features, int[] places, double[] weights, int width)
    {
        this.features = features;
        this.places = places;
        this.weights = weights;
        this.width = width;
    }

    /// <summary>Lambda.</summary>
    public double Penalty { get; private init; }

    /// <summary>Features that are used.</summary>
    public int Used { get; private init; }

    /// <summary>The sum of squared errors over known items, each held out in turn.</summary>
    public double HeldOutError { get; private init; }

    /// <summary>
    /// Completes the targets of all items: those without a training interaction get what their features say.
    /// </summary>
    /// <param name="targets">The targets: [items x width].</param>
    /// <param name="width">Numbers of a target.</param>
    /// <param name="train">Tells which items have an interaction: [users x items].</param>
    /// <param name="features">[items x features].</param>
    /// <param name="penalty">Lambda; null chooses it.</param>
    /// <param name="what">What the targets are, for the note.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>The items that got targets, ascending, and what the map is worth, in a sentence.</returns>
    public static (int[] Items, string Note) Complete(
        float[] targets,
        int width,
        InteractionMatrix train,
        InteractionMatrix features,
        double? penalty,
        string what,
        CancellationToken cancellation)
    {
        var counts = train.CountByColumn();
        int[] known = [.. Enumerable.Range(0, counts.Length).Where(item => counts[item] > 0)];
        int[] unknown = [.. Enumerable.Range(0, counts.Length).Where(item => counts[item] == 0)];
        var map = Fit(features, known, targets, width, penalty, cancellation);
        var target = new double[width];
        foreach (var item in unknown)
        {
            map.Map(item, target);
            TensorPrimitives.ConvertTruncating<double, float>(target, targets.AsSpan(item * width, width));
        }

        var explained = 1 - (map.HeldOutError / ErrorOfMean(known, targets, width));
        return (unknown, FormattableString.Invariant($"{unknown.Length:N0} items without history are scored by {map.Used:N0} features ")
            + FormattableString.Invariant($"(penalty {map.Penalty}), which explain {100 * Math.Max(0, explained):0} % of the ")
            + $"variance of {what} over items that are held out one by one");
    }

    /// <summary>The features of a fit.</summary>
    /// <exception cref="ArgumentException">There are none, or they are of other items.</exception>
    public static InteractionMatrix FeaturesOf(FitContext context, InteractionMatrix train, string model)
    {
        var features = context.ItemFeatures;
        return features is not { ColumnCount: > 0 }
            ? throw new ArgumentException(SideFeatures.WhyMissing(model))
            : features.RowCount == train.ColumnCount ? features : throw new ArgumentException(
                $"The features have {features.RowCount} rows, but there are {train.ColumnCount} items in the training data.");
    }

    /// <summary>Fits the map.</summary>
    /// <param name="features">[items x features].</param>
    /// <param name="known">The items whose targets are known.</param>
    /// <param name="targets">The targets; those of other items are not read: [items x width].</param>
    /// <param name="width">Numbers of a target.</param>
    /// <param name="penalty">Lambda, above 0; null chooses it.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static FeatureMap Fit(
        InteractionMatrix features, int[] known, float[] targets, int width, double? penalty, CancellationToken cancellation)
    {
        var places = PlacesOf(features, known, out var used);
        var size = used + 1;
        var (gram, sums) = (new double[size * size], new double[size * width]);
        foreach (var item in known)
        {
            var (rows, values) = Row(features, places, item);
            for (var i = 0; i < rows.Length; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    gram[(rows[i] * size) + rows[j]] += values[i] * values[j];
                }

                var sum = sums.AsSpan(rows[i] * width, width);
                for (var d = 0; d < width; d++)
                {
                    sum[d] += values[i] * targets[(item * width) + d];
                }
            }
        }

        FeatureMap? best = null;
        foreach (var lambda in penalty is { } one ? [one] : Penalties)
        {
            cancellation.ThrowIfCancellationRequested();
            var map = Solve(lambda);
            best = best is null || map.HeldOutError < best.HeldOutError ? map : best;
        }

        return best!;

        FeatureMap Solve(double lambda)
        {
            var (matrix, inverse, weights) = ((double[])gram.Clone(), new double[size * size], new double[size * width]);
            for (var i = 0; i < size; i++)
            {
                // The intercept is free, but for what makes the matrix positive definite when no item is known.
                matrix[(i * size) + i] += i == 0 ? (known.Length == 0 ? 1 : 0) : lambda;
            }

            Cholesky.Factor(matrix, size);
            Cholesky.Invert(matrix, size, inverse);
            for (var i = 0; i < size; i++)
            {
                var row = weights.AsSpan(i * width, width);
                for (var j = 0; j < size; j++)
                {
                    TensorPrimitives.MultiplyAdd(sums.AsSpan(j * width, width), inverse[(i * size) + j], row, row);
                }
            }

            var map = new FeatureMap(features, places, weights, width);
            var errors = new double[known.Length];
            Parallel.For(0, known.Length, ComputeThreads.Options, at =>
            {
                var (rows, values) = Row(features, places, known[at]);
                var leverage = 0.0;
                for (var i = 0; i < rows.Length; i++)
                {
                    for (var j = 0; j < rows.Length; j++)
                    {
                        leverage += values[i] * values[j] * inverse[(rows[i] * size) + rows[j]];
                    }
                }

                var predicted = new double[width];
                map.Map(known[at], predicted);
                for (var d = 0; d < width; d++)
                {
                    var error = (targets[(known[at] * width) + d] - predicted[d]) / (1 - leverage);
                    errors[at] += error * error;
                }
            });
            return new FeatureMap(features, places, weights, width) { Penalty = lambda, Used = used, HeldOutError = errors.Sum() };
        }
    }

    /// <summary>Predicts the targets of an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="target">Receives them: [width].</param>
    public void Map(int item, Span<double> target)
    {
        target.Clear();
        var (rows, values) = Row(features, places, item);
        for (var i = 0; i < rows.Length; i++)
        {
            TensorPrimitives.MultiplyAdd(weights.AsSpan(rows[i] * width, width), values[i], target, target);
        }
    }

    // The rows of W that count for an item, ascending, and how much: the intercept first.
    private static (int[] Rows, double[] Values) Row(InteractionMatrix features, int[] places, int item)
    {
        var (rows, values) = (new List<int> { 0 }, new List<double> { 1 });
        var columns = features.Columns(item);
        for (var i = 0; i < columns.Length; i++)
        {
            if (places[columns[i]] > 0)
            {
                rows.Add(places[columns[i]]);
                values.Add(features.Values(item)[i]);
            }
        }

        return ([.. rows], [.. values]);
    }

    private static int[] PlacesOf(InteractionMatrix features, int[] known, out int used)
    {
        var counts = features.SelectRows(known).CountByColumn();
        int[] kept =
        [
            .. Enumerable.Range(0, counts.Length).Where(feature => counts[feature] >= FewestItems)
                .OrderByDescending(feature => counts[feature]).ThenBy(feature => feature).Take(MostFeatures).Order(),
        ];
        var places = new int[counts.Length];
        foreach (var (place, feature) in kept.Index())
        {
            places[feature] = place + 1;
        }

        used = kept.Length;
        return places;
    }

    // The mean of all other items in place of the map.
    private static double ErrorOfMean(int[] known, float[] targets, int width)
    {
        var error = 0.0;
        for (var d = 0; d < width; d++)
        {
            var mean = known.Length == 0 ? 0 : known.Average(item => (double)targets[(item * width) + d]);
            error += known.Sum(item => Math.Pow(targets[(item * width) + d] - mean, 2));
        }

        return error / Math.Pow(1 - (1.0 / known.Length), 2);
    }
}
