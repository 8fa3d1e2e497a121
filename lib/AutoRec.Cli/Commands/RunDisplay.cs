using System.Globalization;
using AutoRec.Cli.Notebooks;
using Spectre.Console;

namespace AutoRec.Cli.Commands;

/// <summary>Shows on the console how a notebook's run goes.</summary>
internal static class RunDisplay
{
    /// <summary>Runs a notebook while its progress is shown, and leaves one line about it.</summary>
    public static async Task<NotebookRun> ShowAsync(string name, Func<IProgress<RunProgress>, Task<NotebookRun>> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var result = await console.Status().StartAsync(Markup.Escape(name), status =>
            run(new Progress(progress => status.Status($"{Markup.Escape(name)}: cell {progress.Cell} of {progress.Of}"))));
        var state = result.Failure is null ? "[green]ok[/]" : "[red]failed[/]";
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"{Markup.Escape(name)}  {state}  {result.Elapsed.TotalSeconds:f1} s"));
        return result;
    }

    /// <summary>The failing cell: notebook, cell, source line, error.</summary>
    public static string Describe(NotebookDocument notebook, CellFailure failure)
    {
        var line = failure.Line is { } number ? $", line {number}" : "";
        var count = failure.Cell.ExecutionCount;
        return $"{notebook.Path}: cell {failure.Cell.Number} (In [{count}]){line}: {failure.Name}: {failure.Message}\n    {failure.SourceLine}";
    }

    // System.Progress reports on another thread, perhaps after the end.
    private sealed class Progress(Action<RunProgress> report) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => report(value);
    }
}
