using AutoRec.Evaluation;

namespace AutoRec.Cli.Evaluation;

/// <summary>Says what was left out of a measure, or is in it only by a fallback.</summary>
internal static class EvaluationNotes
{
    public static void Write(TextWriter notes, RatingEvaluation rating)
    {
        Note(notes, "test ratings of users without a training rating, predicted by the model's fallback", rating.ColdUserRatings);
        Note(notes, "test ratings of items without a training rating, predicted by the model's fallback", rating.ColdItemRatings);
        Note(notes, "test ratings of pairs that the training part holds too (the split leaks)", rating.RatingsInHistory);
    }

    public static void Write(TextWriter notes, RankingEvaluation ranking)
    {
        notes.WriteLine($"note: the whole catalogue was ranked for {ranking.Users.Count} users with {ranking.RelevantItems} held-out items");
        Note(notes, "users left out of ranking metrics, having no held-out item", ranking.UsersLeftOut);
        Note(notes, "users ranked without a history", ranking.ColdUsers);
        Note(notes, "held-out items that no training user has", ranking.ColdRelevantItems);
        Note(notes, "held-out items left out, being in the user's history, which is never recommended", ranking.TargetsInHistory);
    }

    private static void Note(TextWriter notes, string what, int count)
    {
        if (count > 0)
        {
            notes.WriteLine($"note: {what}: {count}");
        }
    }
}
