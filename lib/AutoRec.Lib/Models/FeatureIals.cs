using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of iALS with item features.</summary>
internal sealed record FeatureIalsOptions : IalsOptions
{
    /// <summary>
    /// Weight lambda of the L2 penalty of the map from features to factors against the sum of squared errors over the items with training
    /// interactions, in items. Default auto: the one of 1, 3, 10, 30, 100, 300 and 1000 with the smallest error over items that are held
    /// out one by one.
    /// </summary>
    [Range(1e-3, 1e9)]
    [DefaultValue(30.0)]
    public double? FeatureRegularization { get; init; }
}

/// <summary>
/// Trains iALS (<see cref="IalsTrainer"/>) and then gives factors to items without training interactions, by a linear map from their
/// features (<see cref="FeatureMap"/>) that is fitted to the factors of all others: an attribute-to-feature mapping (Gantner, Drumond,
/// Freudenthaler, Rendle and Schmidt-Thieme, ICDM 2010) in closed form. Items with interactions keep the factors of iALS, so that their
/// scores are those of iALS to the last bit.
/// </summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
internal sealed class FeatureIalsTrainer(FeatureIalsOptions? options = null) : ITrainer<IalsModel>
{
    private readonly FeatureIalsOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public bool UsesItemFeatures => true;

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => new IalsTrainer(options).Estimate(data);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The context has no features of the items.</exception>
    public IalsModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        var features = FeatureMap.FeaturesOf(context, train, "ials-features");
        return new IalsTrainer(options).Fit(train, context)
            .WithFeatures(train, features, options.FeatureRegularization, context.Cancellation);
    }
}
