using System.CommandLine;
using System.Globalization;
using AutoRec.Cli.Notebooks;
using AutoRec.Cli.Report;

namespace AutoRec.Cli.Commands;

internal static class ReportCommand
{
    private const string Solution = "AutoRec.Lib.sln";

    public static Command Create()
    {
        var dataset = new Option<string>("--dataset") { Description = "The data set that the notebooks read: sample, ml-100k, ml-1m, ...", DefaultValueFactory = _ => "sample" };
        var data = new Option<string?>("--data-dir") { Description = "The folder of the data sets, for all but the sample.", HelpName = "DIR" };
        var output = new Option<string?>("--output") { Description = "The folder of the report; artifacts/report in the repository unless given.", HelpName = "DIR" };
        var notebooks = new Option<string?>("--notebooks") { Description = "The folder of the notebooks; notebooks in the repository unless given.", HelpName = "DIR" };
        var seed = new Option<int?>("--seed") { Description = "The seed of all that is random in the notebooks; each notebook's own unless given." };
        var timeout = RunCommand.CellTimeoutOption();
        var open = new Option<bool>("--open") { Description = "Opens the report in the browser when it is written." };
        var command = new Command("report", "Run all notebooks and write them as HTML pages.") { dataset, data, output, notebooks, seed, timeout, open };
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = parsed.InvocationConfiguration;
            var (index, code) = await RunAsync(
                parsed.GetValue(dataset)!,
                parsed.GetValue(data),
                parsed.GetValue(output),
                parsed.GetValue(notebooks),
                parsed.GetValue(seed),
                RunCommand.ToTimeout(parsed.GetValue(timeout)),
                console.Error,
                cancellation);
            await console.Output.WriteLineAsync(index);
            if (parsed.GetValue(open) && !Browser.TryOpen(index))
            {
                await console.Error.WriteLineAsync("No browser could be started (--open): open the file by hand.");
            }

            return code;
        });
        return command;
    }

    private static async Task<(string Index, int ExitCode)> RunAsync(
        string dataset, string? data, string? output, string? notebookFolder, int? seed, TimeSpan timeout, TextWriter error, CancellationToken cancellation)
    {
        if (data is not null && !Directory.Exists(data))
        {
            throw new DirectoryNotFoundException($"--data-dir {data}: there is no such folder.");
        }

        notebookFolder ??= Path.Combine(Repository("--notebooks"), "notebooks");
        if (!Directory.Exists(notebookFolder))
        {
            throw new DirectoryNotFoundException($"{notebookFolder}: there is no such folder of notebooks.");
        }

        output = Path.GetFullPath(output ?? Path.Combine(Repository("--output"), "artifacts", "report"));
        var entries = Directory.EnumerateFiles(notebookFolder, "*.ipynb").Order(StringComparer.Ordinal)
            .Select(path => new ReportEntry(NotebookDocument.Read(path))).ToList();
        if (entries.Count == 0)
        {
            throw new FileNotFoundException($"{notebookFolder}: there are no notebooks (*.ipynb) here.");
        }

        var variables = new Dictionary<string, string?> { [NotebookParameters.Variable("dataset")] = dataset };
        if (data is not null)
        {
            variables[NotebookParameters.Variable("data")] = Path.GetFullPath(data);
        }

        if (seed is { } number)
        {
            variables[NotebookParameters.Variable("seed")] = number.ToString(CultureInfo.InvariantCulture);
        }

        var options = new RunOptions { CellTimeout = timeout, Environment = variables };
        var figures = Path.Combine(notebookFolder, "..", "docs", "reproduction.md");
        var builder = new ReportBuilder(output, new ReportFacts(dataset, seed, ReportBuilder.Version))
        {
            Documents = File.Exists(figures) ? [new ReportDocument(figures)] : [],
        };
        await builder.BuildAsync(entries, entry => RunDisplay.RunAsync(
            entry.Notebook, $"{entries.IndexOf(entry) + 1} of {entries.Count}  {entry.Name}", options, error, cancellation));
        return (builder.Index, entries.Exists(entry => entry.Run!.Failure is not null) ? RunCommand.NotebookFailed : 0);
    }

    /// <summary>The repository that the current folder lies in.</summary>
    private static string Repository(string option)
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"The current folder does not lie in the repository (no {Solution} from here upwards). Change to it, or give {option}.");
    }
}
