using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Splitting;

namespace AutoRec.Evaluation;

/// <summary>Measures a fitted model on held-out interactions.</summary>
public static class Evaluator
{
    /// <summary>Measures predicted ratings.</summary>
    /// <param name="model">A model that predicts ratings.</param>
    /// <param name="train">What the model learned from: tells which items are cold.</param>
    /// <param name="test">Held-out ratings, at least one. None is left out: where a user or an item is cold the model's fallback counts.</param>
    /// <exception cref="ArgumentException">There is no held-out rating, the item counts differ, or a prediction is not finite.</exception>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    public static RatingEvaluation MeasureRatings(IRatingPredictor model, InteractionMatrix train, HeldOut test)
    {
        ArgumentNullException.ThrowIfNull(model);
        CheckShapes(model, train, test);
        if (test.Targets.Count == 0)
        {
            throw new ArgumentException("There is no held-out rating to measure by.", nameof(test));
        }

        var predicted = new float[test.Targets.Count];
        model.Predict(test.Histories, test.Targets, predicted);

        var usersPerItem = UsersPerItem(train);
        int coldUserRatings = 0, coldItemRatings = 0;
        var squaredErrors = new List<double>();
        var (known, squaredErrorOfKnown) = (0, 0.0);
        for (var user = 0; user < test.Targets.RowCount; user++)
        {
            coldUserRatings += test.Histories.Interactions.RowLength(user) == 0 ? test.Targets.RowLength(user) : 0;
            if (test.Targets.RowLength(user) is > 0 and var count)
            {
                var rmse = RatingMetrics.Rmse(predicted.AsSpan(test.Targets.Offsets[user], count), test.Targets.Values(user));
                squaredErrors.Add(rmse * rmse);
            }

            for (var entry = test.Targets.Offsets[user]; entry < test.Targets.Offsets[user + 1]; entry++)
            {
                var isColdItem = usersPerItem[test.Targets.Columns()[entry]] == 0;
                coldItemRatings += isColdItem ? 1 : 0;
                if (!isColdItem && test.Histories.Interactions.RowLength(user) > 0)
                {
                    double error = predicted[entry] - test.Targets.Values()[entry];
                    squaredErrorOfKnown += error * error;
                    known++;
                }
            }
        }

        return new RatingEvaluation(
            RatingMetrics.Rmse(predicted, test.Targets.Values()),
            RatingMetrics.Mae(predicted, test.Targets.Values()),
            predicted.Length,
            coldUserRatings,
            coldItemRatings,
            test.CountOverlap())
        {
            RmseOfKnown = Math.Sqrt(squaredErrorOfKnown / known), // 0 / 0 is NaN.
            Predicted = predicted,
            SquaredErrorPerUser = squaredErrors,
        };
    }

    /// <summary>
    /// Measures ranked lists. The whole catalogue is ranked; items of a user's history are never candidates. Items with
    /// equal scores come in a random order, which is the same for every user.
    /// </summary>
    /// <param name="model">A model.</param>
    /// <param name="train">What the model learned from: tells how popular items are.</param>
    /// <param name="test">Held-out items. A user without a relevant one is left out of the means and counted.</param>
    /// <param name="metrics">Metrics of ranked lists, at least one.</param>
    /// <param name="minRelevance">A held-out item is relevant when its value is at least this; null takes all of them.</param>
    /// <param name="seed">The seed of the order of items with equal scores. Default 42.</param>
    /// <param name="cancellation">Ends the work between batches of users.</param>
    /// <exception cref="ArgumentException">No user has a relevant item, the item counts differ, no metric is given, or one measures ratings.</exception>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    public static RankingEvaluation MeasureRanking(
        IRecommender model,
        InteractionMatrix train,
        HeldOut test,
        IReadOnlyList<MetricSpec> metrics,
        float? minRelevance = null,
        int seed = 42,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(metrics);
        CheckShapes(model, train, test);
        metrics = [.. metrics.Distinct()];
        if (metrics.Count == 0 || metrics.Any(metric => metric.IsRating))
        {
            throw new ArgumentException($"Ranked lists are measured by at least one metric of theirs, not by '{string.Join(", ", metrics)}'.", nameof(metrics));
        }

        var relevant = RelevantItems(test, minRelevance, out var inHistory);
        int[] users = [.. Enumerable.Range(0, relevant.Length).Where(user => relevant[user].Length > 0)];
        if (users.Length == 0)
        {
            throw new ArgumentException($"No user has a relevant held-out item{(minRelevance is { } least ? $" of at least {least}" : "")}.", nameof(test));
        }

        var recommended = Ranking.Rank(model, test.Histories.Select(users), metrics.Max(metric => metric.K!.Value), seed, cancellation);
        var lists = Array.ConvertAll(recommended, list =>
        {
            var items = new int[list.Items.Length];
            for (var place = 0; place < items.Length; place++)
            {
                items[place] = list.Items[place].Item;
            }

            return items;
        });
        var usersPerItem = UsersPerItem(train);
        var trainUsers = Enumerable.Range(0, train.RowCount).Count(row => train.RowLength(row) > 0);

        var perUser = metrics.Where(metric => metric.IsPerUser).ToDictionary(metric => metric, _ => new double[users.Length]);
        Parallel.For(0, users.Length, ComputeThreads.Options, i =>
        {
            var hits = Hits.Of(lists[i], relevant[users[i]]);
            foreach (var (metric, values) in perUser)
            {
                values[i] = metric.Kind == MetricKind.Novelty
                    ? CatalogueMetrics.Novelty(lists[i], usersPerItem, trainUsers, metric.K!.Value)
                    : OfUser(metric, hits);
            }
        });

        // Summed one after the other, so that the last digit does not depend on the number of threads.
        return new RankingEvaluation
        {
            Metrics = metrics.ToDictionary(metric => metric, metric => metric.Kind switch
            {
                MetricKind.Coverage => CatalogueMetrics.Coverage(lists, model.ItemCount, metric.K!.Value),
                MetricKind.Gini => CatalogueMetrics.Gini(lists, model.ItemCount, metric.K!.Value),
                _ => perUser[metric].Average(),
            }),
            PerUser = perUser.ToDictionary(entry => entry.Key, entry => (IReadOnlyList<double>)entry.Value),
            Users = users,
            UsersLeftOut = relevant.Length - users.Length,
            UsersWithoutHistory = users.Count(user => test.Histories.Interactions.RowLength(user) == 0),
            RelevantItems = users.Sum(user => relevant[user].Length),
            ColdRelevantItems = users.Sum(user => relevant[user].Count(item => usersPerItem[item] == 0)),
            TargetsInHistory = inHistory,
            UsersWithTies = recommended.Count(list => list.HasTies),
        };
    }

    /// <summary>A metric of one user's ranked list that looks at nothing but its hits.</summary>
    internal static double OfUser(MetricSpec metric, Hits hits)
    {
        var k = metric.K!.Value;
        return metric.Kind switch
        {
            MetricKind.Precision => RankingMetrics.Precision(hits, k),
            MetricKind.Recall => RankingMetrics.Recall(hits, k),
            MetricKind.CalibratedRecall => RankingMetrics.CalibratedRecall(hits, k),
            MetricKind.Ndcg => RankingMetrics.Ndcg(hits, k),
            MetricKind.NdcgFull => RankingMetrics.NdcgFull(hits, k),
            MetricKind.AveragePrecision => RankingMetrics.AveragePrecision(hits, k),
            MetricKind.ReciprocalRank => RankingMetrics.ReciprocalRank(hits, k),
            MetricKind.HitRate => RankingMetrics.HitRate(hits, k),
            _ => throw new ArgumentOutOfRangeException(nameof(metric), metric, "The metric has no value of one user."),
        };
    }

    // Of each user the relevant held-out items, ascending; those that stand in the history are none.
    private static int[][] RelevantItems(HeldOut test, float? minRelevance, out int inHistory)
    {
        var relevant = new int[test.Targets.RowCount][];
        var seen = 0;
        Parallel.For(0, relevant.Length, ComputeThreads.Options, user =>
        {
            var items = test.Targets.Columns(user);
            var values = test.Targets.Values(user);
            var kept = new List<int>(items.Length);
            for (var i = 0; i < items.Length; i++)
            {
                if (minRelevance is { } least && !(values[i] >= least))
                {
                    continue;
                }

                if (test.Histories.Interactions.Contains(user, items[i]))
                {
                    Interlocked.Increment(ref seen);
                }
                else
                {
                    kept.Add(items[i]);
                }
            }

            relevant[user] = [.. kept];
        });
        inHistory = seen;
        return relevant;
    }

    private static int[] UsersPerItem(InteractionMatrix train)
    {
        var users = new int[train.ColumnCount];
        foreach (var item in train.Columns())
        {
            users[item]++;
        }

        return users;
    }

    private static void CheckShapes(IRecommender model, InteractionMatrix train, HeldOut test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var histories = test.Histories.Interactions;
        if (model.ItemCount != train.ColumnCount || model.ItemCount != test.Targets.ColumnCount || model.ItemCount != histories.ColumnCount)
        {
            throw new ArgumentException(
                $"The item counts of model ({model.ItemCount}), training ({train.ColumnCount}), histories ({histories.ColumnCount}) and held-out data " +
                $"({test.Targets.ColumnCount}) differ: all parts of a split share their item rows.");
        }

        if (histories.RowCount != test.Targets.RowCount)
        {
            throw new ArgumentException($"There are {histories.RowCount} histories for {test.Targets.RowCount} rows of held-out data.", nameof(test));
        }
    }
}
