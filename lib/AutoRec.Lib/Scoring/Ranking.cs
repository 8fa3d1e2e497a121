using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Scoring;

/// <summary>A recommended item.</summary>
/// <param name="Item">The item's row.</param>
/// <param name="Score">Its score; only the order of one user's scores means something.</param>
public readonly record struct Recommendation(int Item, float Score);

/// <summary>One user's list.</summary>
/// <param name="Items">The items, best first.</param>
/// <param name="HasTies">Whether the list depends on the order of equal scores: two of its items have the same score, or its last
/// item has the same score as an item that was left out.</param>
internal readonly record struct RankedList(Recommendation[] Items, bool HasTies);

/// <summary>From scores to recommendations: the one place where seen items are left out and ties are broken.</summary>
public static class Ranking
{
    // Users scored at once: bounds memory to a few MB a batch for catalogues of ten thousands.
    private const int ScoresPerBatch = 1 << 22;

    /// <summary>
    /// The <paramref name="k"/> items with the highest scores for each user, best first. Items of the user's history
    /// are never among them, nor are items whose score is NaN or negative infinity. Items with equal scores come in a random
    /// order, which is the same for every user. Fewer than k come back when fewer remain.
    /// </summary>
    /// <param name="model">A fitted model.</param>
    /// <param name="histories">The users.</param>
    /// <param name="k">The cut-off, at least 1.</param>
    /// <param name="seed">The seed of the order of items with equal scores. Default 42.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <returns>One list a user, in the order of <paramref name="histories"/>.</returns>
    public static IReadOnlyList<Recommendation>[] Recommend(
        this IRecommender model, Histories histories, int k, int seed = 42, CancellationToken cancellation = default) =>
        Array.ConvertAll(Rank(model, histories, k, seed, cancellation), list => (IReadOnlyList<Recommendation>)list.Items);

    /// <inheritdoc cref="Recommend"/>
    internal static RankedList[] Rank(IRecommender model, Histories histories, int k, int seed, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        var lists = new RankedList[histories.Count];
        var ties = TieOrder.Of(model.ItemCount, seed);
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
                lists[start + user] = TopK(userScores, batch.Interactions.Columns(user), k, ties);
            });
        }

        return lists;
    }

    /// <summary>The top K of one user's scores, <paramref name="seen"/> left out.</summary>
    /// <param name="scores">One score an item; seen items are overwritten with negative infinity.</param>
    /// <param name="seen">The items of the user's history.</param>
    /// <param name="k">The cut-off.</param>
    /// <param name="ties">The order of items with equal scores.</param>
    internal static RankedList TopK(Span<float> scores, ReadOnlySpan<int> seen, int k, TieOrder ties)
    {
        foreach (var item in seen)
        {
            scores[item] = float.NegativeInfinity;
        }

        var heap = new Recommendation[Math.Min(k, scores.Length)]; // the k best so far, the worst of them on top
        var size = 0;
        var lowest = float.NaN; // the score on top of the full heap
        var leftOut = float.NaN; // the highest score that was left out
        for (var item = 0; item < scores.Length; item++)
        {
            var score = scores[item];
            if (size < heap.Length)
            {
                if (score > float.NegativeInfinity) // not NaN
                {
                    heap[size++] = new Recommendation(item, score);
                    SiftUp(heap, size - 1, ties);
                    lowest = heap[0].Score;
                }

                continue;
            }

            if (!(score >= lowest))
            {
                continue; // most items end here
            }

            leftOut = lowest; // the new item or the one on top
            if (score > lowest || ties.Precedes(item, heap[0].Item))
            {
                heap[0] = new Recommendation(item, score);
                SiftDown(heap, size, ties);
                lowest = heap[0].Score;
            }
        }

        var hasTies = size == heap.Length && leftOut == lowest;
        for (var end = size - 1; end > 0; end--)
        {
            (heap[0], heap[end]) = (heap[end], heap[0]);
            SiftDown(heap, end, ties);
            hasTies |= heap[0].Score == heap[end].Score;
        }

        return new RankedList(size == heap.Length ? heap : heap[..size], hasTies);
    }

    private static bool IsWorse(Recommendation a, Recommendation b, TieOrder ties) =>
        a.Score < b.Score || (a.Score == b.Score && ties.Precedes(b.Item, a.Item));

    private static void SiftUp(Recommendation[] heap, int child, TieOrder ties)
    {
        while (child > 0 && IsWorse(heap[child], heap[(child - 1) / 2], ties))
        {
            (heap[child], heap[(child - 1) / 2]) = (heap[(child - 1) / 2], heap[child]);
            child = (child - 1) / 2;
        }
    }

    private static void SiftDown(Recommendation[] heap, int size, TieOrder ties)
    {
        var parent = 0;
        while (true)
        {
            var worst = parent;
            for (var child = (2 * parent) + 1; child <= (2 * parent) + 2 && child < size; child++)
            {
                if (IsWorse(heap[child], heap[worst], ties))
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
