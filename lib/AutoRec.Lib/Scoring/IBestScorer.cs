using AutoRec.Data;

namespace AutoRec.Scoring;

/// <summary>A fitted model that finds the best items of a user without scoring all of them.</summary>
internal interface IBestScorer : IRecommender
{
    /// <summary>
    /// Scores, as <see cref="IRecommender.Score"/> does, all items whose score is at least the lowest of the highest so many of a user.
    /// Other items get either their score or negative infinity.
    /// </summary>
    /// <param name="histories">The users.</param>
    /// <param name="counts">How many of the highest scores of each user are wanted, at least 1: [users].</param>
    /// <param name="scores">Receives the scores, row after row: [users x items].</param>
    void ScoreBest(Histories histories, int[] counts, Memory<float> scores);
}

/// <summary>Scores by any model.</summary>
internal static class BestScores
{
    /// <summary>
    /// Scores the best items of each user, as <see cref="IBestScorer.ScoreBest"/> has it, where the model finds them without the others,
    /// and else all items.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="histories">The users.</param>
    /// <param name="counts">How many of the highest scores of each user are wanted: [users]; null for all items.</param>
    /// <param name="scores">Receives the scores, row after row: [users x items].</param>
    public static void Score(this IRecommender model, Histories histories, int[]? counts, Memory<float> scores)
    {
        if (counts is not null && model is IBestScorer best)
        {
            best.ScoreBest(histories, counts, scores);
        }
        else
        {
            model.Score(histories, scores);
        }
    }
}
