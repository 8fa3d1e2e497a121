using AutoRec.Data;
using AutoRec.Training;
using Microsoft.Data.Analysis;

namespace AutoRec.Notebooks;

/// <summary>
/// Shows how a training gets on, below the cell that runs it: how far it is and how long it may take at most, over a table of epochs
/// 1, 2, 5, 10, 20, 50 and so on (most happens at the beginning), of the best one and of the last. It changes twice a second
/// where the front end can change what it shows, and else every ten seconds. What is left at the end has no times, so that a notebook that
/// runs again shows the same. It says when a training that validates its epochs ended at the limit: with more it might be better.
/// </summary>
/// <param name="brief">One line for all trainings, without tables: for a cell that fits many models. Default false.</param>
public sealed class TrainingProgress(bool brief = false) : IProgress<WorkReport>
{
    private readonly TimeSpan interval = LiveDisplay.IsInPlace ? TimeSpan.FromSeconds(0.5) : TimeSpan.FromSeconds(10);
    private readonly List<EpochReport> reports = [];
    private LiveDisplay display = new();
    private TimeSpan shown;
    private int trainings;
    private int atLimit;

    private int Best => reports.LastOrDefault(report => report is { IsBest: true, Validation: not null })?.Epoch ?? 0;

    /// <inheritdoc/>
    public void Report(WorkReport value)
    {
        if (value is EpochReport epoch)
        {
            Report(epoch);
        }
    }

    private void Report(EpochReport value)
    {
        if (reports.Count == 0 || value.Epoch <= reports[^1].Epoch)
        {
            // The first training, or another with the same progress, such as the next model's.
            (display, shown) = (brief ? display : new(), TimeSpan.Zero);
            reports.Clear();
            trainings++;
        }

        reports.Add(value);
        atLimit += EndsAtLimit(value) ? 1 : 0;
        if (value.IsLast || value.Elapsed - shown >= interval)
        {
            shown = value.Elapsed;
            display.Show(brief ? Line(value) : Table.Of(Milestones(), Caption(value), rows: int.MaxValue));
        }
    }

    private static bool EndsAtLimit(EpochReport report) =>
        report is { IsLast: true, Validation: not null } && report.Epoch == report.Epochs;

    private string Line(EpochReport report) => !report.IsLast ? $"Training {trainings}. {Caption(report)}"
        : (trainings == 1 ? "1 training" : $"{trainings} trainings") + (atLimit == 0 ? "" : $", {atLimit} ended at the limit of epochs");

    private string Caption(EpochReport report)
    {
        if (report.IsLast)
        {
            return report.Validation is null
                ? $"{report.Epoch} epochs"
                : $"{report.Epoch} of at most {report.Epochs} epochs, the best: {Best}"
                    + (EndsAtLimit(report) ? "; ended at the limit" : "");
        }

        // The pace of the later half: the first epochs also start what computes. After the very first, nothing is known yet.
        var half = reports[(reports.Count - 1) / 2];
        var left = reports.Count > 1
            ? (report.Elapsed - half.Elapsed) / (report.Epoch - half.Epoch) * (report.Epochs - report.Epoch)
            : (TimeSpan?)null;
        return $"Epoch {report.Epoch} of at most {report.Epochs}"
            + (left is { } time ? FormattableString.Invariant($", at most {time.TotalSeconds:0} s left") : "");
    }

    private DataFrame Milestones()
    {
        var (best, last) = (Best, reports[^1].Epoch);
        var rows = reports.Where(report => IsMilestone(report.Epoch) || report.Epoch == best || report.Epoch == last).ToArray();
        List<DataFrameColumn> columns =
        [
            DataFrames.Column("epoch", rows.Select(report => report.Epoch)),
            DataFrames.Column($"training {MetricLabel.Of(rows[0].TrainMetric)}", rows.Select(report => report.TrainError)),
        ];
        if (rows[0].ValidationMetric is { } metric)
        {
            columns.Add(DataFrames.Column($"validation {MetricLabel.Of(metric)}", rows.Select(report => report.Validation ?? double.NaN)));
        }

        return DataFrames.Of([.. columns]);
    }

    private static bool IsMilestone(int epoch)
    {
        while (epoch % 10 == 0)
        {
            epoch /= 10;
        }

        return epoch is 1 or 2 or 5;
    }
}
