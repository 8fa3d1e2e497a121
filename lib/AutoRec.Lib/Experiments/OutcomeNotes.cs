using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>What one should know of the figures of an outcome, in sentences.</summary>
internal static class OutcomeNotes
{
    /// <summary>What models of one kind learn from, where that is not all there is.</summary>
    /// <param name="train">All training data.</param>
    /// <param name="predictRatings">Whether the models predict ratings.</param>
    /// <param name="models">Their names.</param>
    public static IEnumerable<string> OfLearning(InteractionMatrix train, bool predictRatings, IReadOnlyList<string> models)
    {
        var (feedback, learned) = (train.Feedback, train.LearnedBy(predictRatings).Count);
        var (names, isOne) = (string.Join(", ", models), models.Count == 1);
        if (models.Count > 0 && predictRatings && !feedback.HasRatings)
        {
            yield return $"{names} {(isOne ? "predicts" : "predict")} ratings, but the data hold {feedback.Name} and no ratings. "
                + "Use a model that ranks items, for example ease";
        }
        else if (models.Count > 0 && learned < train.Count)
        {
            yield return FormattableString.Invariant($"{names} {(isOne ? "learns" : "learn")} from the {learned:N0} of {train.Count:N0} ")
                + $"{(feedback.HasRatings ? "ratings" : "interactions")} that are {Positive(feedback)} (--positive-from)";
        }
    }

    /// <summary>What the model says of its fit.</summary>
    public static IEnumerable<string> Of(IRecommender model) => (model as INotedModel)?.Notes ?? [];

    /// <summary>That training does not pay, where that is so.</summary>
    public static IEnumerable<string> Of(ChosenFit fit) => fit.Best is { Epoch: 0, Validation: { } value } best
        ? [FormattableString.Invariant($"the model was left as it begins, with {best.ValidationMetric} {value:0.0000} on the validation part: ")
            + FormattableString.Invariant($"none of {fit.Choosing.Count} epochs of training was better")]
        : [];

    /// <summary>What was left out of validation.</summary>
    public static IEnumerable<string> Of(IValidation? validation) => validation is ServedValidation { Note: { } note } ? [note] : [];

    public static IEnumerable<string> Of(Fold fold, RatingEvaluation? ratings, RankingEvaluation? rankings)
    {
        foreach (var note in fold.Split.Notes)
        {
            yield return note;
        }

        if (ratings is not null)
        {
            foreach (var note in Counted(
                (ratings.ColdUserRatings, "test ratings are of users without a training rating; the model's fallback predicts them"),
                (ratings.ColdItemRatings, "test ratings are of items without a training rating; the model's fallback predicts them"),
                (ratings.RatingsInHistory, "test ratings are of pairs that the training part holds too: the split leaks")))
            {
                yield return note;
            }
        }

        if (rankings is not null)
        {
            var candidates = fold.Split.Test.Candidates?.Count;
            yield return (candidates is null ? "the whole catalogue was" : FormattableString.Invariant($"{candidates:N0} items were"))
                + FormattableString.Invariant($" ranked for {rankings.Users.Count:N0} users ")
                + FormattableString.Invariant($"with {rankings.RelevantItems:N0} held-out items")
                + (fold.Split.Test.Targets.Positives().Count < fold.TestCount ? $" that are {Positive(fold.Feedback)}" : "");
            foreach (var note in Counted(
                (rankings.UsersLeftOut, "users were left out of ranking metrics: they have no relevant held-out item"),
                (rankings.ColdUsers, "users have no history; they get the most popular items, as in serving"),
                (candidates is null ? rankings.ColdRelevantItems : 0,
                    "held-out items were not in the training part, so no model can find them"),
                (rankings.TargetsInHistory, "held-out items were left out: they are in the user's history, which is never recommended"),
                (rankings.UsersWithTies, "users have equal scores in their list; a seeded permutation of the items orders them")))
            {
                yield return note;
            }
        }
    }

    /// <summary>What rules leave of the items, and of those that are to be found.</summary>
    public static IEnumerable<string> Of(RecommendationRules? rules, PreparedRules? prepared, RankingEvaluation? rankings)
    {
        if (prepared is null)
        {
            yield break;
        }

        var allowed = FormattableString.Invariant($"{prepared.Left:N0} of {prepared.ItemCount:N0} items are allowed");
        yield return $"lists are made by rules: {rules}; {allowed}";
        const string NotAllowed = "held-out items are not allowed by the rules; they count as relevant and cannot be found";
        foreach (var note in Counted((rankings?.RelevantItemsNotAllowed ?? 0, NotAllowed)))
        {
            yield return note;
        }
    }

    public static string Of(ProfileWeights weights, bool isRatingModel)
    {
        var how = isRatingModel ? "learned on validation data" : "learned on validation data with one more fit";
        return weights.IsNone
            ? $"profiles of users do not count in recommendations ({how})"
            : $"profiles of users count in recommendations; weights by the length of the history, {how}: {weights}";
    }

    public static IEnumerable<string> Of(BaselineCheck? check, string model)
    {
        if (check is { IsLost: true })
        {
            yield return $"{model} loses to {check.Baseline} on its own validation part: "
                + FormattableString.Invariant($"{check.Metric} {check.Model:0.0000} against {check.BaselineValue:0.0000}. ")
                + $"Use {check.Baseline}, or find better options with 'autorec tune --model {model}'.";
        }
    }

    private static string Positive(Feedback feedback) => FormattableString.Invariant($"{feedback.PositiveFrom} or more");

    private static IEnumerable<string> Counted(params (int Count, string Text)[] counts) =>
        counts.Where(one => one.Count > 0).Select(one => FormattableString.Invariant($"{one.Count:N0} {one.Text}"));
}
