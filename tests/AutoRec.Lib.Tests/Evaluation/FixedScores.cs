using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Tests;

/// <summary>A model whose scores are given: one row a user, found by the training row.</summary>
internal sealed class FixedScores(params float[][] rows) : IRatingPredictor
{
    public int ItemCount => rows[0].Length;

    public RatingScale Scale => RatingScale.OneToFive;

    public void Score(Histories histories, Memory<float> scores)
    {
        for (var user = 0; user < histories.Count; user++)
        {
            rows[histories.TrainingRows[user]].CopyTo(scores.Span[(user * ItemCount)..]);
        }
    }

    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        for (int user = 0, next = 0; user < histories.Count; user++)
        {
            foreach (var item in pairs.Columns(user))
            {
                ratings.Span[next++] = Scale.Clip(rows[histories.TrainingRows[user]][item]);
            }
        }
    }
}
