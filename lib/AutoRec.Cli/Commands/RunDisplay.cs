using System.Globalization;
using AutoRec.Cli.Notebooks;
using Spectre.Console;

namespace AutoRec.Cli.Commands;

/// <summary>Shows on the console how a notebook's run goes.</summary>
internal static class RunDisplay
{
    /// <summary>Runs a notebook while its progress is shown, and leaves one line about it, and the cell that failed.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="name">How it is called.</param>
    /// <param name="options">How to run it.</param>
    /// <param name="error">Where all this is shown.</param>
    /// <param name="cancellation">Ends the run.</param>
    public static async Task<NotebookRun> RunAsync(
        NotebookDocument notebook, string name, RunOptions options, TextWriter error, CancellationToken cancellation)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        var result = await console.Status().StartAsync(Markup.Escape(name), status =>
            NotebookRunner.RunAsync(
                notebook,
                options,
                new Progress(progress =>
                {
                    // Where nothing can be changed in place, each of these is a line: cells are enough.
                    if (progress.Note is null || console.Profile.Capabilities.Interactive)
                    {
                        var note = progress.Note is null ? "" : ": " + progress.Note;
                        status.Status(Markup.Escape($"{name}: cell {progress.Cell} of {progress.Of}{note}"));
                    }
                }),
                cancellation));
        var state = result.Failure is null ? "[green]ok[/]" : "[red]failed[/]";
        console.MarkupLine(string.Create(
            CultureInfo.InvariantCulture, $"{Markup.Escape(name)}  {state}  {result.Elapsed.TotalSeconds:f1} s"));
        if (result.Failure is { } failure)
        {
            await error.WriteLineAsync(Describe(notebook, failure));
        }

        return result;
    }

    /// <summary>The failing cell: notebook, cell, source line, error.</summary>
    private static string Describe(NotebookDocument notebook, CellFailure failure)
    {
        var line = failure.Line is { } number ? $", line {number}" : "";
        var count = failure.Cell.ExecutionCount;
        return $"{notebook.Path}: cell {failure.Cell.Number} (In [{count}]){line}: {failure.Name}: {failure.Message}\n"
            + $"    {failure.SourceLine}";
    }

    // System.Progress reports on another thread, perhaps after the end.
    private sealed class Progress(Action<RunProgress> report) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => report(value);
    }
}
