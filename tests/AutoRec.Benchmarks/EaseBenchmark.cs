using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Benchmarks;

/// <summary>Fitting EASE: sparse Gram matrix and blocked Cholesky against a dense Gram matrix and LAPACK's inverse of a positive
/// definite matrix.</summary>
internal static class EaseBenchmark
{
    private const double Lambda = 500;

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        var shape = Shape.MovieLens1M.Scaled(options.Scale);
        var clicks = Generated.Ratings(shape).Binarize();
        var items = (double)clicks.ColumnCount;
        yield return Comparison.Run(
            $"EASE, {shape}, fit",
            new("sparse Gram, Cholesky (float64)", () => Fit(clicks)),
            new("dense Gram (float32), potrf and potri (float64)", () => Inverse(clicks)),
            options.Repeats,
            1e-4) with
        { Target = 1.5, Demand = new(items * items * 8 * 4, items * items * items) };
    }

    // Both return the sum of the absolute weights.
    private static double Fit(InteractionMatrix clicks)
    {
        var model = new EaseTrainer(new EaseOptions { Regularization = Lambda }).Fit(clicks, new FitContext());
        var sum = 0.0;
        for (var item = 0; item < model.ItemCount; item++)
        {
            sum += System.Numerics.Tensors.TensorPrimitives.SumOfMagnitudes(model.Weights(item));
        }

        return sum;
    }

    private static double Inverse(InteractionMatrix clicks)
    {
        using var scope = NewDisposeScope();
        var batch = new SparseBatch(clicks.ColumnCount);
        batch.Fill(clicks, [.. Enumerable.Range(0, clicks.RowCount)]);
        var x = batch.ToDense(CPU);
        var gram = x.t().mm(x).to(float64);
        gram.diagonal().copy_(gram.diagonal().Plus(Lambda));
        var p = cholesky_inverse(linalg.cholesky(gram));
        var weights = p / -p.diagonal();
        weights.diagonal().zero_();
        return weights.abs().sum().item<double>();
    }
}
