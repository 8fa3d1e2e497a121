using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoRec.Catalog;
using AutoRec.Cli.Serving;
using AutoRec.Data;
using AutoRec.Serving;
using Spectre.Console;

namespace AutoRec.Cli.Commands;

/// <summary>The options that say of what model, and for whom, something is asked; and how answers are shown.</summary>
internal sealed class AskOptions
{
    private readonly Option<string> model = new("--model")
    {
        Description = "The folder of the model, as 'autorec train' wrote it.",
        HelpName = "DIR",
        Required = true,
    };
    private readonly Option<string?> user = new("--user")
    {
        Description = "A user that the model knows, by id, or by name if the data have names.",
        HelpName = "ID|NAME",
    };

    private readonly Option<string?> history = new("--history")
    {
        Description = "The history of a user that the model does not know: a file with one item id per line, "
            + "optionally followed by a comma and a rating.",
        HelpName = "FILE",
    };

    private readonly Option<Dictionary<string, string>?> profile = new("--profile")
    {
        Description = "The profile of such a user.",
        HelpName = "age=25,gender=F,...",
        CustomParser = ParseProfile,
    };

    private readonly Option<bool> json = new("--json") { Description = "Prints one JSON object instead of a table." };

    private const int WidthOfFiles = 200;

    /// <summary>How answers are written as JSON, here and by the server.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Adds the option that names the model alone.</summary>
    public void AddModelTo(Command command) => command.Options.Add(model);

    public void AddTo(Command command, bool isAboutSomebody)
    {
        AddModelTo(command);
        command.Options.Add(json);
        if (isAboutSomebody)
        {
            command.Options.Add(user);
            command.Options.Add(history);
            command.Options.Add(profile);
        }
    }

    public RecommendationService Service(ParseResult parsed, string? itemFile = null) =>
        Load(
            parsed.GetRequiredValue(model),
            parsed.InvocationConfiguration.Error,
            folder => new RecommendationService(FittedModel.Load(folder, itemFile)));

    /// <summary>The checksum of the model that is asked.</summary>
    public string Checksum(ParseResult parsed) => LoadedModel.Checksum(parsed.GetRequiredValue(model)) ?? "";

    /// <summary>Loads a model, and says on stderr where it is if that takes long.</summary>
    public static T Load<T>(string folder, TextWriter error, Func<string, T> load) => WorkDisplay.Show(error, folder, progress =>
    {
        progress.Report(new WorkReport("loading the model", 0, null, ""));
        return load(folder);
    });

    /// <summary>For whom something is asked; a user is still as named on the command line, see <see cref="Find"/>.</summary>
    public RecommendationRequest Request(ParseResult parsed) => new()
    {
        User = parsed.GetValue(user),
        History = parsed.GetValue(history) is { } path ? ListFiles.ReadHistory(path) : [],
        Profile = parsed.GetValue(profile) ?? [],
    };

    /// <summary>The id of a user who is given by id or by name; says which user a name is.</summary>
    public static string? Find(RecommendationService service, string? idOrName, ParseResult parsed)
    {
        if (idOrName is null)
        {
            return null;
        }

        var id = service.FindUser(idOrName);
        Notes.Write(parsed.InvocationConfiguration.Error, id == idOrName ? [] : [$"{idOrName} is the user {id}"]);
        return id;
    }

    /// <summary>Writes an answer as one JSON object or as a table.</summary>
    public void Write<T>(ParseResult parsed, T answer, Action<TextWriter> writeTable)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(json))
        {
            output.WriteLine(JsonSerializer.Serialize(answer, Json));
        }
        else
        {
            writeTable(output);
        }
    }

    /// <summary>Writes a table whose columns behind the first few hold numbers.</summary>
    public static void WriteTable(TextWriter output, int texts, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var (column, i) in columns.Select((column, i) => (column, i)))
        {
            table.AddColumn(new TableColumn(column) { Alignment = i < texts ? Justify.Left : Justify.Right });
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!ReferenceEquals(output, Console.Out) || Console.IsOutputRedirected)
        {
            console.Profile.Width = WidthOfFiles; // A file has no width, and cells that are cut are no use in it.
        }

        console.Write(table);
    }

    public static string Number(float number) => number.ToString("0.0000", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> ParseProfile(ArgumentResult argument)
    {
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in argument.Tokens[0].Value.Split(','))
        {
            if (pair.Split('=', 2) is not [{ Length: > 0 } name, { Length: > 0 } value])
            {
                argument.AddError($"'{pair}' is not an attribute. Use NAME=VALUE, separated by commas, for example age=25,gender=F.");
                return attributes;
            }

            attributes[name.Trim()] = value.Trim();
        }

        return attributes;
    }
}
