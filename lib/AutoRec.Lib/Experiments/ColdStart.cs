using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>How good the recommendations for new users are by what is known of them.</summary>
/// <param name="Shown">How many of their interactions were shown.</param>
/// <param name="Basis">What recommendations were made from.</param>
/// <param name="Ndcg">NDCG@10, the mean over the held-out users.</param>
/// <param name="PerUser">NDCG@10 of each held-out user, the same users in the same order everywhere.</param>
public sealed record ColdStartMeasure(int Shown, RecommendationBasis Basis, double Ndcg, UserValues PerUser);

/// <summary>Users with a short history or none: how a profile and a model go together for them, and what that is worth.</summary>
public static class ColdStart
{
    /// <summary>
    /// Holds users out entirely, fits a model to all others and recommends to the held-out ones by popularity, by profile, by the model (fold-in) and
    /// by both (hybrid), with more and more of their interactions shown. The interactions asked for are the same whatever is shown:
    /// those behind the first max(<paramref name="shown"/>) in a random order.
    /// </summary>
    /// <param name="data">The data with profiles.</param>
    /// <param name="trainer">The model; it must fold in new users.</param>
    /// <param name="isMultinomial">Whether its scores are logits of a multinomial distribution: see <see cref="ModelEntry.IsMultinomial"/>.</param>
    /// <param name="users">How many users to hold out, of those with at least 10 interactions more than are ever shown.</param>
    /// <param name="shown">Numbers of interactions that are shown, such as 0, 1, 2, 5, 10.</param>
    /// <param name="context">How to run; without validation all epochs are trained.</param>
    /// <exception cref="ArgumentException">There are no profiles, or too few users.</exception>
    public static IReadOnlyList<ColdStartMeasure> Evaluate(DataSet data, ITrainer<IRecommender> trainer, bool isMultinomial, int users, IReadOnlyList<int> shown, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(context);
        if (data.UserAttributes.Count == 0)
        {
            throw new ArgumentException("The data set has no profiles.", nameof(data));
        }

        var all = data.Interactions.ToMatrix();
        var random = new Random(context.Seed);
        var mostShown = shown.Max();
        int[] candidates = [.. Enumerable.Range(0, all.RowCount).Where(user => all.RowLength(user) >= mostShown + 10)];
        random.Shuffle(candidates);
        if (candidates.Length < 2 * users || users < 2)
        {
            throw new ArgumentException($"{users} users cannot be held out of the {candidates.Length} that have {mostShown + 10} interactions: 2 to a half of them can.", nameof(users));
        }

        int[] heldOut = [.. candidates.Take(users).Order()];
        var isHeldOut = heldOut.ToHashSet();
        int[] known = [.. Enumerable.Range(0, all.RowCount).Where(user => !isHeldOut.Contains(user))];
        var train = all.SelectRows(known);
        var model = trainer.Fit(train, context);
        var profiles = new ProfileModel(train, data.UserAttributes.ToDictionary(column => column.Key, column => (IReadOnlyList<string>)[.. known.Select(user => column.Value[user])]));

        var ties = TieOrder.Of(all.ColumnCount, context.Seed);

        // A random order of each user's interactions: the first ones are shown, those behind the last that is ever shown asked for.
        var orders = Array.ConvertAll(heldOut, user =>
        {
            var order = Enumerable.Range(0, all.RowLength(user)).ToArray();
            random.Shuffle(order);
            return order;
        });
        var measures = new List<ColdStartMeasure>();
        foreach (var count in shown)
        {
            foreach (var basis in count == 0 ? [RecommendationBasis.Popularity, RecommendationBasis.Profile] : new[] { RecommendationBasis.Popularity, RecommendationBasis.Profile, RecommendationBasis.Model, RecommendationBasis.Hybrid })
            {
                var values = new double[users];
                Parallel.For(0, users, ComputeThreads.Options, i => values[i] = Measure(basis, heldOut[i], orders[i], count));
                measures.Add(new ColdStartMeasure(count, basis, values.Average(), UserValues.Of(values, heldOut)));
            }
        }

        return measures;

        double Measure(RecommendationBasis basis, int user, int[] order, int count)
        {
            var items = all.Columns(user);
            var ratings = all.Values(user);
            var (seen, values) = (new int[count], new float[count]);
            for (var i = 0; i < count; i++)
            {
                (seen[i], values[i]) = (items[order[i]], ratings[order[i]]);
            }

            var relevant = new HashSet<int>();
            foreach (var place in order.AsSpan(mostShown))
            {
                relevant.Add(items[place]);
            }

            var scores = new float[all.ColumnCount];
            var profile = basis is RecommendationBasis.Popularity or RecommendationBasis.Model ? [] : data.UserAttributes.ToDictionary(column => column.Key, column => column.Value[user]);
            if (basis is RecommendationBasis.Popularity or RecommendationBasis.Profile)
            {
                profiles.Score(profile, scores);
            }
            else
            {
                model.Score(Histories.OfNewUsers(InteractionMatrix.FromTriplets(1, all.ColumnCount, new int[count], seen, values, all.Scale)), scores);
            }

            if (basis == RecommendationBasis.Hybrid)
            {
                ProfileMix.Mix(scores, profiles, profile, count, isMultinomial);
            }

            return RankingMetrics.Ndcg(Hits.Of([.. Ranking.TopK(scores, seen, 10, ties).Items.Select(place => place.Item)], relevant), 10);
        }
    }
}
