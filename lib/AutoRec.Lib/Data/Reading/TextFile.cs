using System.Text;
using System.Text.Unicode;

namespace AutoRec.Data;

/// <summary>A text file as UTF-8: unpacked (gzip, or a zip archive with one file in it) and decoded.</summary>
internal sealed class TextFile
{
    private const int SampleLength = 1 << 18;

    // The first bytes of files that people take for text, and what they are.
    private static readonly (byte[] Start, string Name)[] Binaries =
    [
        ("PK\x03\x04"u8.ToArray(), "a workbook or another zip archive that is damaged or is not understood"),
        ([0xd0, 0xcf, 0x11, 0xe0], "an old Office document (.xls, .doc)"),
        ("%PDF"u8.ToArray(), "a PDF document"),
        ("SQLite format 3"u8.ToArray(), "an SQLite database"),
        ("PAR1"u8.ToArray(), "a Parquet file"),
        ("BZh"u8.ToArray(), "compressed by bzip2"),
        ([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z'], "compressed by xz"),
        ([(byte)'7', (byte)'z', 0xbc, 0xaf], "a 7z archive"),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed by zstd"),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], "an HDF5 file"),
        ([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], "a NumPy array"),
        ([0x80, 0x04], "a Python pickle"),
        ([0x80, 0x05], "a Python pickle"),
    ];

    private readonly Encoding? decoding; // null for UTF-8
    private readonly int mark; // bytes of the byte order mark

    private TextFile(string path, string encodingName, Encoding? decoding, int mark, byte[] sample, bool isWhole)
    {
        Path = path;
        EncodingName = encodingName;
        this.decoding = decoding;
        this.mark = mark;
        Sample = sample;
        IsWhole = isWhole;
        CanBeCut = decoding is null && !DataFile.IsPacked(path);
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>How the text is encoded: utf-8, utf-16le, windows-1252, ...</summary>
    public string EncodingName { get; }

    /// <summary>The start of the text as UTF-8, without a byte order mark; it may end within a line unless <see cref="IsWhole"/>.</summary>
    public byte[] Sample { get; }

    /// <summary>Whether <see cref="Sample"/> is the whole text.</summary>
    public bool IsWhole { get; }

    /// <summary>Looks at the start of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">The name of the encoding; null recognises UTF-8, UTF-16, UTF-32 and Windows-1252.</param>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="DataFileException">The file is empty, binary or damaged.</exception>
    /// <exception cref="ArgumentException">The encoding is unknown.</exception>
    public static TextFile Open(string path, string? encoding = null)
    {
        var buffer = new byte[SampleLength];
        int length;
        try
        {
            using var stream = DataFile.OpenRead(path);
            length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException error)
        {
            throw DataFile.Damaged(path, error);
        }

        var isWhole = length < buffer.Length;
        var start = buffer.AsSpan(0, length);
        foreach (var (magic, name) in Binaries)
        {
            if (start.StartsWith(magic))
            {
                throw NotText(path, $"The file is {name}");
            }
        }

        var (recognised, decoding, mark) = encoding is null ? Recognise(start, isWhole) : Named(encoding, start);
        var text = start[mark..];
        var sample = decoding is null ? text.ToArray() : Encoding.UTF8.GetBytes(Decoded(decoding, text));
        if (sample.AsSpan().Trim("\r\n\t "u8).IsEmpty)
        {
            throw new DataFileException(path, "The file is empty.");
        }

        var controls = sample.Count(letter => letter < 32 && letter is not ((byte)'\t' or (byte)'\r' or (byte)'\n' or 12));
        if (controls > 1 && controls > sample.Length / 100)
        {
            throw NotText(path, "The file is not text");
        }

        return new TextFile(path, recognised, decoding, mark, sample, isWhole);
    }

    /// <summary>Whether the text lies in the file byte by byte, so that a part of it can be read without what comes before.</summary>
    public bool CanBeCut { get; }

    /// <summary>Opens the text as UTF-8, without a byte order mark.</summary>
    /// <param name="steps">Counts the bytes of the file. Default: nobody.</param>
    /// <param name="start">The first byte of the text to read. Default 0.</param>
    /// <param name="countsStart">Whether the bytes before it are counted too. Default true.</param>
    public Stream OpenRead(WorkSteps? steps = null, long start = 0, bool countsStart = true)
    {
        if (CanBeCut)
        {
            return DataFile.OpenRead(Path, steps, mark + start, countsStart);
        }

        var stream = DataFile.OpenRead(Path, steps);
        stream.ReadExactly(new byte[mark]);
        stream = decoding is null ? stream : Encoding.CreateTranscodingStream(stream, decoding, Encoding.UTF8);
        stream.ReadExactly(new byte[start]);
        return stream;
    }

    /// <summary>The first line that begins at a byte of the text or behind it: where it begins.</summary>
    public long LineFrom(long start)
    {
        using var stream = OpenRead(start: start - 1);
        var buffer = new byte[1 << 16];
        for (var place = start - 1; ; place += buffer.Length)
        {
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var text = buffer.AsSpan(0, read);
            var length = RecordParser.LengthOfLine(text, out var content);
            if (content < read && length == read && text[^1] == '\r')
            {
                return place + length + (stream.ReadByte() == '\n' ? 1 : 0);
            }

            if (content < read || read < buffer.Length)
            {
                return place + length;
            }
        }
    }

    private static DataFileException NotText(string path, string problem) =>
        new(path, $"{problem}. A text file is expected, plain or gzip: save the table as CSV (UTF-8), JSON lines or Parquet.");

    private static string Decoded(Encoding encoding, ReadOnlySpan<byte> text)
    {
        var decoder = encoding.GetDecoder(); // keeps half a letter at the end to itself
        var letters = new char[encoding.GetMaxCharCount(text.Length)];
        return new string(letters, 0, decoder.GetChars(text, letters, flush: false));
    }

    private static (string Name, Encoding? Decoding, int Mark) Named(string name, ReadOnlySpan<byte> start)
    {
        Encoding encoding;
        try
        {
            encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            throw new ArgumentException(
                $"The encoding '{name}' is unknown. Use utf-8, utf-16, windows-1252, iso-8859-1 or another name of IANA.");
        }

        var mark = encoding.GetPreamble() is { Length: > 0 } preamble && start.StartsWith(preamble) ? preamble.Length : 0;
        return (encoding.WebName, encoding.CodePage == Encoding.UTF8.CodePage ? null : encoding, mark);
    }

    private static (string Name, Encoding? Decoding, int Mark) Recognise(ReadOnlySpan<byte> start, bool isWhole)
    {
        if (start.StartsWith(Encoding.UTF8.Preamble))
        {
            return ("utf-8", null, 3);
        }

        if (start is [0xff, 0xfe, 0, 0, ..])
        {
            return ("utf-32le", Encoding.UTF32, 4);
        }

        if (start is [0xff, 0xfe, ..])
        {
            return ("utf-16le", Encoding.Unicode, 2);
        }

        if (start is [0xfe, 0xff, ..])
        {
            return ("utf-16be", Encoding.BigEndianUnicode, 2);
        }

        // Without a mark: every other byte of a text in UTF-16 is 0 in most languages that write ids.
        int even = 0, odd = 0;
        for (var i = 0; i + 1 < start.Length; i += 2)
        {
            even += start[i] == 0 ? 1 : 0;
            odd += start[i + 1] == 0 ? 1 : 0;
        }

        if (Math.Max(even, odd) > start.Length * 0.3 && Math.Min(even, odd) < start.Length * 0.01)
        {
            return odd > even ? ("utf-16le", Encoding.Unicode, 0) : ("utf-16be", Encoding.BigEndianUnicode, 0);
        }

        return IsWindows1252(start, isWhole)
            ? ("windows-1252", CodePagesEncodingProvider.Instance.GetEncoding(1252), 0)
            : ("utf-8", null, 0);
    }

    // A single line that is not UTF-8 is a bad line; several, in a text without any UTF-8 letter, are another encoding.
    private static bool IsWindows1252(ReadOnlySpan<byte> start, bool isWhole)
    {
        int lines = 0, invalid = 0;
        while (!start.IsEmpty)
        {
            var end = start.IndexOf((byte)'\n');
            if (end < 0 && !isWhole)
            {
                break;
            }

            var line = end < 0 ? start : start[..end];
            start = end < 0 ? [] : start[(end + 1)..];
            lines++;
            if (!Utf8.IsValid(line))
            {
                invalid++;
            }
            else if (line.ContainsAnyExceptInRange((byte)0, (byte)127))
            {
                return false;
            }
        }

        return invalid >= 2 && invalid * 100 >= lines;
    }
}
