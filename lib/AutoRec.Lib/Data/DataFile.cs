using System.IO.Compression;
using System.Text.Unicode;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>Opens data files, plain or gzip.</summary>
internal static class DataFile
{
    private const int PrefixLength = 1 << 16;

    /// <summary>How the project writes comma-separated values: the same bytes on every system.</summary>
    public static CsvWriterOptions CsvOut { get; } = new() { NewLine = "\n", Quoting = CsvQuoting.WhenNeededOrWhitespace };

    /// <summary>Opens a file for reading; whether it is gzip, its first bytes tell and not its name.</summary>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="DataFileException"><paramref name="path"/> is a folder.</exception>
    public static Stream OpenRead(string path)
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
        return IsGzip(file) ? new GzipReadStream(file) : file;
    }

    /// <summary>Whether a file is gzip.</summary>
    public static bool IsGzip(string path)
    {
        using var file = File.OpenRead(path);
        return IsGzip(file);
    }

    private static bool IsGzip(FileStream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var isGzip = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
        file.Position = 0;
        return isGzip;
    }

    /// <summary>The start of a text file, at most 64 KiB of it.</summary>
    /// <exception cref="DataFileException">The file is binary.</exception>
    public static byte[] ReadTextPrefix(string path)
    {
        var buffer = new byte[PrefixLength];
        int length;
        using (var stream = OpenRead(path))
        {
            length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }

        var prefix = buffer.AsSpan(0, length);

        // The last line may be cut in the middle of a character.
        var lastLine = prefix.LastIndexOf((byte)'\n');
        if (prefix.Contains((byte)0) || !Utf8.IsValid(length == PrefixLength && lastLine >= 0 ? prefix[..lastLine] : prefix))
        {
            throw new DataFileException(path, "This is not a text file; UTF-8 text, plain or gzip, is expected.");
        }

        return prefix.ToArray();
    }
}

/// <summary>
/// Decompresses gzip and notices where a file is cut off: <see cref="GZipStream"/> alone ends silently there. A small
/// gzip member with a known mark is put behind the file; only if the file is whole does the mark come out at the end.
/// </summary>
internal sealed class GzipReadStream(Stream file) : Stream
{
    private static readonly byte[] Mark = Guid.NewGuid().ToByteArray();

    private readonly GZipStream decompressed = new(new FollowedBy(file, Compress(Mark)), CompressionMode.Decompress);
    private readonly byte[] buffer = new byte[1 << 16];
    private int start;
    private int end;
    private bool ended;

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

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
    private sealed class FollowedBy(Stream first, byte[] second) : Stream
    {
        private int position;

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

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

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
