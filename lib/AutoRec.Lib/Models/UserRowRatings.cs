using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Scoring;
using static TorchSharp.torch;

namespace AutoRec.Models;

/// <summary>
/// What all autoencoders that reconstruct a user's ratings have in common: which items they know, the scale of their
/// ratings, and how they score and predict. Items without a training rating and users without a history get the middle
/// of the scale.
/// </summary>
internal sealed class UserRowRatings
{
    private readonly bool[] isKnownItem;

    private UserRowRatings(bool[] isKnownItem, RatingScale scale)
    {
        this.isKnownItem = isKnownItem;
        Scale = scale;
    }

    public int ItemCount => isKnownItem.Length;

    public RatingScale Scale { get; }

    /// <summary>The difference between the ends of the scale; 1 for a scale of one value, by which can be divided.</summary>
    public float Range => Scale.Max > Scale.Min ? Scale.Max - Scale.Min : 1;

    public static UserRowRatings Of(InteractionMatrix train)
    {
        var isKnownItem = new bool[train.ColumnCount];
        foreach (var item in train.Columns())
        {
            isKnownItem[item] = true;
        }

        return new UserRowRatings(isKnownItem, train.Scale);
    }

    public static UserRowRatings Load(ModelState state) =>
        new(Array.ConvertAll(state.Ints("is_known_item"), known => known != 0), new RatingScale(state.Floats("scale")[0], state.Floats("scale")[1]));

    public ModelState SaveTo(ModelState state) => state
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("is_known_item", Array.ConvertAll(isKnownItem, known => known ? 1 : 0));

    /// <summary>Ratings as networks read them, divided by the highest, 0 where there is none: [rows x items].</summary>
    public Tensor Input(Tensor ratings) => Scale.Max > 0 ? ratings / Scale.Max : ratings;

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
                var items = pairs.Columns(user);
                for (var i = 0; i < items.Length; i++)
                {
                    userRatings[i] = IsCold(histories, user, items[i]) ? Scale.Middle : Scale.Clip(rows[((user - first) * ItemCount) + items[i]]);
                }
            }
        });
    }

    private bool IsCold(Histories histories, int user, int item) => !isKnownItem[item] || histories.Interactions.RowLength(user) == 0;
}
