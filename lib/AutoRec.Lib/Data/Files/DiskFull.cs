using DuckDB.NET.Data;

namespace AutoRec.Data;

/// <summary>Recognises errors of a disk without free space, and reports them in one way.</summary>
internal static class DiskFull
{
    /// <summary>What to do.</summary>
    public const string Advice = "Free some space or choose another disk, and run the command again.";

    // ENOSPC; EDQUOT of Linux and of macOS; ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL of Windows.
    private static readonly int[] Codes = [28, 122, 69, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Runs what writes a file.</summary>
    /// <param name="path">The file or folder that the error names.</param>
    /// <param name="write">Writes it.</param>
    /// <exception cref="DataFileException">The disk is full.</exception>
    public static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (Is(error))
        {
            throw Error(path, error);
        }
    }

    /// <summary>Whether an error of .NET or DuckDB says that the disk is full.</summary>
    public static bool Is(Exception error) => error switch
    {
        DataFileException => false, // It says so already, or something else.
        IOException => Codes.Contains(error.HResult),
        DuckDBException => error.Message.Contains("No space left on device", StringComparison.Ordinal)
            || error.Message.Contains("not enough space on the disk", StringComparison.Ordinal)
            || error.Message.Contains("max_temp_directory_size", StringComparison.Ordinal), // by default all that is free
        _ => false,
    };

    /// <summary>The error to throw.</summary>
    public static DataFileException Error(string path, Exception error) =>
        new(path, $"The disk is full, so this could not be written. {Advice}", error);

    /// <summary>The error to throw when data that do not fit into memory could not be written to the temporary folder.</summary>
    public static DataFileException TemporaryError(Exception error) => new(
        Path.GetTempPath(),
        "The disk is full, so data that do not fit into memory could not be written. "
        + "Free some space, or set TMPDIR to a folder on another disk, and run the command again.",
        error);
}
