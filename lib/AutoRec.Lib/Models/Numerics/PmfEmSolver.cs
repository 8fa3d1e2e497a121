using System.Numerics.Tensors;

namespace AutoRec.Models.Numerics;

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
