using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Persistence;

/// <summary>The content of a model folder.</summary>
internal sealed record ModelFolderContent
{
    /// <summary>The model's name in the catalogue.</summary>
    public required string Model { get; init; }

    /// <summary>All options with their values, as texts.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The seed of the fit.</summary>
    public required int Seed { get; init; }

    /// <summary>The arrays that make up the model.</summary>
    public required ModelState Weights { get; init; }

    /// <summary>The data the model was fitted to. Times are not stored.</summary>
    public required DataSet Data { get; init; }

    /// <summary>Measures by name.</summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>What one should know of the data and the fit, in sentences.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>How much the profiles of users count. Format 1 has none; they do not count.</summary>
    public required ProfileWeights ProfileWeights { get; init; }

    /// <summary>The version of the library that fitted the model.</summary>
    public required string LibraryVersion { get; init; }
}

/// <summary>Writes and reads model folders: a main file that describes the model and holds the checksums of the others, and files for the
/// arrays, the interactions, the items and the users.</summary>
internal static class ModelFolder
{
    /// <summary>The file with the weights.</summary>
    public const string WeightsFile = "weights.safetensors";

    private const string MainFile = "model.json";
    private const string Format = "autorec-model";
    private const int FormatVersion = 2;
    private const string InteractionsFile = "interactions.safetensors";
    private const string ItemsFile = "items.json";
    private const string UsersFile = "users.json";

    private static readonly string NoChecksum = new('0', 64);
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };
    private static readonly JsonSerializerOptions IndentedJson = new(Json) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The version of this library.</summary>
    public static string CurrentVersion { get; } = typeof(ModelFolder).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// Writes the files to a temporary folder beside <paramref name="folder"/> and renames it at the end, so that the folder is complete
    /// when it appears. A folder that is empty or holds a model is replaced.
    /// </summary>
    /// <exception cref="DataFileException">There is something else at <paramref name="folder"/>.</exception>
    public static void Write(ModelFolderContent content, string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var isOtherFolder = Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).Any()
            && !File.Exists(Path.Combine(folder, MainFile));
        if (File.Exists(folder) || isOtherFolder)
        {
            throw new DataFileException(
                folder, "The output folder exists and is not a model folder, so it was not overwritten. Choose another folder.");
        }

        var beside = $"{folder}.{Guid.NewGuid():N}";
        var (partial, old) = (beside + ".partial", beside + ".old");
        Directory.CreateDirectory(partial);
        try
        {
            WriteFiles(content, partial);
            if (Directory.Exists(folder))
            {
                Directory.Move(folder, old);
            }

            Directory.Move(partial, folder);
        }
        catch
        {
            if (Directory.Exists(old) && !Directory.Exists(folder))
            {
                Directory.Move(old, folder);
            }

            throw;
        }
        finally
        {
            Delete(partial);
            Delete(old);
        }
    }

    /// <summary>Reads the files and checks that they are as they were written. Nothing in the folder is executed.</summary>
    /// <exception cref="DataFileException">The folder is not a model folder, a newer version wrote it, or a file is missing, cut off
    /// or changed.</exception>
    public static ModelFolderContent Read(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var path = Path.Combine(folder, MainFile);
        if (!File.Exists(path))
        {
            throw new DataFileException(
                folder,
                $"This is not a model folder: it has no file {MainFile}. Train a model with 'autorec train --output {folder}'.");
        }

        var text = File.ReadAllText(path);
        try
        {
            var main = JsonNode.Parse(text) as JsonObject ?? throw new FormatException("an object is expected.");
            CheckVersion(path, main);
            CheckUnchanged(path, text, (string?)main["checksum"]);
            var checksums = main["files"]!.AsObject().ToDictionary(file => file.Key, file => (string)file.Value!);
            return new ModelFolderContent
            {
                Model = (string)main["model"]!,
                Options = main["options"]!.AsObject().ToDictionary(option => option.Key, option => (string)option.Value!),
                Seed = (int)main["seed"]!,
                Data = ReadData(folder, main["data"]!, checksums),
                Weights = ReadFile(folder, WeightsFile, checksums, Safetensors.Read),
                Metrics = main["metrics"]!.AsObject().ToDictionary(metric => metric.Key, metric => (double)metric.Value!),
                Notes = [.. (main["notes"]?.AsArray() ?? []).Select(note => (string)note!)],
                ProfileWeights = main["profile-weights"] is JsonObject weights
                    ? ProfileWeights.Of(weights.ToDictionary(weight => weight.Key, weight => (double)weight.Value!))
                    : ProfileWeights.None,
                LibraryVersion = (string)main["library-version"]!,
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new DataFileException(path, $"The file is cut off or damaged: {error.Message}", error);
        }
    }

    private static void WriteFiles(ModelFolderContent content, string folder)
    {
        var log = content.Data.Interactions;
        var files = new JsonObject();
        void Add(string name, Action<Stream> write) => files[name] = WriteFile(Path.Combine(folder, name), write);
        Add(WeightsFile, stream => Safetensors.Write(stream, content.Weights));
        Add(InteractionsFile, stream => Safetensors.Write(
            stream, new ModelState().Add("users", [.. log.UserRows]).Add("items", [.. log.ItemRows]).Add("values", [.. log.Values])));
        var items = new ItemList([.. log.Items], content.Data.ItemTitles, content.Data.ItemCategories);
        Add(ItemsFile, stream => JsonSerializer.Serialize(stream, items, Json));
        var users = new UserList([.. log.Users], content.Data.UserNames, content.Data.UserAttributes);
        Add(UsersFile, stream => JsonSerializer.Serialize(stream, users, Json));

        var main = new JsonObject
        {
            ["format"] = Format,
            ["format-version"] = FormatVersion,
            ["library-version"] = content.LibraryVersion,
            ["model"] = content.Model,
            ["options"] = new JsonObject(content.Options.Select(option => KeyValuePair.Create(option.Key, (JsonNode?)option.Value))),
            ["seed"] = content.Seed,
            ["data"] = new JsonObject
            {
                ["name"] = content.Data.Name,
                ["title"] = content.Data.Title,
                ["source"] = content.Data.Source,
                ["users"] = log.Users.Count,
                ["items"] = log.Items.Count,
                ["interactions"] = log.Count,
                ["scale"] = new JsonObject { ["min"] = log.Scale.Min, ["max"] = log.Scale.Max },
                ["fingerprint"] = DataFingerprint.Of(log),
            },
            ["metrics"] = new JsonObject(content.Metrics.Select(metric => KeyValuePair.Create(metric.Key, (JsonNode?)metric.Value))),
            ["notes"] = new JsonArray([.. content.Notes]),
            ["profile-weights"] = new JsonObject(
                content.ProfileWeights.ByGroup.Select(weight => KeyValuePair.Create(weight.Key, (JsonNode?)weight.Value))),
            ["files"] = files,
            ["checksum"] = NoChecksum,
        };
        var text = main.ToJsonString(IndentedJson);
        File.WriteAllText(Path.Combine(folder, MainFile), text.Replace(NoChecksum, Checksum(text), StringComparison.Ordinal));
    }

    private static DataSet ReadData(string folder, JsonNode json, Dictionary<string, string> checksums)
    {
        var items = ReadFile(folder, ItemsFile, checksums, stream => JsonSerializer.Deserialize<ItemList>(stream, Json))
            ?? throw new DataFileException(folder, $"{ItemsFile} does not contain a list of items.");
        var users = ReadFile(folder, UsersFile, checksums, stream => JsonSerializer.Deserialize<UserList>(stream, Json))
            ?? throw new DataFileException(folder, $"{UsersFile} does not contain a list of users.");
        var log = ReadFile(folder, InteractionsFile, checksums, Safetensors.Read);
        var columns = new InteractionColumns(
            new IdIndex(users.Ids),
            new IdIndex(items.Ids),
            log.Ints("users"),
            log.Ints("items"),
            log.Floats("values"),
            null);
        var scale = new RatingScale((float)json["scale"]!["min"]!, (float)json["scale"]!["max"]!);
        var interactions = Interactions.Of(columns, DuplicateRule.KeepLast, new FeedbackRule { Scale = scale }, out _);
        if (interactions.Users != columns.Users || interactions.Items != columns.Items)
        {
            throw new DataFileException(
                folder, "The model was written by a version that kept users and items in another order. Train it again.");
        }

        return new DataSet
        {
            Name = (string)json["name"]!,
            Title = (string)json["title"]!,
            Source = (string)json["source"]!,
            Interactions = interactions,
            ItemTitles = items.Titles,
            ItemCategories = items.Categories,
            UserNames = users.Names,
            UserAttributes = users.Attributes,
        };
    }

    private static void CheckVersion(string path, JsonObject main)
    {
        if ((string?)main["format"] != Format)
        {
            throw new DataFileException(path, $"This is not the description of a model: 'format' is not '{Format}'.");
        }

        if (main["format-version"]?.GetValue<int>() is not { } version)
        {
            throw new DataFileException(path, "The file is damaged: it has no 'format-version'.");
        }

        if (version > FormatVersion)
        {
            throw new DataFileException(
                path,
                $"The model was written by version {main["library-version"]} in format {version}, but this version, {CurrentVersion}, "
                + $"reads formats up to {FormatVersion}. Install a newer version.");
        }
    }

    private static void CheckUnchanged(string path, string text, string? checksum)
    {
        if (checksum is not { Length: 64 } || Checksum(text.Replace(checksum, NoChecksum, StringComparison.Ordinal)) != checksum)
        {
            throw Changed(path);
        }
    }

    private static T ReadFile<T>(string folder, string name, Dictionary<string, string> checksums, Func<Stream, T> read)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            throw new DataFileException(path, "This file of the model is missing.");
        }

        using var hash = SHA256.Create();
        using var file = File.OpenRead(path);
        using var stream = new CryptoStream(file, hash, CryptoStreamMode.Read);
        try
        {
            var content = read(stream);
            stream.CopyTo(Stream.Null);
            return Convert.ToHexStringLower(hash.Hash!) == checksums.GetValueOrDefault(name) ? content : throw Changed(path);
        }
        catch (Exception error) when (error is JsonException or InvalidDataException)
        {
            throw new DataFileException(path, $"The file is cut off or damaged: {error.Message}", error);
        }
    }

    private static string WriteFile(string path, Action<Stream> write)
    {
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(new BufferedStream(File.Create(path), 1 << 20), hash, CryptoStreamMode.Write))
        {
            write(stream);
        }

        return Convert.ToHexStringLower(hash.Hash!);
    }

    private static DataFileException Changed(string path) =>
        new(
            path,
            "The file was changed after the model was saved: its checksum differs. The model was not loaded. "
            + "Train the model again, or copy the folder again.");

    private static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed record ItemList(
        IReadOnlyList<string> Ids, IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Categories);

    private sealed record UserList(
        IReadOnlyList<string> Ids, IReadOnlyList<string> Names, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes);
}
