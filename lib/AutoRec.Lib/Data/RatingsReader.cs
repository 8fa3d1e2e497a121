using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>
/// Reads files of ratings, plain or gzip, line by line. Raw ids stay strings, without the blanks around them unless
/// they stand in quotes; blank lines, a byte order mark and either kind of line end are taken as they come.
/// </summary>
public sealed class RatingsReader
{
    private const int KeptBadLines = 10;

    private readonly string path;
    private readonly ReadOptions options;
    private readonly IdIndex users;
    private readonly IdIndex items;
    private readonly InteractionsBuilder builder;
    private readonly List<DataFileException> badLines = [];
    private long lines;
    private long badLineCount;
    private CsvMalformedReason? malformed;
    private char[] userId = new char[64];
    private char[] itemId = new char[64];

    private RatingsReader(string path, ReadOptions options)
    {
        this.path = path;
        this.options = options;
        users = options.Users ?? new IdIndex();
        items = options.Items ?? new IdIndex();
        builder = new InteractionsBuilder(users, items);
    }

    /// <summary>Reads a file of ratings.</summary>
    /// <param name="path">The file, plain or gzip.</param>
    /// <param name="options">How to read it; null recognises the format and fails at the first bad line.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="DataFileException">The file holds no usable data: it is empty, binary or cut off, lacks a column, or has a bad line.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static ReadResult Read(string path, ReadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return new RatingsReader(path, options ?? new ReadOptions()).Read(cancellation);
    }

    private ReadResult Read(CancellationToken cancellation)
    {
        try
        {
            var firstLine = Encoding.UTF8.GetString(FirstLine(DataFile.ReadTextPrefix(path)));
            var format = options.Format != RatingsFormat.Auto ? options.Format
                : RatingsLayout.Recognise(firstLine, options.Columns)
                ?? throw new DataFileException(path, 1, firstLine, "The format is not recognised: fields between '::', tabs, commas or spaces are expected.");
            var layout = ReadLines(format, RatingsLayout.Separator(format, firstLine), cancellation);
            return Result(layout);
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, "The gzip data is cut off or damaged; get the file again.", error);
        }
    }

    private RatingsLayout ReadLines(RatingsFormat format, string separator, CancellationToken cancellation)
    {
        using var stream = DataFile.OpenRead(path);
        try
        {
            // A separator of more than one character is replaced by one on the way.
            using var separated = separator.Length > 1 ? new CsvSeparatorStream(stream, separator, leaveOpen: true) : null;
            using var reader = CsvReader.Create(separated ?? stream, Options(format, separator), leaveOpen: true);
            RatingsLayout? layout = null;
            while (ReadRecord(reader))
            {
                if ((lines & 0xfff) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                if (IsBlank(reader.RawRecord))
                {
                    continue;
                }

                if (layout is null)
                {
                    layout = RatingsLayout.Of(format, Fields(reader), options.Columns, out var missing)
                        ?? throw new DataFileException(path, reader.LineNumber, Text(reader), missing!);
                    if (layout.HasHeader)
                    {
                        continue;
                    }
                }

                lines++;
                var problem = Add(reader, ref layout);
                if (problem is not null)
                {
                    AddBadLine(new DataFileException(path, reader.LineNumber, Text(reader), problem));
                }
            }

            return layout!;
        }
        catch (DataFileException) when (stream is GzipReadStream)
        {
            // A line that is bad because the file is cut off there is no fault of the line.
            stream.CopyTo(Stream.Null);
            throw;
        }
    }

    private CsvReaderOptions Options(RatingsFormat format, string separator) => new()
    {
        Separator = separator.Length > 1 ? null : separator[0],
        HasHeader = false,
        Mode = RatingsLayout.Mode(format),
        TrimWhitespace = true,
        TrackLineNumbers = true,
        AllowLineBreaksInQuotes = false, // one bad quote must not swallow the rest of the file
        OnMalformedRecord = record => malformed = record.Reason,
        MaxRecordSize = 1 << 26,
    };

    private bool ReadRecord(CsvReader reader)
    {
        malformed = null;
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException error)
        {
            throw new DataFileException(path, $"After line {reader.LineNumber} comes a line that cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Adds the interactions of a record, or says what is wrong with it.</summary>
    private string? Add(CsvReader reader, ref RatingsLayout layout)
    {
        if (!Utf8.IsValid(reader.RawRecord) || reader.RawRecord.Contains((byte)0))
        {
            return "The line is not UTF-8 text.";
        }

        if (malformed is CsvMalformedReason.UnterminatedQuote or CsvMalformedReason.LineBreakInQuotes or CsvMalformedReason.TextAfterClosingQuote)
        {
            return "A quoted field does not end where it should: each quote that opens needs one that closes before the next separator.";
        }

        if (layout.Format == RatingsFormat.Adjacency)
        {
            return AddAdjacent(reader);
        }

        var count = reader.FieldCount;
        if (layout.FieldCount == 0 && count is 3 or 4)
        {
            layout = layout.WithFieldCount(count);
        }

        if (count != layout.FieldCount)
        {
            var expected = layout.FieldCount == 0 ? "3 or 4 (user, item, rating and perhaps timestamp)"
                : layout.HasHeader ? $"{layout.FieldCount}, as in the header,"
                : $"{layout.FieldCount}, as in the lines before,";
            return $"The line has {count} field{(count == 1 ? "" : "s")}; {expected} are expected.";
        }

        var user = Chars(reader, layout.User, ref userId);
        var item = Chars(reader, layout.Item, ref itemId);
        if (user.IsEmpty || item.IsEmpty)
        {
            return $"The {(user.IsEmpty ? "user" : "item")} id is empty.";
        }

        var rating = 1f;
        if (layout.Rating >= 0)
        {
            if (!float.TryParse(reader.GetSpan(layout.Rating), NumberStyles.Float, CultureInfo.InvariantCulture, out rating) || !float.IsFinite(rating))
            {
                return $"The rating '{reader.GetString(layout.Rating)}' is not a finite number.";
            }

            if ((options.Scale ?? layout.Scale) is { } scale && !scale.Contains(rating))
            {
                return FormattableString.Invariant($"The rating {rating} is outside the scale {scale}{(options.Scale is null ? $" of {layout.Format}; if the file has another, declare it" : "")}.");
            }
        }

        if (layout.Timestamp < 0)
        {
            builder.Add(user, item, rating);
            return null;
        }

        if (!long.TryParse(reader.GetSpan(layout.Timestamp), NumberStyles.Integer, CultureInfo.InvariantCulture, out var timestamp))
        {
            return $"The timestamp '{reader.GetString(layout.Timestamp)}' is not a whole number of seconds since 1970.";
        }

        builder.Add(user, item, rating, timestamp);
        return null;
    }

    private string? AddAdjacent(CsvReader reader)
    {
        var user = Chars(reader, 0, ref userId);
        users.GetOrAdd(user);
        for (var field = 1; field < reader.FieldCount; field++)
        {
            var item = Chars(reader, field, ref itemId);
            if (!item.IsEmpty)
            {
                builder.Add(user, item, 1);
            }
        }

        return null;
    }

    private void AddBadLine(DataFileException error)
    {
        if (options.OnBadLine == BadLineAction.Fail)
        {
            throw error;
        }

        badLineCount++;
        if (badLines.Count < KeptBadLines)
        {
            badLines.Add(error);
        }
    }

    private ReadResult Result(RatingsLayout layout)
    {
        if (builder.Count == 0)
        {
            throw badLineCount > 0
                ? new DataFileException(path, $"None of the {lines} lines can be used. The first: {badLines[0].Message}", badLines[0])
                : new DataFileException(path, layout.HasHeader ? "There is a header but no line of data." : "There is no interaction.");
        }

        var scale = options.Scale ?? (layout.Format == RatingsFormat.Adjacency || layout.Rating < 0 ? new RatingScale(0, 1) : null);
        var interactions = builder.Build(options.Duplicates, scale, out var duplicates);
        return new ReadResult(interactions, new ReadReport(path, layout.Format, lines, badLineCount, badLines, duplicates));
    }

    private ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> prefix)
    {
        if (prefix.StartsWith(Encoding.UTF8.Preamble))
        {
            prefix = prefix[Encoding.UTF8.Preamble.Length..];
        }

        prefix = prefix.TrimStart("\r\n\t "u8);
        if (prefix.IsEmpty)
        {
            throw new DataFileException(path, "The file is empty.");
        }

        var end = prefix.IndexOfAny((byte)'\r', (byte)'\n');
        return end < 0 ? prefix : prefix[..end];
    }

    private static string[] Fields(CsvReader reader)
    {
        var fields = new string[reader.FieldCount];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = reader.GetString(i);
        }

        return fields;
    }

    private static ReadOnlySpan<char> Chars(CsvReader reader, int field, ref char[] buffer)
    {
        var bytes = reader.GetSpan(field);
        if (bytes.Length > buffer.Length)
        {
            buffer = new char[bytes.Length * 2];
        }

        return buffer.AsSpan(0, Encoding.UTF8.GetChars(bytes, buffer));
    }

    private static bool IsBlank(ReadOnlySpan<byte> record) => record.Trim("\t "u8).IsEmpty;

    // CsvHelper's stand-in for the separator of several characters must not show in messages.
    private string Text(CsvReader reader) =>
        Encoding.UTF8.GetString(reader.RawRecord).Replace(CsvSeparatorStream.DefaultReplacement.ToString(), "::", StringComparison.Ordinal);
}
