using AutoRec.Training;

namespace AutoRec.Notebooks;

/// <summary>
/// Prints a few lines of a training: epochs 1, 2, 5, 10, 20, 50, 100 and so on, since most happens at the beginning. No
/// times, so that a notebook that runs again prints the same.
/// </summary>
public sealed class TrainingProgress : IProgress<EpochReport>
{
    /// <inheritdoc/>
    public void Report(EpochReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var leading = value.Epoch;
        while (leading % 10 == 0 && leading > 0)
        {
            leading /= 10;
        }

        if (leading is 1 or 2 or 5)
        {
            var validation = value.Validation is { } measure ? FormattableString.Invariant($", validation {value.ValidationMetric} {measure:0.0000}") : "";
            Console.WriteLine(FormattableString.Invariant($"epoch {value.Epoch,3}: training {value.TrainMetric} {value.TrainError:0.0000}{validation}"));
        }
    }
}
