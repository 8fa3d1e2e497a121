using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;
using static TorchSharp.torch;

namespace AutoRec.Models.Rows;

/// <summary>
/// The ratings of a fitted autoencoder over user rows, reconstructed by its network. Items without a training rating and users without a
/// history get the middle of the scale.
/// </summary>
internal sealed class UserRowRatings
{
    private readonly KnownItems items;

    private UserRowRatings(KnownItems items) => this.items = items;

    public int ItemCount => items.Count;

    public RatingScale Scale => items.Scale;

    /// <summary>The difference between the ends of the scale; 1 for a scale of one value, as a divisor.</summary>
    public float Range => Scale.Max > Scale.Min ? Scale.Max - Scale.Min : 1;

    public static UserRowRatings Of(InteractionMatrix train) => new(KnownItems.Of(train));

    public static UserRowRatings Load(ModelState state) => new(KnownItems.Load(state));

    public ModelState SaveTo(ModelState state) => items.SaveTo(state);

    /// <summary>Ratings as networks read them, divided by the highest, 0 where there is none: [rows x items].</summary>
    public Tensor Input(Tensor ratings) => Scale.Max > 0 ? ratings.Over(Scale.Max) : ratings;

    /// <summary>Scores as <see cref="IRecommender.Score"/> does.</summary>
    /// <param name="histories">The users.</param>
    /// <param name="scores">[users x items].</param>
    /// <param name="reconstruct">The ratings of some of the users by the network, not clipped: [those users x items].</param>
    public void Score(Histories histories, Memory<float> scores, Func<Histories, Tensor> reconstruct)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        UserRows.Write(histories, scores, reconstruct);
        for (var user = 0; user < histories.Count; user++)
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            for (var item = 0; item < ItemCount; item++)
            {
                if (IsCold(histories, user, item))
                {
                    row[item] = Scale.Middle;
                }
            }
        }
    }

    /// <summary>Predicts as <see cref="IRatingPredictor.Predict"/> does; see <see cref="Score"/>.</summary>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings, Func<Histories, Tensor> reconstruct)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        UserRows.ForEachChunk(histories, (first, part) =>
        {
            var rows = reconstruct(part).data<float>().ToArray();
            for (var user = first; user < first + part.Count; user++)
            {
                var userRatings = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
                var row = rows.AsSpan((user - first) * ItemCount, ItemCount);
                var asked = pairs.Columns(user);
                for (var i = 0; i < asked.Length; i++)
                {
                    userRatings[i] = IsCold(histories, user, asked[i]) ? Scale.Middle : Scale.Clip(row[asked[i]]);
                }
            }
        });
    }

    private bool IsCold(Histories histories, int user, int item) => !items[item] || histories.Interactions.RowLength(user) == 0;
}
