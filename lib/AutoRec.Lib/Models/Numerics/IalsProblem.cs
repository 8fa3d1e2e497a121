using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AutoRec.Distributed;
using AutoRec.Training;

namespace AutoRec.Models.Numerics;

/// <summary>
/// The least-squares problems of one side of iALS, users or items, with the factors of the other side held fixed: each row's factors x
/// minimise <c>sum over its columns of c (y.x - 1)^2 + x'(alpha_0 Y'Y + lambda I) x</c>, which is where
/// <c>(sum of c y y' + alpha_0 Y'Y + lambda I) x = sum of c y</c>.
/// </summary>
internal sealed class IalsProblem
{
    private readonly FloatRows fixedFactors; // Y: [columns x k]
    private readonly IalsOptions options;
    private readonly double[] gram; // alpha_0 Y'Y: [k x k]
    private readonly float[] floatGram; // the same

    /// <summary>Makes the problems.</summary>
    /// <param name="fixedFactors">Y: [columns x k].</param>
    /// <param name="options">What to learn; see <see cref="IalsOptions.For"/>.</param>
    /// <param name="group">The processes that make them together; null for this one alone. Default null.</param>
    public IalsProblem(FloatRows fixedFactors, IalsOptions options, IProcessGroup? group = null)
    {
        this.fixedFactors = fixedFactors;
        this.options = options;
        var k = options.LatentFactors;
        gram = Factors.Gram(fixedFactors, group ?? ProcessGroup.Single);
        TensorPrimitives.Multiply(gram, options.UnobservedWeight, gram);
        floatGram = new float[gram.Length];
        for (var i = 0; i < k; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                floatGram[(i * k) + j] = floatGram[(j * k) + i] = (float)gram[(i * k) + j];
            }
        }
    }

    /// <summary>Computes the penalty lambda of a row with so many interactions, there being so many columns.</summary>
    public static double Penalty(int interactions, int columns, IalsOptions options) =>
        options.Regularization!.Value * Math.Pow(interactions + (options.UnobservedWeight * columns), options.RegularizationExponent);

    /// <summary>Solves for the factors of a row. A row without interactions has factors of 0.</summary>
    /// <param name="columns">The row's interactions.</param>
    /// <param name="weights">The weight c of each; empty for weights of 1.</param>
    /// <param name="factors">Receives the factors, and holds those to begin with: [k].</param>
    /// <param name="solver">How to solve.</param>
    /// <returns>The part of the loss that these factors decide.</returns>
    public double Solve(ReadOnlySpan<int> columns, double[] weights, Span<float> factors, IalsSolver solver)
    {
        if (columns.IsEmpty)
        {
            factors.Clear();
            return 0;
        }

        var penalty = Penalty(columns.Length, fixedFactors.Count, options);
        return solver == IalsSolver.Cholesky
            ? SolveExactly(columns, weights, factors, penalty)
            : Approach(columns, weights, factors, penalty);
    }

    private double SolveExactly(ReadOnlySpan<int> columns, double[] weights, Span<float> factors, double penalty)
    {
        var k = options.LatentFactors;
        var matrix = (double[])gram.Clone();
        Factors.AddOuterProducts<float>(fixedFactors.All, fixedFactors.Stride, k, columns, matrix, weights);
        for (var i = 0; i < k; i++)
        {
            matrix[(i * k) + i] += penalty;
        }

        var (target, solution, sum) = (new double[k], new double[k], 0.0);
        for (var i = 0; i < columns.Length; i++)
        {
            var weight = weights.Length == 0 ? 1 : weights[i];
            TensorPrimitives.ConvertTruncating(fixedFactors[columns[i]], solution);
            TensorPrimitives.MultiplyAdd(solution, weight, target, target);
            sum += weight;
        }

        target.CopyTo(solution, 0);
        Cholesky.Factor(matrix, k);
        Cholesky.Solve(matrix, solution);
        TensorPrimitives.ConvertTruncating<double, float>(solution, factors);
        return sum - TensorPrimitives.Dot<double>(target, solution);
    }

    // Conjugate gradients. Each step lowers the loss by what it moves along the direction times the square of the residual.
    private double Approach(ReadOnlySpan<int> columns, double[] weights, Span<float> factors, double penalty)
    {
        var k = options.LatentFactors;
        Span<float> work = k <= 1024 ? stackalloc float[3 * k] : new float[3 * k];
        var residual = work[..k];
        var direction = work[k..(2 * k)];
        var image = work[(2 * k)..];

        // The residual sum of c (1 - y.x) y - (alpha_0 Y'Y + lambda I) x.
        MultiplyByPenalties(factors, penalty, image);
        var loss = (double)TensorPrimitives.Dot<float>(factors, image);
        TensorPrimitives.Negate(image, residual);
        var products = new RowProducts(fixedFactors, columns, factors);
        var sum = new ScaledSum(fixedFactors.All, fixedFactors.Stride, residual);
        for (var i = 0; i < columns.Length; i++)
        {
            var error = 1 - products.Next();
            var weight = weights.Length == 0 ? 1 : (float)weights[i];
            loss += weight * (double)error * error;
            sum.Add(columns[i], weight * error);
        }

        sum.Complete();
        residual.CopyTo(direction);
        var square = Dot(residual, residual);
        for (var step = 0; step < options.Steps && square > 0; step++)
        {
            MultiplyByPenalties(direction, penalty, image);
            var alongDirection = new RowProducts(fixedFactors, columns, direction);
            var sumOfImage = new ScaledSum(fixedFactors.All, fixedFactors.Stride, image);
            for (var i = 0; i < columns.Length; i++)
            {
                sumOfImage.Add(columns[i], (weights.Length == 0 ? 1 : (float)weights[i]) * alongDirection.Next());
            }

            sumOfImage.Complete();
            var length = square / Dot(direction, image);
            AddScaled(factors, direction, length);
            AddScaled(residual, image, -length);
            loss -= (double)length * square;
            var before = square;
            square = Dot(residual, residual);
            TensorPrimitives.MultiplyAdd(direction, square / before, residual, direction);
        }

        return loss;
    }

    // (alpha_0 Y'Y + lambda I) x
    private void MultiplyByPenalties(ReadOnlySpan<float> x, double penalty, Span<float> product)
    {
        TensorPrimitives.Multiply(x, (float)penalty, product);
        var sum = new ScaledSum(floatGram, x.Length, product);
        for (var i = 0; i < x.Length; i++)
        {
            sum.Add(i, x[i]);
        }

        sum.Complete();
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b) =>
        VectorKernels.Dot(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b), a.Length);

    private static void AddScaled(Span<float> target, ReadOnlySpan<float> row, float factor) =>
        VectorKernels.AddScaled(ref MemoryMarshal.GetReference(target), ref MemoryMarshal.GetReference(row), factor, target.Length);
}
