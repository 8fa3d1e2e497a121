using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>
/// The ratings of a fitted autoencoder over user rows, whose network reconstructs their values. Items without a training rating and users
/// without a history get the baseline or, without one, the middle of the scale.
/// </summary>
internal sealed class UserRowRatings(RatingFrame frame)
{
    public RatingFrame Frame => frame;

    /// <summary>Scores as <see cref="IRecommender.Score"/> does.</summary>
    /// <param name="histories">The users.</param>
    /// <param name="scores">[users x items].</param>
    /// <param name="reconstruct">The values of some of the users by the network: [those users x items].</param>
    public void Score(Histories histories, Memory<float> scores, Func<Histories, Tensor> reconstruct)
    {
        Guard.ScoreArguments(histories, frame.ItemCount, scores.Length);
        UserRows.Write(histories, scores, reconstruct);
        for (var user = 0; user < histories.Count; user++)
        {
            frame.ToRatings(histories, user, scores.Span.Slice(user * frame.ItemCount, frame.ItemCount));
        }
    }

    /// <summary>Predicts as <see cref="IRatingPredictor.Predict"/> does; see <see cref="Score"/>.</summary>
    /// <param name="histories">The users.</param>
    /// <param name="pairs">Whose ratings are predicted: [users x items].</param>
    /// <param name="ratings">[pairs].</param>
    /// <param name="valuesAt">The values of some of the users at their pairs by the network: [those pairs].</param>
    public void Predict(
        Histories histories, InteractionMatrix pairs, Memory<float> ratings, Func<Histories, SparseBatch, Tensor> valuesAt)
    {
        Guard.PredictArguments(histories, pairs, frame.ItemCount, ratings.Length);
        var entries = new SparseBatch(frame.ItemCount);
        UserRows.ForEachChunk(histories, (first, part) =>
        {
            var values = valuesAt(part, entries.Fill(pairs, [.. Enumerable.Range(first, part.Count)])).Numbers();
            for (var user = first; user < first + part.Count; user++)
            {
                var userRatings = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
                var ofUser = values[entries.FirstEntry(user - first)..];
                var level = frame.Level(histories, user);
                var asked = pairs.Columns(user);
                for (var i = 0; i < asked.Length; i++)
                {
                    userRatings[i] = frame.Scale.Clip(Rating(histories, user, level, asked[i], ofUser[i]));
                }
            }
        });
    }

    private float Rating(Histories histories, int user, double level, int item, float value) =>
        frame.IsKnown(item) && histories.Interactions.RowLength(user) > 0
            ? frame.ToRating(level, item, value)
            : frame.ColdRating(level, item);
}
