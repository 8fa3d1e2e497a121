using AutoRec.Scoring;

namespace AutoRec.Training;

/// <summary>How to run a fit: nothing here is a property of the model that comes out.</summary>
public sealed record FitContext
{
    /// <summary>The seed of everything random: initial weights, the order of batches, dropout. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Where tensors live. Default: the CPU.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Cpu;

    /// <summary>
    /// The measure by which the best epoch is chosen; it must never see test data. Null trains all epochs.
    /// </summary>
    public IValidation? Validation { get; init; }

    /// <summary>How many epochs without a better validation measure end the training. Default 10.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>
    /// Ends the training after this many epochs, though the options allow more: the number that an earlier fit found best.
    /// Null leaves it to the options. Default null.
    /// </summary>
    public int? EpochLimit { get; init; }

    /// <summary>
    /// Where the training keeps how far it has come. Null keeps nothing. Default null.
    /// </summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Receives a report after each epoch; those of an interrupted training first, when it goes on.</summary>
    public IProgress<EpochReport>? Progress { get; init; }

    /// <summary>Ends the training with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>Where tensors live.</summary>
public enum ComputeDevice
{
    /// <summary>The processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU; needs a build with <c>-p:AutoRecTorch=cuda</c>.</summary>
    Cuda,
}

/// <summary>A measure of a model on validation data, by which training picks its best epoch.</summary>
public interface IValidation
{
    /// <summary>The name of the measure, such as <c>rmse</c> or <c>ndcg@100</c>.</summary>
    string Metric { get; }

    /// <summary>Whether a higher value is better.</summary>
    bool HigherIsBetter { get; }

    /// <summary>Measures a model.</summary>
    double Measure(IRecommender model);
}

/// <summary>What happened in one epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">The most epochs there can be.</param>
/// <param name="TrainError">The error on the training data while it was trained on; what it is, <paramref name="TrainMetric"/> says.</param>
/// <param name="TrainMetric">The name of the training error, such as <c>rmse</c> or <c>elbo</c>.</param>
/// <param name="Validation">The validation measure after the epoch; null without validation.</param>
/// <param name="ValidationMetric">The name of the validation measure.</param>
/// <param name="IsBest">Whether no earlier epoch had a better validation measure.</param>
/// <param name="IsLast">Whether the training ends with this epoch: it has had all that it may have, or its patience is at an end.</param>
/// <param name="Elapsed">Time since the fit began.</param>
public sealed record EpochReport(
    int Epoch, int Epochs, double TrainError, string TrainMetric, double? Validation, string? ValidationMetric, bool IsBest, bool IsLast, TimeSpan Elapsed);
