using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoRec.Serving;

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
}

/// <summary>The recommendations of one user of a batch, or why there are none.</summary>
internal sealed record UserRecommendations(
    string User, RecommendationBasis? Basis, IReadOnlyList<RecommendedItem>? Items, string? Error = null);

/// <summary>An item in the list of items.</summary>
internal sealed record ItemSummary(string Item, string Title, IReadOnlyList<string> Categories);

/// <summary>An attribute of profiles and its values, or groups of values.</summary>
internal sealed record ProfileAttribute(string Name, IReadOnlyList<string> Values);

/// <summary>How the server is.</summary>
internal sealed record Health(string Status);

/// <summary>What the server serves.</summary>
internal sealed record ServedModelFacts(
    string Model,
    string Data,
    int Users,
    int Items,
    DateTimeOffset LoadedAt,
    IReadOnlyList<ProfileAttribute> Profile);

/// <summary>How much one request may ask for.</summary>
internal static class ServerLimits
{
    public const int K = 100;
    public const int Reasons = 10;
    public const int History = 1_000;
    public const int Batch = 100;
    public const int BodyBytes = 128 * 1024;
}
