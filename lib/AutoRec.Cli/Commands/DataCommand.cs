using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AutoRec.Data;
using AutoRec.Experiments;
using Spectre.Console;

namespace AutoRec.Cli.Commands;

/// <summary><c>autorec data</c>: looks at ratings files and writes the sample.</summary>
internal static class DataCommand
{
    private const int ShownValues = 20;
    private const int ShownBadLines = 3;

    public static Command Create() => new("data")
    {
        DataGetCommand.Create(), Describe(), Sample(), DataShardCommand.Create(),
    };

    private static Command Describe()
    {
        var path = new Argument<string>("path")
        {
            Description = "A data set by name, a ratings file, a folder, a pattern, or a database, as in evaluate --data.",
            HelpName = "PATH|NAME",
        };
        var json = new Option<bool>("--json") { Description = "Prints one JSON object instead of tables." };
        var test = new Option<string?>("--test")
        {
            Description = "A test part to compare the data with. Shows what it reveals of the future, "
                + "and which users and items are not in the training part.",
            HelpName = "PATH",
        };
        var reading = new ReadingOptions();
        var dataDir = new Option<string?>("--data-dir")
        {
            Description = "The folder that holds the folders of data sets.",
            HelpName = "DIR",
        };
        var items = new Option<string?>("--item-file") { Description = "A table of the items: id, title, categories.", HelpName = "PATH" };
        var users = new Option<string?>("--user-file") { Description = "A table of the users: id and attributes.", HelpName = "PATH" };
        var command = new Command("describe", "How a file is read; counts, density, histogram, long tail and quality of its ratings.")
        {
            path, test, json, dataDir, items, users,
        };
        reading.AddTo(command);
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var options = reading.Get(parsed);
                var source = new DataSource(parsed.GetRequiredValue(path))
                {
                    Reading = options,
                    DataFolder = parsed.GetValue(dataDir),
                    ItemFile = parsed.GetValue(items),
                    UserFile = parsed.GetValue(users),
                };
                var loaded = DataSourceOptions.Read(source, parsed.InvocationConfiguration.Error, cancellation);
                var interactions = loaded.Data.Interactions;
                var report = loaded.Data.Report
                    ?? new ReadReport(source.Name, RatingsFormat.Auto, interactions.Count, 0, [], 0); // the sample is not read
                var leakage = parsed.GetValue(test) is { } other ? Compare(interactions, other, options, cancellation) : null;
                var quality = DataQuality.Of(interactions);
                var description = DataDescription.Of(interactions);
                var output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(json))
                {
                    output.WriteLine(ToJson(report, description, quality, leakage, loaded.Notes));
                }
                else
                {
                    WriteLayout(output, report, description);
                    WriteTables(output, report, description);
                    WriteQuality(output, report, quality, leakage);
                    Notes.Write(output, loaded.Notes);
                }
            },
            cancellation));
        return command;
    }

    private static Leakage Compare(Interactions train, string testPath, ReadOptions options, CancellationToken cancellation)
    {
        if (!options.Filter.IsEmpty)
        {
            throw new ArgumentException("--test compares whole files; leave --core, --from, --before and --sample-users out.");
        }

        var parts = Interactions.Align([train, RatingsReader.Read(testPath, options, cancellation).Interactions]);
        return Leakage.Between(parts[0], parts[1]);
    }

    private static Command Sample()
    {
        var output = new Option<string>("--output")
        {
            Description = "The folder to write ratings.csv, users.csv, orders.csv, customers.csv and products.csv to.",
            HelpName = "DIR",
            Required = true,
        };
        var seed = new Option<int>("--seed")
        {
            Description = "The seed of everything that is drawn at random.",
            DefaultValueFactory = _ => new SampleOptions().Seed,
        };
        var command = new Command("sample", "Write the sample, a shop drawn from a known model.") { output, seed };
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(output);
            OutputFolder.Open(folder, [.. SampleGenerator.Files, .. SampleOrders.Files]).Dispose(); // All or none of them is written.
            var sample = SampleGenerator.Generate(new SampleOptions { Seed = parsed.GetValue(seed) });
            SampleGenerator.Write(sample, folder);
            SampleOrders.Write(sample, folder);
            parsed.InvocationConfiguration.Output.WriteLine(FormattableString.Invariant(
                $"{sample.Interactions.Count:N0} ratings of {sample.Products.Count:N0} products by {sample.Users.Count:N0} users, ")
                + $"and orders of some of them, in {folder}");
        });
        return command;
    }

    private static string ToJson(
        ReadReport report, DataDescription data, DataQuality quality, Leakage? leakage, IReadOnlyList<string> notes) => new JsonObject
        {
            ["path"] = report.Path,
            ["format"] = RatingsFormats.NameOf(report.Format),
            ["mapping"] = ToJson(report.ReadAs?.Columns),
            ["columns"] = report.ReadAs?.Columns.ToArgument(),
            ["example"] = report.ReadAs?.Example,
            ["unread"] = new JsonArray([.. report.UnreadColumns.Select(name => (JsonNode)name)]),
            ["separator"] = report.ReadAs?.Separator,
            ["encoding"] = report.ReadAs?.Encoding,
            ["feedback"] = data.Feedback.Name,
            ["positive_from"] = Exact(data.Feedback.PositiveFrom),
            ["lines"] = report.Lines,
            ["bad_lines"] = report.BadLineCount,
            ["duplicates"] = report.Duplicates,
            ["duplicates_by_value"] = report.DuplicatesByValue,
            ["users"] = data.Users,
            ["items"] = data.Items,
            ["interactions"] = data.Interactions,
            ["density"] = data.Density,
            ["scale"] = new JsonObject { ["min"] = Exact(data.Scale.Min), ["max"] = Exact(data.Scale.Max) },
            ["mean"] = data.Mean,
            ["standard_deviation"] = data.StandardDeviation,
            ["histogram"] = new JsonArray(
            [.. data.Histogram.Select(bar => new JsonObject { ["value"] = Exact(bar.Key), ["count"] = bar.Value })]),
            ["per_user"] = ToJson(data.PerUser),
            ["per_item"] = ToJson(data.PerItem),
            ["users_below_5"] = data.UsersBelow5,
            ["items_below_5"] = data.ItemsBelow5,
            ["top_items_share"] = new JsonObject
            {
                ["1%"] = data.Top1PercentShare,
                ["10%"] = data.Top10PercentShare,
                ["20%"] = data.Top20PercentShare,
            },
            ["item_gini"] = data.ItemGini,
            ["first"] = data.First is { } first ? Time(first) : null,
            ["last"] = data.Last is { } last ? Time(last) : null,
            ["dropped"] = new JsonArray(
                [.. report.Dropped.Select(step => new JsonObject { ["reason"] = step.Reason, ["rows"] = step.Rows })]),
            ["quality"] = new JsonObject
            {
                ["cold_users"] = quality.ColdUsers,
                ["cold_items"] = quality.ColdItems,
                ["near_constant_users"] = quality.NearConstantUsers,
                ["long_tail_items_share"] = quality.LongTailItemShare,
                ["drift"] = new JsonArray([.. quality.Drift.Select(period => new JsonObject
            {
                ["from"] = Time(period.From),
                ["count"] = period.Count,
                ["mean"] = period.Mean,
            })]),
            },
            ["leakage"] = leakage is null ? null : new JsonObject
            {
                ["test_interactions"] = leakage.TestCount,
                ["same_pairs"] = leakage.SamePairs,
                ["test_before_train"] = leakage.TestBeforeTrain,
                ["test_before_own_train"] = leakage.TestBeforeOwnTrain,
                ["unknown_users"] = leakage.UnknownUsers,
                ["unknown_items"] = leakage.UnknownItems,
            },
            ["notes"] = new JsonArray([.. notes.Select(note => (JsonNode)note)]),
        }.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static JsonObject? ToJson(ColumnNames? columns)
    {
        return columns is null ? null : new JsonObject
        {
            ["user"] = columns.User,
            ["item"] = columns.Item,
            ["rating"] = OrNull(columns.Rating),
            ["timestamp"] = OrNull(columns.Timestamp),
        };

        static string? OrNull(string? name) => name == ColumnNames.None ? null : name;
    }

    private static JsonObject ToJson(CountSummary counts) =>
        new() { ["min"] = counts.Min, ["median"] = counts.Median, ["mean"] = counts.Mean, ["p90"] = counts.P90, ["max"] = counts.Max };

    // A float as its shortest decimal, not as the double next to it: 0.1 and not 0.10000000149.
    private static decimal Exact(float value) => (decimal)value;

    private static void WriteLayout(TextWriter output, ReadReport report, DataDescription data)
    {
        var format = RatingsFormats.NameOf(report.Format);
        output.WriteLine(report.Format == RatingsFormat.Auto ? report.Path : $"{report.Path}, read as {format}");
        if (report.ReadAs is { } layout)
        {
            string[] facts =
            [
                layout.Columns.ToArgument() is { } columns ? $"--columns {Quoted(columns)}" : "",
                layout.Example ?? "",
                layout.Unread.Count > 0 ? $"not read: {string.Join(", ", layout.Unread)}" : "",
                layout.Separator is { } separator ? $"separator: {separator}" : "",
                layout.Encoding is { } encoding ? $"encoding: {encoding}" : "",
            ];
            foreach (var fact in facts.Where(fact => fact.Length > 0))
            {
                output.WriteLine($"  {fact}");
            }
        }

        output.WriteLine($"  feedback: {data.Feedback}");

        static string Quoted(string argument) => argument.AsSpan().ContainsAny(" \"'|;&$()<>") ? $"'{argument}'" : argument;
    }

    private static void WriteTables(TextWriter output, ReadReport report, DataDescription data)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var facts = Table("", "value");
        Add(facts, "lines of data", Whole(report.Lines));
        Add(facts, "bad lines left out", Whole(report.BadLineCount));
        Add(facts, "duplicates merged", Whole(report.Duplicates));
        Add(facts, "pairs decided by the highest value", Whole(report.DuplicatesByValue));
        Add(facts, "interactions", Whole(data.Interactions));
        Add(facts, "users", Whole(data.Users));
        Add(facts, "items", Whole(data.Items));
        Add(facts, "density", Percent(data.Density, 3));
        Add(facts, "scale", data.Scale.ToString());
        Add(facts, "mean", Number(data.Mean, 4));
        Add(facts, "standard deviation", Number(data.StandardDeviation, 4));
        if (data.First is { } first && data.Last is { } last)
        {
            Add(facts, "first", Time(first));
            Add(facts, "last", Time(last));
        }

        console.Write(facts);

        var histogram = Table("value", "count", "share");
        foreach (var (value, count) in data.Histogram.Take(ShownValues))
        {
            Add(histogram, value.ToString(CultureInfo.InvariantCulture), Whole(count), Percent(count / (double)data.Interactions, 1));
        }

        if (data.Histogram.Skip(ShownValues).ToArray() is { Length: > 0 } rest)
        {
            var count = rest.Sum(bar => bar.Value);
            Add(histogram, $"{Whole(rest.Length)} higher values", Whole(count), Percent(count / (double)data.Interactions, 1));
        }

        console.Write(histogram);

        var counts = Table("interactions", "min", "median", "mean", "p90", "max", "fewer than 5");
        Add(counts, ["per user", .. Cells(data.PerUser), Whole(data.UsersBelow5)]);
        Add(counts, ["per item", .. Cells(data.PerItem), Whole(data.ItemsBelow5)]);
        console.Write(counts);

        var tail = Table("long tail", "share of interactions");
        Add(tail, "most popular 1 % of items", Percent(data.Top1PercentShare, 1));
        Add(tail, "most popular 10 % of items", Percent(data.Top10PercentShare, 1));
        Add(tail, "most popular 20 % of items", Percent(data.Top20PercentShare, 1));
        Add(tail, "Gini coefficient of items", Number(data.ItemGini, 3));
        console.Write(tail);

        foreach (var line in report.BadLines.Take(ShownBadLines))
        {
            output.WriteLine($"bad: {line.Message}");
        }
    }

    private static void WriteQuality(TextWriter output, ReadReport report, DataQuality quality, Leakage? leakage)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        var table = Table("quality", "value");
        foreach (var step in report.Dropped)
        {
            Add(table, $"left out: {step.Reason}", Whole(step.Rows));
        }

        Add(table, "cold users (fewer than 5)", Whole(quality.ColdUsers));
        Add(table, "cold items (fewer than 5)", Whole(quality.ColdItems));
        Add(table, "near-constant raters", $"{Whole(quality.NearConstantUsers)} ({Percent(quality.NearConstantShare, 1)})");
        Add(table, "items in the long tail", Percent(quality.LongTailItemShare, 1));
        if (quality.Drift.Count > 0)
        {
            Add(table, "mean, first to last tenth in time", $"{Number(quality.Drift[0].Mean, 3)} to {Number(quality.Drift[^1].Mean, 3)}");
            Add(table, "range of the tenths' means", Number(quality.DriftRange, 3));
        }

        console.Write(table);
        if (leakage is null)
        {
            return;
        }

        var pair = Table("train and test", "interactions of the test part");
        Add(pair, "in all", Whole(leakage.TestCount));
        Add(pair, "same pair in the training part", Whole(leakage.SamePairs));
        Add(pair, "older than the newest training one", leakage.TestBeforeTrain is { } older ? Whole(older) : "time not known");
        Add(pair, "older than the user's newest training one", leakage.TestBeforeOwnTrain is { } own ? Whole(own) : "time not known");
        Add(pair, "users without training", Whole(leakage.UnknownUsers));
        Add(pair, "items without training", Whole(leakage.UnknownItems));
        console.Write(pair);
    }

    private static Table Table(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn(columns[0]);
        foreach (var column in columns.Skip(1))
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return table;
    }

    private static void Add(Table table, params string[] cells) => table.AddRow([.. cells.Select(Markup.Escape)]);

    private static string[] Cells(CountSummary counts) =>
        [Whole(counts.Min), Number(counts.Median, 1), Number(counts.Mean, 1), Number(counts.P90, 1), Whole(counts.Max)];

    private static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Number(double number, int decimals) => number.ToString($"N{decimals}", CultureInfo.InvariantCulture);

    private static string Percent(double share, int decimals) =>
        (100 * share).ToString($"N{decimals}", CultureInfo.InvariantCulture) + " %";

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
