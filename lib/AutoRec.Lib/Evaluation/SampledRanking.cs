using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Evaluation;

/// <summary>What one user's ranking is made of in <see cref="SampledRanking"/>.</summary>
/// <param name="Positive">The held-out item, the only relevant one.</param>
/// <param name="Negatives">Items without an interaction, drawn at random.</param>
public sealed record SampledCandidates(int Positive, IReadOnlyList<int> Negatives);

/// <summary>The quality of rankings of a held-out item among sampled negatives.
/// Not comparable with <see cref="RankingEvaluation"/>.</summary>
/// <param name="Metrics">The mean of each metric over users.</param>
/// <param name="PerUser">Each user's value of each metric, in the order of the histories.</param>
/// <param name="Users">The number of users.</param>
/// <param name="Negatives">The negatives of all users that were ranked.</param>
/// <param name="NegativesLeftOut">Negatives that are none, because the user's history holds them or they are the positive itself: published
/// samples have a few.</param>
public sealed record SampledRankingEvaluation(
    IReadOnlyDictionary<Metric, double> Metrics,
    IReadOnlyDictionary<Metric, UserValues> PerUser,
    int Users,
    int Negatives,
    int NegativesLeftOut);

/// <summary>
/// Ranks a user's held-out item among some sampled negatives instead of the whole catalogue, as He et al., "Neural Collaborative
/// Filtering", WWW 2017, do. <b>Only for comparison with figures published so</b>: Krichene and Rendle, "On Sampled Metrics for Item
/// Recommendation", KDD 2020, show that sampled metrics can order two models otherwise than the metrics of the same name over the whole
/// catalogue do, and that with few samples all of them become much alike. To compare models, use
/// <see cref="Evaluator.MeasureRanking"/>.
/// </summary>
public static class SampledRanking
{
    /// <summary>
    /// Measures rankings of sampled candidates. Items of the history are never candidates. Items with equal scores come in a random
    /// order, which is the same for every user.
    /// </summary>
    /// <param name="model">A model.</param>
    /// <param name="histories">What models may see of each user.</param>
    /// <param name="candidates">What is ranked for each user, in the order of <paramref name="histories"/>.</param>
    /// <param name="metrics">Metrics of where relevant items stand in a user's list, at least one: not coverage, Gini or novelty.</param>
    /// <param name="seed">The seed of the order of items with equal scores. Default 42.</param>
    /// <param name="cancellation">Ends the work between batches of users.</param>
    /// <exception cref="ArgumentException">There is no user, numbers of users differ, a metric is of another kind, or a user's
    /// negatives repeat an item, or the history holds the positive.</exception>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    public static SampledRankingEvaluation Rank(
        IRecommender model,
        Histories histories,
        IReadOnlyList<SampledCandidates> candidates,
        IReadOnlyList<Metric> metrics,
        int seed = 42,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(histories);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(metrics);
        metrics = [.. metrics.Distinct()];
        if (metrics.Count == 0 || metrics.Any(metric => metric.Definition is not HitMetric))
        {
            throw new ArgumentException(
                $"Sampled rankings must be measured by at least one metric of hits; got '{string.Join(", ", metrics)}'.", nameof(metrics));
        }

        if (candidates.Count == 0 || candidates.Count != histories.Count)
        {
            throw new ArgumentException(
                $"There must be candidates for each of at least one history; got {candidates.Count} for {histories.Count} histories.",
                nameof(candidates));
        }

        var ties = TieOrder.Of(model.ItemCount, seed);
        var values = metrics.ToDictionary(metric => metric, _ => new double[candidates.Count]);
        var ranked = 0;
        foreach (var batch in Ranking.Batches(model.ItemCount, histories, cancellation))
        {
            model.Score(batch.Users, batch.Scores);
            for (var user = 0; user < batch.Users.Count; user++)
            {
                var userCandidates = candidates[batch.Start + user];
                var list = Order(userCandidates, batch.Users.Interactions.Columns(user), batch.ScoresOf(user), ties);
                ranked += list.Length - 1;
                var hits = Hits.OfSorted(list, [userCandidates.Positive]);
                foreach (var (metric, ofUsers) in values)
                {
                    ofUsers[batch.Start + user] = ((HitMetric)metric.Definition).OfHits(hits, metric.K!.Value);
                }
            }
        }

        return new SampledRankingEvaluation(
            values.ToDictionary(metric => metric.Key, metric => metric.Value.Average()),
            values.ToDictionary(metric => metric.Key, metric => UserValues.Of(metric.Value)),
            candidates.Count,
            ranked,
            candidates.Sum(user => user.Negatives.Count) - ranked);
    }

    private static int[] Order(SampledCandidates candidates, ReadOnlySpan<int> history, ReadOnlySpan<float> scores, TieOrder ties)
    {
        if (history.BinarySearch(candidates.Positive) >= 0)
        {
            throw new ArgumentException($"The held-out item {candidates.Positive} of a user is in the history.");
        }

        var scoreOf = new Dictionary<int, float>(candidates.Negatives.Count + 1);
        foreach (var item in candidates.Negatives)
        {
            if (history.BinarySearch(item) < 0 && item != candidates.Positive && !scoreOf.TryAdd(item, scores[item]))
            {
                throw new ArgumentException($"The item {item} is among a user's negatives twice.");
            }
        }

        scoreOf.Add(candidates.Positive, scores[candidates.Positive]);
        return [.. scoreOf.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, ties).Select(pair => pair.Key)]; // NaN last
    }
}
