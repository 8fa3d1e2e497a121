using System.ComponentModel.DataAnnotations;

namespace AutoRec.Catalog.Ensembles;

/// <summary>The options of an ensemble of models that predict ratings.</summary>
internal sealed record RatingEnsembleOptions
{
    /// <summary>The models, which must predict ratings. Default biased-mf+pmf-em+autorec-item+autorec-user.</summary>
    public EnsembleMembers Models { get; init; } = [new("biased-mf"), new("pmf-em"), new("autorec-item"), new("autorec-user")];

    /// <summary>
    /// Weight lambda of the L2 penalty on how far the models' weights are from equal ones, in validation ratings (see <see
    /// cref="RatingWeights"/>). Default 10.
    /// </summary>
    [Range(1e-6, 1e9)]
    public double Regularization { get; init; } = 10;
}

/// <summary>The options of an ensemble of models that rank items.</summary>
internal sealed record RankingEnsembleOptions
{
    /// <summary>The models, which must rank items and not predict ratings. Default ease+ials+mult-vae.</summary>
    public EnsembleMembers Models { get; init; } = [new("ease"), new("ials"), new("mult-vae")];

    /// <summary>
    /// The number of steps in which weights are chosen; each adds 1/steps to the weight of one model (see <see cref="RankingWeights"/>).
    /// Default 20.
    /// </summary>
    [Range(1, 1000)]
    public int Steps { get; init; } = 20;
}
