using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Splitting;

namespace AutoRec.Catalog.Ensembles;

/// <summary>
/// Weights of models by forward selection with replacement (Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble Selection from Libraries
/// of Models", ICML 2004): from nothing, the model whose standardised scores help the mix most is added, again and again; the weight of a
/// model is the share of steps that chose it. The mix with the best measure of all steps is kept.
/// </summary>
internal static class RankingWeights
{
    // Scores of all models for as many users as this holds; more add little to a choice of a few weights.
    private const long Scores = 1L << 26;

    /// <summary>Chooses weights.</summary>
    /// <param name="models">Models that have not seen the held-out items.</param>
    /// <param name="train">What they learned from: [users x items].</param>
    /// <param name="heldOut">The items to find.</param>
    /// <param name="metric">The measure; a metric of all lists together is replaced by NDCG at its cut-off.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="seed">The seed of the users drawn, where there are too many, and of ties.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static EnsembleWeights Choose(
        IReadOnlyList<IRecommender> models,
        InteractionMatrix train,
        HeldOut heldOut,
        Metric metric,
        int steps,
        int seed,
        CancellationToken cancellation)
    {
        var items = models[0].ItemCount;
        var relevant = Evaluator.RelevantItems(heldOut, out _);
        int[] users =
        [
            .. Enumerable.Range(0, relevant.Length)
                .Where(user => relevant[user].Length > 0 && heldOut.Histories.Interactions.RowLength(user) > 0)
                .OrderBy(user => SeedHash.Of(seed, user))
                .Take((int)Math.Max(1, Scores / ((long)items * models.Count))),
        ];
        if (users.Length == 0)
        {
            return EnsembleWeights.Equal(models.Count);
        }

        var histories = heldOut.Histories.Select(users);
        var scores = models.Select(model => StandardScores(model, histories, cancellation)).ToArray();
        var usersPerItem = train.CountByColumn();
        var trainingUsers = train.CountRows();
        var (ties, rules) = (TieOrder.Of(items, seed), ListRules.None.Among(heldOut.Candidates, items));
        var (definition, k) = (metric.Definition as UserListMetric ?? (UserListMetric)Metric.Ndcg(1).Definition, metric.K!.Value);
        var (counts, best, bestMeasure) = (new int[models.Count], new int[models.Count], double.NegativeInfinity);
        for (var step = 1; step <= steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var (chosen, measure) = (-1, double.NegativeInfinity);
            for (var m = 0; m < counts.Length; m++)
            {
                counts[m]++;
                if (Measure(counts) is var candidate && candidate > measure)
                {
                    (chosen, measure) = (m, candidate);
                }

                counts[m]--;
            }

            counts[chosen]++;
            if (measure > bestMeasure)
            {
                (best, bestMeasure) = ([.. counts], measure);
            }
        }

        return new EnsembleWeights([.. best.Select(count => (float)count / best.Sum())], 0);

        // Higher is better. Summed one after the other, so that the number of threads does not matter.
        double Measure(int[] counts)
        {
            var values = new double[users.Length];
            Parallel.For(0, users.Length, ComputeThreads.Options, () => new float[items], (user, _, mixed) =>
            {
                Array.Clear(mixed);
                for (var m = 0; m < counts.Length; m++)
                {
                    if (counts[m] > 0)
                    {
                        TensorPrimitives.MultiplyAdd(scores[m].AsSpan(user * items, items), counts[m], mixed, mixed);
                    }
                }

                var list = Ranking.TopK(mixed, histories.Interactions, user, k, ties, rules).Items;
                int[] listed = Array.ConvertAll(list, place => place.Item);
                var evaluated = new EvaluatedList(listed, Hits.OfSorted(listed, relevant[users[user]]), usersPerItem, trainingUsers);
                values[user] = definition.OfUser(evaluated, k);
                return mixed;
            }, _ => { });
            return definition.HigherIsBetter ? values.Sum() : -values.Sum();
        }
    }

    private static float[] StandardScores(IRecommender model, Histories histories, CancellationToken cancellation)
    {
        var items = model.ItemCount;
        var scores = new float[Sizes.Of("users x items", histories.Count, items)];
        foreach (var batch in Ranking.Batches(items, histories, cancellation))
        {
            model.Score(batch.Users, batch.Scores);
            batch.Scores.CopyTo(scores.AsMemory(batch.Start * items));
        }

        Parallel.For(0, histories.Count, ComputeThreads.Options, user => StandardScore.Standardize(scores.AsSpan(user * items, items)));
        return scores;
    }
}
