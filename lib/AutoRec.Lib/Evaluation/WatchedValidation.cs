using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Splitting;
using AutoRec.Training;

namespace AutoRec.Evaluation;

/// <summary>
/// Chooses the epoch by a validation part, and measures the test part after each epoch, too: for a figure of all three errors. What the
/// test part says is kept and not acted on.
/// </summary>
/// <param name="validation">The measure that chooses.</param>
/// <param name="test">The same measure on the test part.</param>
public sealed class WatchedValidation(IValidation validation, IValidation test) : IValidation
{
    private readonly List<double> testValues = [];

    /// <summary>The measure on the test part after each epoch, in their order.</summary>
    public IReadOnlyList<double> TestValues => testValues;

    /// <inheritdoc/>
    public string Metric => validation.Metric;

    /// <inheritdoc/>
    public bool HigherIsBetter => validation.HigherIsBetter;

    /// <inheritdoc/>
    public HeldOut HeldOut => validation.HeldOut;

    /// <inheritdoc/>
    public double Measure(IRecommender model, IProgress<WorkReport>? progress = null)
    {
        testValues.Add(test.Measure(model));
        return validation.Measure(model, progress);
    }
}
