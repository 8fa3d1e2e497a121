using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of popularity with item features.</summary>
internal sealed record FeaturePopularityOptions : IAgeWeighted
{
    /// <summary>
    /// Weight lambda of the L2 penalty of the map from features to numbers of users against the sum of squared errors over the items
    /// with training interactions, in items. Default auto: the one of 1, 3, 10, 30, 100, 300 and 1000 with the smallest error over items
    /// that are held out one by one.
    /// </summary>
    [Range(1e-3, 1e9)]
    [DefaultValue(30.0)]
    public double? FeatureRegularization { get; init; }

    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }
}

/// <summary>
/// Trains popularity, and counts for items without training interactions as many users as items with such features have
/// (<see cref="FeatureMap"/>): the baseline of models that recommend items without history. It is deterministic; the seed has no effect.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class FeaturePopularityTrainer(FeaturePopularityOptions? options = null) : ITrainer<PopularityModel>
{
    private readonly FeaturePopularityOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public bool UsesItemFeatures => true;

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => new PopularityTrainer().Estimate(data);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The context has no features of the items.</exception>
    public PopularityModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var features = FeatureMap.FeaturesOf(context, train, "popularity-features");
        float[] counts = [.. new PopularityTrainer(new PopularityOptions { HalfLife = options.HalfLife }).Fit(train, context).Counts];
        var (_, note) = FeatureMap.Complete(
            counts, 1, train, features, options.FeatureRegularization, "the number of users", context.Cancellation);
        return new PopularityModel(counts) { Notes = [note] };
    }
}
