using System.IO.Compression;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>Opens data files, plain or packed (gzip, or a zip archive with one file).</summary>
internal static class DataFile
{
    /// <summary>How the project writes comma-separated values: the same bytes on every system.</summary>
    public static CsvWriterOptions CsvOut { get; } = new() { NewLine = "\n", Quoting = CsvQuoting.WhenNeededOrWhitespace };

    /// <summary>Opens a file for reading, unpacked; whether it is packed, its first bytes tell and not its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="steps">Counts the bytes of the file, packed as they are; null for nobody. Default null.</param>
    /// <param name="start">The first byte to read of a file that is not packed. Default 0.</param>
    /// <param name="countsStart">Whether the bytes before it are counted too. Default true.</param>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="DataFileException"><paramref name="path"/> is a folder.</exception>
    public static Stream OpenRead(string path, WorkSteps? steps = null, long start = 0, bool countsStart = true)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (Directory.Exists(path))
        {
            throw new DataFileException(path, "This is a folder; a file is expected.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: There is no such file.", path);
        }

        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        Stream unpacked = StartsWith(file, [0x1f, 0x8b]) ? new GzipReadStream(file) : StartsWith(file, Zip) ? OpenZip(path, file) : file;
        if (start > 0)
        {
            file.Position = start;
        }

        return steps is null ? unpacked : new CountedStream(unpacked, file, steps, countsStart ? 0 : start);
    }

    /// <summary>Whether a file is gzip or zip.</summary>
    public static bool IsPacked(string path)
    {
        using var file = File.OpenRead(path);
        return StartsWith(file, [0x1f, 0x8b]) || StartsWith(file, Zip);
    }

    /// <summary>Whether a file is a workbook: by its name, or as a zip archive with the parts of one.</summary>
    public static bool IsWorkbook(string path)
    {
        if (!File.Exists(path))
        {
            return false; // who reads it says so
        }

        using var file = File.OpenRead(path);
        if (!StartsWith(file, Zip))
        {
            return false;
        }

        if (Path.GetExtension(path).Equals(".xlsx", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        try
        {
            using var archive = new ZipArchive(file);
            return archive.GetEntry("xl/workbook.xml") is not null;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The error of a file that cannot be unpacked.</summary>
    public static DataFileException Damaged(string path, Exception inner) =>
        new(path, "The compressed data is cut off or damaged. Get the file again, or unpack it and name the unpacked file.", inner);

    private static ReadOnlySpan<byte> Zip => "PK\x03\x04"u8;

    private static bool StartsWith(FileStream file, ReadOnlySpan<byte> magic)
    {
        Span<byte> start = stackalloc byte[4];
        var length = file.ReadAtLeast(start, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return length >= magic.Length && start.StartsWith(magic);
    }

    private static UnzippedStream OpenZip(string path, FileStream file)
    {
        try
        {
            var archive = new ZipArchive(file);
            var entries = archive.Entries
                .Where(entry => !entry.FullName.EndsWith('/') && !entry.FullName.StartsWith("__MACOSX/", StringComparison.Ordinal))
                .ToArray();
            return entries.Length == 1 ? new UnzippedStream(entries[0].Open(), archive) : throw new DataFileException(
                path, $"The archive holds {entries.Length} files ({string.Join(", ", entries.Take(5).Select(entry => entry.FullName))}"
                + $"{(entries.Length > 5 ? ", ..." : "")}); one is expected. Unpack it and name the file with the data.");
        }
        catch (InvalidDataException error)
        {
            throw Damaged(path, error);
        }
    }
}

/// <summary>A stream out of a file of which the bytes are counted, packed as they are.</summary>
internal sealed class CountedStream(Stream unpacked, FileStream file, WorkSteps steps, long first) : ForwardStream
{
    private long counted = first;

    public override int Read(Span<byte> destination)
    {
        var count = unpacked.Read(destination);
        Count(file.Position);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Count(file.Length); // with what an archive has behind its file
            unpacked.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Count(long position)
    {
        if (position > counted)
        {
            steps.Add(position - counted);
            counted = position;
        }
    }
}

/// <summary>A stream that is read from its start to its end and does nothing else.</summary>
internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public abstract override int Read(Span<byte> destination);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>The file in a zip archive; the archive is closed with it.</summary>
internal sealed class UnzippedStream(Stream entry, ZipArchive archive) : ForwardStream
{
    public override int Read(Span<byte> destination) => entry.Read(destination);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            entry.Dispose();
            archive.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>
/// Decompresses gzip and notices where a file is cut off: <see cref="GZipStream"/> alone ends silently there. A small
/// gzip member with a known mark is put behind the file; only if the file is whole does the mark come out at the end.
/// </summary>
internal sealed class GzipReadStream(Stream file) : ForwardStream
{
    private static readonly byte[] Mark = Guid.NewGuid().ToByteArray();

    private readonly GZipStream decompressed = new(new FollowedBy(file, Compress(Mark)), CompressionMode.Decompress);
    private readonly byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private bool ended;

    /// <exception cref="InvalidDataException">The file is cut off or damaged.</exception>
    public override int Read(Span<byte> destination)
    {
        // What may be the mark is held back until more comes behind it.
        while (end - start <= Mark.Length && !ended)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            var read = decompressed.Read(buffer.AsSpan(end));
            end += read;
            ended = read == 0;
        }

        if (ended && !buffer.AsSpan(start, end - start).SequenceEqual(Mark))
        {
            throw new InvalidDataException("The gzip data ends too early.");
        }

        var count = Math.Min(destination.Length, end - start - Mark.Length);
        buffer.AsSpan(start, count).CopyTo(destination);
        start += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            decompressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.NoCompression))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    /// <summary>A stream with some more bytes behind it.</summary>
    private sealed class FollowedBy(Stream first, byte[] second) : ForwardStream
    {
        private int position;

        public override int Read(Span<byte> destination)
        {
            var read = position == 0 ? first.Read(destination) : 0;
            if (read > 0 || destination.IsEmpty)
            {
                return read;
            }

            read = Math.Min(destination.Length, second.Length - position);
            second.AsSpan(position, read).CopyTo(destination);
            position += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                first.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
