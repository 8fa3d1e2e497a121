using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Scoring;

/// <summary>A recommended item.</summary>
/// <param name="Item">The item's row.</param>
/// <param name="Score">Its score; only the order of one user's scores means something.</param>
public readonly record struct Recommendation(int Item, float Score);

/// <summary>From scores to recommendations: the one place where seen items are left out and ties are broken.</summary>
public static class Ranking
{
    // Users scored at once: bounds memory to a few MB a batch for catalogues of ten thousands.
    private const int ScoresPerBatch = 1 << 22;

    /// <summary>
    /// The <paramref name="k"/> items with the highest scores for each user, best first. Items of the user's history
    /// are never among them, nor are items whose score is NaN or negative infinity; of equal scores the lower item
    /// row comes first. Fewer than k come back when fewer remain.
    /// </summary>
    /// <param name="model">A fitted model.</param>
    /// <param name="histories">The users.</param>
    /// <param name="k">The cut-off, at least 1.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>One list a user, in the order of <paramref name="histories"/>.</returns>
    public static IReadOnlyList<Recommendation>[] Recommend(this IRecommender model, Histories histories, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var lists = new IReadOnlyList<Recommendation>[histories.Count];
        var batchSize = Math.Clamp(ScoresPerBatch / Math.Max(1, model.ItemCount), 1, Math.Max(1, histories.Count));
        var scores = new float[batchSize * model.ItemCount];
        for (var start = 0; start < histories.Count; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = histories.Select(Enumerable.Range(start, Math.Min(batchSize, histories.Count - start)).ToArray());
            model.Score(batch, scores.AsMemory(0, batch.Count * model.ItemCount));
            Parallel.For(0, batch.Count, ComputeThreads.Options, user =>
            {
                var userScores = scores.AsSpan(user * model.ItemCount, model.ItemCount);
                lists[start + user] = TopK(userScores, batch.Interactions.Columns(user), k);
            });
        }

        return lists;
    }

    /// <summary>The top K of one user's scores, <paramref name="seen"/> left out.</summary>
    /// <param name="scores">One score an item; seen items are overwritten with negative infinity.</param>
    /// <param name="seen">The items of the user's history.</param>
    /// <param name="k">The cut-off.</param>
    internal static Recommendation[] TopK(Span<float> scores, ReadOnlySpan<int> seen, int k)
    {
        foreach (var item in seen)
        {
            scores[item] = float.NegativeInfinity;
        }

        // A heap of the k best with the worst on top; "worse" counts the higher row of equal scores as worse.
        var heap = new Recommendation[Math.Min(k, scores.Length)];
        var size = 0;
        for (var item = 0; item < scores.Length; item++)
        {
            var score = scores[item];
            if (!(score > float.NegativeInfinity))
            {
                continue; // NaN as well
            }

            if (size < heap.Length)
            {
                heap[size++] = new Recommendation(item, score);
                SiftUp(heap, size - 1);
            }
            else if (score > heap[0].Score)
            {
                heap[0] = new Recommendation(item, score);
                SiftDown(heap, size);
            }
        }

        var best = heap.AsSpan(0, size).ToArray();
        Array.Sort(best, static (a, b) => a.Item == b.Item ? 0 : IsWorse(a, b) ? 1 : -1);
        return best;
    }

    private static bool IsWorse(Recommendation a, Recommendation b) => a.Score < b.Score || (a.Score == b.Score && a.Item > b.Item);

    private static void SiftUp(Recommendation[] heap, int child)
    {
        while (child > 0 && IsWorse(heap[child], heap[(child - 1) / 2]))
        {
            (heap[child], heap[(child - 1) / 2]) = (heap[(child - 1) / 2], heap[child]);
            child = (child - 1) / 2;
        }
    }

    private static void SiftDown(Recommendation[] heap, int size)
    {
        var parent = 0;
        while (true)
        {
            var worst = parent;
            for (var child = (2 * parent) + 1; child <= (2 * parent) + 2 && child < size; child++)
            {
                if (IsWorse(heap[child], heap[worst]))
                {
                    worst = child;
                }
            }

            if (worst == parent)
            {
                return;
            }

            (heap[parent], heap[worst]) = (heap[worst], heap[parent]);
            parent = worst;
        }
    }
}
