using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoRec.Cli.Commands;
using AutoRec.Serving;
using Microsoft.AspNetCore.Mvc;

namespace AutoRec.Cli.Serving;

/// <summary>The body of <c>POST /recommendations</c>.</summary>
internal sealed record RecommendationBody
{
    [Description("What the user has: item ids and, where known, ratings.")]
    [MaxLength(ServerLimits.History)]
    public IReadOnlyList<HistoryEntry?>? History { get; init; }

    [Description("What is known of the user: attributes and their values, as text or numbers.")]
    public IReadOnlyDictionary<string, JsonElement>? Profile { get; init; }

    [Range(1, ServerLimits.K)]
    public int K { get; init; } = 10;

    [Description("How many reasons to give with each item.")]
    [Range(0, ServerLimits.Reasons)]
    public int Reasons { get; init; }

    [Description("What may be recommended. Without rules: every item that the user does not have.")]
    public RulesBody? Rules { get; init; }
}

/// <summary>What may be recommended, as requests and files of rules say it. All rules hold together.</summary>
internal sealed record RulesBody
{
    [Description("Items that are not recommended.")]
    [JsonConverter(typeof(IdListConverter))]
    public IReadOnlyList<string?>? Exclude { get; init; }

    [Description("The only items that are recommended.")]
    [JsonConverter(typeof(IdListConverter))]
    public IReadOnlyList<string?>? Only { get; init; }

    [Description("Conditions on columns of the item table: category=Books, category!=Books, price<20, also <=, > and >=. All must hold; "
        + "in a column with several values (Action|Comedy) one that fits is enough.")]
    [MaxLength(ServerLimits.Conditions)]
    public IReadOnlyList<string?>? Where { get; init; }

    [Description("Whether items of the history may be recommended again, except those that the user dislikes.")]
    public bool IncludeSeen { get; init; }

    [Description("The least number of users who have an item in the training data.")]
    [Range(0, int.MaxValue)]
    public int MinUsers { get; init; }

    [Description("The most users who have an item in the training data: 0 for a list of new items.")]
    [Range(0, int.MaxValue)]
    public int? MaxUsers { get; init; }

    [Description("By column of the item table, the most items of a list that may have the same value.")]
    public IReadOnlyDictionary<string, int>? AtMost { get; init; }

    [Description("How much the items of a list should differ, from 0 (by score alone) to 1: maximal marginal relevance.")]
    [Range(0, 1)]
    public double Diversity { get; init; }

    /// <summary>The rules of the library.</summary>
    /// <exception cref="ArgumentException">A list has a null.</exception>
    public RecommendationRules ToRules() => new()
    {
        Exclude = Checked(Exclude, "exclude") ?? [],
        Only = Checked(Only, "only"),
        Where = Checked(Where, "where") ?? [],
        IncludeSeen = IncludeSeen,
        MinUsers = MinUsers,
        MaxUsers = MaxUsers,
        AtMost = AtMost ?? new Dictionary<string, int>(),
        Diversity = Diversity,
    };

    private static string[]? Checked(IReadOnlyList<string?>? texts, string name) =>
        texts?.Select((text, place) => text ?? throw new ArgumentException($"'{name}[{place}]' must not be null.")).ToArray();
}

/// <summary>The rules of <c>GET /recommendations/{user}</c>; the lists are parameters that may be repeated.</summary>
internal sealed record RulesQuery
{
    [FromQuery(Name = "exclude")]
    [Description("An item that is not recommended. May be repeated.")]
    public string[]? Exclude { get; init; }

    [FromQuery(Name = "only")]
    [Description("One of the only items that are recommended. May be repeated.")]
    public string[]? Only { get; init; }

    [FromQuery(Name = "where")]
    [Description("A condition on a column of the item table: category=Books, category!=Books, price<20, also <=, > and >=. "
        + "May be repeated; all must hold.")]
    public string[]? Where { get; init; }

    [FromQuery(Name = "include_seen")]
    [Description("Whether items of the history may be recommended again, except those that the user dislikes.")]
    public bool? IncludeSeen { get; init; }

    [FromQuery(Name = "min_users")]
    [Description("The least number of users who have an item in the training data.")]
    public int? MinUsers { get; init; }

    [FromQuery(Name = "max_users")]
    [Description("The most users who have an item in the training data: 0 for a list of new items.")]
    public int? MaxUsers { get; init; }

    [FromQuery(Name = "at_most")]
    [Description("A column of the item table and the most items of a list that may have the same value, as in category=2. "
        + "May be repeated.")]
    public string[]? AtMost { get; init; }

    [FromQuery(Name = "diversity")]
    [Description("How much the items of a list should differ, from 0 (by score alone) to 1: maximal marginal relevance.")]
    public double? Diversity { get; init; }

    /// <summary>The names of the parameters.</summary>
    public static string[] Names { get; } =
    [
        .. typeof(RulesQuery).GetProperties().Select(rule => rule.GetCustomAttribute<FromQueryAttribute>()?.Name).OfType<string>(),
    ];

    /// <summary>The parameters that may be repeated.</summary>
    public static string[] Lists { get; } = ["exclude", "only", "where", "at_most"];

    /// <summary>The rules as a body has them.</summary>
    /// <exception cref="ArgumentException">A limit is not one, or a column has two.</exception>
    public RulesBody ToBody()
    {
        var limits = Array.ConvertAll(AtMost ?? [], RulesOptions.ParseLimit);
        var columns = limits.CountBy(limit => limit.Column, StringComparer.OrdinalIgnoreCase);
        return columns.FirstOrDefault(column => column.Value > 1) is { Key: { } twice }
            ? throw new ArgumentException($"The query parameter 'at_most' names the column '{twice}' twice.")
            : new RulesBody
            {
                Exclude = Exclude,
                Only = Only is { Length: > 0 } ? Only : null,
                Where = Where,
                IncludeSeen = IncludeSeen ?? false,
                MinUsers = MinUsers ?? 0,
                MaxUsers = MaxUsers,
                AtMost = limits.ToDictionary(limit => limit.Column, limit => limit.Most),
                Diversity = Diversity ?? 0,
            };
    }
}

/// <summary>An item of a history.</summary>
internal sealed record HistoryEntry
{
    [Description("The item's id, as text or a number.")]
    [JsonConverter(typeof(IdConverter))]
    public required string Item { get; init; }

    [Description("Its rating or quantity, if it is known.")]
    public float? Rating { get; init; }
}

/// <summary>The body of <c>POST /recommendations/batch</c>.</summary>
internal sealed record BatchBody
{
    [Description("Users that the model knows, as texts or numbers.")]
    [MaxLength(ServerLimits.Batch)]
    [JsonConverter(typeof(IdListConverter))]
    public required IReadOnlyList<string?> Users { get; init; }

    [Range(1, ServerLimits.K)]
    public int K { get; init; } = 10;

    [Description("What may be recommended to them. Without rules: every item that a user does not have.")]
    public RulesBody? Rules { get; init; }
}

/// <summary>The recommendations of one user of a batch, or why there are none.</summary>
internal sealed record UserRecommendations(
    string User, RecommendationBasis? Basis, IReadOnlyList<RecommendedItem>? Items, string? Error = null, string? WhyEmpty = null);

/// <summary>An item in the list of items.</summary>
internal sealed record ItemSummary(string Item, string Title, IReadOnlyList<string> Categories);

/// <summary>An attribute of profiles and its values, or groups of values.</summary>
internal sealed record ProfileAttribute(string Name, IReadOnlyList<string> Values);

/// <summary>How the server is.</summary>
internal sealed record Health(string Status);

/// <summary>What the server serves. The version is that of the model: the same on all servers that serve the same one.</summary>
internal sealed record ServedModelFacts(
    string Model,
    string Data,
    int Users,
    int Items,
    string Version,
    DateTimeOffset LoadedAt,
    ProbabilityKind Probabilities,
    IReadOnlyList<ProfileAttribute> Profile);

/// <summary>How much one request may ask for.</summary>
internal static class ServerLimits
{
    public const int K = 100;
    public const int Reasons = 10;
    public const int History = 1_000;
    public const int Batch = 100;
    public const int Conditions = 20;
    public const int BodyBytes = 128 * 1024;
}
