using System.CommandLine;
using AutoRec.Cli.Notebooks;
using AutoRec.Data;

namespace AutoRec.Cli.Commands;

internal static class RunCommand
{
    internal const int NotebookFailed = 2;
    internal const int OutputsDiffer = 3;

    public static Command Create()
    {
        var notebooks = new Argument<string[]>("notebook")
        {
            Description = "The notebooks (.ipynb) to run.",
            Arity = ArgumentArity.OneOrMore,
        };
        var settings = new Option<string[]>("--set")
        {
            Description = "Sets a parameter of the notebooks: name=value.",
            HelpName = "name=value",
        };
        var output = new Option<string?>("--output") { Description = "Writes the executed notebooks into this folder.", HelpName = "DIR" };
        var update = new Option<bool>("--update")
        {
            Description = "Writes the outputs back into the notebooks themselves, if all their cells ran.",
        };
        var check = CheckOption();
        var timeout = CellTimeoutOption();
        var command = new Command("run")
        {
            notebooks, settings, output, update, check, timeout,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(notebooks)!,
            parsed.GetValue(settings) ?? [],
            parsed.GetValue(output),
            parsed.GetValue(update),
            parsed.GetValue(check),
            ToTimeout(parsed.GetValue(timeout)),
            parsed.InvocationConfiguration.Error,
            cancellation));
        return command;
    }

    internal static Option<bool> CheckOption() => new("--check")
    {
        Description = "Compares the outputs with those in the notebook files, numbers to the nearest hundredth. "
            + "Ends with exit code 3 if they differ.",
    };

    /// <summary>Says where a notebook's outputs are not those that its file holds.</summary>
    /// <returns>Whether they agree.</returns>
    internal static async Task<bool> AgreesAsync(NotebookRun run, TextWriter error)
    {
        var differences = NotebookComparison.Differences(NotebookDocument.Read(run.Notebook.Path), run.Notebook);
        foreach (var difference in differences)
        {
            await error.WriteLineAsync($"{run.Notebook.Path}: {difference}");
        }

        return differences.Count == 0;
    }

    internal static Option<double> CellTimeoutOption() => new("--cell-timeout")
    {
        Description = "How many seconds one cell may take.",
        CustomParser = NumberArgument.Parse,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => new RunOptions().CellTimeout.TotalSeconds,
    };

    internal static TimeSpan ToTimeout(double seconds) => seconds is > 0 and <= int.MaxValue / 1000
        ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentException($"--cell-timeout {seconds}: expected a number of seconds greater than 0.");

    private static async Task<int> RunAsync(
        string[] paths,
        string[] settings,
        string? output,
        bool update,
        bool check,
        TimeSpan timeout,
        TextWriter error,
        CancellationToken cancellation)
    {
        // All that can be wrong before the first cell is found before the first cell.
        var notebooks = paths.Select(NotebookDocument.Read).ToList();
        var variables = notebooks.Select(notebook => NotebookParameters.Bind(notebook, settings)).ToList();
        var clash = notebooks.GroupBy(notebook => Path.GetFileName(notebook.Path)).FirstOrDefault(same => same.Count() > 1);
        if (output is not null && clash is not null)
        {
            var names = string.Join(" and ", clash.Select(notebook => notebook.Path));
            throw new ArgumentException($"--output {output}: {names} would be written to the same file.");
        }

        using var folder = output is null ? null
            : OutputFolder.Open(output, notebooks.Select(notebook => Path.GetFileName(notebook.Path)));
        var (failed, differs) = (false, false);
        foreach (var (notebook, environment) in notebooks.Zip(variables))
        {
            var options = new RunOptions { CellTimeout = timeout, Environment = environment };
            var run = await RunDisplay.RunAsync(notebook, Path.GetFileName(notebook.Path), options, error, cancellation);
            folder?.Write(Path.GetFileName(notebook.Path), notebook.ToJson());
            failed |= run.Failure is not null;
            differs |= check && !await AgreesAsync(run, error);
            if (update && run.Failure is null)
            {
                notebook.Update();
            }
        }

        return failed ? NotebookFailed : differs ? OutputsDiffer : 0;
    }
}
