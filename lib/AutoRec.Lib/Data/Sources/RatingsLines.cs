using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>
/// Reads files of ratings line by line and judges each line by itself: what a bad line is and how it is told is decided
/// here. Large files take the short way of <see cref="RatingsDatabase"/>, which gives up at anything unusual and
/// leaves the file to this reader.
/// </summary>
internal sealed class RatingsLines
{
    /// <summary>How many bad lines a report holds.</summary>
    public const int KeptBadLines = 10;

    private readonly string path;
    private readonly ReadOptions options;
    private readonly InteractionsBuilder builder;
    private readonly List<DataFileException> badLines = [];
    private long lines;
    private long badLineCount;
    private long outsideWindow;
    private CsvMalformedReason? malformed;
    private char[] userId = new char[64];
    private char[] itemId = new char[64];

    private RatingsLines(string path, ReadOptions options, InteractionsBuilder builder)
    {
        this.path = path;
        this.options = options;
        this.builder = builder;
    }

    /// <summary>Reads a file into a builder, or throws what <see cref="RatingsReader"/> promises.</summary>
    /// <param name="file">The file and its layout.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="builder">Takes what is read.</param>
    /// <param name="cancellation">Ends the read.</param>
    public static ReadReport Read(RatingsFile file, ReadOptions options, InteractionsBuilder builder, CancellationToken cancellation)
    {
        try
        {
            return new RatingsLines(file.Path, options, builder).Read(file.Format, file.Separator, cancellation);
        }
        catch (InvalidDataException error)
        {
            throw RatingsFile.Damaged(file.Path, error);
        }
    }

    private ReadReport Read(RatingsFormat format, string separator, CancellationToken cancellation)
    {
        var before = builder.Count;
        var layout = format == RatingsFormat.JsonLines ? ReadObjects(cancellation) : ReadLines(format, separator, cancellation);
        if (builder.Count + outsideWindow == before)
        {
            throw badLineCount > 0
                ? new DataFileException(path, $"None of the {lines} lines can be used. The first: {badLines[0].Message}", badLines[0])
                : new DataFileException(path, layout.HasHeader ? "There is a header but no line of data." : "There is no interaction.");
        }

        options.Filter.CheckTimes(layout.Timestamp >= 0 && format != RatingsFormat.Adjacency);
        return new ReadReport(path, format, lines, badLineCount, badLines, 0)
        {
            IsImplicit = format == RatingsFormat.Adjacency || layout.Rating < 0,
            RatingColumn = layout.RatingColumn,
            UnreadColumns = layout.Unread,
            Dropped = options.Filter.HasWindow ? [new Dropped(InteractionFilter.WindowReason, outsideWindow)] : [],
        };
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

    private RatingsLayout ReadObjects(CancellationToken cancellation)
    {
        using var text = new StreamReader(
            DataFile.OpenRead(path),
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            detectEncodingFromByteOrderMarks: true);
        JsonLinesLayout? layout = null;
        for (var number = 1L; text.ReadLine() is { } line; number++)
        {
            if ((lines & 0xfff) == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            lines++;
            var problem = line.Contains('\uFFFD') ? "The line is not UTF-8 text." : null;
            if (problem is null && layout is null)
            {
                layout = JsonLinesLayout.OfFirstLine(line, options.Columns, out problem);
                if (layout is null)
                {
                    throw new DataFileException(path, number, line, problem!);
                }
            }

            problem ??= AddObject(layout!, line);
            if (problem is not null)
            {
                AddBadLine(new DataFileException(path, number, line, problem));
            }
        }

        return new RatingsLayout
        {
            Format = RatingsFormat.JsonLines,
            Rating = layout?.Rating is null ? -1 : 2,
            RatingColumn = layout?.Rating,
            Timestamp = layout?.Timestamp is null ? -1 : 3,
        };
    }

    private string? AddObject(JsonLinesLayout layout, string line)
    {
        if (layout.Parse(line, out var record) is { } problem)
        {
            return problem;
        }

        var user = record.User.AsSpan().Trim(" \t");
        var item = record.Item.AsSpan().Trim(" \t");
        if (user.IsEmpty || item.IsEmpty)
        {
            return $"The {(user.IsEmpty ? "user" : "item")} id is empty.";
        }

        return AddRated(
            user,
            item,
            Encoding.UTF8.GetBytes(record.Rating ?? ""),
            layout.Rating is not null,
            Encoding.UTF8.GetBytes(record.Timestamp ?? ""),
            layout.Timestamp is not null,
            options.Scale,
            "");
    }

    /// <summary>Adds an interaction, or says what is wrong with its rating or its time.</summary>
    private string? AddRated(
        ReadOnlySpan<char> user,
        ReadOnlySpan<char> item,
        ReadOnlySpan<byte> ratingText,
        bool hasRating,
        ReadOnlySpan<byte> timeText,
        bool hasTime,
        RatingScale? scale,
        string scaleNote)
    {
        var rating = 1f;
        if (hasRating)
        {
            if (!float.TryParse(ratingText, NumberStyles.Float, CultureInfo.InvariantCulture, out rating) || !float.IsFinite(rating))
            {
                return $"The rating '{Encoding.UTF8.GetString(ratingText)}' is not a finite number.";
            }

            if (scale is { } range && !range.Contains(rating))
            {
                return FormattableString.Invariant($"The rating {rating} is outside the scale {range}{scaleNote}.");
            }
        }

        if (!hasTime)
        {
            builder.Add(user, item, rating);
            return null;
        }

        if (!long.TryParse(timeText, NumberStyles.Integer, CultureInfo.InvariantCulture, out var timestamp))
        {
            return $"The timestamp '{Encoding.UTF8.GetString(timeText)}' is not a whole number of seconds since 1970.";
        }

        if (options.Filter.IsInWindow(timestamp))
        {
            builder.Add(user, item, rating, timestamp);
        }
        else
        {
            outsideWindow++;
        }

        return null;
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

        if (malformed is CsvMalformedReason.UnterminatedQuote
            or CsvMalformedReason.LineBreakInQuotes
            or CsvMalformedReason.TextAfterClosingQuote)
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

        return AddRated(
            user,
            item,
            layout.Rating < 0 ? default : reader.GetSpan(layout.Rating),
            layout.Rating >= 0,
            layout.Timestamp < 0 ? default : reader.GetSpan(layout.Timestamp),
            layout.Timestamp >= 0,
            options.Scale ?? layout.Scale,
            options.Scale is null ? layout.ScaleNote : "");
    }

    private string? AddAdjacent(CsvReader reader)
    {
        var user = Chars(reader, 0, ref userId);
        builder.AddUser(user);
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
