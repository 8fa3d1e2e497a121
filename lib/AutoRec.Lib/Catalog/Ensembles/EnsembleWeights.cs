namespace AutoRec.Catalog.Ensembles;

/// <summary>How the scores of models are mixed: the intercept plus the weighted sum.</summary>
/// <param name="Weights">One a model; those of a rating ensemble may be negative.</param>
/// <param name="Intercept">In rating points; 0 for ranking.</param>
internal sealed record EnsembleWeights(IReadOnlyList<float> Weights, float Intercept)
{
    /// <summary>The mean of the models.</summary>
    public static EnsembleWeights Equal(int models) => new([.. Enumerable.Repeat(1f / models, models)], 0);
}
