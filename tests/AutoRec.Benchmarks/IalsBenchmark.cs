using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Training;

namespace AutoRec.Benchmarks;

/// <summary>
/// Epochs of iALS: conjugate gradients in single precision against a Cholesky factorisation in double precision, and against conjugate
/// gradients as one writes them down in C#.
/// </summary>
internal static class IalsBenchmark
{
    private const int Epochs = 4;

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        var shape = Shape.MovieLens1M.Scaled(options.Scale);
        var clicks = Generated.Ratings(shape).Binarize();
        var settings = new IalsOptions { LatentFactors = options.Hidden(64), Epochs = Epochs }.For(clicks);
        var work = $"iALS, {shape}, k = {settings.LatentFactors}, {Epochs} epochs";
        var ours = new Side("conjugate gradients (float32), 3 steps", () => Loss(settings));
        yield return Comparison.Run(
            work,
            ours,
            new("Cholesky (float64)", () => Loss(settings with { Solver = IalsSolver.Cholesky })),
            options.Repeats,
            1e-2);
        yield return Comparison.Run(work, ours, new("a plain C# loop of the same", () => Plain(clicks, settings)), options.Repeats, 1e-3);

        double Loss(IalsOptions settings) => new IalsTrainer(settings).Fit(clicks, new FitContext()).TrainingHistory[^1].TrainError;
    }

    // Conjugate gradients over rows in parallel, with vector functions of the platform. Returns the loss.
    private static double Plain(InteractionMatrix clicks, IalsOptions options)
    {
        var k = options.LatentFactors;
        var byItem = clicks.Transpose();
        var users = new float[clicks.RowCount * k];
        var items = Factors.NormalFloats(new Random(42), clicks.ColumnCount * k, options.InitialDeviation / Math.Sqrt(k));
        Solve(clicks, items, users);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            Solve(byItem, users, items);
            Solve(clicks, items, users);
        }

        var (userGram, itemGram, loss) = (Gram(users), Gram(items), 0.0);
        for (var user = 0; user < clicks.RowCount; user++)
        {
            var x = users.AsSpan(user * k, k);
            foreach (var item in clicks.Columns(user))
            {
                loss += Math.Pow(TensorPrimitives.Dot<float>(items.AsSpan(item * k, k), x) - 1, 2);
            }
        }

        loss += options.UnobservedWeight * TensorPrimitives.Dot<float>(userGram, itemGram);
        loss += Penalties(clicks, users) + Penalties(byItem, items);
        return loss / clicks.Count;

        double Penalty(InteractionMatrix rows, int row) =>
            options.Regularization!.Value * Math.Pow(
                rows.RowLength(row) + (options.UnobservedWeight * rows.ColumnCount), options.RegularizationExponent);

        double Penalties(InteractionMatrix rows, float[] factors) => Enumerable.Range(0, rows.RowCount)
            .Sum(row => Penalty(rows, row) * TensorPrimitives.SumOfSquares<float>(factors.AsSpan(row * k, k)));

        float[] Gram(float[] factors)
        {
            var gram = new float[k * k];
            for (var row = 0; row < factors.Length; row += k)
            {
                for (var i = 0; i < k; i++)
                {
                    TensorPrimitives.MultiplyAdd(factors.AsSpan(row, k), factors[row + i], gram.AsSpan(i * k, k), gram.AsSpan(i * k, k));
                }
            }

            return gram;
        }

        void Solve(InteractionMatrix rows, float[] fixedFactors, float[] factors)
        {
            var gram = Gram(fixedFactors);
            TensorPrimitives.Multiply(gram, (float)options.UnobservedWeight, gram);
            Parallel.For(0, rows.RowCount, ComputeThreads.Options, row =>
            {
                var (x, r, image) = (factors.AsMemory(row * k, k), new float[k], new float[k]);
                var penalty = (float)Penalty(rows, row);
                Image(x.Span, image);
                foreach (var column in rows.Columns(row))
                {
                    TensorPrimitives.Add(r, fixedFactors.AsSpan(column * k, k), r);
                }

                TensorPrimitives.Subtract(r, image, r);
                var p = (float[])r.Clone();
                var square = TensorPrimitives.SumOfSquares<float>(r);
                for (var step = 0; step < options.Steps && square > 0; step++)
                {
                    Image(p, image);
                    var length = square / TensorPrimitives.Dot<float>(p, image);
                    TensorPrimitives.MultiplyAdd(p, length, x.Span, x.Span);
                    TensorPrimitives.MultiplyAdd(image, -length, r, r);
                    var next = TensorPrimitives.SumOfSquares<float>(r);
                    TensorPrimitives.MultiplyAdd(p, next / square, r, p);
                    square = next;
                }

                void Image(ReadOnlySpan<float> of, float[] into)
                {
                    TensorPrimitives.Multiply(of, penalty, into);
                    for (var i = 0; i < k; i++)
                    {
                        TensorPrimitives.MultiplyAdd(gram.AsSpan(i * k, k), of[i], into, into);
                    }

                    foreach (var column in rows.Columns(row))
                    {
                        var y = fixedFactors.AsSpan(column * k, k);
                        TensorPrimitives.MultiplyAdd(y, TensorPrimitives.Dot(y, of), into, into);
                    }
                }
            });
        }
    }
}
