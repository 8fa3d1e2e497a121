using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Notebooks;

/// <summary>
/// Where notebooks hand files over to the next: <c>artifacts/notebooks/DATASET/</c> under the repository. What lies
/// there says what it was made from, so that files of another data set, seed or splitter are never taken for one's own.
/// Another folder can be given by the environment variable <c>AUTOREC_WORKSPACE</c>; without a repository it is needed.
/// </summary>
public sealed class Workspace
{
    private const int Format = 1;
    private const string SettingsName = "split.json";
    private const string TrainName = "train.csv";
    private const string TestName = "test.csv";
    private const string Solution = "AutoRec.Lib.sln";

    /// <summary>The environment variable that names the folder of workspaces.</summary>
    public const string FolderVariable = "AUTOREC_WORKSPACE";

    private readonly string dataset;

    private Workspace(string dataset, string folder)
    {
        this.dataset = dataset;
        Folder = folder;
    }

    /// <summary>The folder; it need not exist yet.</summary>
    public string Folder { get; }

    private string SettingsFile => Path.Combine(Folder, SettingsName);

    private string TrainFile => Path.Combine(Folder, TrainName);

    private string TestFile => Path.Combine(Folder, TestName);

    /// <summary>The workspace of a data set.</summary>
    /// <param name="dataset">
    /// The data set's name, or the path of its file; what cannot stand in the name of a folder becomes a hyphen.
    /// </param>
    /// <param name="root">
    /// The repository; null takes the folder that <c>AUTOREC_WORKSPACE</c> names, or looks for the repository from the working directory
    /// and from
    /// this library upwards.
    /// </param>
    /// <exception cref="ArgumentException">The name has no letter or digit.</exception>
    /// <exception cref="DirectoryNotFoundException">The repository was not found.</exception>
    public static Workspace Of(string dataset, string? root = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(dataset);
        var name = string.Concat(Path.GetFileName(dataset)
            .Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' ? letter : '-')).Trim('.');
        if (!name.Any(char.IsAsciiLetterOrDigit))
        {
            throw new ArgumentException($"'{dataset}' is no name of a data set.", nameof(dataset));
        }

        if (root is null && Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder)
        {
            return new Workspace(name, Path.Combine(folder, name));
        }

        root ??= FindRepository(Directory.GetCurrentDirectory()) ?? FindRepository(AppContext.BaseDirectory)
            ?? FindRepository(Path.GetDirectoryName(typeof(Workspace).Assembly.Location)!)
            ?? throw new DirectoryNotFoundException(
                $"No folder from '{Directory.GetCurrentDirectory()}' upwards holds {Solution}: run the notebook inside its repository, "
                + $"or set {FolderVariable} to a folder for what notebooks hand over.");
        return new Workspace(name, Path.Combine(root, "artifacts", "notebooks", name));
    }

    /// <summary>Splits a log and writes both parts, for the notebooks that come after.</summary>
    /// <param name="splitter">How to split; its test users have training interactions too, so not strong generalisation.</param>
    /// <param name="log">What to split.</param>
    /// <param name="seed">The seed of the split.</param>
    public Split WriteSplit(ISplitter splitter, Interactions log, int seed)
    {
        var split = Make(splitter, log, seed, out var test);
        string[] names = [TrainName, TestName, SettingsName];
        using var folder = OutputFolder.Open(Folder, names);
        File.Delete(SettingsFile); // while the parts change they belong to no settings
        folder.Write(TrainName, RatingsWriter.ToBytes(split.TrainLog));
        folder.Write(TestName, RatingsWriter.ToBytes(test));
        folder.Write(SettingsName, JsonSerializer.Serialize(SettingsOf(splitter, log, seed, split.TrainLog, test), Json) + "\n");
        return split;
    }

    /// <summary>
    /// The split of a log: the one that lies here, when it was made of the very same log, seed and splitter, and else
    /// the same split made anew. When something else lies here, a line is printed.
    /// </summary>
    /// <inheritdoc cref="WriteSplit"/>
    public Split ReadSplit(ISplitter splitter, Interactions log, int seed)
    {
        ArgumentNullException.ThrowIfNull(splitter);
        ArgumentNullException.ThrowIfNull(log);
        var stored = StoredSettings();
        if (stored is null || stored != SettingsOf(splitter, log, seed, stored.Train, stored.Test))
        {
            if (stored is not null)
            {
                Console.WriteLine(
                    $"The split that lies in artifacts/notebooks/{dataset} is another one ({stored.Splitter}, seed {stored.Seed}) "
                    + $"and is not used; the split {splitter.Name} with seed {seed} was made here.");
            }

            return Make(splitter, log, seed, out _);
        }

        var options = new ReadOptions { Format = RatingsFormat.Delimited, Scale = log.Scale };
        var parts = Interactions.Align(
            [log, RatingsReader.Read(TrainFile, options).Interactions, RatingsReader.Read(TestFile, options).Interactions]);
        var (train, test) = (parts[1], parts[2]);
        return Fingerprint(train) == stored.Train && Fingerprint(test) == stored.Test
            ? Split.Of(train, test)
            : throw new DataFileException(
                SettingsFile,
                $"{Path.GetFileName(TrainFile)} or {Path.GetFileName(TestFile)} beside it was changed after it was written. "
                + "Delete the folder, or run the preprocessing notebook again.");
    }

    /// <summary>
    /// The parts of one run: the split that <see cref="ReadSplit"/> gives, and a validation part held out of its training part in the same
    /// way.
    /// </summary>
    /// <param name="splitter">How to split.</param>
    /// <param name="loaded">The data.</param>
    /// <param name="seed">The seed of the split.</param>
    public Fold ReadFold(ISplitter splitter, LoadedData loaded, int seed)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return Fold.Of(ReadSplit(splitter, loaded.Data.Interactions, seed), splitter, seed) with
        {
            Data = loaded.Data,
            Notes = loaded.Notes,
        };
    }

    private static JsonSerializerOptions Json { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static Split Make(ISplitter splitter, Interactions log, int seed, out Interactions test)
    {
        ArgumentNullException.ThrowIfNull(splitter);
        ArgumentNullException.ThrowIfNull(log);
        var split = splitter.Split(log, seed);
        var inTest = split.Test.Targets;
        if (inTest.RowCount != log.Users.Count)
        {
            throw new ArgumentException(
                $"The split {splitter.Name} holds out whole users; only splits within users are handed over.", nameof(splitter));
        }

        test = log.Select([.. Enumerable.Range(0, log.Count).Where(i => inTest.Contains(log.UserRows[i], log.ItemRows[i]))]);
        return split;
    }

    private StoredSplit? StoredSettings()
    {
        if (!File.Exists(SettingsFile))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<StoredSplit>(File.ReadAllText(SettingsFile), Json);
        }
        catch (JsonException error)
        {
            throw new DataFileException(
                SettingsFile, "is not what the preprocessing notebook writes. Delete it, or run that notebook again.", error);
        }
    }

    private StoredSplit SettingsOf(ISplitter splitter, Interactions log, int seed, Interactions train, Interactions test) =>
        SettingsOf(splitter, log, seed, Fingerprint(train), Fingerprint(test));

    private StoredSplit SettingsOf(ISplitter splitter, Interactions log, int seed, string train, string test) =>
        new(Format, dataset, splitter.Name, seed, log.Count, Fingerprint(log), train, test);

    private static string Fingerprint(Interactions log)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(log.UserRows.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(log.ItemRows.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(log.Values.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(log.Timestamps.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static string? FindRepository(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, Solution)))
            {
                return at.FullName;
            }
        }

        return null;
    }

    private sealed record StoredSplit(
        int Format, string Dataset, string Splitter, int Seed, int Interactions, string Log, string Train, string Test);
}
