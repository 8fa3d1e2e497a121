using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Native;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// A fitted model as users are served by it, which is also what an evaluation must measure. A model that ranks items knows a user by the
/// positive interactions alone. Users without a history get the most popular items. New users of a model that scores only the users it was
/// fitted to get the items most similar to their positive ones. If the user's profile is known, its scores are mixed in with the learned
/// weight for the length of the history.
/// </summary>
internal sealed class ServedModel : IBestScorer
{
    private static readonly IReadOnlyDictionary<string, string> NoProfile = new Dictionary<string, string>();

    private readonly IRecommender model;
    private readonly ProfileWeights weights;
    private readonly Lazy<LatentSpace> space;
    private readonly Lazy<bool> foldsIn;

    /// <summary>Makes the served model.</summary>
    /// <param name="entry">The model's entry in the catalogue; null if it is not in it.</param>
    /// <param name="model">The fitted model.</param>
    /// <param name="train">All interactions of the users it was fitted to: [users x items].</param>
    /// <param name="profiles">The profiles of the users of the data set; null if there are none. Default null.</param>
    /// <param name="weights">How much a profile counts; null if it does not count. Default null.</param>
    public ServedModel(
        ModelEntry? entry,
        IRecommender model,
        InteractionMatrix train,
        ProfileModel? profiles = null,
        ProfileWeights? weights = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(train);
        this.model = model;
        this.weights = weights ?? ProfileWeights.None;
        Profiles = profiles ?? ProfileModel.WithoutAttributes(train);
        foldsIn = new(() => CanFoldIn(model, train.Feedback));
        space = new(() => new LatentSpace(entry, model, train));
    }

    /// <inheritdoc/>
    public int ItemCount => model.ItemCount;

    /// <summary>Whether the model scores users it was not fitted to.</summary>
    public bool FoldsIn => foldsIn.Value;

    /// <summary>The profiles of the users of the data set, and popularity.</summary>
    public ProfileModel Profiles { get; }

    /// <summary>The space of the model's items.</summary>
    public LatentSpace Space => space.Value;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Score(histories, user => weights.IsNone ? NoProfile : Profiles.ProfileOf(histories.UserRows[user]), scores);
    }

    /// <inheritdoc/>
    public void ScoreBest(Histories histories, int[] counts, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        Score(histories, user => weights.IsNone ? NoProfile : Profiles.ProfileOf(histories.UserRows[user]), scores, counts);
    }

    /// <summary>What one user is known by: the part of the history that scores are made from.</summary>
    public Histories KnownBy(Histories user) =>
        user.With(user.Interactions.LearnedBy(model is IRatingPredictor && !IsServedBySimilarItems(user, 0)));

    /// <summary>Scores all items for users with given profiles.</summary>
    /// <param name="histories">The users.</param>
    /// <param name="profileOf">The profile of a user, by position; empty if it is not known. Called by several threads at once.</param>
    /// <param name="scores">Receives the scores: [users x items].</param>
    /// <param name="counts">How many of the highest scores of each user are wanted, as <see cref="IBestScorer"/> has it; null for all.
    /// Default null.</param>
    /// <returns>What the scores of each user were made from.</returns>
    /// <exception cref="ArgumentException">A profile has an unknown attribute or value.</exception>
    public ServedScore[] Score(
        Histories histories,
        Func<int, IReadOnlyDictionary<string, string>> profileOf,
        Memory<float> scores,
        int[]? counts = null)
    {
        // Where a profile is mixed in, the best of the model may not be the best of both.
        var lengths = ScoreHistories(histories, scores, weights.IsNone ? counts : null);
        var served = new ServedScore[histories.Count];
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var score = AddProfile(lengths[user], profileOf(user), scores.Span.Slice(user * ItemCount, ItemCount));
            served[user] = score.Basis == RecommendationBasis.Model && IsServedBySimilarItems(histories, user)
                ? score with { Basis = RecommendationBasis.SimilarItems }
                : score;
        });
        return served;
    }

    // By the model or by similar items; users who are known by nothing get no scores. Returns how many interactions each is known by.
    private int[] ScoreHistories(Histories histories, Memory<float> scores, int[]? counts)
    {
        var lengths = new int[histories.Count];
        foreach (var group in Enumerable.Range(0, histories.Count).GroupBy(user => IsServedBySimilarItems(histories, user)))
        {
            var known = histories.Interactions.LearnedBy(model is IRatingPredictor && !group.Key);
            int[] users = [.. group.Where(user => (lengths[user] = known.RowLength(user)) > 0)];
            IRecommender by = group.Key ? new SimilarItems(Space) : model;
            if (users.Length == histories.Count)
            {
                by.Score(histories.With(known), counts, scores);
                return lengths;
            }

            var part = new float[Sizes.Of("users x items", users.Length, ItemCount)];
            by.Score(histories.With(known).Select(users), counts is null ? null : Array.ConvertAll(users, user => counts[user]), part);
            for (var i = 0; i < users.Length; i++)
            {
                part.AsSpan(i * ItemCount, ItemCount).CopyTo(scores.Span[(users[i] * ItemCount)..]);
            }
        }

        return lengths;
    }

    // A fitted popularity may count by age.
    private void ScorePopularity(Span<float> scores)
    {
        if (model is PopularityModel popularity)
        {
            popularity.Counts.CopyTo(scores);
        }
        else
        {
            Profiles.ScorePopularity(scores);
        }
    }

    private bool IsServedBySimilarItems(Histories histories, int user) => histories.TrainingRows[user] < 0 && !FoldsIn;

    private ServedScore AddProfile(int historyLength, IReadOnlyDictionary<string, string> profile, Span<float> scores)
    {
        var weight = profile.Count > 0 ? weights[historyLength] : 0;
        if (historyLength == 0)
        {
            ScorePopularity(scores);
        }

        if (weight == 0)
        {
            return new ServedScore(historyLength == 0 ? RecommendationBasis.Popularity : RecommendationBasis.Model, 1, 0);
        }

        if (weight == 1)
        {
            Profiles.Score(profile, scores);
            return new ServedScore(RecommendationBasis.Profile, 0, 1);
        }

        var byProfile = new float[scores.Length];
        Profiles.Score(profile, byProfile);
        var (historyScale, profileScale) = Blend.Mix(scores, byProfile, (float)weight);
        return new ServedScore(historyLength == 0 ? RecommendationBasis.Profile : RecommendationBasis.Hybrid, historyScale, profileScale);
    }

    private static bool CanFoldIn(IRecommender model, Feedback feedback)
    {
        if (model.ItemCount == 0)
        {
            return false;
        }

        try
        {
            var somebody = InteractionMatrix.FromTriplets(1, model.ItemCount, [0], [0], [feedback.Scale.Max], feedback);
            model.Score(Histories.OfNewUsers(somebody), new float[model.ItemCount]);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}

/// <summary>What the scores of one user were made from.</summary>
/// <param name="Basis">By what the items were scored.</param>
/// <param name="HistoryScale">What the scores by history were multiplied with.</param>
/// <param name="ProfileScale">What the scores by profile were multiplied with.</param>
internal readonly record struct ServedScore(RecommendationBasis Basis, float HistoryScale, float ProfileScale);
