using AutoRec.Training;

namespace AutoRec.Notebooks;

/// <summary>
/// Prints a few lines of a training: the first epoch, then about every eighth part of the epochs there can be. No
/// times, so that a notebook that runs again prints the same.
/// </summary>
/// <param name="lines">About how many lines all epochs would give, at least 1.</param>
public sealed class TrainingProgress(int lines = 8) : IProgress<EpochReport>
{
    private readonly int lines = lines >= 1 ? lines : throw new ArgumentOutOfRangeException(nameof(lines), lines, "A training prints at least 1 line.");

    /// <inheritdoc/>
    public void Report(EpochReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var every = Math.Max(1, (int)Math.Ceiling(value.Epochs / (double)lines));
        if (value.Epoch == 1 || value.Epoch % every == 0)
        {
            var validation = value.Validation is { } measure ? FormattableString.Invariant($", validation {value.ValidationMetric} {measure:0.0000}") : "";
            Console.WriteLine(FormattableString.Invariant($"epoch {value.Epoch,3}: training {value.TrainMetric} {value.TrainError:0.0000}{validation}"));
        }
    }
}
