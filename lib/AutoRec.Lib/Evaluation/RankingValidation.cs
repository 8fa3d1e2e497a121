using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Evaluation;

/// <summary>Chooses the epoch whose ranked lists are best by validation items.</summary>
/// <param name="train">What the model learns from, the validation items taken out.</param>
/// <param name="validation">The validation items: neither trained on nor tested on.</param>
/// <param name="metric">A metric of ranked lists, such as <c>ndcg@100</c>.</param>
/// <param name="seed">The seed of the order of items with equal scores. Default 42.</param>
public sealed class RankingValidation(InteractionMatrix train, HeldOut validation, Metric metric, int seed = 42) : IValidation
{
    /// <inheritdoc/>
    public string Metric => metric.ToString();

    /// <inheritdoc/>
    public HeldOut HeldOut => validation;

    /// <inheritdoc/>
    public bool HigherIsBetter => metric.HigherIsBetter;

    /// <inheritdoc/>
    public double Measure(IRecommender model, IProgress<WorkReport>? progress = null) =>
        Evaluator.MeasureRankingByRules(model, train, validation, [metric], ListRules.None, seed, progress, default)[metric];
}
