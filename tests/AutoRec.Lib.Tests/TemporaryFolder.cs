using System.IO.Compression;

namespace AutoRec.Tests;

/// <summary>A folder of one test, gone at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("autorec-").FullName;

    /// <summary>The path of a file in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a text file and returns its path.</summary>
    public string Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Writes a gzip file and returns its path.</summary>
    public string WriteGzip(string name, string text)
    {
        using (var stream = new StreamWriter(new GZipStream(File.Create(this[name]), CompressionLevel.Optimal)))
        {
            stream.Write(text);
        }

        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
