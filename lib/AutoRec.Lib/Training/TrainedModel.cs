using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>A model that was fitted in epochs.</summary>
public abstract class TrainedModel : IRecommender
{
    private protected TrainedModel()
    {
    }

    /// <summary>Gets a report of each epoch of the training, in order; empty for a model that was loaded.</summary>
    public IReadOnlyList<EpochReport> TrainingHistory { get; internal set; } = [];

    /// <inheritdoc/>
    public abstract int ItemCount { get; }

    /// <inheritdoc/>
    public abstract void Score(Histories histories, Memory<float> scores);
}
