using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>How good the recommendations for new users are, made in one way from a given number of their interactions.</summary>
/// <param name="Shown">The number of interactions that were shown.</param>
/// <param name="Basis">What the recommendations were made from.</param>
/// <param name="Ndcg">NDCG@10, the mean over the held-out users.</param>
/// <param name="PerUser">NDCG@10 of each held-out user, the same users in the same order in all measures.</param>
public sealed record ColdStartMeasure(int Shown, RecommendationBasis Basis, double Ndcg, UserValues PerUser);

/// <summary>The result of a cold-start study.</summary>
/// <param name="Weights">How much profiles count, as learned from the users that were not held out.</param>
/// <param name="Measures">The measures.</param>
public sealed record ColdStartStudy(ProfileWeights Weights, IReadOnlyList<ColdStartMeasure> Measures);

/// <summary>Measures recommendations for users with a short history or none: what profiles are worth for them, and how long.</summary>
public static class ColdStart
{
    // Interactions to be found, at least, of each held-out user.
    private const int FewestTargets = 10;

    private static readonly Metric Ndcg = Metric.Ndcg(10);

    /// <summary>
    /// Holds users out entirely, fits a model to all others, and recommends to the held-out users with more and more of their interactions
    /// shown: by popularity, by profile, by the model, and by model and profile mixed with learned weights, which is how users
    /// are served. The interactions to be found are the same in all measures: in a random order of a user's interactions, those behind
    /// the highest number that is ever shown.
    /// </summary>
    /// <param name="data">The data, with profiles.</param>
    /// <param name="entry">The model's entry in the catalogue.</param>
    /// <param name="trainer">The trainer of the model. It is fitted twice, once to learn the weights of profiles.</param>
    /// <param name="users">The number of users to hold out, from 2 to half of those who have at least 10 interactions more than are ever
    /// shown.</param>
    /// <param name="shown">The numbers of interactions to show, such as 0, 1, 2, 5 and 10.</param>
    /// <param name="context">How to run the fits; without validation all epochs are trained.</param>
    /// <exception cref="ArgumentException">There are no profiles, or too few users.</exception>
    /// <exception cref="NotSupportedException">The model does not score new users.</exception>
    public static ColdStartStudy Evaluate(
        DataSet data, ModelEntry entry, ITrainer<IRecommender> trainer, int users, IReadOnlyList<int> shown, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(shown);
        ArgumentNullException.ThrowIfNull(context);
        if (data.UserAttributes.Count == 0)
        {
            throw new ArgumentException("The data set has no profiles of users.", nameof(data));
        }

        var all = data.Interactions.ToMatrix();
        var random = new Random(context.Seed);
        var heldOut = HeldOutUsers(all, users, shown.Max() + FewestTargets, random);
        var isHeldOut = heldOut.ToHashSet();
        var log = data.Interactions;
        var train = log.Select([.. Enumerable.Range(0, log.Count).Where(i => !isHeldOut.Contains(log.UserRows[i]))]).ToMatrix();

        var weights = ProfileWeightLearner.Learn(entry, trainer, train, data.UserAttributes, context);
        var model = trainer.Learn(train, context);
        var profiles = new ProfileModel(train, data.UserAttributes);
        (RecommendationBasis Basis, IRecommender Model)[] ways =
        [
            (RecommendationBasis.Popularity, new PopularityTrainer().Learn(train, context)),
            (RecommendationBasis.Profile, new ServedModel(entry, model, train, profiles, ProfileWeights.ProfileOnly)),
            (RecommendationBasis.Model, new ServedModel(entry, model, train)),
            (RecommendationBasis.Hybrid, new ServedModel(entry, model, train, profiles, weights)),
        ];

        var orders = Array.ConvertAll(heldOut, user => SplitParts.Shuffled(all.RowLength(user), random));
        var targets = Rows(all, heldOut, orders, shown.Max()..);
        var measures = new List<ColdStartMeasure>();
        foreach (var count in shown)
        {
            var test = new HeldOut(Histories.OfNewUsers(Rows(all, heldOut, orders, ..count), heldOut), targets);
            foreach (var (basis, way) in ways.Where(way => count > 0 || way.Basis != RecommendationBasis.Model))
            {
                var measured = Evaluator.MeasureRanking(way, train, test, [Ndcg], seed: context.Seed, cancellation: context.Cancellation);
                measures.Add(new ColdStartMeasure(count, basis, measured[Ndcg], measured.PerUser[Ndcg]));
            }
        }

        return new ColdStartStudy(weights, measures);
    }

    private static int[] HeldOutUsers(InteractionMatrix all, int users, int fewestInteractions, Random random)
    {
        int[] candidates = [.. Enumerable.Range(0, all.RowCount).Where(user => all.RowLength(user) >= fewestInteractions)];
        random.Shuffle(candidates);
        return users >= 2 && users <= candidates.Length / 2
            ? [.. candidates.Take(users).Order()]
            : throw new ArgumentException(
                $"The number of users to hold out must be between 2 and {candidates.Length / 2}, "
                + $"half of the {candidates.Length} users with {fewestInteractions} interactions or more; got {users}.",
                nameof(users));
    }

    // Of each user the interactions at some places of an order.
    private static InteractionMatrix Rows(InteractionMatrix all, int[] users, int[][] orders, Range places)
    {
        var part = new MatrixBuilder(all);
        for (var row = 0; row < users.Length; row++)
        {
            foreach (var place in orders[row][places])
            {
                part.Add(row, all.Columns(users[row])[place], all.Values(users[row])[place]);
            }
        }

        return part.ToMatrix(users.Length);
    }
}
