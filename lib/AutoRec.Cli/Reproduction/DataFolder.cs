using System.IO.Compression;
using AutoRec.Data;

namespace AutoRec.Cli.Reproduction;

/// <summary>The folder of the data sets; what has been read once is kept.</summary>
/// <param name="path">As <see cref="DataSets.Load"/> takes it; null looks where that looks.</param>
internal sealed class DataFolder(string? path)
{
    private readonly Dictionary<string, object> kept = [];

    /// <summary>A data set by name.</summary>
    public Interactions Log(string name) => Keep(name, () => DataSets.Load(name, path).Interactions);

    /// <summary>A file of a data set, under its plain name or its name with <c>.gz</c>.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public string File(string dataSet, params string[] parts)
    {
        var file = Path.Combine([path ?? DefaultPath(), dataSet, .. parts]);
        return new[] { file, file + ".gz" }.FirstOrDefault(System.IO.File.Exists)
            ?? throw new FileNotFoundException(
                $"'{file}' was not found, plain or as .gz. data/README.md says where to get the files of published splits.", file);
    }

    /// <summary>The lines of such a file.</summary>
    public IEnumerable<string> Lines(string dataSet, params string[] parts)
    {
        var file = File(dataSet, parts);
        using var stream = System.IO.File.OpenRead(file);
        using Stream text = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        using var reader = new StreamReader(text);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    /// <summary>What <paramref name="make"/> made at the first call with this key.</summary>
    public T Keep<T>(string key, Func<T> make)
        where T : class
    {
        if (!kept.TryGetValue(key, out var value))
        {
            kept.Add(key, value = make());
        }

        return (T)value;
    }

    private static string DefaultPath() => Environment.GetEnvironmentVariable(DataFolders.Variable) is { Length: > 0 } folder
        ? folder
        : Path.Combine("..", "shared", "data");
}
