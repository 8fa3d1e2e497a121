using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using AutoRec.Catalog;
using AutoRec.Cli.Report;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Serving;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec quickstart</c>: from a file to a model, a page about it and the first lists, in one step.</summary>
internal static class QuickstartCommand
{
    private const string ModelFolderName = "model";
    private const string PageName = "report.html";
    private const int People = 10;
    private const int FewestOfAPerson = 3; // interactions, of a person whose list is shown, if there are such people
    private const int ShownItems = 5;
    private const int ShownOfHistory = 3;

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
        var command = new Command(
            "quickstart",
            "From a file to recommendations in minutes: read the data, compare models on them, keep the best one, show ten users' lists.")
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

    private static void Run(DataSource source, string folder, int seed, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        source.Check();
        using var files = OutputFolder.Open(folder, [PageName]);
        var kept = Path.Combine(folder, ModelFolderName);
        FittedModel.CheckOutput(kept);

        var loaded = DataSourceOptions.Read(source, error, cancellation);
        var read = Understood(loaded);
        output.WriteLine(string.Join('\n', read));
        output.WriteLine();

        var choice = WorkDisplay.Show(error, "comparing", display => ModelChoice.Of(
            loaded,
            seed,
            (experiment, run) =>
            {
                display.WriteLine($"comparing {experiment.Name} ...");
                return run(display);
            },
            cancellation));
        Notes.Write(error, [.. choice.LeftOut, .. choice.Comparison.Notes]);
        output.Write(ComparisonOutput.ToText(choice.Comparison, $"Compared on {choice.ComparedOn}.", "table"));
        output.WriteLine();
        output.WriteLine(choice.Verdict);

        CostNotes.Write(error, [new Experiment(choice.Model)], loaded);
        error.WriteLine($"fitting {choice.Model} to everything ...");
        var fitted = WorkDisplay.Show(
            error,
            choice.Model,
            progress => new Experiment(choice.Model).FitAll(loaded, seed, progress: progress, cancellation: cancellation));
        fitted.Save(kept);
        var lists = Lists(fitted, seed);
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
        files.Write(PageName, Page(source.Name, read, choice, lists, commands, seed, watch.Elapsed));
        output.WriteLine();
        output.WriteLine($"The model is kept in {kept}, all this in {Path.Combine(folder, PageName)}. Go on with:");
        output.WriteLine($"  {string.Join("\n  ", commands)}");
    }

    /// <summary>What was understood of the data, in lines.</summary>
    private static string[] Understood(LoadedData loaded)
    {
        var (data, log) = (loaded.Data, loaded.Data.Interactions);
        return
        [
            .. data.Report?.Summary is { } summary ? [$"{summary}."] : Array.Empty<string>(),
            FormattableString.Invariant($"{log.Count:N0} interactions of {log.Users.Count:N0} users with {log.Items.Count:N0} items: ")
                + $"{log.Feedback}."
                + (log.HasTimestamps ? $" Times from {Day(log.Timestamps.Min())} to {Day(log.Timestamps.Max())}." : " No times."),
            data.KnowsItems ? "Titles of items are known."
                : "Titles of items are not known: give them with --item-file (id, title, category).",
            .. loaded.Notes.Select(note => $"note: {note}"),
        ];

        static string Day(long seconds) =>
            DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>The lists of some users, who are drawn among those with a few interactions.</summary>
    private static PersonsList[] Lists(FittedModel fitted, int seed)
    {
        var (data, histories) = (fitted.Data, fitted.Interactions);
        int[] all = [.. Enumerable.Range(0, histories.RowCount)];
        int[] users = [.. all.Where(user => histories.RowLength(user) >= FewestOfAPerson)];
        if (users.Length < People)
        {
            users = all;
        }

        new Random(seed).Shuffle(users);
        users = [.. users.Take(People).Order()];
        var ids = data.Interactions.Users;
        var answers = new RecommendationService(fitted).Recommend([.. users.Select(user => ids[user])], ShownItems);
        return
        [
            .. users.Zip(answers, (user, answer) => new PersonsList(
                ids[user],
                data.UserNames[user],
                Has(histories, user, data.ItemTitles),
                answer.WhyEmpty is { } why ? [why] : [.. answer.Items.Select(item => item.Title)])),
        ];
    }

    // A few items of a history, those with the highest values first.
    private static string Has(InteractionMatrix histories, int user, IReadOnlyList<string> titles)
    {
        var (items, values) = (histories.Columns(user).ToArray(), histories.Values(user).ToArray());
        var shown = items.Zip(values).OrderByDescending(item => item.Second).Take(ShownOfHistory).Select(item => titles[item.First]);
        var more = items.Length - ShownOfHistory;
        return string.Join(", ", shown) + (more > 0 ? FormattableString.Invariant($" and {more:N0} more") : "");
    }

    private static string Page(
        string name, string[] read, ModelChoice choice, PersonsList[] lists, string[] commands, int seed, TimeSpan elapsed)
    {
        var rows = lists.Select(list => $"<tr><td>{PageFrame.Encode(list.Name)}</td><td>{PageFrame.Encode(list.Has)}</td>"
            + $"<td>{PageFrame.Encode(string.Join(" · ", list.Items))}</td></tr>\n");
        var main = $"""
            <main class="page">
            <section class="text">
            <h1>{PageFrame.Encode(name)}</h1>
            <p class="lead">{PageFrame.Encode(choice.Verdict)}</p>
            <h2>What was read</h2>
            <ul>{string.Concat(read.Select(line => $"<li>{PageFrame.Encode(line)}</li>"))}</ul>
            <h2>Which model</h2>
            <p>Compared on {PageFrame.Encode(choice.ComparedOn)}.</p>
            {ComparisonOutput.ToHtmlTable(choice.Comparison)}
            <p>{PageFrame.Encode(ComparisonOutput.Legend(choice.Comparison))}</p>
            {string.Concat(choice.LeftOut.Select(note => $"<p>{PageFrame.Encode(note)}</p>\n"))}
            <h2>Ten users, drawn at random</h2>
            <p>The model was then fitted to all interactions.</p>
            <table>
            <thead><tr><th>user</th><th>has</th><th>is recommended</th></tr></thead>
            <tbody>{string.Concat(rows)}</tbody>
            </table>
            <h2>Go on</h2>
            <pre>{PageFrame.Encode(string.Join('\n', commands))}</pre>
            </section>
            </main>
            """;
        var facts = new ReportFacts(name, seed, ReportBuilder.Version);
        return PageFrame.Build(name, "<header class=\"bar\"><span class=\"home\">autorec quickstart</span></header>", main, PageFrame.Footer(facts, elapsed, seed));
    }

    private static string ShortName(DataSource source)
    {
        var name = Path.GetFileNameWithoutExtension(source.Name.TrimEnd('/', '\\'));
        var letters = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-'));
        letters = letters.Trim('-');
        return letters.Length > 0 ? letters : "data";
    }

    /// <param name="User">The user's id.</param>
    /// <param name="Name">The user's name; the id where it is not known.</param>
    /// <param name="Has">Some items of the history, in words.</param>
    /// <param name="Items">What is recommended, or the sentence that says why nothing is.</param>
    private sealed record PersonsList(string User, string Name, string Has, IReadOnlyList<string> Items);
}
