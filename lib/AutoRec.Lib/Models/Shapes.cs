using AutoRec.Data;

namespace AutoRec.Models;

/// <summary>Checks what models are given to score.</summary>
internal static class Shapes
{
    /// <summary>Throws unless the histories have the model's items and the scores a place for each user and item.</summary>
    public static void Check(IRecommender model, Histories histories, Memory<float> scores)
    {
        CheckItems(model, histories);
        if (scores.Length != histories.Count * (long)model.ItemCount)
        {
            throw new ArgumentException(
                $"{histories.Count} users and {model.ItemCount} items have {histories.Count * (long)model.ItemCount} scores; there is room for {scores.Length}.", nameof(scores));
        }
    }

    /// <summary>Throws unless the pairs are of these histories and there is a place for the rating of each.</summary>
    public static void Check(IRatingPredictor model, Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        CheckItems(model, histories);
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.RowCount != histories.Count || pairs.ColumnCount != model.ItemCount)
        {
            throw new ArgumentException(
                $"The pairs are of {pairs.RowCount} users and {pairs.ColumnCount} items, but there are {histories.Count} histories and {model.ItemCount} items.", nameof(pairs));
        }

        if (ratings.Length != pairs.Count)
        {
            throw new ArgumentException($"{pairs.Count} pairs have as many ratings; there is room for {ratings.Length}.", nameof(ratings));
        }
    }

    private static void CheckItems(IRecommender model, Histories histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (histories.Interactions.ColumnCount != model.ItemCount)
        {
            throw new ArgumentException(
                $"The histories are of {histories.Interactions.ColumnCount} items, but the model was trained on {model.ItemCount}.", nameof(histories));
        }
    }
}
