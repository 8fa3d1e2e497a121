using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Models;

/// <summary>Trains the popularity model: counts how many users have each item. It is deterministic; the seed has no effect.</summary>
public sealed class PopularityTrainer : ITrainer<PopularityModel>
{
    /// <inheritdoc/>
    public PopularityModel Fit(InteractionMatrix train, FitContext context)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(context);
        context.Cancellation.ThrowIfCancellationRequested();
        return new PopularityModel(Array.ConvertAll(train.CountByColumn(), count => (float)count));
    }
}

/// <summary>
/// The baseline of top-N recommendation: the same items for everybody, by the number of training users who have them. Every interaction
/// counts as one, whatever its value.
/// </summary>
public sealed class PopularityModel : IPersistentModel<PopularityModel>
{
    private readonly float[] counts; // [items]

    internal PopularityModel(float[] counts) => this.counts = counts;

    /// <inheritdoc/>
    public int ItemCount => counts.Length;

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
