using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Native;
using AutoRec.Persistence;
using AutoRec.Scoring;

namespace AutoRec.Models.Rows;

/// <summary>
/// The ratings of a fitted autoencoder over item rows: a vector for each item, its last hidden layer, and a vector and a bias for each
/// user, the weights of the user's output unit. The value of a rating is their dot product plus the bias. Items without a training rating
/// and users without a history get the baseline or, without one, the middle of the scale.
/// </summary>
internal sealed class ItemRowRatings
{
    private readonly int width;
    private readonly float[] itemCodes; // [items x width]
    private readonly float[] userWeights; // [users x width]
    private readonly float[] userBiases; // [users]
    private readonly RatingFrame frame;
    private readonly Lazy<PackedRows> packedCodes; // of each item, and 1

    public ItemRowRatings(float[] itemCodes, float[] userWeights, float[] userBiases, RatingFrame frame)
    {
        width = userBiases.Length > 0 ? userWeights.Length / userBiases.Length : 0;
        this.itemCodes = itemCodes;
        this.userWeights = userWeights;
        this.userBiases = userBiases;
        this.frame = frame;
        packedCodes = new(() => PackedRows.Of(ItemCount, width + 1, (item, row) =>
        {
            itemCodes.AsSpan(item * width, width).CopyTo(row);
            row[width] = 1;
        }));
    }

    public int ItemCount => frame.ItemCount;

    public RatingScale Scale => frame.Scale;

    public static ItemRowRatings Load(ModelState state) =>
        new(state.Floats("item_codes"), state.Floats("user_weights"), state.Floats("user_biases"), RatingFrame.Load(state));

    public ModelState Save() => frame.SaveTo(new ModelState())
        .Add("item_codes", itemCodes, ItemCount, width)
        .Add("user_weights", userWeights, userBiases.Length, width)
        .Add("user_biases", userBiases);

    /// <summary>Scores as <see cref="IRecommender.Score"/> does; ratings are not clipped.</summary>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        CheckUsers(histories);
        packedCodes.Value.Multiply(
            histories.Count,
            (user, vector) =>
            {
                var row = histories.TrainingRows[user];
                userWeights.AsSpan(row * width, width).CopyTo(vector);
                vector[width] = userBiases[row];
            },
            scores);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
            frame.ToRatings(histories, user, scores.Span.Slice(user * ItemCount, ItemCount)));
    }

    /// <summary>Predicts as <see cref="IRatingPredictor.Predict"/> does.</summary>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        CheckUsers(histories);
        Parallel.For(0, histories.Count, ComputeThreads.Options, user =>
        {
            var row = ratings.Span.Slice(pairs.Offsets[user], pairs.RowLength(user));
            var asked = pairs.Columns(user);
            var level = frame.Level(histories, user);
            for (var i = 0; i < asked.Length; i++)
            {
                row[i] = Scale.Clip(Estimate(histories, user, level, asked[i]));
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

    private float Estimate(Histories histories, int user, double level, int item)
    {
        if (!frame.IsKnown(item) || histories.Interactions.RowLength(user) == 0)
        {
            return frame.ColdRating(level, item);
        }

        var row = histories.TrainingRows[user];
        var weights = userWeights.AsSpan(row * width, width);
        var value = TensorPrimitives.Dot<float>(itemCodes.AsSpan(item * width, width), weights) + userBiases[row];
        return frame.ToRating(level, item, value);
    }
}
