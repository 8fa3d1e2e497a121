using AutoRec.Data;
using AutoRec.Persistence;

namespace AutoRec.Training;

/// <summary>A training in epochs, as <see cref="EpochLoop"/> runs it.</summary>
/// <typeparam name="TState">A copy of what is learned, which later epochs do not change.</typeparam>
/// <typeparam name="TModel">The fitted model.</typeparam>
internal sealed record EpochTraining<TState, TModel>
    where TState : class
    where TModel : TrainedModel
{
    /// <summary>The maximum number of epochs.</summary>
    public required int Epochs { get; init; }

    /// <summary>The name of the training error, such as <c>rmse</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>
    /// Trains one epoch, numbered from 1, and returns the training error that was seen meanwhile. It may say how far the epoch has come.
    /// </summary>
    public required Func<int, IProgress<WorkReport>?, double> TrainEpoch { get; init; }

    /// <summary>Copies what is learned so far. An older copy, if one is given, is no longer needed and may be written over.</summary>
    public required Func<TState?, TState> Snapshot { get; init; }

    /// <summary>
    /// What is learned so far without a copy, which later epochs change: what is validated. Null for a training that has to copy. Default
    /// null.
    /// </summary>
    public Func<TState>? View { get; init; }

    /// <summary>Makes a model of a copy.</summary>
    public required Func<TState, TModel> ToModel { get; init; }

    /// <summary>How the training resumes from a checkpoint; null for a training that does not support checkpoints.</summary>
    public Resumption<TState>? Resumption { get; init; }
}

/// <summary>How a training resumes from a checkpoint.</summary>
/// <typeparam name="TState">A copy of what is learned.</typeparam>
/// <param name="Training">Everything that the training changes.</param>
/// <param name="Keep">Turns a copy into arrays.</param>
/// <param name="Restore">Turns arrays into a copy.</param>
internal sealed record Resumption<TState>(TrainingState Training, Func<TState, ModelState> Keep, Func<ModelState, TState> Restore);
