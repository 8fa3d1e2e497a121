using AutoRec.Data;
using AutoRec.Distributed;
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
    /// <param name="test">Held-out ratings, at least one. All of them count; for cold users and items that is the model's fallback.</param>
    /// <exception cref="ArgumentException">There is no held-out rating, the item counts differ, or a prediction is not finite.</exception>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    public static RatingEvaluation MeasureRatings(IRatingPredictor model, InteractionMatrix train, HeldOut test) =>
        MeasureRatings(model, train, test, ProcessGroup.Single);

    /// <inheritdoc cref="MeasureRatings(IRatingPredictor, InteractionMatrix, HeldOut)"/>
    /// <param name="model">A model that predicts ratings.</param>
    /// <param name="train">What the model learned from: tells which items are cold.</param>
    /// <param name="test">Held-out ratings, at least one.</param>
    /// <param name="group">The processes, which measure together where each has a part of the ratings; all get the result.</param>
    internal static RatingEvaluation MeasureRatings(IRatingPredictor model, InteractionMatrix train, HeldOut test, IProcessGroup group)
    {
        ArgumentNullException.ThrowIfNull(model);
        CheckShapes(model, train, test);
        var count = test.Targets.CountOfAll(group);
        if (count == 0)
        {
            throw new ArgumentException("There is no held-out rating to measure by.", nameof(test));
        }

        var predicted = new float[test.Targets.Count];
        model.Predict(test.Histories, test.Targets, predicted);
        if (Array.FindIndex(predicted, rating => !float.IsFinite(rating)) is >= 0 and var wrong)
        {
            throw new ArgumentException(
                $"The model predicted {predicted[wrong]} for test rating {wrong + 1} of {predicted.Length}: not a finite number.",
                nameof(model));
        }

        var (usersPerItem, historyLengths) = (train.CountByColumn(group), test.Histories.Interactions.CountByRow(group));
        int coldUserRatings = 0, coldItemRatings = 0;
        var isCold = new bool[predicted.Length];
        for (var user = 0; user < historyLengths.Length; user++)
        {
            var isColdUser = historyLengths[user] == 0;
            for (var entry = test.Targets.Offsets[user]; entry < test.Targets.Offsets[user + 1]; entry++)
            {
                var isColdItem = usersPerItem[test.Targets.Columns()[entry]] == 0;
                coldUserRatings += isColdUser ? 1 : 0;
                coldItemRatings += isColdItem ? 1 : 0;
                isCold[entry] = isColdUser || isColdItem;
            }
        }

        Metric[] metrics = [.. Metric.All.Where(metric => metric.IsRating)];
        var perUser = metrics.ToDictionary(metric => metric, metric => Losses(metric, test, predicted, _ => true, group));
        return new RatingEvaluation
        {
            Metrics = perUser.ToDictionary(entry => entry.Key, entry => entry.Value.Value),
            WithoutCold = metrics.ToDictionary(
                metric => metric, metric => Losses(metric, test, predicted, entry => !isCold[entry], group).Value),
            PerUser = perUser,
            Ratings = (int)count,
            ColdUserRatings = OfAll(coldUserRatings),
            ColdItemRatings = OfAll(coldItemRatings),
            RatingsInHistory = OfAll(test.CountOverlap()),
            Predicted = predicted,
        };

        int OfAll(int own) => test.Targets.Share is null ? own : (int)group.Sum(own);
    }

    /// <summary>The RMSE of always predicting the mean training rating, in rating points: what every rating model must get below.</summary>
    /// <param name="split">The split, with at least one rating in each part.</param>
    /// <exception cref="ArgumentException">A part is empty.</exception>
    public static double RmseOfMean(Split split)
    {
        ArgumentNullException.ThrowIfNull(split);
        if (split.TrainLog.Count == 0 || split.Test.Targets.Count == 0)
        {
            throw new ArgumentException("There is no rating to predict, or none to predict it from.", nameof(split));
        }

        var mean = split.TrainLog.Values.Average(rating => (double)rating);
        return Math.Sqrt(split.Test.Targets.Values().ToArray().Average(rating => RatingMetrics.SquaredError(mean, rating)));
    }

    /// <summary>The RMSE of held-out ratings of which each process has a part. All of them measure together, and get the value.</summary>
    /// <param name="model">A model that predicts ratings.</param>
    /// <param name="train">What the model learned from.</param>
    /// <param name="test">Held-out ratings, of all processes at least one.</param>
    /// <param name="group">The processes.</param>
    /// <exception cref="ArgumentException">The item counts differ, or a prediction is not finite.</exception>
    internal static double RmseOfAll(IRatingPredictor model, InteractionMatrix train, HeldOut test, IProcessGroup group)
    {
        CheckShapes(model, train, test);
        var (targets, loss) = (test.Targets, (RatingMetric)Metric.Rmse.Definition);
        var predicted = new float[targets.Count];
        model.Predict(test.Histories, targets, predicted);
        var ofUsers = targets.SumRows(group, (sums, first, end) =>
        {
            for (var user = first; user < end; user++)
            {
                for (var entry = targets.Offsets[user]; entry < targets.Offsets[user + 1]; entry++)
                {
                    sums[user] += loss.Loss(predicted[entry], targets.Values()[entry]);
                }
            }
        });
        var rmse = Math.Sqrt(targets.Total(group, ofUsers) / targets.CountOfAll(group));
        return double.IsFinite(rmse) ? rmse : throw new ArgumentException("A predicted rating is not a finite number.", nameof(model));
    }

    /// <summary>
    /// Measures ranked lists. The whole catalogue is ranked, or the items that <see cref="HeldOut.Candidates"/> names; items of a user's
    /// history are never candidates. A held-out item is relevant if
    /// it is positive (<see cref="Feedback.PositiveFrom"/> of the held-out data). Items with equal scores come in a random order, which is
    /// the same for every user.
    /// </summary>
    /// <param name="model">A model.</param>
    /// <param name="train">What the model learned from: tells how popular items are.</param>
    /// <param name="test">Held-out items. A user without a relevant one is left out of the means and counted.</param>
    /// <param name="metrics">Metrics of ranked lists, at least one.</param>
    /// <param name="seed">The seed of the order of items with equal scores. Default 42.</param>
    /// <param name="cancellation">Ends the work between batches of users.</param>
    /// <exception cref="ArgumentException">No user has a relevant item, the item counts differ, no metric is given, or one measures
    /// ratings.</exception>
    /// <exception cref="NotSupportedException">A user is new and the model has no way to fold users in.</exception>
    public static RankingEvaluation MeasureRanking(
        IRecommender model,
        InteractionMatrix train,
        HeldOut test,
        IReadOnlyList<Metric> metrics,
        int seed = 42,
        CancellationToken cancellation = default) =>
        MeasureRankingByRules(model, train, test, metrics, ListRules.None, seed, null, cancellation);

    /// <summary>
    /// Measures ranked lists that are made by rules. Held-out items that the rules do not allow stay relevant, so that the figures say what
    /// the rules cost. Each process of a group ranks and measures some of the users, with a model that it has as a whole; all get the
    /// result.
    /// </summary>
    /// <inheritdoc cref="MeasureRanking"/>
    internal static RankingEvaluation MeasureRankingByRules(
        IRecommender model,
        InteractionMatrix train,
        HeldOut test,
        IReadOnlyList<Metric> metrics,
        ListRules rules,
        int seed,
        IProgress<WorkReport>? progress,
        CancellationToken cancellation,
        IProcessGroup? group = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(metrics);
        group ??= ProcessGroup.Single;
        CheckShapes(model, train, test);
        metrics = [.. metrics.Distinct()];
        if (metrics.Count == 0 || metrics.Any(metric => metric.IsRating))
        {
            throw new ArgumentException(
                $"Ranked lists are measured by at least one metric of ranked lists; got '{string.Join(", ", metrics)}'.", nameof(metrics));
        }

        var relevant = RelevantItems(test, out var inHistory);
        int[] users = [.. Enumerable.Range(0, relevant.Length).Where(user => relevant[user].Length > 0)];
        if (users.Length == 0)
        {
            throw new ArgumentException(
                "No user has a positive held-out item to find. Hold out more, or lower --positive-from.", nameof(test));
        }

        int[]? candidates = test.Candidates is null ? null : [.. test.Candidates];
        var longest = metrics.Max(metric => metric.K!.Value);
        var shares = Shares.Of(users.Length, group);
        var recommended = Ranking.Rank(
            model,
            test.Histories.Select(users[shares.First..shares.End]),
            longest,
            seed,
            cancellation,
            rules.Among(candidates, model.ItemCount),
            progress);
        var lists = new int[users.Length][];
        for (var i = 0; i < recommended.Length; i++)
        {
            lists[shares.First + i] = Array.ConvertAll(recommended[i].Items, place => place.Item);
        }

        shares.GiveToAll(lists);
        var usersPerItem = train.CountByColumn();
        var trainingUsers = train.CountRows();

        var ofUsers = metrics.Where(metric => metric.IsPerUser).ToDictionary(metric => metric, _ => new double[users.Length]);
        Parallel.For(shares.First, shares.End, ComputeThreads.Options, i =>
        {
            var list = new EvaluatedList(lists[i], Hits.OfSorted(lists[i], relevant[users[i]]), usersPerItem, trainingUsers);
            foreach (var (metric, values) in ofUsers)
            {
                values[i] = ((UserListMetric)metric.Definition).OfUser(list, metric.K!.Value);
            }
        });
        foreach (var metric in metrics.Where(metric => metric.IsPerUser))
        {
            shares.GiveToAll(ofUsers[metric]);
        }

        int[] userRows = [.. users.Select(user => test.UserRow(user))];
        var perUser = ofUsers.ToDictionary(entry => entry.Key, entry => UserValues.Of(entry.Value, userRows));
        int[] known = [.. Enumerable.Range(0, users.Length).Where(i => test.Histories.Interactions.RowLength(users[i]) > 0)];
        var ofAllUsers = metrics.ToDictionary(metric => metric, metric => Value(metric, Enumerable.Range(0, users.Length)));
        return new RankingEvaluation
        {
            Metrics = ofAllUsers,
            WithoutCold = known.Length == users.Length
                ? ofAllUsers
                : metrics.ToDictionary(metric => metric, metric => known.Length == 0 ? double.NaN : Value(metric, known)),
            PerUser = perUser,
            Users = users,
            UsersLeftOut = relevant.Length - users.Length,
            ColdUsers = users.Length - known.Length,
            RelevantItems = users.Sum(user => relevant[user].Length),
            ColdRelevantItems = users.Sum(user => relevant[user].Count(item => usersPerItem[item] == 0)),
            RelevantItemsNotAllowed = rules.Mask is { } mask ? users.Sum(user => relevant[user].Count(item => mask[item] != 0)) : 0,
            TargetsInHistory = inHistory,
            UsersWithTies = group.AllGather(recommended.Count(list => list.HasTies)).Sum(),
        };

        // Summed one after the other, so that the last digit does not depend on the number of threads.
        double Value(Metric metric, IEnumerable<int> some) => metric.Definition is CatalogueMetric ofAll
            ? ofAll.OfLists(some.Select(i => AmongCandidates(lists[i])), candidates?.Length ?? model.ItemCount, metric.K!.Value)
            : some.Average(i => ofUsers[metric][i]);

        // Items by their place among the candidates, which are the catalogue then.
        int[] AmongCandidates(int[] list) =>
            candidates is null ? list : Array.ConvertAll(list, item => Array.BinarySearch(candidates, item));
    }

    // Each user's summed loss and number of ratings, over the entries asked for.
    private static UserValues Losses(Metric metric, HeldOut test, float[] predicted, Func<int, bool> counts, IProcessGroup group)
    {
        var (definition, targets) = ((RatingMetric)metric.Definition, test.Targets);
        var numbers = new int[targets.RowCount];
        var sums = targets.SumRows(group, (sums, first, end) =>
        {
            for (var user = first; user < end; user++)
            {
                for (var entry = targets.Offsets[user]; entry < targets.Offsets[user + 1]; entry++)
                {
                    if (counts(entry))
                    {
                        sums[user] += definition.Loss(predicted[entry], targets.Values()[entry]);
                        numbers[user]++;
                    }
                }
            }
        });
        if (targets.Share is { } share)
        {
            numbers = group.Sum(numbers);
            if (share.IsByUser)
            {
                new Shares(group, share.Starts).GiveToAll(sums);
            }
        }

        int[] users = [.. Enumerable.Range(0, numbers.Length).Where(user => numbers[user] > 0)];
        return new UserValues(
            Array.ConvertAll(users, test.UserRow),
            Array.ConvertAll(users, user => sums[user]),
            Array.ConvertAll(users, user => numbers[user]),
            definition.IsRoot);
    }

    /// <summary>Of each user the relevant held-out items, ascending; those that stand in the history are none.</summary>
    internal static int[][] RelevantItems(HeldOut test, out int inHistory)
    {
        var relevant = new int[test.Targets.RowCount][];
        var seen = 0;
        Parallel.For(0, relevant.Length, ComputeThreads.Options, user =>
        {
            var items = test.Targets.Columns(user);
            var values = test.Targets.Values(user);
            var history = test.Histories.Interactions.Columns(user);
            var kept = new int[items.Length];
            var (count, inHistory, next) = (0, 0, 0);
            for (var i = 0; i < items.Length; i++)
            {
                if (!test.Targets.Feedback.IsPositive(values[i]))
                {
                    continue;
                }

                while (next < history.Length && history[next] < items[i])
                {
                    next++;
                }

                if (next < history.Length && history[next] == items[i])
                {
                    inHistory++;
                }
                else
                {
                    kept[count++] = items[i];
                }
            }

            Interlocked.Add(ref seen, inHistory);
            relevant[user] = kept[..count];
        });
        inHistory = seen;
        return relevant;
    }

    private static void CheckShapes(IRecommender model, InteractionMatrix train, HeldOut test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var histories = test.Histories.Interactions;
        if (model.ItemCount != train.ColumnCount || model.ItemCount != test.Targets.ColumnCount || model.ItemCount != histories.ColumnCount)
        {
            throw new ArgumentException(
                $"The item counts of model ({model.ItemCount}), training ({train.ColumnCount}), histories ({histories.ColumnCount}) "
                + $"and held-out data ({test.Targets.ColumnCount}) differ: all parts of a split share their item rows.");
        }

        if (histories.RowCount != test.Targets.RowCount)
        {
            throw new ArgumentException(
                $"There are {histories.RowCount} histories for {test.Targets.RowCount} rows of held-out data.", nameof(test));
        }
    }
}
