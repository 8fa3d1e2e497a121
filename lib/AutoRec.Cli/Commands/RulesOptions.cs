using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoRec.Cli.Serving;
using AutoRec.Data;
using AutoRec.Serving;

namespace AutoRec.Cli.Commands;

/// <summary>The options that say what may be recommended.</summary>
internal sealed class RulesOptions
{
    private static readonly JsonSerializerOptions Json = new(AskOptions.Json)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        NumberHandling = JsonNumberHandling.Strict,
    };

    private readonly Option<string[]> exclude = new("--exclude")
    {
        Description = "Items that are not recommended: ids, separated by commas.",
        HelpName = "ID,ID,...",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> only = new("--only")
    {
        Description = "The only items that are recommended: a file with one item id per line.",
        HelpName = "FILE",
    };

    private readonly Option<string[]> where = new("--where")
    {
        Description = "Recommends only items that fit a condition on a column of the item table: =, !=, <, <=, > or >=. "
            + "Of several, all must hold.",
        HelpName = "category=Books|price<20|...",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool> includeSeen = new("--include-seen")
    {
        Description = "Recommends items of the user's history too, except those that the user dislikes.",
    };

    private readonly Option<int> minUsers = new("--min-users")
    {
        Description = "Recommends only items that at least N users have in the training data.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<int?> maxUsers = new("--max-users")
    {
        Description = "Recommends only items that at most N users have in the training data: 0 for a list of new items, with a model that "
            + "scores these (ials-features).",
        HelpName = "N",
    };

    private readonly Option<Dictionary<string, int>?> atMost = new("--at-most")
    {
        Description = "At most N items of a list may have the same value in a column of the item table.",
        HelpName = "category=N",
        CustomParser = ParseLimits,
    };

    private readonly Option<double> diversity = new("--diversity")
    {
        Description = "How much the items of a list should differ, from 0 (by score alone) to 1 (maximal marginal relevance).",
        HelpName = "X",
        CustomParser = NumberArgument.Parse,
        DefaultValueFactory = _ => 0,
    };

    /// <summary>The option that names a table of items.</summary>
    public static Option<string?> ItemFileOption() => new("--item-file")
    {
        Description = "A table of the items, as for 'train'. Its titles and columns count before those that the model keeps.",
        HelpName = "PATH",
    };

    /// <summary>The option that names a file of rules.</summary>
    public static Option<string?> FileOption() => new("--rules")
    {
        Description = "Rules in a JSON file, as the server takes them: "
            + """{"where":["price<20"],"exclude":["i1"],"min_users":20,"at_most":{"category":2},"diversity":0.3}.""",
        HelpName = "FILE",
    };

    private readonly Option<string?> file = FileOption();
    private readonly Option<string?> itemFile = ItemFileOption();

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { exclude, only, where, includeSeen, minUsers, maxUsers, atMost, diversity, file, itemFile })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The rules of the command line.</summary>
    /// <exception cref="ArgumentException">There are a file of rules and rules beside it.</exception>
    public RecommendationRules Get(ParseResult parsed)
    {
        var rules = new RecommendationRules
        {
            Exclude =
            [
                .. parsed.GetRequiredValue(exclude)
                    .SelectMany(ids => ids.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
            ],
            Only = parsed.GetValue(only) is { } path ? ListFiles.ReadIds(path) : null,
            Where = parsed.GetRequiredValue(where),
            IncludeSeen = parsed.GetValue(includeSeen),
            MinUsers = parsed.GetValue(minUsers),
            MaxUsers = parsed.GetValue(maxUsers),
            AtMost = parsed.GetValue(atMost) ?? [],
            Diversity = parsed.GetValue(diversity),
        };
        if (parsed.GetValue(file) is not { } rulesFile)
        {
            return rules;
        }

        return rules.IsEmpty
            ? ReadFile(rulesFile)
            : throw new ArgumentException("Give the rules either in a file (--rules) or as options (--where, --exclude, ...), not both.");
    }

    /// <summary>The table of items beside the model; null for none.</summary>
    public string? ItemFile(ParseResult parsed) => parsed.GetValue(itemFile);

    /// <summary>Reads a file of rules.</summary>
    /// <exception cref="DataFileException">The file does not hold rules.</exception>
    public static RecommendationRules ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: There is no such file (--rules).", path);
        }

        try
        {
            return JsonSerializer.Deserialize<RulesBody>(File.ReadAllText(path), Json)?.ToRules()
                ?? throw new DataFileException(path, "The file holds no rules, but null.");
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, Problems.Of(error, "The file"));
        }
    }

    /// <summary>Reads a limit such as <c>category=2</c>.</summary>
    /// <exception cref="ArgumentException">It is not a limit.</exception>
    public static (string Column, int Most) ParseLimit(string text) =>
        text.LastIndexOf('=') is > 0 and var end
            && int.TryParse(text.AsSpan(end + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            ? (text[..end].Trim(), most)
            : throw new ArgumentException($"'{text}' is not a limit. Use COLUMN=N, for example category=2.");

    private static Dictionary<string, int> ParseLimits(ArgumentResult argument)
    {
        var limits = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        try
        {
            foreach (var token in argument.Tokens)
            {
                var (column, most) = ParseLimit(token.Value);
                limits[column] = most;
            }
        }
        catch (ArgumentException error)
        {
            argument.AddError(error.Message);
        }

        return limits;
    }
}
