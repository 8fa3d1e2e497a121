namespace AutoRec.Data;

/// <summary>
/// A lock between processes: a file that one process has open. It ends with the process and is then free for the next one.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream file;

    private FileLock(FileStream file) => this.file = file;

    /// <summary>Takes a lock; null if another process keeps it for longer than <paramref name="wait"/>.</summary>
    /// <param name="path">The file of the lock, which is deleted afterwards. Its folder must exist.</param>
    /// <param name="wait">How long to wait.</param>
    public static FileLock? TryTake(string path, TimeSpan wait)
    {
        for (var waited = TimeSpan.Zero; ; waited += Pause)
        {
            try
            {
                var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                if (File.Exists(path))
                {
                    return new FileLock(file);
                }

                file.Dispose(); // The one that had it deleted it between opening and locking.
            }
            catch (IOException) when (File.Exists(path))
            {
                if (waited >= wait)
                {
                    return null;
                }

                Thread.Sleep(Pause);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
