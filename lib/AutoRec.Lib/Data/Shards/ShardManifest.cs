using System.Text.Json;
using System.Text.Json.Nodes;

namespace AutoRec.Data;

/// <summary>By what a partitioned log is cut into parts.</summary>
internal enum ShardBy
{
    /// <summary>Each part has all interactions of some users.</summary>
    User,

    /// <summary>Each part has all interactions of some items.</summary>
    Item,
}

/// <summary>A file of a partitioned log.</summary>
/// <param name="Name">Its name in the folder.</param>
/// <param name="Checksum">The SHA-256 of its bytes.</param>
internal sealed record ShardFile(string Name, string Checksum);

/// <summary>A part of a partitioned log: all interactions of the users, or items, with the codes <paramref name="First"/> to
/// <paramref name="End"/> - 1.</summary>
/// <param name="File">The file.</param>
/// <param name="First">The first code.</param>
/// <param name="End">The end behind the last.</param>
/// <param name="Rows">The number of interactions.</param>
internal sealed record ShardPart(ShardFile File, int First, int End, int Rows);

/// <summary>
/// What a partitioned log consists of. The code of a user or an item is its row in the whole log, so that it means the same in all parts.
/// </summary>
internal sealed record ShardManifest
{
    /// <summary>The file that holds it; by it a folder is recognised.</summary>
    public const string FileName = "shards.json";

    private const string Format = "autorec-shards";
    private const int FormatVersion = 1;
    private const string TimeUnit = "seconds since 1970-01-01 UTC";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>By what the log is cut.</summary>
    public required ShardBy By { get; init; }

    /// <summary>The number of users.</summary>
    public required int Users { get; init; }

    /// <summary>The number of items.</summary>
    public required int Items { get; init; }

    /// <summary>The number of interactions.</summary>
    public required long Count { get; init; }

    /// <summary>Whether interactions have times.</summary>
    public required bool HasTimes { get; init; }

    /// <summary>What values say.</summary>
    public required Feedback Feedback { get; init; }

    /// <summary>The <see cref="DataFingerprint"/> of the whole log.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The ids of users, in the order of their codes, with their numbers of interactions.</summary>
    public required ShardFile UserFile { get; init; }

    /// <summary>The ids of items, in the order of their codes, with their numbers of interactions.</summary>
    public required ShardFile ItemFile { get; init; }

    /// <summary>The parts, in the order of their codes.</summary>
    public required IReadOnlyList<ShardPart> Parts { get; init; }

    /// <summary>The number of codes that the log is cut by.</summary>
    public int Codes => By == ShardBy.User ? Users : Items;

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="path">The name of the file in errors.</param>
    /// <param name="text">Its content.</param>
    /// <exception cref="DataFileException">The file is damaged, or a newer version wrote it.</exception>
    public static ShardManifest Read(string path, string text)
    {
        try
        {
            var json = JsonNode.Parse(text)!;
            if ((string?)json["format"] != Format)
            {
                throw new InvalidDataException($"'format' is not '{Format}'.");
            }

            return (int)json["format-version"]! is var version && version > FormatVersion
                ? throw new DataFileException(
                    path, $"A newer version of autorec wrote this partitioned log: format {version}; this version reads {FormatVersion}. "
                    + "Install the newer version, or run 'autorec data shard' with this one.")
                : Checked(Read(json));
        }
        catch (Exception error) when (error is JsonException or InvalidDataException or InvalidOperationException or FormatException
            or NullReferenceException or ArgumentException or OverflowException)
        {
            var said = error is InvalidDataException ? $" {error.Message}" : "";
            throw new DataFileException(
                path, $"The description of the partitioned log is cut off or damaged.{said} Copy the folder again, or run "
                + "'autorec data shard' again.", error);
        }
    }

    /// <summary>The content of the file.</summary>
    public string Write() => new JsonObject
    {
        ["format"] = Format,
        ["format-version"] = FormatVersion,
        ["by"] = NameOf(By),
        ["users"] = Users,
        ["items"] = Items,
        ["ratings"] = Count,
        ["times"] = HasTimes ? TimeUnit : null,
        ["feedback"] = FeedbackJson.Write(Feedback),
        ["fingerprint"] = Fingerprint,
        ["user-ids"] = ToJson(UserFile),
        ["item-ids"] = ToJson(ItemFile),
        ["parts"] = new JsonArray([.. Parts.Select(part =>
        {
            var json = ToJson(part.File);
            (json["first"], json["end"], json["rows"]) = (part.First, part.End, part.Rows);
            return (JsonNode)json;
        })]),
    }.ToJsonString(Indented) + "\n";

    /// <summary>The name of a way to cut, as command lines and manifests have it.</summary>
    public static string NameOf(ShardBy by) => by == ShardBy.User ? "user" : "item";

    private static JsonObject ToJson(ShardFile file) => new() { ["file"] = file.Name, ["sha256"] = file.Checksum };

    private static ShardManifest Read(JsonNode json) => new()
    {
        By = (string?)json["by"] == NameOf(ShardBy.User) ? ShardBy.User : ShardBy.Item,
        Users = (int)json["users"]!,
        Items = (int)json["items"]!,
        Count = (long)json["ratings"]!,
        HasTimes = json["times"] is not null,
        Feedback = FeedbackJson.Read(json["feedback"]!),
        Fingerprint = (string)json["fingerprint"]!,
        UserFile = FileOf(json["user-ids"]!),
        ItemFile = FileOf(json["item-ids"]!),
        Parts = [.. json["parts"]!.AsArray().Select(part =>
            new ShardPart(FileOf(part!), (int)part!["first"]!, (int)part["end"]!, (int)part["rows"]!))],
    };

    // A name is that of a file in the folder, and no path to another place.
    private static ShardFile FileOf(JsonNode json) => (string)json["file"]! is var name && name == Path.GetFileName(name) && name.Length > 0
        ? new(name, (string)json["sha256"]!)
        : throw new InvalidDataException($"'{name}' is not the name of a file.");

    private static ShardManifest Checked(ShardManifest manifest)
    {
        var next = 0;
        foreach (var part in manifest.Parts)
        {
            if (part.First != next || part.End <= next || part.Rows < 0)
            {
                throw new InvalidDataException($"The part {part.File.Name} does not follow the one before it.");
            }

            next = part.End;
        }

        return next == manifest.Codes && manifest.Parts.Sum(part => (long)part.Rows) == manifest.Count
            ? manifest
            : throw new InvalidDataException("The parts do not add up to the whole.");
    }
}
