using System.ComponentModel.DataAnnotations;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>The options of popularity.</summary>
public sealed record PopularityOptions : IAgeWeighted
{
    /// <summary>
    /// Half-life of interactions in days: one that is so much older than the newest counts half, in general 0.5^(age / half-life). Requires
    /// times. Default: none, all count alike.
    /// </summary>
    [Range(1e-3, 1e6)]
    public double? HalfLife { get; init; }
}

/// <summary>Trains the popularity model: counts how many users have each item. It is deterministic; the seed has no effect.</summary>
/// <param name="options">The options; null for the defaults.</param>
/// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
public sealed class PopularityTrainer(PopularityOptions? options = null) : ITrainer<PopularityModel>
{
    private readonly PopularityOptions options = OptionRanges.Checked(options);

    /// <inheritdoc/>
    public FitCost Estimate(DataSize data) => new() { Bytes = 16.0 * data.Items, ModelBytes = 4.0 * data.Items };

    /// <inheritdoc/>
    public PopularityModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        context.Cancellation.ThrowIfCancellationRequested();
        var weights = AgeWeights.Of(train, options);
        if (weights.Length == 0)
        {
            return new PopularityModel(Array.ConvertAll(train.CountByColumn(), count => (float)count));
        }

        var sums = new double[train.ColumnCount];
        for (var i = 0; i < weights.Length; i++)
        {
            sums[train.Columns()[i]] += weights[i];
        }

        return new PopularityModel(Array.ConvertAll(sums, sum => (float)sum));
    }
}

/// <summary>
/// The baseline of top-N recommendation: the same items for everybody, by the number of training users who have them. Every interaction
/// counts as one, whatever its value, or less the older it is (<see cref="PopularityOptions.HalfLife"/>).
/// </summary>
public sealed class PopularityModel : IPersistentModel<PopularityModel>, INotedModel
{
    private readonly float[] counts; // of users, or sums of their weights: [items]

    internal PopularityModel(float[] counts) => this.counts = counts;

    /// <inheritdoc/>
    public int ItemCount => counts.Length;

    IEnumerable<string> INotedModel.Notes => Notes;

    /// <summary>Gets what is to be said of the fit.</summary>
    internal IEnumerable<string> Notes { get; init; } = [];

    /// <summary>Gets the number of users of each item, or the sum of their weights: [items].</summary>
    internal ReadOnlySpan<float> Counts => counts;

    /// <inheritdoc/>
    public void Score(Histories histories, Memory<float> scores)
    {
        Guard.ScoreArguments(histories, ItemCount, scores.Length);
        for (var user = 0; user < histories.Count; user++)
        {
            counts.CopyTo(scores.Span[(user * counts.Length)..]);
        }
    }

    /// <inheritdoc/>
    public ModelState Save() => new ModelState().Add("counts", counts);

    /// <inheritdoc/>
    public static PopularityModel Load(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new PopularityModel(state.Floats("counts"));
    }
}
