using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;

namespace AutoRec.Models;

/// <summary>
/// What an autoencoder over item rows comes down to once it is fitted: a vector for each item, its last hidden layer, and
/// a vector and a bias for each user, the weights of the user's output unit. The rating is their dot product plus the
/// bias. Items without a training rating and users without a history get the middle of the scale.
/// </summary>
internal sealed class ItemRowRatings
{
    private readonly int width;
    private readonly float[] itemCodes; // [items x width]
    private readonly float[] userWeights; // [users x width]
    private readonly float[] userBiases; // [users]
    private readonly bool[] isKnownItem;

    public ItemRowRatings(float[] itemCodes, float[] userWeights, float[] userBiases, InteractionMatrix train)
        : this(itemCodes, userWeights, userBiases, [.. Enumerable.Range(0, train.ColumnCount).Select(item => train.Transpose().RowLength(item) > 0)], train.Scale)
    {
    }

    private ItemRowRatings(float[] itemCodes, float[] userWeights, float[] userBiases, bool[] isKnownItem, RatingScale scale)
    {
        width = userBiases.Length > 0 ? userWeights.Length / userBiases.Length : 0;
        this.itemCodes = itemCodes;
        this.userWeights = userWeights;
        this.userBiases = userBiases;
        this.isKnownItem = isKnownItem;
        Scale = scale;
    }

    public int ItemCount => isKnownItem.Length;

    public RatingScale Scale { get; }

    public static ItemRowRatings Load(ModelState state) => new(
        state.Floats("item_codes"),
        state.Floats("user_weights"),
        state.Floats("user_biases"),
        Array.ConvertAll(state.Ints("is_known_item"), known => known != 0),
        new RatingScale(state.Floats("scale")[0], state.Floats("scale")[1]));

    public ModelState Save() => new ModelState()
        .Add("scale", [Scale.Min, Scale.Max])
        .Add("is_known_item", Array.ConvertAll(isKnownItem, known => known ? 1 : 0))
        .Add("item_codes", itemCodes, ItemCount, width)
        .Add("user_weights", userWeights, userBiases.Length, width)
        .Add("user_biases", userBiases);

    /// <summary>Scores as <see cref="IRecommender.Score"/> does; ratings are not clipped.</summary>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        CheckUsers(histories);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = scores.Span.Slice(user * ItemCount, ItemCount);
            for (var item = 0; item < ItemCount; item++)
            {
                row[item] = Estimate(histories, user, item);
            }
        });
    }

    /// <summary>Predicts as <see cref="IRatingPredictor.Predict"/> does.</summary>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        CheckUsers(histories);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
            var items = pairs.Columns(user);
            for (var i = 0; i < items.Length; i++)
            {
                row[i] = Scale.Clip(Estimate(histories, user, items[i]));
            }
        });
    }

    private static void CheckUsers(Histories histories)
    {
        if (histories.TrainingRows.Contains(-1))
        {
            throw new NotSupportedException(
                "An autoencoder over item rows has no weights for users that it was not trained on. " +
                "Train again with them, or use a model that folds new users in, such as 'autorec-user'.");
        }
    }

    private float Estimate(Histories histories, int user, int item)
    {
        if (!isKnownItem[item] || histories.Interactions.RowLength(user) == 0)
        {
            return Scale.Middle;
        }

        var row = histories.TrainingRows[user];
        return TensorPrimitives.Dot<float>(itemCodes.AsSpan(item * width, width), userWeights.AsSpan(row * width, width)) + userBiases[row];
    }
}
