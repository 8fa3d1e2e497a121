using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Models;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Serving;

/// <summary>A model as it is served: users without a history get the most popular items.</summary>
public sealed class ServedModel : IRecommender
{
    private readonly IRecommender model;
    private readonly PopularityModel popularity;

    /// <summary>The served path of a fitted model.</summary>
    /// <param name="entry">The model's entry in the catalogue; null for a model that is not in it.</param>
    /// <param name="model">The model.</param>
    /// <param name="train">What it was fitted to: [users x items].</param>
    public ServedModel(ModelEntry? entry, IRecommender model, InteractionMatrix train)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(train);
        _ = entry;
        this.model = model;
        popularity = new PopularityTrainer().Fit(train, new FitContext());
    }

    /// <inheritdoc/>
    public int ItemCount => model.ItemCount;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        ArgumentNullException.ThrowIfNull(histories);
        model.Score(histories, scores);
        for (var user = 0; user < histories.Count; user++)
        {
            if (histories.Interactions.RowLength(user) == 0)
            {
                popularity.Score(histories.Select([user]), scores.Slice(user * ItemCount, ItemCount));
            }
        }
    }
}
