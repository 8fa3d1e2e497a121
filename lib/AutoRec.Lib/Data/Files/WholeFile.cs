using System.Runtime.InteropServices;
using System.Text;

namespace AutoRec.Data;

/// <summary>
/// Writes files that exist completely or not at all, even if the process is killed or the power fails: the content is written beside the
/// file, flushed to the disk, and renamed. What a killed process left beside a file is removed by the next write.
/// </summary>
internal static partial class WholeFile
{
    private const string Suffix = ".partial";
    private const int GuidLength = 32;

    /// <summary>Receives the path before and after each rename; tests end the process there.</summary>
    internal static Action<string>? Renaming { get; set; }

    /// <summary>Writes a text as UTF-8; see <see cref="Write(string, Action{Stream})"/>.</summary>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Writes bytes; see <see cref="Write(string, Action{Stream})"/>.</summary>
    public static void Write(string path, byte[] content) => Write(path, stream => stream.Write(content));

    /// <summary>Writes a file and replaces one that exists. Missing folders are created; of a link, the target is written.</summary>
    /// <param name="path">The file. Whether it may be replaced is the caller's decision.</param>
    /// <param name="write">Writes the content; it does not close the stream.</param>
    /// <exception cref="DataFileException">The path is a folder, the folder cannot be written, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = Target(path);
        WriteAs(path, stream =>
        {
            write(stream);
            return path;
        });
    }

    /// <summary>Writes a file whose name depends on its content.</summary>
    /// <param name="path">The file that the content is written beside.</param>
    /// <param name="write">Writes the content and returns the path of the file, in the same folder.</param>
    /// <exception cref="DataFileException">The path is a folder, the folder cannot be written, or the disk is full.</exception>
    public static void WriteAs(string path, Func<Stream, string> write)
    {
        CheckWritable(path);
        DiskFull.Guard(path, () => WriteAndRename(path, write));
    }

    /// <summary>Throws if a file cannot be written, before any work is done for it.</summary>
    /// <exception cref="DataFileException">The path is a folder, or the folder cannot be written.</exception>
    public static void CheckWritable(string path)
    {
        path = Target(path);
        if (Directory.Exists(path))
        {
            throw new DataFileException(path, "This is a folder; a file is expected. Choose another name.");
        }

        var folder = Path.GetDirectoryName(path)!;
        CheckFolderWritable(folder);
    }

    /// <summary>Throws if no file can be created in a folder, or in the nearest folder above it that exists.</summary>
    /// <exception cref="DataFileException">The folder cannot be written.</exception>
    public static void CheckFolderWritable(string folder)
    {
        while (!Directory.Exists(folder))
        {
            if (File.Exists(folder))
            {
                throw new DataFileException(folder, "This is a file; a folder is expected. Choose another folder.");
            }

            folder = Path.GetDirectoryName(Path.GetFullPath(folder))
                ?? throw new DirectoryNotFoundException($"{folder}: There is no such folder.");
        }

        var probe = Path.Combine(folder, $".autorec.{Guid.NewGuid():N}{Suffix}");
        try
        {
            using var created = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw DiskFull.Is(error) ? DiskFull.Error(folder, error) : new DataFileException(
                folder, "No file can be created in this folder. Check its permissions, or choose another folder.", error);
        }
    }

    /// <summary>Whether a path is a file that <see cref="Write(string, Action{Stream})"/> writes before it renames it.</summary>
    public static bool IsPartial(string path, Func<string, bool> isName)
    {
        var name = Path.GetFileName(path);
        return name.Length > GuidLength + 1 + Suffix.Length
            && name.EndsWith(Suffix, StringComparison.Ordinal)
            && Guid.TryParseExact(name[^(GuidLength + Suffix.Length)..^Suffix.Length], "N", out _)
            && name[^(GuidLength + Suffix.Length + 1)] == '.'
            && isName(name[..^(GuidLength + Suffix.Length + 1)]);
    }

    /// <summary>Deletes a file if no process has it open.</summary>
    public static bool TryDeleteUnused(string path)
    {
        try
        {
            // Opening it alone fails as long as its writer lives.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Renames a file or folder, and makes sure that the new name outlives a power failure.</summary>
    public static void Rename(string path, Action rename)
    {
        Renaming?.Invoke(path);
        rename();
        FlushFolder(Path.GetDirectoryName(path)!);
        Renaming?.Invoke(path);
    }

    /// <summary>Flushes a file that was written by other means to the disk.</summary>
    public static void Flush(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read);
        RandomAccess.FlushToDisk(handle);
    }

    private static void WriteAndRename(string path, Func<Stream, string> write)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        RemoveLeftovers(path);
        var partial = $"{path}.{Guid.NewGuid():N}{Suffix}";

        // The file stays open while it is renamed, so that others see by its lock that the writer is alive. The buffer is not disposed of:
        // it would write again what the disk did not take.
        using var file = new FileStream(partial, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0);
        var buffered = new BufferedStream(file, 1 << 16);
        try
        {
            var final = write(buffered);
            buffered.Flush();
            file.Flush(flushToDisk: true);
            Rename(final, () => File.Move(partial, final, overwrite: true));
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static string Target(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new FileInfo(path) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
            : Path.GetFullPath(path);
    }

    private static void RemoveLeftovers(string path)
    {
        var name = Path.GetFileName(path);
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*" + Suffix))
        {
            if (IsPartial(file, whole => whole == name))
            {
                TryDeleteUnused(file);
            }
        }
    }

    // Windows journals names by itself; file systems that cannot flush a folder are left alone.
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows() || Open(folder, 0) is not (>= 0 and var handle))
        {
            return;
        }

        _ = Sync(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
