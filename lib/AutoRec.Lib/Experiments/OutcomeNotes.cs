using AutoRec.Evaluation;
using AutoRec.Scoring;

namespace AutoRec.Experiments;

/// <summary>What one should know of the figures of an outcome, in sentences.</summary>
internal static class OutcomeNotes
{
    public static IEnumerable<string> Of(Fold fold, RatingEvaluation? ratings, RankingEvaluation? rankings)
    {
        if (fold.Split.TimeTies > 0)
        {
            yield return FormattableString.Invariant(
                $"{fold.Split.TimeTies:N0} interactions have equal times at the border of the parts; ")
                + "a draw with the seed decided which part they are in";
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
            yield return FormattableString.Invariant($"the whole catalogue was ranked for {rankings.Users.Count:N0} users ")
                + FormattableString.Invariant($"with {rankings.RelevantItems:N0} held-out items");
            foreach (var note in Counted(
                (rankings.UsersLeftOut, "users were left out of ranking metrics: they have no relevant held-out item"),
                (rankings.ColdUsers, "users have no history; they get the most popular items, as in serving"),
                (rankings.ColdRelevantItems, "held-out items were not in the training part, so no model can find them"),
                (rankings.TargetsInHistory, "held-out items were left out: they are in the user's history, which is never recommended"),
                (rankings.UsersWithTies, "users have equal scores in their list; a seeded permutation of the items orders them")))
            {
                yield return note;
            }
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

    private static IEnumerable<string> Counted(params (int Count, string Text)[] counts) =>
        counts.Where(one => one.Count > 0).Select(one => FormattableString.Invariant($"{one.Count:N0} {one.Text}"));
}
