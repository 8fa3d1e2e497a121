using AutoRec.Data;

namespace AutoRec.Scoring;

/// <summary>Checks that every model makes of what it is asked.</summary>
internal static class Guard
{
    /// <summary>Checks the arguments of <see cref="IRecommender.Score"/>.</summary>
    public static void ScoreArguments(Histories histories, int itemCount, int room) =>
        Check(histories, itemCount, room, (long)(histories?.Count ?? 0) * itemCount);

    /// <summary>Checks the arguments of <see cref="IRatingPredictor.Predict"/>.</summary>
    public static void PredictArguments(Histories histories, InteractionMatrix pairs, int itemCount, int room)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        Check(histories, itemCount, room, pairs.Count);
        if (pairs.RowCount != histories.Count || pairs.ColumnCount != itemCount)
        {
            throw new ArgumentException(
                $"The pairs are [{pairs.RowCount} x {pairs.ColumnCount}], but [{histories.Count} users x {itemCount} items] are expected.",
                nameof(pairs));
        }
    }

    private static void Check(Histories? histories, int itemCount, int room, long needed)
    {
        ArgumentNullException.ThrowIfNull(histories);
        if (histories.Interactions.ColumnCount != itemCount)
        {
            throw new ArgumentException(
                $"The histories have {histories.Interactions.ColumnCount} items, the model was trained on {itemCount}.", nameof(histories));
        }

        if (room < needed)
        {
            throw new ArgumentException($"The result needs room for {needed} numbers, but has {room}.");
        }
    }
}
