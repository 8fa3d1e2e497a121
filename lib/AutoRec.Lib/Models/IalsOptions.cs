using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of iALS.</summary>
internal record IalsOptions : IAgeWeighted
{
    /// <summary>Number of latent factors, d in the paper. More are better, at a cost that grows with them. Default 64.</summary>
    [Range(1, 10_000)]
    public int LatentFactors { get; init; } = 64;

    /// <summary>Weight alpha_0 of the squared error of all pairs of user and item, against 1 for those that occur. Default 0.1.</summary>
    [Range(1e-9, 1e3)]
    public double UnobservedWeight { get; init; } = 0.1;

    /// <summary>
    /// Weight lambda of the L2 penalty against the weighted sum of squared errors over all pairs. The squared factors of a user with n
    /// items count lambda (n + alpha_0 items)^nu, with nu the <see cref="RegularizationExponent"/>, those of an item likewise. Default
    /// auto: 7 / (N^(1/4) (m + alpha_0 items)^(1/2)) for N training interactions and m of them a user on average, which is 0.003 for
    /// MovieLens 20M, as in the paper, and more where there is less to learn from, at most 0.1.
    /// </summary>
    [Range(1e-9, 1e6)]
    [DefaultValue(0.02)]
    public double? Regularization { get; init; }

    /// <summary>
    /// Exponent nu that scales each user's and item's penalty: 0 penalises all alike, 1 in proportion to their interactions, observed or
    /// not. Default 1.
    /// </summary>
    [Range(0.0, 2.0)]
    public double RegularizationExponent { get; init; } = 1;

    /// <summary>
    /// Weight alpha of repetition where data are counts: an interaction that occurred n times as often as the lowest positive count weighs
    /// 1 + alpha ln n in the loss, divided by the mean of that over all training interactions, so that the weight of what did not occur
    /// means the same. 0 lets all weigh alike. No effect on data other than counts. Default 0.3.
    /// </summary>
    [Range(0.0, 1e3)]
    public double CountWeight { get; init; } = 0.3;

    /// <summary>Standard deviation sigma* of the first dot products; that of each factor is sigma* / sqrt(d). Default 0.1.</summary>
    [Range(1e-6, 10.0)]
    public double InitialDeviation { get; init; } = 0.1;

    /// <summary>Number of epochs, in each of which users and items are solved for in turn. Default 16.</summary>
    [Range(1, 10_000)]
    public int Epochs { get; init; } = 16;

    /// <summary>
    /// How factors are solved for: cg (conjugate gradients) takes some steps towards the solution from the factors before, in single
    /// precision; cholesky solves exactly, in double precision, at a cost that grows with the square of the factors. Default cg.
    /// </summary>
    public IalsSolver Solver { get; init; }

    /// <summary>Number of steps of conjugate gradients. Default 3.</summary>
    [Range(1, 1_000)]
    public int Steps { get; init; } = 3;

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }

    /// <summary>
    /// These options with a number for every auto. The constant 7 and the exponents are a fit to the best penalties of ten data sets on
    /// validation data, the largest of which is 0.1: a larger one lets all factors of a small data set vanish. See docs/defaults.md.
    /// </summary>
    /// <param name="train">The training data.</param>
    public IalsOptions For(InteractionMatrix train)
    {
        var users = Math.Max(1, train.CountRows());
        var interactions = Math.Max(1.0, train.Count);
        var root = Math.Sqrt((interactions / users) + (UnobservedWeight * train.ColumnCount));
        return this with { Regularization = Regularization ?? Math.Min(0.1, 7 / (Math.Pow(interactions, 0.25) * root)) };
    }
}

/// <summary>How iALS solves for factors.</summary>
internal enum IalsSolver
{
    /// <summary>Some steps of conjugate gradients from the factors before (Takács, Pilászy and Tikk, RecSys 2011).</summary>
    Cg,

    /// <summary>A Cholesky factorisation for each user and item.</summary>
    Cholesky,
}
