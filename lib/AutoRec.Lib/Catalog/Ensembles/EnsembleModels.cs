using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Catalog.Ensembles;

/// <summary>Several models, mixed.</summary>
/// <param name="members">The models, all of the same items.</param>
/// <param name="weights">How they are mixed.</param>
internal abstract class EnsembleModel(IReadOnlyList<FittedMember> members, EnsembleWeights weights)
    : IRecommender, INotedModel
{
    /// <summary>The models.</summary>
    public IReadOnlyList<FittedMember> Members { get; } = members;

    /// <summary>How they are mixed.</summary>
    public EnsembleWeights Weights { get; } = weights;

    /// <inheritdoc/>
    public IEnumerable<string> Notes
    {
        get
        {
            var ofModels = Members.Zip(
                Weights.Weights, (member, weight) => FormattableString.Invariant($"{member.Entry.Name} {weight:0.00}"));
            return
            [
                $"weights of the models: {string.Join(", ", ofModels)}",
                .. Members.SelectMany(member => (member.Model as INotedModel)?.Notes ?? []),
            ];
        }
    }

    /// <inheritdoc/>
    public int ItemCount => Members[0].Model.ItemCount;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        var mixed = scores.Span[..(histories.Count * ItemCount)];
        mixed.Fill(Weights.Intercept);
        var ofMember = new float[Sizes.Of("users x items", histories.Count, ItemCount)];
        for (var m = 0; m < Members.Count; m++)
        {
            if (Weights.Weights[m] == 0)
            {
                continue;
            }

            Members[m].Model.Score(histories, ofMember);
            for (var user = 0; user < histories.Count; user++)
            {
                Prepare(ofMember.AsSpan(user * ItemCount, ItemCount));
            }

            TensorPrimitives.MultiplyAdd(ofMember, Weights.Weights[m], mixed, mixed);
        }
    }

    /// <summary>Brings one user's scores of one model to the unit in which they are mixed.</summary>
    private protected abstract void Prepare(Span<float> scores);
}

/// <summary>A fitted model of an ensemble.</summary>
/// <param name="Entry">Its entry in the catalogue.</param>
/// <param name="Model">The model.</param>
/// <param name="Epochs">The number of epochs that was chosen for it; null where none was.</param>
internal sealed record FittedMember(ModelEntry Entry, IRecommender Model, int? Epochs);

/// <summary>
/// Predicts the intercept plus the weighted sum of the models' predictions, which lie on the scale. Scores are made in the same way; how
/// far a model goes beyond the scale counts a hundred-thousandth there, which orders the items that all models give the best rating.
/// </summary>
internal sealed class RatingEnsembleModel(IReadOnlyList<FittedMember> members, EnsembleWeights weights)
    : EnsembleModel(members, weights), IRatingPredictor
{
    /// <inheritdoc/>
    public RatingScale Scale => ((IRatingPredictor)Members[0].Model).Scale;

    /// <inheritdoc/>
    public void Predict(Histories histories, InteractionMatrix pairs, Memory<float> ratings)
    {
        Guard.PredictArguments(histories, pairs, ItemCount, ratings.Length);
        var mixed = ratings.Span[..pairs.Count];
        mixed.Fill(Weights.Intercept);
        var ofMember = new float[pairs.Count];
        for (var m = 0; m < Members.Count; m++)
        {
            ((IRatingPredictor)Members[m].Model).Predict(histories, pairs, ofMember);
            TensorPrimitives.MultiplyAdd(ofMember, Weights.Weights[m], mixed, mixed);
        }

        foreach (ref var rating in mixed)
        {
            rating = Scale.Clip(rating);
        }
    }

    private protected override void Prepare(Span<float> scores)
    {
        foreach (ref var score in scores)
        {
            var rating = Scale.Clip(score);
            score = rating + (1e-5f * (score - rating));
        }
    }
}

/// <summary>Scores by the weighted sum of the models' scores, each brought to mean 0 and standard deviation 1 over a user's
/// items.</summary>
internal sealed class RankingEnsembleModel(IReadOnlyList<FittedMember> members, EnsembleWeights weights)
    : EnsembleModel(members, weights)
{
    private protected override void Prepare(Span<float> scores) => StandardScore.Standardize(scores);
}
