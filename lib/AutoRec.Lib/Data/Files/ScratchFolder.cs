namespace AutoRec.Data;

/// <summary>
/// A folder of this process among the system's temporary files, deleted with <see cref="Dispose"/>. The folders of killed processes are
/// deleted when the next one for the same purpose is created.
/// </summary>
internal sealed class ScratchFolder : IDisposable
{
    private const string LockName = ".autorec-in-use";
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(10); // for a folder that has no lock yet

    private const int MostAttempts = 20;

    private readonly FileLock held;

    /// <summary>Creates the folder.</summary>
    /// <param name="purpose">A word that becomes part of the folder's name.</param>
    public ScratchFolder(string purpose)
    {
        var prefix = $"autorec-{purpose}-";
        foreach (var left in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), prefix + "*"))
        {
            DeleteUnused(left);
        }

        (Path, held) = Create(prefix);
    }

    // Another process may find the file of the lock just before it is locked, and delete it and the folder: then another is created. What
    // is seen of that depends on how far the other has come; a disk that cannot be written fails each time.
    private static (string Path, FileLock Held) Create(string prefix)
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = Directory.CreateTempSubdirectory(prefix).FullName;
            try
            {
                if (FileLock.TryTake(System.IO.Path.Combine(path, LockName), TimeSpan.Zero) is { } held)
                {
                    return (path, held);
                }
            }
            catch (IOException) when (attempt < MostAttempts)
            {
            }
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        held.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private static void DeleteUnused(string folder)
    {
        var path = System.IO.Path.Combine(folder, LockName);
        try
        {
            if (File.Exists(path))
            {
                // Fails as long as the owner lives; held until the folder is deleted. An owner that ends between opening and locking has
                // taken the file away, and is deleting the folder itself.
                using var held = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                if (File.Exists(path))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            else if (Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow - Grace)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another user's folder, or one that another process deletes at the same moment.
        }
    }
}
