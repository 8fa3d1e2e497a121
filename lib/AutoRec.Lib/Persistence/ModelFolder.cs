using System.Collections.Immutable;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AutoRec.Data;
using AutoRec.Distributed;
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

    /// <summary>The number of threads that the fit computed with; null if it is not known.</summary>
    public int? Threads { get; init; }

    /// <summary>The arrays that make up the model.</summary>
    public required ModelState Weights { get; init; }

    /// <summary>The interactions of <see cref="Data"/> as arrays; empty for content that was read.</summary>
    public ModelState Interactions { get; init; } = new();

    /// <summary>The file that <see cref="Weights"/> were read from; null for content that was not read.</summary>
    public string? WeightsFile { get; init; }

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
internal static partial class ModelFolder
{
    private const string MainFile = "model.json";
    private const string Format = "autorec-model";
    private const int FormatVersion = 4;
    private const int FormatVersionOfParts = 5; // Only of models whose weights are in parts, so that earlier versions read all others.
    private const string LockFile = ".autorec.lock";
    private const string Weights = "weights";
    private const string Tensors = "safetensors";
    private const string IndexEnding = "safetensors.index.json";
    private const string InteractionsPart = "interactions";
    private const string ItemsPart = "items";
    private const string UsersPart = "users";

    private static readonly Dictionary<string, IReadOnlyList<string>> NoAttributes = [];
    private static readonly string NoChecksum = new('0', 64);
    private static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };
    private static readonly ModelTables Tables = new(new JsonSerializerOptions(Json));
    private static readonly JsonSerializerOptions IndentedJson = new(Json) { WriteIndented = true, NewLine = "\n" };

    /// <summary>The version of this library.</summary>
    public static string CurrentVersion { get; } = typeof(ModelFolder).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// Writes the files of a model, the main file last: until then the folder has the model that it had before, afterwards it has this one.
    /// The names of the other files end with a checksum, so that two models never share a file that differs. Where several processes have
    /// the model together all of them take part.
    /// </summary>
    /// <param name="content">The content.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="inParts">Whether the weights are written as <see cref="WeightParts"/>; null if they are large.</param>
    /// <param name="group">The processes.</param>
    /// <exception cref="DataFileException">The folder cannot be used, see <see cref="CheckOutput"/>.</exception>
    public static void Write(ModelFolderContent content, string folder, bool? inParts, IProcessGroup group)
    {
        var isInParts = inParts ?? WeightParts.AreLarge(content.Weights);
        using var held = group.Rank == 0 ? Take() : null;
        if (isInParts)
        {
            group.Barrier(); // The folder is there, and nobody else writes to it.
        }

        var parts = isInParts ? WriteLeaves(content.Weights, folder, group) : [];
        if (group.Rank == 0)
        {
            WriteFiles(content, folder, parts);
            RemoveUnused(folder);
        }
        else
        {
            // Gives its rows to the process that writes.
            Safetensors.Write(Stream.Null, isInParts ? new ModelState() : content.Weights);
            Safetensors.Write(Stream.Null, content.Interactions);
        }

        group.Barrier();

        FileLock Take()
        {
            folder = CheckOutput(folder);
            Directory.CreateDirectory(folder);
            return FileLock.TryTake(Path.Combine(folder, LockFile), TimeSpan.FromSeconds(30)) ?? throw new DataFileException(
                folder, "Another process is writing to this folder. Wait for it, or choose another folder.");
        }
    }

    /// <summary>Throws if a model cannot be written to a folder. It may be missing, empty or a model folder, and nothing else.</summary>
    /// <returns>The full path.</returns>
    /// <exception cref="DataFileException">The folder is a file, cannot be written, or has files that are not of a model.</exception>
    public static string CheckOutput(string folder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (File.Exists(folder))
        {
            throw new DataFileException(folder, "This is a file; --output must name a folder. The file was not overwritten.");
        }

        if (Directory.Exists(folder))
        {
            // Listed once: another process may be writing a model here.
            var folders = Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path));
            string[] files = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path))];
            var own = OwnFiles(folder, files);
            string[] others = [.. files.Where(name => !own.Contains(name)).Concat(folders).Order(StringComparer.Ordinal).Take(4)];
            if (others.Length > 0)
            {
                var other = others.Contains(MainFile) ? "the folder is not a model folder" : "the folder has files that are not of a model";
                throw new DataFileException(
                    folder,
                    $"Nothing was overwritten: {other} ({string.Join(", ", others)}). Choose another folder, or move these files away.");
            }
        }

        WholeFile.CheckFolderWritable(folder);
        return folder;
    }

    /// <summary>
    /// The interactions that a model was fitted to, as arrays in the order of the log. Where each of several processes has a part of them,
    /// all must call this together.
    /// </summary>
    public static ModelState InteractionsOf(Interactions log, IProcessGroup group)
    {
        if (log.Share is not { } share)
        {
            return new ModelState()
                .Add("users", ArrayOf(log.UserRows))
                .Add("items", ArrayOf(log.ItemRows))
                .Add("values", ArrayOf(log.Values));
        }

        var matrix = log.ToMatrix();
        if (!share.IsByUser)
        {
            var starts = Shares.OfWeights(Array.ConvertAll(matrix.CountByRow(group), count => (double)count), group).Starts;
            matrix = matrix.MovedTo(new LogShare(ShardBy.User, [.. starts], group.Rank), group);
        }

        var rows = LeafSplit.OfOwn(matrix.Count, group);
        return new ModelState()
            .Add("users", matrix.RowOfEachEntry(), rows)
            .Add("items", [.. matrix.Columns()], rows)
            .Add("values", [.. matrix.Values()], rows);

        static T[] ArrayOf<T>(ImmutableArray<T> values) => ImmutableCollectionsMarshal.AsArray(values)!; // A state does not change it.
    }

    /// <summary>Reads the files and checks that they are as they were written. Nothing in the folder is executed.</summary>
    /// <exception cref="DataFileException">The folder is not a model folder, a newer version wrote it, or a file is missing, cut off
    /// or changed, or its content does not make up a model.</exception>
    /// <param name="folder">The folder.</param>
    /// <param name="users">
    /// The users whose weights are read, if these are in parts by user: from the first to before the end, from all ids. Null for all.
    /// Default null.
    /// </param>
    public static ModelFolderContent Read(string folder, Func<IdIndex, (int First, int End)>? users = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var path = Path.Combine(folder, MainFile);
        if (!File.Exists(path))
        {
            throw new DataFileException(
                folder,
                $"This is not a model folder: it has no file {MainFile}. Train a model with 'autorec train --output {folder}'.");
        }

        for (var text = File.ReadAllText(path); ;)
        {
            try
            {
                return Guarded(path, () => Parse(folder, path, text, users));
            }
            catch (DataFileException) when (File.ReadAllText(path) is var now && now != text)
            {
                text = now; // Another model took its place, and its files are gone.
            }
        }
    }

    /// <summary>
    /// Reads or loads a part of a model: whatever is wrong with its content becomes one error that names the file. Content that no writer
    /// of this library makes can fail anywhere, and where it does says nothing to whoever has the folder.
    /// </summary>
    /// <exception cref="DataFileException">The content does not make up a model.</exception>
    public static T Guarded<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DataFileException)
        {
            throw;
        }
        catch (Exception error) when (error is not (OutOfMemoryException or UnauthorizedAccessException or OperationCanceledException)
            && (error is not IOException || error is EndOfStreamException))
        {
            // Other messages speak of types, not of files.
            var said = error switch
            {
                InvalidDataException or FormatException or NotSupportedException => $" {error.Message}",
                JsonException json => $" It is not the JSON that is expected, in line {json.LineNumber + 1}.",
                _ => "",
            };
            throw new DataFileException(
                path, $"The file is cut off or damaged.{said} Train the model again, or copy the folder again.", error);
        }
    }

    private static ModelFolderContent Parse(
        string folder, string path, string text, Func<IdIndex, (int First, int End)>? users)
    {
        var main = JsonNode.Parse(text) as JsonObject ?? throw new InvalidDataException("It does not hold an object.");
        CheckVersion(path, main);
        CheckUnchanged(path, text, (string?)main["checksum"]);
        var checksums = main["files"]!.AsObject().ToDictionary(file => file.Key, file => (string)file.Value!);
        var data = ReadData(folder, main["data"]!, checksums);
        var (weights, weightsFile) = ReadWeights(folder, checksums, users?.Invoke(data.Interactions.Users));
        return new ModelFolderContent
        {
            Model = Required((string?)main["model"], "model"),
            Options = main["options"]!.AsObject().ToDictionary(
                option => option.Key, option => Required((string?)option.Value, $"options.{option.Key}")),
            Seed = (int)main["seed"]!,
            Threads = (int?)main["threads"],
            Data = data,
            Weights = weights,
            WeightsFile = weightsFile,
            Metrics = main["metrics"]!.AsObject().ToDictionary(metric => metric.Key, metric => (double)metric.Value!),
            Notes = [.. (main["notes"]?.AsArray() ?? []).Select(note => Required((string?)note, "notes"))],
            ProfileWeights = main["profile-weights"] is JsonObject ofProfiles
                ? ProfileWeights.Of(ofProfiles.ToDictionary(weight => weight.Key, weight => (double)weight.Value!))
                : ProfileWeights.None,
            LibraryVersion = Required((string?)main["library-version"], "library-version"),
        };
    }

    private static T Required<T>(T? value, string name)
        where T : class =>
        value ?? throw new InvalidDataException($"'{name}' is missing.");

    // Each process writes the files of its leaves; all get the names of all, in the order of the leaves.
    private static (string Name, string Checksum)[] WriteLeaves(ModelState weights, string folder, IProcessGroup group)
    {
        const int Bytes = SHA256.HashSizeInBytes;
        var (first, end) = LeafSplit.LeavesOf(group.Rank, group.Size);
        var (own, all) = (new byte[Bytes * (end - first)], new byte[Bytes * LeafSplit.LeafCount]);
        for (var leaf = first; leaf < end; leaf++)
        {
            var part = WeightParts.Of(weights, 1 + leaf);
            var file = WriteFile(folder, WeightParts.Name(1 + leaf), Tensors, stream => Safetensors.Write(stream, part));
            Convert.FromHexString(file.Checksum).CopyTo(own, Bytes * (leaf - first));
        }

        var leaves = Enumerable.Range(0, group.Size).Select(rank => LeafSplit.LeavesOf(rank, group.Size));
        group.AllGather(own, all, leaves.Select(range => Bytes * (range.End - range.First)).ToArray());
        (string Name, string Checksum)[] files =
        [
            .. all.Chunk(Bytes).Select((hash, leaf) => Named(WeightParts.Name(1 + leaf), Tensors, Convert.ToHexStringLower(hash))),
        ];
        return Array.Find(files, file => group.Rank == 0 && !File.Exists(Path.Combine(folder, file.Name))) is { Name: { } missing }
            ? throw new DataFileException(
                Path.Combine(folder, missing),
                "Another rank wrote this file, and rank 0 does not find it. Name a folder that all machines share with --output, or train "
                + "without --parts.")
            : files;
    }

    private static void WriteFiles(ModelFolderContent content, string folder, (string Name, string Checksum)[] leaves)
    {
        var log = content.Data.Interactions;
        var files = new JsonObject();
        string Add(string part, string ending, Action<Stream> write)
        {
            var (name, checksum) = WriteFile(folder, part, ending, write);
            files[name] = checksum;
            return name;
        }

        if (leaves.Length == 0)
        {
            Add(Weights, Tensors, stream => Safetensors.Write(stream, content.Weights));
        }
        else
        {
            var first = Add(WeightParts.Name(0), Tensors, stream => Safetensors.Write(stream, WeightParts.Of(content.Weights, 0)));
            Array.ForEach(leaves, leaf => files[leaf.Name] = leaf.Checksum);
            var index = WeightParts.Index(content.Weights, [first, .. leaves.Select(leaf => leaf.Name)]);
            Add(Weights, IndexEnding, stream => stream.Write(Encoding.UTF8.GetBytes(index)));
        }

        Add(InteractionsPart, Tensors, stream => Safetensors.Write(stream, content.Interactions));
        var items = new ItemList([.. log.Items], content.Data.ItemTitles, content.Data.ItemCategories, content.Data.ItemAttributes);
        Add(ItemsPart, "json", stream => JsonSerializer.Serialize(stream, items, Tables.ItemList));
        var users = new UserList([.. log.Users], content.Data.UserNames, content.Data.UserAttributes);
        Add(UsersPart, "json", stream => JsonSerializer.Serialize(stream, users, Tables.UserList));

        var main = new JsonObject
        {
            ["format"] = Format,
            ["format-version"] = leaves.Length == 0 ? FormatVersion : FormatVersionOfParts,
            ["library-version"] = content.LibraryVersion,
            ["model"] = content.Model,
            ["options"] = new JsonObject(content.Options.Select(option => KeyValuePair.Create(option.Key, (JsonNode?)option.Value))),
            ["seed"] = content.Seed,
            ["threads"] = content.Threads,
            ["data"] = new JsonObject
            {
                ["name"] = content.Data.Name,
                ["title"] = content.Data.Title,
                ["source"] = content.Data.Source,
                ["users"] = log.Users.Count,
                ["items"] = log.Items.Count,
                ["interactions"] = log.WholeCount,
                ["feedback"] = FeedbackJson.Write(log.Feedback),
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
        WholeFile.Write(Path.Combine(folder, MainFile), text.Replace(NoChecksum, Checksum(text), StringComparison.Ordinal));
    }

    /// <summary>
    /// The names in a folder that a version of this library wrote: the main file, the files that it names, and what an interrupted write
    /// leaves. A folder without a main file of ours has only names that nobody else gives.
    /// </summary>
    private static HashSet<string> OwnFiles(string folder, string[] names)
    {
        var own = new HashSet<string>(StringComparer.Ordinal) { LockFile };
        try
        {
            if (JsonNode.Parse(File.ReadAllText(Path.Combine(folder, MainFile))) is JsonObject main && (string?)main["format"] == Format)
            {
                own.Add(MainFile);
                own.UnionWith((main["files"] as JsonObject)?.Select(file => file.Key).Where(IsPartName) ?? []);
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FileNotFoundException or ArgumentException)
        {
            // No main file, or one that is not of a model.
        }

        own.UnionWith(names.Where(name => IsMarkedPart(name) || IsPartial(name)));
        return own;
    }

    // Nobody else writes to the folder now, so what the main file does not name belongs to no model.
    private static void RemoveUnused(string folder)
    {
        var files = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, MainFile)))!["files"]!.AsObject();
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (!files.ContainsKey(name) && (IsPartName(name) || IsPartial(name)))
            {
                File.Delete(path);
            }
        }
    }

    private static bool IsPartial(string name) => WholeFile.IsPartial(name, whole => whole == MainFile || IsPartName(whole));

    private static bool IsPart(string name, string part) =>
        PartName().Match(name) is { Success: true } match && match.Groups["part"].Value == part;

    private static bool IsPartName(string name) => PartName().IsMatch(name);

    private static bool IsMarkedPart(string name) => PartName().Match(name) is { Success: true } match && match.Groups["mark"].Success;

    [GeneratedRegex(
        @"^(?:(?<part>weights-\d{5}-of-\d{5}|weights|interactions)(?<mark>-[0-9a-f]{16})?\.safetensors"
        + @"|(?<part>items|users)(?<mark>-[0-9a-f]{16})?\.json|(?<part>weights)(?<mark>-[0-9a-f]{16})?\.safetensors\.index\.json)$")]
    private static partial Regex PartName();

    // The weights, and the file that an error in them is said to be in.
    private static (ModelState Weights, string File) ReadWeights(
        string folder, Dictionary<string, string> checksums, (int First, int End)? users)
    {
        var (path, checksum) = PathOf(folder, Weights, checksums);
        if (!path.EndsWith(IndexEnding, StringComparison.Ordinal))
        {
            return users is null ? (ReadFile(path, checksum, ReadFinite), path) : throw new DataFileException(
                folder,
                "The weights of this model are one file, of which no part can be served. Serve it without --users, or train it with "
                + "--parts.");
        }

        var files = Array.ConvertAll(ReadFile(path, checksum, WeightParts.FilesOf), name => checksums.TryGetValue(name, out var sum)
            ? (Path: Path.Combine(folder, name), Checksum: sum)
            : throw new InvalidDataException($"'files' does not name {name}, which the index of the weights names."));
        var state = ReadFile(files[0].Path, files[0].Checksum, ReadFinite);
        var leaves = users is { } range ? WeightParts.LeavesOf(state, range) : (First: 0, End: LeafSplit.LeafCount);
        var parts = files[(1 + leaves.First)..(1 + leaves.End)];
        var (rows, places) = Guarded(path, () => WeightParts.Room(parts.Select(HeaderOf), folder));
        foreach (var part in parts)
        {
            _ = ReadFile(part.Path, part.Checksum, stream =>
            {
                Safetensors.Read(stream, array => places[array.Name]);
                return true;
            });
        }

        _ = Guarded(path, () => Finite(rows));
        return (state.AddAll("", rows), path);

        static ModelState ReadFinite(Stream stream) => Finite(Safetensors.Read(stream));

        static List<StoredArray> HeaderOf((string Path, string Checksum) part)
        {
            CheckIsThere(part.Path);
            return Guarded(part.Path, () =>
            {
                using var stream = File.OpenRead(part.Path);
                return Safetensors.ReadHeader(stream);
            });
        }
    }

    private static DataSet ReadData(string folder, JsonNode json, Dictionary<string, string> checksums)
    {
        var items = Read(ItemsPart, stream => Checked(JsonSerializer.Deserialize(stream, Tables.ItemList)));
        var users = Read(UsersPart, stream => Checked(JsonSerializer.Deserialize(stream, Tables.UserList)));
        var log = Read(
            InteractionsPart, stream => Checked(Safetensors.Read(stream), users.Ids.Count, items.Ids.Count));
        var columns = new InteractionColumns(
            new IdIndex(users.Ids),
            new IdIndex(items.Ids),
            log.Ints("users"),
            log.Ints("items"),
            log.Floats("values"),
            null);
        CheckCount("users", users.Ids.Count);
        CheckCount("items", items.Ids.Count);
        CheckCount("interactions", columns.Values.Length);
        var interactions = Interactions.Of(columns, DuplicateRule.KeepLast, new FeedbackRule(), out _);
        if (interactions.Users != columns.Users || interactions.Items != columns.Items)
        {
            throw new DataFileException(
                folder, "The model was written by a version that kept users and items in another order. Train it again.");
        }

        return new DataSet
        {
            Name = Required((string?)json["name"], "data.name"),
            Title = Required((string?)json["title"], "data.title"),
            Source = Required((string?)json["source"], "data.source"),
            Interactions = interactions.WithFeedback(ReadFeedback(json, interactions)),
            ItemTitles = items.Titles,
            ItemCategories = items.Categories,
            ItemAttributes = items.Attributes ?? NoAttributes,
            UserNames = users.Names,
            UserAttributes = users.Attributes,
        };

        T Read<T>(string part, Func<Stream, T> read)
        {
            var (path, checksum) = PathOf(folder, part, checksums);
            return ReadFile(path, checksum, read);
        }

        void CheckCount(string name, int count)
        {
            if ((int)json[name]! != count)
            {
                throw new InvalidDataException($"'{name}' is {json[name]}, but the files hold {count}.");
            }
        }
    }

    private static ModelState Finite(ModelState state)
    {
        foreach (var (name, (values, _)) in state.Arrays)
        {
            // The largest of many numbers is found in a moment; it is not a number if one of them is not.
            if (values is float[] { Length: > 0 } numbers && !float.IsFinite(TensorPrimitives.MaxMagnitude<float>(numbers)))
            {
                var place = Array.FindIndex(numbers, number => !float.IsFinite(number));
                throw new InvalidDataException($"The array '{name}' holds {numbers[place]} at position {place}.");
            }
        }

        return state;
    }

    private static ModelState Checked(ModelState log, int users, int items)
    {
        var (userRows, itemRows, values) = (log.Ints("users"), log.Ints("items"), Finite(log).Floats("values"));
        if (userRows.Length != values.Length || itemRows.Length != values.Length)
        {
            throw new InvalidDataException(
                $"The arrays must be equally long; they have {userRows.Length}, {itemRows.Length} and {values.Length} numbers.");
        }

        for (var i = 0; i < values.Length; i++)
        {
            var isAfter = i == 0 || userRows[i] > userRows[i - 1] || (userRows[i] == userRows[i - 1] && itemRows[i] > itemRows[i - 1]);
            if (!isAfter || (uint)userRows[i] >= (uint)users || (uint)itemRows[i] >= (uint)items)
            {
                throw new InvalidDataException(
                    $"Interaction {i} has user {userRows[i]} and item {itemRows[i]}: it is out of order, "
                    + $"or not one of {users} users and {items} items.");
            }
        }

        return log;
    }

    private static ItemList Checked(ItemList? items)
    {
        CheckIds(items?.Ids, "ids");
        CheckColumn(items!.Titles, items.Ids.Count, "titles");
        CheckColumn(items.Categories, items.Ids.Count, "categories");
        foreach (var (name, column) in items.Attributes ?? NoAttributes)
        {
            CheckColumn(column, items.Ids.Count, $"attributes.{name}");
        }

        return items.Categories.All(categories => !categories.Contains(null!))
            ? items with
            {
                Titles = Shared(items.Titles, items.Ids),
                Categories = [.. items.Categories.Select(categories => categories.Count == 0 ? [] : categories)],
            }
            : throw new InvalidDataException("'categories' has a null.");
    }

    private static UserList Checked(UserList? users)
    {
        CheckIds(users?.Ids, "ids");
        CheckColumn(users!.Names, users.Ids.Count, "names");
        foreach (var (name, column) in Required(users.Attributes, "attributes"))
        {
            CheckColumn(column, users.Ids.Count, $"attributes.{name}");
        }

        return users with { Names = Shared(users.Names, users.Ids) };
    }

    // Where nothing is known of users or items their names are their ids: of a million, each of these texts once.
    private static string[] Shared(IReadOnlyList<string> names, IReadOnlyList<string> ids) =>
        [.. names.Select((name, row) => name == ids[row] ? ids[row] : name)];

    private static void CheckIds(IReadOnlyList<string>? ids, string name)
    {
        CheckColumn(ids, ids?.Count ?? 0, name);
        var known = new HashSet<string>(ids!.Count, StringComparer.Ordinal);
        if (ids.FirstOrDefault(id => !known.Add(id)) is { } twice)
        {
            throw new InvalidDataException($"'{name}' has the id '{twice}' more than once.");
        }
    }

    private static void CheckColumn<T>(IReadOnlyList<T>? column, int count, string name)
        where T : class
    {
        if (Required(column, name).Count != count || column!.Contains(null))
        {
            throw new InvalidDataException($"'{name}' must have {count} entries without a null; it has {column!.Count}.");
        }
    }

    private static Feedback ReadFeedback(JsonNode data, Interactions log) => data["feedback"] is { } json
        ? FeedbackJson.Read(json)
        : new FeedbackRule
        {
            // Formats 1 and 2, whose models learned from every interaction.
            Scale = FeedbackJson.ReadScale(data),
            HasRatings = log.Values.Any(value => value != 1),
            PositiveFrom = float.NegativeInfinity,
        }.Decide(log.Values.AsSpan());

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

        if (version > FormatVersionOfParts)
        {
            throw new DataFileException(
                path,
                $"The model was written by version {main["library-version"]} in format {version}, but this version, {CurrentVersion}, "
                + $"reads formats up to {FormatVersionOfParts}. Install a newer version.");
        }
    }

    private static void CheckUnchanged(string path, string text, string? checksum)
    {
        if (checksum is not { Length: 64 } || Checksum(text.Replace(checksum, NoChecksum, StringComparison.Ordinal)) != checksum)
        {
            throw Changed(path);
        }
    }

    private static void CheckIsThere(string path)
    {
        if (!File.Exists(path))
        {
            throw new DataFileException(path, "This file of the model is missing.");
        }
    }

    private static T ReadFile<T>(string path, string checksum, Func<Stream, T> read)
    {
        CheckIsThere(path);

        // Both at once, as each takes as long as the other. An edited file is always said to be that, whatever reading it says.
        var isUnchanged = Task.Run(() =>
        {
            using var again = Open();
            return Convert.ToHexStringLower(SHA256.HashData(again)) == checksum;
        });
        T content;
        try
        {
            using var file = Open();
            content = Guarded(path, () => read(file));
        }
        catch (DataFileException) when (!isUnchanged.GetAwaiter().GetResult())
        {
            throw Changed(path);
        }

        return isUnchanged.GetAwaiter().GetResult() ? content : throw Changed(path);

        FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 20);
    }

    private static (string Path, string Checksum) PathOf(string folder, string part, Dictionary<string, string> checksums) =>
        checksums.Where(file => IsPart(file.Key, part)).ToArray() is [var (name, checksum)]
            ? (Path.Combine(folder, name), checksum)
            : throw new InvalidDataException($"'files' must name one file of {part}.");

    /// <summary>Writes a file whose name ends with the start of its checksum.</summary>
    private static (string Name, string Checksum) WriteFile(string folder, string part, string ending, Action<Stream> write)
    {
        var file = (Name: "", Checksum: "");
        WholeFile.WriteAs(
            Path.Combine(folder, $"{part}.{ending}"),
            stream =>
            {
                write(stream);
                stream.Position = 0;
                file = Named(part, ending, Convert.ToHexStringLower(SHA256.HashData(stream)));
                return Path.Combine(folder, file.Name);
            });
        return file;
    }

    private static (string Name, string Checksum) Named(string part, string ending, string checksum) =>
        ($"{part}-{checksum[..16]}.{ending}", checksum);

    private static DataFileException Changed(string path) =>
        new(
            path,
            "The file was changed after the model was saved: its checksum differs. The model was not loaded. "
            + "Train the model again, or copy the folder again.");

    private static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>The file of items. Attributes since format 4.</summary>
internal sealed record ItemList(
    IReadOnlyList<string> Ids,
    IReadOnlyList<string> Titles,
    IReadOnlyList<IReadOnlyList<string>> Categories,
    IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes);

/// <summary>The file of users.</summary>
internal sealed record UserList(
    IReadOnlyList<string> Ids, IReadOnlyList<string> Names, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes);

/// <summary>Reads and writes both without looking at their types while the program runs, which takes long the first time.</summary>
[JsonSerializable(typeof(ItemList))]
[JsonSerializable(typeof(UserList))]
internal sealed partial class ModelTables : JsonSerializerContext;
