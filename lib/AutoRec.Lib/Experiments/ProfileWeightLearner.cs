using System.Numerics.Tensors;
using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Native;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>
/// Learns how much the profiles of users count against their histories, by the NDCG@10 of validation data. A model is fitted without two
/// parts of the training data: all interactions of a fifth of the users, and a tenth of the interactions of all others. The former users
/// are new to the model and are shown to it with histories of any length; the latter are known to it and have the history they have. The
/// weights must do well for both, see <see cref="ProfileWeightChoice"/>. Only positive interactions are looked at. For a model that
/// predicts ratings a profile counts only where there is no history: the order of its scores is that of ratings, which profiles say nothing
/// about.
/// </summary>
public static class ProfileWeightLearner
{
    private const int K = 10;
    private const int NewUserShare = 5; // one in five
    private const int MostNewUsers = 1_000;
    private const int MostKnownUsers = 5_000;

    /// <summary>Whether there are profiles, and enough users to learn from: 150 with a profile and two interactions or more.</summary>
    /// <param name="train">The training data: [users x items].</param>
    /// <param name="attributes">The profiles: for each attribute a value of each user, by row, empty if it is not known.</param>
    public static bool CanLearn(InteractionMatrix train, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(attributes);
        return AreEnough(Candidates(train.Positives(), attributes));
    }

    /// <summary>Learns the weights. It costs one fit, except for rating models.</summary>
    /// <param name="entry">The model's entry in the catalogue; null if it is not in it.</param>
    /// <param name="trainer">The trainer of the model.</param>
    /// <param name="train">The training data: [users x items].</param>
    /// <param name="attributes">The profiles: for each attribute a value of each user, by row, empty if it is not known.</param>
    /// <param name="context">How to run the fit. <see cref="FitContext.EpochLimit"/> is the number of epochs that the model is fitted with;
    /// the validation of the context is not used.</param>
    /// <returns>The weights; <see cref="ProfileWeights.None"/> if they cannot be learned, see <see cref="CanLearn"/>.</returns>
    public static ProfileWeights Learn(
        ModelEntry? entry,
        ITrainer<IRecommender> trainer,
        InteractionMatrix train,
        IReadOnlyDictionary<string, IReadOnlyList<string>> attributes,
        FitContext context)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(attributes);
        ArgumentNullException.ThrowIfNull(context);
        train = train.Positives();
        var newUsers = Candidates(train, attributes);
        if (!AreEnough(newUsers))
        {
            return ProfileWeights.None;
        }

        var random = new Random(context.Seed);
        random.Shuffle(newUsers);
        newUsers = [.. newUsers.Take(Math.Min(MostNewUsers, newUsers.Length / NewUserShare)).Order()];
        var (part, held) = HoldOut(train, newUsers, random);
        var usesHistory = trainer is not ITrainer<IRatingPredictor>;
        IRecommender model = usesHistory
            ? trainer.Learn(part, context with { Validation = null, Checkpoint = context.Checkpoint?.Of("profiles") })
            : new Models.PopularityTrainer().Learn(part, context);
        var served = new ServedModel(entry, model, part, new ProfileModel(part, attributes));
        var situations = new List<HeldOut> { AtTheBeginning(train, newUsers, usesHistory ? ProfileWeights.Groups.Count : 1, random) };
        if (usesHistory)
        {
            int[] known = [.. Enumerable.Range(0, train.RowCount).Where(user => held.RowLength(user) > 0)];
            random.Shuffle(known);
            known = [.. known.Take(MostKnownUsers).Order()];
            situations.Add(new HeldOut(Histories.OfTraining(part).Select(known), held.SelectRows(known)));
        }

        var ties = TieOrder.Of(train.ColumnCount, context.Seed);
        var measured = situations.ConvertAll(situation => ByGroup(situation, Measure(served, situation, ties, context.Cancellation)));
        var groups = Enumerable.Range(0, ProfileWeights.Groups.Count);
        return ProfileWeightChoice.Choose([.. groups.Select(group => measured.ConvertAll(one => one[group]))]);
    }

    private static bool AreEnough(int[] candidates) => candidates.Length / NewUserShare >= ProfileWeightChoice.FewestUsers;

    // The users who can be new ones.
    private static int[] Candidates(InteractionMatrix train, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes) =>
        [.. Enumerable.Range(0, train.RowCount)
            .Where(user => train.RowLength(user) > 1 && attributes.Values.Any(values => values[user].Length > 0))];

    // Takes out the new users, and of the others a tenth of what they have; every one of them keeps something.
    private static (InteractionMatrix Part, InteractionMatrix Held) HoldOut(InteractionMatrix train, int[] newUsers, Random random)
    {
        var isNew = newUsers.ToHashSet();
        var (kept, held) = (new MatrixBuilder(train), new MatrixBuilder(train));
        foreach (var user in Enumerable.Range(0, train.RowCount).Where(user => train.RowLength(user) > 0 && !isNew.Contains(user)))
        {
            var order = SplitParts.Shuffled(train.RowLength(user), random);
            var heldCount = Math.Min((order.Length + random.Next(10)) / 10, order.Length - 1);
            for (var i = 0; i < order.Length; i++)
            {
                long? time = train.Times().IsEmpty ? null : train.Times()[train.Offsets[user] + order[i]];
                (i < heldCount ? held : kept).Add(user, train.Columns(user)[order[i]], train.Values(user)[order[i]], time);
            }
        }

        return (kept.ToMatrix(train.RowCount), held.ToMatrix(train.RowCount));
    }

    // New users with a history of each group of lengths; the rest is held out. If there are few users, each has several histories
    // of a group.
    private static HeldOut AtTheBeginning(InteractionMatrix train, int[] users, int groups, Random random)
    {
        var draws = Math.Clamp(MostNewUsers / users.Length, 1, 5);
        var (shown, hidden) = (new MatrixBuilder(train), new MatrixBuilder(train));
        var rows = new List<int>();
        foreach (var user in users)
        {
            int[] order = [.. Enumerable.Range(0, train.RowLength(user))];
            for (var draw = 0; draw < draws * groups; draw++)
            {
                var (shortest, longest) = ProfileWeights.Range(draw / draws);
                if (shortest >= order.Length)
                {
                    break;
                }

                random.Shuffle(order);
                var count = random.Next(shortest, Math.Min(longest, order.Length - 1) + 1);
                for (var i = 0; i < order.Length; i++)
                {
                    (i < count ? shown : hidden).Add(rows.Count, train.Columns(user)[order[i]], train.Values(user)[order[i]]);
                }

                rows.Add(user);
            }
        }

        return new HeldOut(Histories.OfNewUsers(shown.ToMatrix(rows.Count), rows), hidden.ToMatrix(rows.Count));
    }

    // The NDCG of each row with each candidate weight; null for users without a profile.
    private static double[]?[] Measure(ServedModel served, HeldOut situation, TieOrder ties, CancellationToken cancellation)
    {
        var measures = new double[]?[situation.Histories.Count];
        foreach (var batch in Ranking.Batches(served.ItemCount, situation.Histories, cancellation))
        {
            served.Score(batch.Users, batch.Scores);
            Parallel.For(0, batch.Users.Count, ComputeThreads.Options, i =>
            {
                var profile = served.Profiles.ProfileOf(batch.Users.UserRows[i]);
                if (profile.Count > 0)
                {
                    var byProfile = new float[served.ItemCount];
                    served.Profiles.Score(profile, byProfile);
                    measures[batch.Start + i] = Ndcgs(
                        batch.ScoresOf(i),
                        byProfile,
                        batch.Users.Interactions.Columns(i),
                        situation.Targets.Columns(batch.Start + i),
                        ties);
                }
            });
        }

        return measures;
    }

    private static double[] Ndcgs(
        Span<float> byHistory, Span<float> byProfile, ReadOnlySpan<int> seen, ReadOnlySpan<int> targets, TieOrder ties)
    {
        HashSet<int> relevant = [.. targets];
        StandardScore.Standardize(byHistory);
        StandardScore.Standardize(byProfile);
        var mixed = new float[byHistory.Length];
        var ndcgs = new double[ProfileWeightChoice.Candidates.Count];
        for (var i = 0; i < ndcgs.Length; i++)
        {
            var weight = (float)ProfileWeightChoice.Candidates[i];
            TensorPrimitives.Multiply(byHistory, 1 - weight, mixed);
            TensorPrimitives.MultiplyAdd(byProfile, weight, mixed, mixed);
            var list = Ranking.TopK(mixed, seen, K, ties).Items;
            ndcgs[i] = RankingMetrics.Ndcg(Hits.Of(Array.ConvertAll(list, place => place.Item), relevant), K);
        }

        return ndcgs;
    }

    // Of each group of history lengths the measures of its users, a user's several histories averaged.
    private static IReadOnlyList<double[]>[] ByGroup(HeldOut situation, double[]?[] measures)
    {
        var rows = Enumerable.Range(0, measures.Length).Where(row => measures[row] is not null)
            .ToLookup(row => ProfileWeights.GroupOf(situation.Histories.Interactions.RowLength(row)));
        return [.. Enumerable.Range(0, ProfileWeights.Groups.Count).Select(OfGroup)];

        IReadOnlyList<double[]> OfGroup(int group) => [.. rows[group].GroupBy(situation.UserRow).Select(Means)];

        double[] Means(IEnumerable<int> rowsOfUser) =>
            [.. Enumerable.Range(0, ProfileWeightChoice.Candidates.Count).Select(i => rowsOfUser.Average(row => measures[row]![i]))];
    }
}
