using System.CommandLine;
using System.Globalization;
using AutoRec.Cli.Notebooks;
using AutoRec.Cli.Report;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Notebooks;

namespace AutoRec.Cli.Commands;

internal static class ReportCommand
{
    private const int DefaultSeed = 42;
    private const string Solution = "AutoRec.Lib.sln";

    // Of the model that a notebook is about, with all its epochs; early stopping ends most trainings in a third of it.
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(30);

    public static Command Create()
    {
        var data = new DataSourceOptions(defaults: "sample");
        var output = new Option<string?>("--output")
        {
            Description = "The folder of the report. Default: artifacts/report in the repository, elsewhere autorec-report.",
            HelpName = "DIR",
        };
        var notebooks = new Option<string?>("--notebooks")
        {
            Description = "The folder of the notebooks. Default: notebooks in the repository, elsewhere those that come with this program.",
            HelpName = "DIR",
        };
        var seed = new Option<int?>("--seed")
        {
            Description = "The seed of everything random in the notebooks. Default: each notebook's own seed.",
        };
        var timeout = RunCommand.CellTimeoutOption();
        var open = new Option<bool>("--open") { Description = "Opens the report in the browser when it is written." };
        var trust = new Option<bool>("--trust")
        {
            Description = "Keeps raw HTML, scripts and links in the notebooks' texts as they are. "
                + "Without it, tags that only format text stay and the rest is shown as text.",
        };
        var check = RunCommand.CheckOption();
        var saved = new Option<bool>("--no-run")
        {
            Description = "Shows the outputs that are saved in the notebooks and runs nothing. "
                + "Only --notebooks, --only, --output, --trust, --static and --open can be given with it.",
        };
        var edition = new Option<bool>("--static")
        {
            Description = "Writes pages to keep or to pass on: with the date, with pictures as charts, "
                + "without scripts, search, notebooks or other files beside them.",
        };
        var only = new Option<string[]>("--only")
        {
            Description = "The notebooks of the report, by the start of their names, such as 00,07. Default: all.",
            HelpName = "NAME,...",
            CustomParser = argument => [.. argument.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries))],
        };
        var command = new Command("report")
        {
            output, notebooks, only, seed, timeout, check, trust, saved, edition, open,
        };
        data.AddTo(command);
        command.Validators.Add(result =>
        {
            var isSaved = result.GetValue(saved);
            foreach (var option in command.Options.Except([output, notebooks, only, trust, saved, edition, open]))
            {
                if (isSaved && result.GetResult(option) is { Implicit: false })
                {
                    result.AddError($"{option.Name} cannot be used with --no-run, which runs no notebook. Leave one of them out.");
                }
            }
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            var console = parsed.InvocationConfiguration;
            var files = Files.Find(parsed.GetValue(output), parsed.GetValue(notebooks), parsed.GetValue(only) ?? []);
            var kind = new ReportFacts(null, parsed.GetValue(seed), ReportBuilder.Version)
            {
                TrustsMarkdown = parsed.GetValue(trust),
                Edition = parsed.GetValue(edition) ? DateOnly.FromDateTime(DateTime.UtcNow) : null,
            };
            var (index, code) = parsed.GetValue(saved) ? WriteSaved(files, kind) : await RunAsync(
                SourceOf(data.Get(parsed), console.Error, cancellation),
                files,
                kind,
                RunCommand.ToTimeout(parsed.GetValue(timeout)),
                parsed.GetValue(check),
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

    private static Source SourceOf(DataSource source, TextWriter notes, CancellationToken cancellation)
    {
        source.Check();
        if (source is { Data: var name, MinRating: null, Reading: { Feedback: null, PositiveFrom: null } }
            && (DataSets.Names.Contains(name) || OrderReader.Names.Contains(name)))
        {
            return new Source(name, source.DataFolder, null, []);
        }

        var loaded = DataSourceOptions.Load(source, notes, cancellation);
        var part = ReportedPart.Of(loaded, source.Reading.Filter);
        Notes.Write(notes, part.Notes.Skip(loaded.Notes.Count));
        return Source.Of(source, part);
    }

    private static async Task<(string Index, int ExitCode)> RunAsync(
        Source source,
        Files files,
        ReportFacts kind,
        TimeSpan timeout,
        bool check,
        TextWriter error,
        CancellationToken cancellation)
    {
        var entries = files.Entries;

        // All notebooks read one clean file of one's own data, in one layout, whatever the given one was like. It is gone with the run.
        using var clean = source.Own is null ? null : new CleanCopy(source.Own, source.Name);
        var dataset = clean?.Path ?? source.Name;
        var loaded = new Lazy<DataSet>(() => source.Own ?? DataSets.Load(dataset, source.Folder));
        foreach (var entry in entries.ToList())
        {
            if (Lacks(source, loaded, entry.Notebook) is not { } lacks)
            {
                continue;
            }
            entries.Remove(entry);
            await error.WriteLineAsync($"{entry.Name}: left out, it {lacks}.");
        }

        var variables = new Dictionary<string, string?> { [NotebookParameters.Variable("dataset")] = dataset };
        if (source.Folder is not null)
        {
            variables[NotebookParameters.Variable("data")] = Path.GetFullPath(source.Folder);
        }

        if (kind.Seed is { } number)
        {
            variables[NotebookParameters.Variable("seed")] = number.ToString(CultureInfo.InvariantCulture);
        }

        // What notebooks hand over to the next ones lies in the repository; elsewhere in a folder that is gone with the run.
        using var workspace = files.Repository is null ? new ScratchFolder("notebooks") : null;
        variables[Workspace.FolderVariable] = workspace?.Path;
        var options = new RunOptions { CellTimeout = timeout, Environment = variables };
        var facts = kind with
        {
            Dataset = source.Name,
            Notes = source.Notes,
            First = source.Loaded is null ? null : First(source, kind.Seed ?? DefaultSeed, error, cancellation).ToHtml(),
        };
        var builder = files.Builder(facts);
        await builder.BuildAsync(entries, entry => RunDisplay.RunAsync(
            entry.Notebook, $"{entries.IndexOf(entry) + 1} of {entries.Count}  {entry.Name}", options, error, cancellation));
        var differs = false;
        foreach (var entry in entries.Where(_ => check))
        {
            differs |= !await RunCommand.AgreesAsync(entry.Run!, error);
        }

        var failed = entries.Exists(entry => entry.Run!.Failure is not null);
        return (builder.Index, failed ? RunCommand.NotebookFailed : differs ? RunCommand.OutputsDiffer : 0);
    }

    private static (string Index, int ExitCode) WriteSaved(Files files, ReportFacts kind)
    {
        var builder = files.Builder(kind);
        builder.WriteSaved(files.Entries, new MathRenderer());
        return (builder.Index, 0);
    }

    private static FirstPage First(Source source, int seed, TextWriter error, CancellationToken cancellation)
    {
        var (loaded, arguments) = (source.Loaded!, source.Arguments);
        var page = new FirstPage(source.Name, FirstPage.Understood(loaded), []);
        try
        {
            var choice = QuickstartCommand.Choose(loaded, seed, error, cancellation);
            var fitted = QuickstartCommand.FitAll(choice, loaded, seed, error, cancellation);
            var folder = $"models/{choice.Model}";
            return page with
            {
                Choice = choice,
                Lists = FirstPage.ListsOf(fitted, seed),
                Commands =
                [
                    CommandText.Of(["train", "--model", choice.Model, "--output", folder, .. arguments]),
                    CommandText.Of(["recommend", "--model", folder, "--users", "all", "--output", "lists.csv"]),
                    CommandText.Of(["serve", "--model", folder]),
                ],
            };
        }
        catch (ArgumentException few)
        {
            return page with { WhyNoChoice = few.Message, Commands = [CommandText.Of(["data", "describe", .. arguments])] };
        }
    }

    // A notebook that takes more than ratings, such as orders or profiles, says so by a tag. The sample has it all.
    private static string? Lacks(Source source, Lazy<DataSet> loaded, NotebookDocument notebook)
    {
        var tags = notebook.Cells.SelectMany(cell => cell.Tags).ToHashSet(StringComparer.Ordinal);
        var readsData = NotebookParameters.NamesIn(notebook).Contains("dataset");
        var isShop = source.Own is null && OrderReader.Names.Contains(source.Name);
        return source is { Own: null, Name: "sample" } ? null
            : source.Own is not null && !readsData ? "reads no data set"
            : tags.Contains("needs-orders") ? (isShop ? null : "needs the orders of a shop")
            : isShop && readsData ? "needs ratings"
            : tags.Contains("needs-ratings") && !loaded.Value.Interactions.Feedback.HasRatings
                ? $"needs ratings; the data hold {loaded.Value.Interactions.Feedback.Name}"
            : tags.Contains("needs-categories") && loaded.Value.ItemCategories.All(categories => categories.Count == 0)
                ? "needs categories of items (--item-file)"
            : tags.Contains("needs-profiles") && loaded.Value.UserAttributes.Count == 0 ? "needs profiles of users (--user-file)"
            : tags.Contains("needs-mult-vae") && new Experiment("mult-vae").Obstacle(LoadedData.Of(loaded.Value), MostTime) is { } obstacle
                ? $"needs Mult-VAE: {obstacle}"
            : null;
    }

    /// <summary>What a report is made of, and where it goes.</summary>
    /// <param name="Repository">The folder of the repository; null where the program was not started in one.</param>
    /// <param name="Notebooks">The folder of the notebooks.</param>
    /// <param name="Output">The folder of the report.</param>
    /// <param name="Entries">The notebooks.</param>
    private sealed record Files(string? Repository, string Notebooks, string Output, List<ReportEntry> Entries)
    {
        public static Files Find(string? output, string? notebooks, string[] only)
        {
            var repository = ReportCommand.Repository();
            notebooks ??= Path.Combine(repository ?? AppContext.BaseDirectory, "notebooks");
            if (!Directory.Exists(notebooks))
            {
                throw new DirectoryNotFoundException($"{notebooks}: there is no such folder of notebooks.");
            }

            output = Path.GetFullPath(output ?? (repository is null ? "autorec-report" : Path.Combine(repository, "artifacts", "report")));
            var entries = Directory.EnumerateFiles(notebooks, "*.ipynb").Order(StringComparer.Ordinal)
                .Select(path => new ReportEntry(NotebookDocument.Read(path))).ToList();
            bool IsNamed(ReportEntry entry, string start) => entry.Name.StartsWith(start, StringComparison.Ordinal);
            if (Array.Find(only, start => !entries.Exists(entry => IsNamed(entry, start))) is { } wrong)
            {
                var names = string.Join(", ", entries.Select(entry => entry.Name));
                throw new ArgumentException($"--only {wrong}: no notebook in {notebooks} has a name that starts with it. There are: {names}.");
            }

            entries.RemoveAll(entry => only.Length > 0 && !Array.Exists(only, start => IsNamed(entry, start)));
            return entries.Count > 0
                ? new Files(repository, notebooks, output, entries)
                : throw new FileNotFoundException($"{notebooks}: there are no notebooks (*.ipynb) here.");
        }

        public ReportBuilder Builder(ReportFacts facts)
        {
            var figures = Path.Combine(Notebooks, "..", "docs", "reproduction.md");
            var hasFigures = facts.Edition is null && File.Exists(figures);
            return new ReportBuilder(Output, facts) { Documents = hasFigures ? [new ReportDocument(figures)] : [] };
        }
    }

    /// <summary>The data of a report.</summary>
    /// <param name="Name">Their name in the report.</param>
    /// <param name="Folder">The folder of named data sets; null for the default.</param>
    /// <param name="Loaded">The data, where they come from a file of one's own; null otherwise.</param>
    /// <param name="Arguments">What names such data on a command line.</param>
    private sealed record Source(string Name, string? Folder, LoadedData? Loaded, IReadOnlyList<string> Arguments)
    {
        public DataSet? Own => Loaded?.Data;

        public IReadOnlyList<string> Notes => Loaded?.Notes ?? [];

        public static Source Of(DataSource source, LoadedData loaded) =>
            new(Path.GetFileName(source.Name), source.DataFolder, loaded, [.. source.ToArguments()]);
    }

    /// <summary>A data set as files of a temporary folder, under the name that notebooks show.</summary>
    private sealed class CleanCopy : IDisposable
    {
        private readonly ScratchFolder folder = new("report");

        public CleanCopy(DataSet data, string name)
        {
            Path = System.IO.Path.Combine(folder.Path, System.IO.Path.GetFileNameWithoutExtension(name) + ".csv");
            DataSets.Write(data, Path);
        }

        public string Path { get; }

        public void Dispose() => folder.Dispose();
    }

    /// <summary>The repository that the current folder lies in; null for none.</summary>
    private static string? Repository()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
