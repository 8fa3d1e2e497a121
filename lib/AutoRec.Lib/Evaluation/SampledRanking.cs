using AutoRec.Data;
using AutoRec.Models;

namespace AutoRec.Evaluation;

/// <summary>What one user's ranking is made of in <see cref="SampledRanking"/>.</summary>
/// <param name="Positive">The held-out item, the only relevant one.</param>
/// <param name="Negatives">Items without an interaction, drawn by lot.</param>
public sealed record SampledCandidates(int Positive, IReadOnlyList<int> Negatives);

/// <summary>How good rankings of a held-out item among sampled negatives are. Not comparable with <see cref="RankingEvaluation"/>.</summary>
/// <param name="Metrics">The mean of each metric over users.</param>
/// <param name="Users">The number of users.</param>
/// <param name="NegativesPerUser">The least and the most negatives of a user.</param>
public sealed record SampledRankingEvaluation(IReadOnlyDictionary<MetricSpec, double> Metrics, int Users, (int Least, int Most) NegativesPerUser);

/// <summary>
/// Ranks a user's held-out item among some sampled negatives instead of the whole catalogue, as He et al., "Neural Collaborative
/// Filtering", WWW 2017, do. <b>Only for comparison with figures published so</b>: Krichene and Rendle, "On Sampled Metrics for Item
/// Recommendation", KDD 2020, show that sampled metrics can order two models otherwise than the metrics of the same name over the whole
/// catalogue do, and that few samples make all of them much alike; <see cref="Evaluator.Rank"/> is what models are to be compared by.
/// </summary>
public static class SampledRanking
{
    // Users scored at once: bounds memory to a few MB a batch for catalogues of ten thousands.
    private const int ScoresPerBatch = 1 << 22;

    /// <summary>Measures rankings of sampled candidates. Of equal scores the lower item row comes first.</summary>
    /// <param name="model">A model.</param>
    /// <param name="histories">What models may see of each user.</param>
    /// <param name="candidates">What is ranked for each user, in the order of <paramref name="histories"/>.</param>
    /// <param name="metrics">Metrics of one user's ranked list, at least one, but not <see cref="MetricKind.Novelty"/>.</param>
    /// <param name="cancellation">Ends the work between batches of users.</param>
    /// <exception cref="ArgumentException">There is no user, numbers of users differ, a metric is of another kind, or a user's
    /// candidates repeat an item or hold one of the history.</exception>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    public static SampledRankingEvaluation Rank(
        IRecommender model,
        Histories histories,
        IReadOnlyList<SampledCandidates> candidates,
        IReadOnlyList<MetricSpec> metrics,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(metrics);
        metrics = [.. metrics.Distinct()];
        if (metrics.Count == 0 || metrics.Any(metric => !metric.IsPerUser || metric.Kind == MetricKind.Novelty))
        {
            throw new ArgumentException($"Sampled rankings are measured by at least one metric of hits, not by '{string.Join(", ", metrics)}'.", nameof(metrics));
        }

        if (candidates.Count == 0 || candidates.Count != histories.Count)
        {
            throw new ArgumentException($"There are candidates of {candidates.Count} users for {histories.Count} histories; at least one of each is needed.", nameof(candidates));
        }

        var sums = new double[metrics.Count];
        var batchSize = Math.Clamp(ScoresPerBatch / Math.Max(1, model.ItemCount), 1, histories.Count);
        var scores = new float[batchSize * model.ItemCount];
        for (var start = 0; start < histories.Count; start += batchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = histories.Select([.. Enumerable.Range(start, Math.Min(batchSize, histories.Count - start))]);
            model.Score(batch, scores.AsMemory(0, batch.Count * model.ItemCount));
            for (var user = 0; user < batch.Count; user++)
            {
                var userCandidates = candidates[start + user];
                var ranked = Order(userCandidates, batch.Interactions.Columns(user), scores.AsSpan(user * model.ItemCount, model.ItemCount));
                for (var i = 0; i < sums.Length; i++)
                {
                    sums[i] += Evaluator.OfUser(metrics[i], ranked, [userCandidates.Positive]);
                }
            }
        }

        return new SampledRankingEvaluation(
            metrics.Select((metric, i) => (metric, sums[i] / candidates.Count)).ToDictionary(),
            candidates.Count,
            (candidates.Min(user => user.Negatives.Count), candidates.Max(user => user.Negatives.Count)));
    }

    private static int[] Order(SampledCandidates candidates, ReadOnlySpan<int> history, ReadOnlySpan<float> scores)
    {
        int[] items = [candidates.Positive, .. candidates.Negatives];
        Array.Sort(items); // Of equal scores the lower row stays first: OrderByDescending is stable.
        for (var i = 0; i < items.Length; i++)
        {
            if (i > 0 && items[i] == items[i - 1])
            {
                throw new ArgumentException($"The item {items[i]} is among a user's candidates twice.");
            }

            if (history.BinarySearch(items[i]) >= 0)
            {
                throw new ArgumentException($"The item {items[i]} is among a user's candidates and in the history.");
            }
        }

        var scoreOf = new Dictionary<int, float>(items.Length);
        foreach (var item in items)
        {
            scoreOf.Add(item, float.IsNaN(scores[item]) ? float.NegativeInfinity : scores[item]);
        }

        return [.. items.OrderByDescending(item => scoreOf[item])];
    }
}
