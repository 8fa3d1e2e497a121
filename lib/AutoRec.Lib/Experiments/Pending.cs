using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Experiments;

internal sealed class ServedModel(ModelEntry? entry, IRecommender model, InteractionMatrix train) : IRecommender
{
    private readonly PopularityModel fallback = new PopularityTrainer().Fit(train, new FitContext());
    public int ItemCount => model.ItemCount;

    public void Score(Histories histories, Memory<float> scores)
    {
        _ = entry;
        model.Score(histories, scores);
        for (var user = 0; user < histories.Count; user++)
        {
            if (histories.Interactions.RowLength(user) == 0)
            {
                fallback.Score(histories.Select([user]), scores.Slice(user * ItemCount, ItemCount));
            }
        }
    }
}

/// <summary>x</summary>
public sealed record UserDifference(double Difference, double Low, double High, double PValue, double AdjustedPValue);

/// <summary>x</summary>
public sealed class DifferencesToBest
{
    /// <summary>x</summary>
    public string Best => "";
    /// <summary>x</summary>
    public string Correction => "holm";
    /// <summary>x</summary>
    public string Resampled => "users";
    /// <summary>x</summary>
    public string Legend => "";
    /// <summary>x</summary>
    public UserDifference? this[int i] => null;
    /// <summary>x</summary>
    public static DifferencesToBest Of(Metric metric, IReadOnlyList<UserValues>?[] users, double[] values) => new();
}
