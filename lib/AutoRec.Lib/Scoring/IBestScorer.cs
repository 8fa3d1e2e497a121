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
