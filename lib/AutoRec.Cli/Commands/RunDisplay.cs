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
        var result = await Task.Run(
            () => WorkDisplay.Show(error, name, progress =>
                NotebookRunner.RunAsync(notebook, options, progress, cancellation).GetAwaiter().GetResult()),
            cancellation);
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
}
