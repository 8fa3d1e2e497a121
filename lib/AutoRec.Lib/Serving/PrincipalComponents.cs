using System.Numerics.Tensors;

namespace AutoRec.Serving;

/// <summary>
/// Vectors on a map: their coordinates along the directions in which they spread most (Pearson 1901; Hotelling 1933), found by
/// orthogonal iteration on the covariance matrix.
/// </summary>
public sealed class PrincipalComponents
{
    private const int Iterations = 300;

    private PrincipalComponents(double[][] coordinates, double[] shares)
    {
        Coordinates = coordinates;
        Shares = shares;
    }

    /// <summary>The coordinates along each component: [components][vectors].</summary>
    public IReadOnlyList<IReadOnlyList<double>> Coordinates { get; }

    /// <summary>The share of the variance that lies along each component, 0 to 1.</summary>
    public IReadOnlyList<double> Shares { get; }

    /// <summary>Finds the components.</summary>
    /// <param name="vectors">Vectors of the same length, two at least.</param>
    /// <param name="components">How many components. Default 2.</param>
    /// <exception cref="ArgumentException">There are fewer than two vectors, or these are shorter than there are components.</exception>
    public static PrincipalComponents Of(IReadOnlyList<float[]> vectors, int components = 2)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        if (vectors.Count < 2 || vectors.Any(vector => vector.Length != vectors[0].Length) || vectors[0].Length < components)
        {
            throw new ArgumentException($"At least two vectors of the same length, {components} or more, are expected.", nameof(vectors));
        }

        var length = vectors[0].Length;
        var mean = Enumerable.Range(0, length).Select(i => vectors.Average(vector => (double)vector[i])).ToArray();
        var centered = vectors.Select(vector => vector.Select((value, i) => value - mean[i]).ToArray()).ToArray();
        var covariance = new double[length][];
        Parallel.For(0, length, i =>
        {
            covariance[i] = new double[length];
            foreach (var vector in centered)
            {
                TensorPrimitives.MultiplyAdd(vector, vector[i] / vectors.Count, covariance[i], covariance[i]);
            }
        });

        // The first unit vectors, a little askew so that none is orthogonal to a component.
        double[][] axes = [.. Enumerable.Range(0, components).Select(Start)];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            axes = [.. axes.Select(axis => covariance.Select(row => TensorPrimitives.Dot<double>(row, axis)).ToArray())];
            Orthonormalize(axes);
        }

        foreach (var axis in axes)
        {
            // Of the two directions the one with the largest entry above 0, so that a map is not mirrored by chance.
            if (axis[TensorPrimitives.IndexOfMaxMagnitude<double>(axis)] < 0)
            {
                TensorPrimitives.Negate(axis, axis);
            }
        }

        var total = Enumerable.Range(0, length).Sum(i => covariance[i][i]);
        return new PrincipalComponents(
            [.. axes.Select(axis => centered.Select(vector => TensorPrimitives.Dot<double>(vector, axis)).ToArray())],
            [.. axes.Select(axis => total == 0 ? 0 : Variance(axis) / total)]);

        double[] Start(int component) =>
            [.. Enumerable.Range(0, length).Select(i => (i == component ? 1 : 0) + (1e-3 / (1 + i + component)))];

        double Variance(double[] axis) => centered.Average(vector => Math.Pow(TensorPrimitives.Dot<double>(vector, axis), 2));
    }

    // Gram and Schmidt.
    private static void Orthonormalize(double[][] axes)
    {
        for (var i = 0; i < axes.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                TensorPrimitives.MultiplyAdd(axes[j], -TensorPrimitives.Dot<double>(axes[i], axes[j]), axes[i], axes[i]);
            }

            var norm = TensorPrimitives.Norm<double>(axes[i]);
            if (norm > 0)
            {
                TensorPrimitives.Divide(axes[i], norm, axes[i]);
            }
        }
    }
}
