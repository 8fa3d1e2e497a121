using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Scoring;
using AutoRec.Splitting;

namespace AutoRec.Training;

/// <summary>How to run a fit, as opposed to what to learn, which the options of a model say.</summary>
public sealed record FitContext
{
    /// <summary>The seed of everything random: first weights, the order of batches, dropout. Default 42.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>The device that trains networks. Default: the CPU.</summary>
    public ComputeDevice Device { get; init; } = ComputeDevice.Cpu;

    /// <summary>The measure by which the best epoch is chosen; it must not see test data. Null trains all epochs. Default null.</summary>
    public IValidation? Validation { get; init; }

    /// <summary>Number of epochs without a better validation measure after which training ends. Default 10.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>
    /// Maximum number of epochs, where the options allow more: such as the best number that an earlier fit found. Null leaves it to the
    /// options. 0 leaves the model as it begins. Default null.
    /// </summary>
    public int? EpochLimit { get; init; }

    /// <summary>
    /// What is known of the items, for models that score items without history (<see cref="ITrainer{TModel}.UsesItemFeatures"/>): [items x
    /// features], see <see cref="SideFeatures.OfItems"/>. Null if nothing is. Default null.
    /// </summary>
    public InteractionMatrix? ItemFeatures { get; init; }

    /// <summary>
    /// The processes that fit together. All of them must fit the same model to the same data; a model that is not distributed is fitted by
    /// each alone. The result does not depend on their number. Default: this process alone.
    /// </summary>
    public IProcessGroup Group { get; init; } = ProcessGroup.Single;

    /// <summary>The model whose weights a training starts with, where the model supports that; null for none. Default null.</summary>
    internal WarmStart? Start { get; init; }

    /// <summary>The file from which the training can resume after an interruption; null for none. Default null.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>
    /// Receives how far the fit has come: an <see cref="EpochReport"/> after each epoch, when a training resumes those of the earlier
    /// epochs first, and reports of its other steps.
    /// </summary>
    public IProgress<WorkReport>? Progress { get; init; }

    /// <summary>Ends the training with an <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>A device that trains networks.</summary>
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

    /// <summary>What it measures on: a model that mixes others learns their weights from it.</summary>
    HeldOut HeldOut { get; }

    /// <summary>Measures a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="progress">Receives how far the measurement has come; null for nobody. Default null.</param>
    double Measure(IRecommender model, IProgress<WorkReport>? progress = null);
}

/// <summary>A report of one epoch.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">The maximum number of epochs.</param>
/// <param name="TrainError">The error on the training data, measured during training; see <paramref name="TrainMetric"/>.</param>
/// <param name="TrainMetric">The name of the training error, such as <c>rmse</c> or <c>elbo</c>.</param>
/// <param name="Validation">The validation measure after the epoch; null without validation.</param>
/// <param name="ValidationMetric">The name of the validation measure.</param>
/// <param name="IsBest">Whether no earlier epoch had a better validation measure.</param>
/// <param name="IsLast">Whether the training ends with this epoch: by its number or by patience.</param>
/// <param name="Elapsed">Time since the fit began.</param>
public sealed record EpochReport(
    int Epoch,
    int Epochs,
    double TrainError,
    string TrainMetric,
    double? Validation,
    string? ValidationMetric,
    bool IsBest,
    bool IsLast,
    TimeSpan Elapsed)
    : WorkReport("", Epoch, Epochs, "epochs");
