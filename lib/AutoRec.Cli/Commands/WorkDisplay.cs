using System.Diagnostics;
using System.Globalization;
using AutoRec.Data;
using AutoRec.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AutoRec.Cli.Commands;

/// <summary>Shows on stderr how far long work has come: a bar on a terminal, else a line every ten seconds.</summary>
internal sealed class WorkDisplay : IProgress<WorkReport>
{
    private const int BarWidth = 10;

    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BeforeBar = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenBars = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan EpochStays = TimeSpan.FromSeconds(2);

    private readonly TextWriter error;
    private readonly string what;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock reporting = new();
    private WorkReport last = new("", 0, null, "");
    private (EpochReport Report, TimeSpan At)? epoch;
    private double? best;
    private double? share;
    private IAnsiConsole? bar;

    private WorkDisplay(TextWriter error, string what) => (this.error, this.what) = (error, what);

    /// <summary>Does work and shows its progress until it ends.</summary>
    /// <param name="error">Where to; a bar is drawn only if this is the terminal.</param>
    /// <param name="what">What is worked on.</param>
    /// <param name="work">The work, given where to report to.</param>
    public static T Show<T>(TextWriter error, string what, Func<WorkDisplay, T> work) => Show(error, what, work, BetweenLines);

    /// <summary>Does work and shows its progress, with another time from one line to the next.</summary>
    internal static T Show<T>(TextWriter error, string what, Func<WorkDisplay, T> work, TimeSpan betweenLines)
    {
        var display = new WorkDisplay(error, what);
        var running = Task.Run(() => work(display));
        var isTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        while (Task.WaitAny([running], isTerminal ? BeforeBar : betweenLines) < 0)
        {
            if (isTerminal)
            {
                display.ShowBar(running);
                break;
            }

            error.WriteLine(display.Line());
        }

        return running.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Report(WorkReport value)
    {
        lock (reporting)
        {
            share = value.Share ?? share;
            if (value is EpochReport report)
            {
                best = report.IsBest ? report.Validation : best;
                epoch = (report, clock.Elapsed);
            }
            else if (epoch is { } known && !value.Phase.StartsWith(known.Report.Phase, StringComparison.Ordinal))
            {
                (epoch, best) = (null, null);
            }

            last = value;
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void WriteLine(string line)
    {
        if (bar is { } console)
        {
            console.WriteLine(line);
        }
        else
        {
            error.WriteLine(line);
        }
    }

    /// <summary>
    /// Where the work is, in words: <c>ials: choosing epochs: epoch 3 of at most 16: train loss 0.9000, validation ndcg@100 0.3100 (best),
    /// 12 s, at most 40 s left</c>.
    /// </summary>
    private string Line()
    {
        lock (reporting)
        {
            var shown = epoch?.Report ?? last;
            return Words(shown.Phase, shown is EpochReport report ? Describe(report) : Steps(shown)) + Time();
        }
    }

    /// <summary>One report in words: <c>epoch 3 of at most 500: train rmse 0.9000, validation rmse 0.9100 (best)</c>.</summary>
    internal static string Describe(EpochReport report)
    {
        var text = FormattableString.Invariant(
            $"epoch {report.Epoch} of at most {report.Epochs}: train {report.TrainMetric} {report.TrainError:0.0000}");
        return report.Validation is not { } validation ? text
            : text + FormattableString.Invariant($", validation {report.ValidationMetric} {validation:0.0000}")
                + (report.IsBest ? " (best)" : "");
    }

    /// <summary>The steps of a report in words: <c>1,200 of 6,040 users</c>; empty where nothing is counted.</summary>
    internal static string Steps(WorkReport report)
    {
        if (report.Unit.Length == 0)
        {
            return "";
        }

        var (scale, format, unit) = report.Unit == "bytes" ? (1e6, "N1", "MB") : (1, "N0", report.Unit);
        string Number(long steps) => (steps / scale).ToString(format, CultureInfo.InvariantCulture);
        return report.Total is { } total ? $"{Number(report.Done)} of {Number(total)} {unit}" : $"{Number(report.Done)} {unit}";
    }

    private string Words(params string[] parts) => string.Join(": ", [what, .. parts.Where(part => part.Length > 0)]);

    // What is left by what has passed, as nothing else is known of this machine.
    private string Time()
    {
        var passed = FormattableString.Invariant($", {clock.Elapsed.TotalSeconds:0} s");
        return share is not (> 0.02 and < 1) ? passed
            : $"{passed}, {(epoch is null ? "about" : "at most")} {FitCost.Text(clock.Elapsed * ((1 - share.Value) / share.Value))} left";
    }

    private void ShowBar(Task running)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        console.Progress().AutoClear(true)
            .Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new TextColumn(this))
            .Start(shown =>
            {
                var task = shown.AddTask(Markup.Escape(what));
                task.MaxValue = 1;
                bar = console;
                do
                {
                    task.IsIndeterminate = share is null;
                    task.Value = share ?? 0;
                }
                while (Task.WaitAny([running], BetweenBars) < 0);
                bar = null;
            });
    }

    // Outer phases are left out and words are cut rather than the time. Errors of an epoch stay for a moment before the steps of the next.
    private string Short(int width)
    {
        lock (reporting)
        {
            var time = Time();
            var room = Math.Max(0, width - time.Length);
            var words = epoch is { Report: var report, At: var at } && clock.Elapsed - at < EpochStays ? Errors(report)
                : Words(last.Phase, Steps(last)) is var all && all.Length <= room ? all
                : Words(last.Phase.Split(", ")[^1], Steps(last));
            return (words.Length <= room ? words : words[..Math.Max(0, room - 1)] + "…") + time;
        }
    }

    private string Errors(EpochReport report) =>
        FormattableString.Invariant($"{what}: {report.Epoch}/{report.Epochs}  train {report.TrainError:0.0000}")
        + (report.Validation is { } validation
            ? FormattableString.Invariant($"  validation {validation:0.0000}  best {best:0.0000}")
            : "");

    private sealed class TextColumn(WorkDisplay display) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override int? GetColumnWidth(RenderOptions options) => Math.Max(10, options.ConsoleSize.Width - BarWidth - 8);

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(display.Short(GetColumnWidth(options)!.Value)).Overflow(Overflow.Crop);
    }
}
