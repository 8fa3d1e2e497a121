using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AutoRec.Data;

/// <summary>
/// A folder that a run writes several files to. A hidden list in it holds the checksums of what was written, so that a later run replaces
/// these files and no others: a file that somebody else wrote, or changed since, is an error before the work begins.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    private const string ListName = ".autorec-files.json";
    private const string LockName = ".autorec.lock";
    private const int KeptVersions = 2; // the one that is replaced and the new one: a run may be killed between list and file

    private readonly string folder;
    private readonly FileLock held;
    private readonly SortedDictionary<string, string[]> written;

    private OutputFolder(string folder, FileLock held, SortedDictionary<string, string[]> written) =>
        (this.folder, this.held, this.written) = (folder, held, written);

    /// <summary>Opens a folder, which is created if it is missing, for one process at a time.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="names">The files that are going to be written: names, or paths within the folder.</param>
    /// <exception cref="DataFileException">
    /// The path is a file, the folder cannot be written, another process writes to it, or one of the files exists and was not written by an
    /// earlier run.
    /// </exception>
    public static OutputFolder Open(string path, IEnumerable<string> names)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        path = Path.GetFullPath(path);
        WholeFile.CheckFolderWritable(path);
        Directory.CreateDirectory(path);
        var held = FileLock.TryTake(Path.Combine(path, LockName), TimeSpan.Zero)
            ?? throw new DataFileException(path, "Another process is writing to this folder. Wait for it, or choose another folder.");
        try
        {
            var folder = new OutputFolder(path, held, ReadList(Path.Combine(path, ListName)));
            string[] others = [.. names.Where(name => Path.Exists(folder.PathOf(name)) && !folder.IsOwn(name)).Take(4)];
            return others.Length == 0 ? folder : throw NotOwn(path, others);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Writes a text as UTF-8; see <see cref="Write(string, byte[])"/>.</summary>
    public void Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file, or replaces one that an earlier run wrote.</summary>
    /// <exception cref="DataFileException">The file exists and was not written by an earlier run.</exception>
    public void Write(string name, byte[] content)
    {
        var (path, hash) = (PathOf(name), Hash(content));
        if (Path.Exists(path) && !IsOwn(name))
        {
            throw NotOwn(folder, [name]);
        }

        // The list comes first: a file that is not in it would never be replaced again.
        written[name] = [hash, .. written.GetValueOrDefault(name, []).Where(known => known != hash).Take(KeptVersions - 1)];
        WholeFile.Write(Path.Combine(folder, ListName), JsonSerializer.Serialize(written));
        WholeFile.Write(path, content);
    }

    /// <inheritdoc/>
    public void Dispose() => held.Dispose();

    private static SortedDictionary<string, string[]> ReadList(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize<SortedDictionary<string, string[]>>(File.ReadAllText(path)) ?? new(StringComparer.Ordinal)
                : new(StringComparer.Ordinal);
        }
        catch (JsonException error)
        {
            throw new DataFileException(
                path, "The list of files that autorec wrote to this folder is damaged. Choose another folder.", error);
        }
    }

    private static DataFileException NotOwn(string folder, string[] names)
    {
        var (be, they) = names.Length == 1 ? ("exists", "was") : ("exist", "were");
        return new DataFileException(
            folder,
            $"{string.Join(", ", names)} {be} in this folder and {they} not written by autorec, or {they} changed since. "
            + "Nothing was overwritten. Choose another folder, or move these files away.");
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private string PathOf(string name) => Path.Combine(folder, name);

    private bool IsOwn(string name) =>
        File.Exists(PathOf(name)) && written.TryGetValue(name, out var hashes) && hashes.Contains(Hash(File.ReadAllBytes(PathOf(name))));
}
