using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Benchmarks;

/// <summary>Measuring the ranked lists of all users from given scores: ours against torch's topk.</summary>
internal static class RankBenchmark
{
    private static readonly int[] CutOffs = [10, 20, 100];

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        var shape = Shape.MovieLens1M.Scaled(options.Scale);
        var all = Generated.Ratings(shape);
        var (train, test) = Halves(all);
        var random = new Random(1);
        var scores = new float[shape.Users * shape.Items];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = (float)random.NextDouble();
        }

        var heldOut = new HeldOut(Histories.OfTraining(train), test);
        var metrics = CutOffs.SelectMany(k =>
            new[] { "precision", "recall", "calibrated-recall", "ndcg", "map", "mrr", "hit-rate", "coverage", "gini", "novelty" }.Select(
                name => Metric.Parse($"{name}@{k}"))).ToArray();
        using var scope = NewDisposeScope();
        var tensorOfScores = tensor(scores, shape.Users, shape.Items);
        var (history, target) = (Mask(train), Mask(test));
        yield return Comparison.Run(
            FormattableString.Invariant($"ranking, {shape.Users:N0} x {shape.Items:N0} scores, ten metrics at K = 10, 20, 100"),
            new(
                "partial selection",
                () => Evaluator.MeasureRanking(new Given(scores, shape.Items), train, heldOut, metrics)[Metric.Parse("ndcg@100")])
            { WarmUps = 15 },
            new("topk; only precision, recall and NDCG", () => TopK(tensorOfScores, history, target)),
            options.Repeats,
            1e-4) with
        { Target = 5, Demand = new(scores.Length * 4.0 * 3, scores.Length) };
    }

    // As one writes it in PyTorch. Returns NDCG@100.
    private static double TopK(Tensor scores, Tensor history, Tensor target)
    {
        using var scope = NewDisposeScope();
        var longest = (int)Math.Min(CutOffs.Max(), scores.shape[1]);
        var order = where(history, tensor(float.NegativeInfinity), scores).topk(longest, dim: 1).indexes;
        var hits = target.gather(1, order).to(float32);
        var counts = target.to(float32).sum(1);
        var discounts = tensor([.. Enumerable.Range(2, longest).Select(place => 1 / MathF.Log2(place))]);
        var ndcg = 0.0;
        foreach (var k in CutOffs)
        {
            var top = hits.narrow(1, 0, Math.Min(k, scores.shape[1]));
            var weights = discounts.narrow(0, 0, top.shape[1]);
            var found = top.sum(1);
            _ = found.Over(k).mean().Number();
            _ = (found / counts).mean().Number();
            var ideals = cat([zeros(1), weights.cumsum(0)]);
            var ideal = ideals.index_select(0, minimum(counts, tensor((float)top.shape[1])).to(int64));
            ndcg = ((top * weights).sum(1) / ideal).mean().Number();
        }

        return ndcg;
    }

    // Every second interaction of each user to train on, the others to be found.
    private static (InteractionMatrix Train, InteractionMatrix Test) Halves(InteractionMatrix all)
    {
        return (Half(0), Half(1));

        InteractionMatrix Half(int first)
        {
            var pairs = Enumerable.Range(0, all.RowCount)
                .SelectMany(user =>
                    Enumerable.Range(0, all.RowLength(user))
                        .Where(i => i % 2 == first || all.RowLength(user) == 1)
                        .Select(i => (user, item: all.Columns(user)[i])))
                .ToArray();
            pairs = first == 0 ? [.. pairs.Where(pair => all.RowLength(pair.user) > 1)] : pairs;
            return InteractionMatrix.FromTriplets(
                all.RowCount,
                all.ColumnCount,
                [.. pairs.Select(pair => pair.user)],
                [.. pairs.Select(pair => pair.item)],
                [.. pairs.Select(_ => 1f)]);
        }
    }

    private static Tensor Mask(InteractionMatrix matrix)
    {
        var batch = new SparseBatch(matrix.ColumnCount);
        batch.Fill(matrix, [.. Enumerable.Range(0, matrix.RowCount)]);
        return batch.ToDense(CPU).to(@bool);
    }

    private sealed class Given(float[] scores, int items) : IRecommender
    {
        public int ItemCount => items;

        public void Score(Histories histories, Memory<float> output)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                scores.AsSpan(histories.TrainingRows[i] * items, items).CopyTo(output.Span.Slice(i * items, items));
            }
        }
    }
}
