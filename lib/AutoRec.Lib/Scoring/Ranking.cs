using System.Buffers;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;

namespace AutoRec.Scoring;

/// <summary>One user's list.</summary>
/// <param name="Items">The items, best first.</param>
/// <param name="HasTies">Whether the list depends on the order of equal scores: two of its items have the same score, or its last
/// item has the same score as an item that was left out.</param>
internal readonly record struct RankedList(Recommendation[] Items, bool HasTies);

/// <summary>Users who are scored together.</summary>
/// <param name="Start">The position of the first among all users.</param>
/// <param name="Users">The users.</param>
/// <param name="Scores">Room for their scores, which the next batch takes over: [users x items].</param>
internal readonly record struct ScoredBatch(int Start, Histories Users, Memory<float> Scores)
{
    /// <summary>The scores of one of the users: [items].</summary>
    public Span<float> ScoresOf(int user)
    {
        var items = Users.Interactions.ColumnCount;
        return Scores.Span.Slice(user * items, items);
    }
}

/// <summary>From scores to recommendations: the one place where seen items are left out and ties are broken.</summary>
public static class Ranking
{
    // Bounds the memory of a batch to some 30 MB, unless a user alone needs more.
    private const int ScoresPerBatch = 1 << 23;

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
    internal static RankedList[] Rank(
        IRecommender model,
        Histories histories,
        int k,
        int seed,
        CancellationToken cancellation,
        ListRules? rules = null,
        IProgress<WorkReport>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        rules ??= ListRules.None;
        var lists = new RankedList[histories.Count];
        var ties = TieOrder.Of(model.ItemCount, seed);
        var ranked = new WorkSteps(progress, "", histories.Count, "users");
        foreach (var batch in Batches(model.ItemCount, histories, cancellation))
        {
            model.Score(batch.Users, rules.AllowsAll ? Wanted(batch.Users, k) : null, batch.Scores);
            Parallel.For(0, batch.Users.Count, ComputeThreads.Options, user =>
                lists[batch.Start + user] = TopK(batch.ScoresOf(user), batch.Users.Interactions, user, k, ties, rules));
            ranked.Add(batch.Users.Count);
        }

        return lists;
    }

    /// <summary>
    /// How many of the highest scores of each user decide a list of k: one more tells whether the last place is shared, and those of the
    /// history are left out.
    /// </summary>
    internal static int[] Wanted(Histories users, int k)
    {
        var counts = new int[users.Count];
        for (var user = 0; user < counts.Length; user++)
        {
            counts[user] = (int)Math.Min(k + 1L + users.Interactions.RowLength(user), Array.MaxLength);
        }

        return counts;
    }

    /// <summary>Divides users into batches that are scored together, with room for the scores, which ends with the enumeration.</summary>
    /// <param name="itemCount">The number of items.</param>
    /// <param name="histories">The users.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    /// <param name="most">The most users of a batch. Default: as many as the memory of a batch allows.</param>
    internal static IEnumerable<ScoredBatch> Batches(
        int itemCount, Histories histories, CancellationToken cancellation, int most = int.MaxValue)
    {
        var size = Math.Min(Math.Clamp(ScoresPerBatch / Math.Max(1, itemCount), 1, Math.Max(1, histories.Count)), most);

        // Kept for the next ranking, such as the validation of the next epoch: to get it from the system takes as long as to rank.
        var scores = ArrayPool<float>.Shared.Rent(Sizes.Of("users of a batch x items", size, itemCount));
        try
        {
            for (var start = 0; start < histories.Count; start += size)
            {
                cancellation.ThrowIfCancellationRequested();
                var users = histories.Select([.. Enumerable.Range(start, Math.Min(size, histories.Count - start))]);
                yield return new ScoredBatch(start, users, scores.AsMemory(0, users.Count * itemCount));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(scores);
        }
    }

    /// <summary>The top K of one user's scores among the items that rules allow.</summary>
    /// <param name="scores">One score an item; items that must not be in the list are overwritten with negative infinity.</param>
    /// <param name="histories">The histories of a batch of users.</param>
    /// <param name="user">The user's position in the batch.</param>
    /// <param name="k">The cut-off.</param>
    /// <param name="ties">The order of items with equal scores.</param>
    /// <param name="rules">What may be in the list.</param>
    internal static RankedList TopK(
        Span<float> scores, InteractionMatrix histories, int user, int k, TieOrder ties, ListRules rules)
    {
        if (rules.Mask is { } mask)
        {
            TensorPrimitives.Add(scores, mask, scores);
        }

        var seen = rules.LeftOut(histories, user);
        if (!rules.IsAboutLists)
        {
            return TopK(scores, seen, k, ties);
        }

        LeaveOut(scores, seen);
        return Listed(ListSelection.Select(scores, k, ties, rules), k);
    }

    /// <summary>The top K of one user's scores, <paramref name="seen"/> left out.</summary>
    /// <param name="scores">One score an item; seen items are overwritten with negative infinity.</param>
    /// <param name="seen">The items of the user's history.</param>
    /// <param name="k">The cut-off.</param>
    /// <param name="ties">The order of items with equal scores.</param>
    internal static RankedList TopK(Span<float> scores, ReadOnlySpan<int> seen, int k, TieOrder ties)
    {
        LeaveOut(scores, seen);

        // One more than asked for tells whether the last has the score of one that is left out.
        return Listed(TopSelection.Highest(scores, (int)Math.Min(k + 1L, Array.MaxLength), ties), k);
    }

    private static void LeaveOut(Span<float> scores, ReadOnlySpan<int> items)
    {
        foreach (var item in items)
        {
            scores[item] = float.NegativeInfinity;
        }
    }

    private static RankedList Listed(Recommendation[] best, int k)
    {
        var hasTies = false;
        for (var place = 1; place < best.Length; place++)
        {
            hasTies |= best[place].Score == best[place - 1].Score;
        }

        return new RankedList(best.Length > k ? best[..k] : best, hasTies);
    }
}
