using System.CommandLine;
using System.Diagnostics;
using AutoRec.Catalog;
using AutoRec.Cli.Report;
using AutoRec.Data;
using AutoRec.Experiments;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec quickstart</c>: from a file to a model, a page about it and the first lists, in one step.</summary>
internal static class QuickstartCommand
{
    private const string ModelFolderName = "model";
    private const string PageName = "report.html";

    public static Command Create()
    {
        var data = new DataSourceOptions(isArgument: true);
        var compute = new ComputeOptions();
        var output = new Option<string?>("--output")
        {
            Description = $"The folder for the model ({ModelFolderName}) and the page ({PageName}). "
                + "Default: quickstart-NAME, by the name of the data.",
            HelpName = "DIR",
        };
        var seed = new Option<int>("--seed")
        {
            Description = "The seed of everything that is drawn at random.",
            DefaultValueFactory = _ => 42,
        };
        var command = new Command("quickstart")
        {
            output, seed,
        };
        data.AddTo(command);
        compute.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                _ = compute.Apply(parsed);
                var source = data.Get(parsed);
                var folder = parsed.GetValue(output) ?? $"quickstart-{ShortName(source)}";
                var console = parsed.InvocationConfiguration;
                Run(source, folder, parsed.GetValue(seed), console.Output, console.Error, cancellation);
            },
            cancellation));
        return command;
    }

    /// <summary>Compares models and chooses, and shows how far that is.</summary>
    public static ModelChoice Choose(LoadedData loaded, int seed, TextWriter error, CancellationToken cancellation) =>
        WorkDisplay.Show(error, "comparing", display => ModelChoice.Of(
        loaded,
        seed,
        (experiment, run) =>
        {
            display.WriteLine($"comparing {experiment.Name} ...");
            return run(display);
        },
        cancellation));

    /// <summary>Fits the chosen model to all data, and shows how far that is.</summary>
    public static FittedModel FitAll(ModelChoice choice, LoadedData loaded, int seed, TextWriter error, CancellationToken cancellation)
    {
        error.WriteLine($"fitting {choice.Model} to everything ...");
        return WorkDisplay.Show(
            error,
            choice.Model,
            progress => new Experiment(choice.Model).FitAll(loaded, seed, progress: progress, cancellation: cancellation));
    }

    private static void Run(DataSource source, string folder, int seed, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        source.Check();
        using var files = OutputFolder.Open(folder, [PageName]);
        var kept = Path.Combine(folder, ModelFolderName);
        FittedModel.CheckOutput(kept);

        var loaded = DataSourceOptions.Read(source, error, cancellation);
        var read = FirstPage.Understood(loaded);
        output.WriteLine(string.Join('\n', read));
        output.WriteLine();

        var choice = Choose(loaded, seed, error, cancellation);
        Notes.Write(error, [.. choice.LeftOut, .. choice.Comparison.Notes]);
        output.Write(ComparisonOutput.ToText(choice.Comparison, $"Compared on {choice.ComparedOn}.", "table"));
        output.WriteLine();
        output.WriteLine(choice.Verdict);

        CostNotes.Write(error, [new Experiment(choice.Model)], loaded);
        var fitted = FitAll(choice, loaded, seed, error, cancellation);
        fitted.Save(kept);
        var lists = FirstPage.ListsOf(fitted, seed);
        foreach (var list in lists)
        {
            output.WriteLine();
            output.WriteLine($"{list.Name} has {list.Has}");
            output.WriteLine($"  {string.Join("\n  ", list.Items.Select((title, i) => $"{i + 1}. {title}"))}");
        }

        string[] commands =
        [
            CommandText.Of(["recommend", "--model", kept, "--user", lists[0].User]),
            CommandText.Of(["serve", "--model", kept]),
            CommandText.Of(["report", .. source.ToArguments(), "--open"]),
        ];
        var page = new FirstPage(source.Name, read, commands) { Choice = choice, Lists = lists };
        files.Write(PageName, PageFrame.Build(
            source.Name,
            "<header class=\"bar\"><span class=\"home\">autorec quickstart</span></header>",
            $"<main class=\"page\">\n{page.ToHtml()}</main>",
            PageFrame.Footer(new ReportFacts(source.Name, seed, ReportBuilder.Version), watch.Elapsed, seed)));
        output.WriteLine();
        output.WriteLine($"The model is kept in {kept}, all this in {Path.Combine(folder, PageName)}. Go on with:");
        output.WriteLine($"  {string.Join("\n  ", commands)}");
    }

    private static string ShortName(DataSource source)
    {
        var name = Path.GetFileNameWithoutExtension(source.Name.TrimEnd('/', '\\'));
        var letters = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-'));
        letters = letters.Trim('-');
        return letters.Length > 0 ? letters : "data";
    }
}
