using System.Diagnostics;
using AutoRec.Training;
using Spectre.Console;

namespace AutoRec.Cli.Commands;

/// <summary>Shows on stderr how a fit gets on: a bar on a terminal, else a plain line now and then.</summary>
internal static class FitProgress
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);

    /// <summary>Runs a fit and shows its progress until it ends.</summary>
    /// <param name="error">Where to; a bar is drawn only if this is the terminal.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="fit">The fit, given where to report to.</param>
    public static TModel Show<TModel>(TextWriter error, string model, Func<IProgress<EpochReport>, TModel> fit) =>
        ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected ? ShowBar(error, model, fit) : fit(new Lines(error, model));

    /// <summary>One report in words: <c>epoch 3 of at most 500: train rmse 0.9000, validation rmse 0.9100 (best)</c>.</summary>
    internal static string Describe(EpochReport report)
    {
        var text = FormattableString.Invariant(
            $"epoch {report.Epoch} of at most {report.Epochs}: train {report.TrainMetric} {report.TrainError:0.0000}");
        return report.Validation is not { } validation ? text
            : text + FormattableString.Invariant($", validation {report.ValidationMetric} {validation:0.0000}")
                + (report.IsBest ? " (best)" : "");
    }

    // Short enough to stand beside the bar on 80 columns.
    private static TModel ShowBar<TModel>(TextWriter error, string model, Func<IProgress<EpochReport>, TModel> fit) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            .Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 16 },
                new RemainingTimeColumn())
            .Start(display =>
            {
                var task = display.AddTask(Markup.Escape(model));
                double? best = null;
                return fit(new Report(report =>
                {
                    best = report.IsBest ? report.Validation : best;
                    task.MaxValue = report.Epochs;
                    task.Value = report.Epoch;
                    var train = FormattableString.Invariant($"{report.Epoch}/{report.Epochs}  train {report.TrainError:0.0000}");
                    task.Description = Markup.Escape(report.Validation is not { } validation ? train
                        : train + FormattableString.Invariant($"  validation {validation:0.0000}  best {best:0.0000}"));
                }));
            });

    private sealed class Lines(TextWriter error, string model) : IProgress<EpochReport>
    {
        private readonly Stopwatch sinceLine = Stopwatch.StartNew();

        public void Report(EpochReport value)
        {
            if (sinceLine.Elapsed >= BetweenLines)
            {
                sinceLine.Restart();
                var left = value.Elapsed / value.Epoch * (value.Epochs - value.Epoch);
                error.WriteLine(FormattableString.Invariant(
                    $"{model}: {Describe(value)}, {value.Elapsed.TotalSeconds:0} s, at most {left.TotalSeconds:0} s left"));
            }
        }
    }

    // Progress<T> would report on another thread, perhaps after the end.
    private sealed class Report(Action<EpochReport> act) : IProgress<EpochReport>
    {
        void IProgress<EpochReport>.Report(EpochReport value) => act(value);
    }
}
