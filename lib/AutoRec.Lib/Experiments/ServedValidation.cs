using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Experiments;

/// <summary>Measures ranked lists as they would be served.</summary>
/// <param name="inner">The training part without the validation part, and the validation part.</param>
/// <param name="metric">A metric of ranked lists.</param>
/// <param name="seed">The seed of ties.</param>
/// <param name="serve">The served model of a fitted one.</param>
internal sealed class ServedValidation(
    Split inner, Metric metric, int seed, Func<IRecommender, IRecommender> serve) : IValidation
{
    /// <inheritdoc/>
    public string Metric => metric.ToString();

    /// <inheritdoc/>
    public HeldOut HeldOut => inner.Test;

    /// <inheritdoc/>
    public bool HigherIsBetter => metric.HigherIsBetter;

    /// <inheritdoc/>
    public double Measure(IRecommender model) =>
        Evaluator.MeasureRanking(serve(model), inner.Train, inner.Test, [metric], seed: seed)[metric];
}
