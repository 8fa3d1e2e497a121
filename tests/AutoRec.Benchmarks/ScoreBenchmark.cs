using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Benchmarks;

/// <summary>The top 10 of all training users: products in blocks and partial selection against torch's product and topk.</summary>
internal static class ScoreBenchmark
{
    private const int K = 10;

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        var shape = Shape.MovieLens1M.Scaled(options.Scale);
        var ratings = Generated.Ratings(shape);
        using var scope = NewDisposeScope();

        var factors = options.Hidden(64);
        var ials = new IalsTrainer(new IalsOptions { LatentFactors = factors, Epochs = 2 }).Fit(ratings, new FitContext());
        var state = ials.Save();
        yield return Compare(
            $"top {K} of all users, iALS, k = {factors}, {shape}",
            options,
            ials,
            ratings,
            Rows(state.Floats("user_factors"), shape.Users),
            Rows(state.Floats("item_factors"), shape.Items),
            zeros(shape.Users, 1));

        var hidden = options.Hidden(500);
        var settings = new AutoRecOptions { HiddenUnits = hidden, Epochs = 1, Center = Centering.None };
        var autoRec = new AutoRecTrainer(AutoRecRows.Items, settings).Fit(ratings, new FitContext());
        state = autoRec.Save();
        yield return Compare(
            $"top {K} of all users, AutoRec-item, h = {hidden}, {shape}",
            options,
            autoRec,
            ratings,
            Rows(state.Floats("decoder_weight"), shape.Users),
            Rows(state.Floats("item_hidden"), shape.Items),
            Rows(state.Floats("decoder_bias"), shape.Users));
    }

    // Both sides return the sum of the scores in the lists.
    private static Comparison Compare(
        string work, BenchmarkOptions options, IRecommender model, InteractionMatrix train, Tensor users, Tensor items, Tensor biases)
    {
        var histories = Histories.OfTraining(train);
        var isKnown = train.CountByColumn().Select(count => count > 0).ToArray();
        var mask = Mask(train).logical_or(tensor(isKnown).logical_not());
        var work1 = 2.0 * train.RowCount * train.ColumnCount * users.shape[1];
        return Comparison.Run(
            work,
            new("products in blocks, partial selection", () =>
                model.Recommend(histories, K).Sum(list => list.Where(place => isKnown[place.Item]).Sum(place => (double)place.Score))),
            new("torch: product, mask, topk", () =>
            {
                using var inner = NewDisposeScope();
                var scores = users.mm(items.t()).add_(biases).masked_fill_(mask, float.NegativeInfinity);
                return scores.topk(K).values.to(float64).sum().item<double>();
            }),
            options.Repeats,
            1e-4) with
        { Demand = new(4.0 * train.RowCount * train.ColumnCount, work1) };
    }

    private static Tensor Rows(float[] numbers, int rows) => tensor(numbers, rows, numbers.Length / rows);

    private static Tensor Mask(InteractionMatrix matrix)
    {
        var batch = new SparseBatch(matrix.ColumnCount);
        batch.Fill(matrix, [.. Enumerable.Range(0, matrix.RowCount)]);
        return batch.ToDense(CPU).to(@bool);
    }
}
