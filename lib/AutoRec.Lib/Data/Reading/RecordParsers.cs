using System.Text;
using System.Text.Json;

namespace AutoRec.Data;

/// <summary>Turns lines of text into records of a <see cref="ReadChunk"/>.</summary>
internal abstract class RecordParser
{
    /// <summary>A record of several lines that is longer is taken for a quote that was never meant to open.</summary>
    private const int LongestRecord = 1 << 20;

    /// <summary>Whether a record depends on lines far before it, so that parts of a file cannot be read at the same time.</summary>
    public virtual bool IsSequential => false;

    /// <summary>Whether a text may have records of several lines.</summary>
    public virtual bool MayHaveLongRecords(ReadOnlySpan<byte> text) => false;

    /// <summary>Reads the lines of a text that ends behind a line end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isLast">Whether nothing comes behind it.</param>
    /// <param name="chunk">Takes the records.</param>
    /// <param name="limit">Only records that begin before this byte of the text are read.</param>
    /// <returns>How much was read: less than all where the last record goes on behind the text, and with a limit.</returns>
    public int Parse(ReadOnlySpan<byte> text, bool isLast, ReadChunk chunk, long limit)
    {
        var read = 0;
        var mayBeOpen = MayHaveLongRecords(text);
        while (read < text.Length && read < limit)
        {
            var length = LengthOfLine(text[read..], out var content);
            var record = text.Slice(read, content);
            var lines = 1;

            // A quote that is open at the end of the line: the record is this line and the next ones, if that makes a good record.
            if (mayBeOpen && IsOpen(record))
            {
                var end = read + length;
                var contentEnd = read + content;
                var isOpen = true;
                while (isOpen && end < text.Length && end - read < LongestRecord)
                {
                    var next = text.Slice(end, LengthOfLine(text[end..], out content));
                    isOpen ^= int.IsOddInteger(next.Count((byte)'"'));
                    contentEnd = end + content;
                    end += next.Length;
                    lines++;
                }

                if (isOpen && !isLast && end - read < LongestRecord)
                {
                    return read;
                }

                if (!isOpen && IsGood(text[read..contentEnd]))
                {
                    record = text[read..contentEnd];
                    length = end - read;
                }
                else
                {
                    lines = 1;
                }
            }

            if (record.ContainsAnyExcept((byte)' ', (byte)'\t'))
            {
                Add(chunk.Lines + 1, record, chunk);
            }

            chunk.Lines += lines;
            read += length;
        }

        return read;
    }

    /// <summary>Adds the record that a text holds.</summary>
    protected abstract void Add(long line, ReadOnlySpan<byte> record, ReadChunk chunk);

    /// <summary>Whether a quote is open at the end of a text.</summary>
    protected virtual bool IsOpen(ReadOnlySpan<byte> text) => false;

    /// <summary>Whether a text of several lines is a record.</summary>
    protected virtual bool IsGood(ReadOnlySpan<byte> record) => true;

    /// <summary>The length of the first line of a text, its end included: \n, \r\n or, in old files, \r.</summary>
    public static int LengthOfLine(ReadOnlySpan<byte> text, out int content)
    {
        content = text.IndexOfAny((byte)'\n', (byte)'\r');
        if (content < 0)
        {
            content = text.Length;
            return content;
        }

        return text[content] == '\r' && content + 1 < text.Length && text[content + 1] == '\n' ? content + 2 : content + 1;
    }
}

/// <summary>Reads fields between separators.</summary>
internal sealed class DelimitedParser(Dialect dialect, Layout layout) : RecordParser
{
    private readonly ThreadLocal<Dialect.Fields> ofThread = new(() => new Dialect.Fields());

    /// <inheritdoc/>
    public override bool MayHaveLongRecords(ReadOnlySpan<byte> text) => dialect.HasQuotes && text.Contains((byte)'"');

    /// <inheritdoc/>
    protected override bool IsOpen(ReadOnlySpan<byte> text) => dialect.IsOpen(text);

    /// <inheritdoc/>
    protected override bool IsGood(ReadOnlySpan<byte> record)
    {
        var fields = ofThread.Value!;
        return fields.Split(record, dialect) == Dialect.SplitResult.Record && fields.Count == layout.FieldCount;
    }

    /// <inheritdoc/>
    protected override void Add(long line, ReadOnlySpan<byte> record, ReadChunk chunk)
    {
        var fields = ofThread.Value!;
        if (fields.Split(record, dialect) != Dialect.SplitResult.Record)
        {
            chunk.AddBad(
                line,
                record,
                "A quoted field does not end where it should: each quote that opens needs one that closes before the next separator.");
        }
        else if (fields.Count != layout.FieldCount)
        {
            chunk.AddBad(
                line,
                record,
                $"The line has {fields.Count} field{(fields.Count == 1 ? "" : "s")}; {layout.FieldCount}, "
                + $"as in {(layout.Names is null ? "most lines" : "the header")}, are expected.");
        }
        else
        {
            chunk.Add(
                line,
                record,
                fields.Of(record, layout.User),
                fields.Of(record, layout.Item),
                layout.Rating < 0 ? default : fields.Of(record, layout.Rating),
                layout.Time < 0 ? default : fields.Of(record, layout.Time));
        }
    }
}

/// <summary>Reads a user and the user's items on each line.</summary>
internal sealed class AdjacencyParser(Dialect dialect) : RecordParser
{
    private readonly ThreadLocal<Dialect.Fields> ofThread = new(() => new Dialect.Fields());

    /// <inheritdoc/>
    protected override void Add(long line, ReadOnlySpan<byte> record, ReadChunk chunk)
    {
        var fields = ofThread.Value!;
        fields.Split(record, dialect);
        chunk.AddHistory(line, record, fields);
    }
}

/// <summary>Reads the layout of the Netflix prize: a line with an item and a colon, then lines of user, rating and date.</summary>
internal sealed class NetflixParser : RecordParser
{
    private static readonly Dialect Commas = new(",");
    private readonly Dialect.Fields fields = new();
    private byte[] item = [];

    /// <inheritdoc/>
    public override bool IsSequential => true;

    /// <summary>Whether a line names the item of the lines that follow.</summary>
    public static bool IsItem(ReadOnlySpan<byte> line) =>
        line.Trim("\r\n\t "u8) is [.. var id, (byte)':'] && !id.IsEmpty && !id.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    /// <inheritdoc/>
    protected override void Add(long line, ReadOnlySpan<byte> record, ReadChunk chunk)
    {
        if (IsItem(record))
        {
            item = record.Trim("\t "u8)[..^1].ToArray();
            return;
        }

        fields.Split(record, Commas);
        if (fields.Count != 3)
        {
            chunk.AddBad(line, record, $"The line has {fields.Count} fields; user, rating and date are expected, or an item and a colon.");
            return;
        }

        chunk.Add(line, record, fields.Of(record, 0), item, fields.Of(record, 1), fields.Of(record, 2));
    }
}

/// <summary>Reads one JSON object a line.</summary>
internal sealed class JsonLinesParser(Layout layout) : RecordParser
{
    private readonly JsonRecord names = new(layout);

    /// <summary>Adds an element of a list, which counts as a line.</summary>
    public void AddElement(ReadOnlySpan<byte> element, ReadChunk chunk)
    {
        Add(chunk.Lines + 1, element, chunk);
        chunk.Lines++;
    }

    /// <inheritdoc/>
    protected override void Add(long line, ReadOnlySpan<byte> record, ReadChunk chunk)
    {
        var reader = new Utf8JsonReader(record);
        string? problem;
        var parts = default(JsonParts);
        try
        {
            problem = reader.Read() ? names.Read(ref reader, out parts) : JsonRecord.NotAnObject;
            problem ??= reader.Read() ? "Something follows the JSON object." : null;
        }
        catch (JsonException error)
        {
            problem = JsonRecord.ProblemOf(error);
        }
        catch (InvalidOperationException)
        {
            problem = JsonRecord.NotUnicode; // in the name of a member
        }

        if (problem is not null)
        {
            chunk.AddBad(line, record, problem);
            return;
        }

        chunk.Add(line, record, parts.User.AsSpan().Trim("\t "u8), parts.Item.AsSpan().Trim("\t "u8), parts.Rating, parts.Time);
    }
}

/// <summary>The parts of an interaction as texts.</summary>
internal record struct JsonParts(byte[]? User, byte[]? Item, byte[]? Rating, byte[]? Time);

/// <summary>Takes the parts of an interaction out of JSON objects.</summary>
internal sealed class JsonRecord(Layout layout)
{
    /// <summary>What is wrong with a line that holds something else.</summary>
    public const string NotAnObject = "The line is not a JSON object.";

    private readonly string user = layout.NameOf(layout.User);
    private readonly string item = layout.NameOf(layout.Item);
    private readonly string? rating = layout.Rating < 0 ? null : layout.NameOf(layout.Rating);
    private readonly string? time = layout.Time < 0 ? null : layout.NameOf(layout.Time);

    /// <summary>What is wrong with a text that has half of a letter in it.</summary>
    public const string NotUnicode = "A text is not valid Unicode (half of a surrogate pair, or bytes that are not UTF-8).";

    /// <summary>What is wrong with text that is not JSON, without the names of the parser's own things.</summary>
    public static string ProblemOf(JsonException error) => error.Message.Contains("maximum", StringComparison.Ordinal)
        ? "The JSON is nested more than 64 deep."
        : NotAnObject;

    /// <summary>Names and values of the members of an object, for a look at the layout; null when the text is not one object.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? MembersOf(ReadOnlySpan<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            var members = new List<KeyValuePair<string, string>>();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                members.Add(new(name, Encoding.UTF8.GetString(ValueOf(ref reader, out _) ?? [])));
            }

            return members;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Reads the object that a reader stands at, to its end; returns what is wrong, or null.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public string? Read(ref Utf8JsonReader reader, out JsonParts parts)
    {
        parts = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return NotAnObject;
        }

        string? problem = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(user))
            {
                parts.User = Next(ref reader, ref problem);
            }
            else if (reader.ValueTextEquals(item))
            {
                parts.Item = Next(ref reader, ref problem);
            }
            else if (rating is not null && reader.ValueTextEquals(rating))
            {
                parts.Rating = Next(ref reader, ref problem);
            }
            else if (time is not null && reader.ValueTextEquals(time))
            {
                parts.Time = Next(ref reader, ref problem);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return problem;

        static byte[]? Next(ref Utf8JsonReader reader, ref string? problem)
        {
            reader.Read();
            var value = ValueOf(ref reader, out var wrong);
            problem ??= wrong;
            return value;
        }
    }

    private static byte[]? ValueOf(ref Utf8JsonReader reader, out string? problem)
    {
        problem = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                try
                {
                    return Encoding.UTF8.GetBytes(reader.GetString()!);
                }
                catch (InvalidOperationException)
                {
                    problem = NotUnicode;
                    return null;
                }

            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                reader.Skip();
                problem = "A user, item, rating or time is an object or a list; a text or a number is expected.";
                return null;
            case JsonTokenType.Null:
                return null;
            default:
                return reader.ValueSpan.ToArray();
        }
    }
}
