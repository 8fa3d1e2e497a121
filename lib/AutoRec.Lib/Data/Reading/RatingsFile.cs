using System.Text;

namespace AutoRec.Data;

/// <summary>A text file of ratings, and what its first lines tell of it.</summary>
internal sealed record RatingsFile
{
    private const int SampleRecords = 1000;

    /// <summary>The text.</summary>
    public required TextFile Text { get; init; }

    /// <summary>How it is laid out, never <see cref="RatingsFormat.Auto"/>.</summary>
    public required RatingsFormat Format { get; init; }

    /// <summary>What separates its fields; null for JSON.</summary>
    public Dialect? Dialect { get; init; }

    /// <summary>What its columns hold.</summary>
    public required Layout Layout { get; init; }

    /// <summary>What a good record is.</summary>
    public required RecordRules Rules { get; init; }

    /// <summary>Bytes of the text before the first record: comments and the header.</summary>
    public int StartByte { get; init; }

    /// <summary>Lines of the text before the first record.</summary>
    public int StartLine { get; init; }

    /// <summary>Looks at the first lines of a file.</summary>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="DataFileException">The file is empty, not text, damaged, or its layout is not understood.</exception>
    public static RatingsFile Recognise(string path, ReadOptions options)
    {
        var text = TextFile.Open(path, options.Encoding);
        var lines = TextLines.Of(text);
        var start = lines.SkipPreamble();
        var first = lines.Count > start ? lines[start] : throw new DataFileException(path, "The file is empty.");
        var format = options.Format is not RatingsFormat.Auto ? options.Format
            : first is [(byte)'{', ..] ? RatingsFormat.JsonLines
            : first is [(byte)'[', ..] ? RatingsFormat.Json
            : NetflixParser.IsItem(first) ? RatingsFormat.Netflix
            : RatingsFormat.Delimited;
        return format switch
        {
            RatingsFormat.JsonLines => OfJsonLines(text, lines, start, options),
            RatingsFormat.Json => OfJson(text, options),
            RatingsFormat.Netflix => OfNetflix(text, lines, start, options),
            RatingsFormat.Adjacency => OfAdjacency(text, lines, start, options),
            RatingsFormat.Delimited => OfFields(text, lines, start, options),
            _ => throw new ArgumentException($"A text file cannot be read as {RatingsFormats.NameOf(format)}."),
        };
    }

    /// <summary>Whether a part of it can be read without what comes before.</summary>
    public bool CanBeCut => Format is RatingsFormat.Delimited or RatingsFormat.Adjacency or RatingsFormat.JsonLines && Text.CanBeCut;

    /// <summary>Reads the records.</summary>
    /// <exception cref="DataFileException">The file is damaged or has a line that is too long.</exception>
    public ReadChunk Read(bool mayStop, int blockLength, WorkSteps steps, CancellationToken cancellation)
    {
        try
        {
            return ReadPart(StartByte, long.MaxValue, StartLine, mayStop, blockLength, steps, cancellation);
        }
        catch (LineTooLongException error)
        {
            throw TooLong(error.Line);
        }
    }

    /// <summary>The error of a line that is too long.</summary>
    public DataFileException TooLong(long line) =>
        new(Text.Path, line, "", "The line is longer than 4 MiB. Lines of ratings are expected.");

    /// <summary>Reads a part of the records.</summary>
    /// <param name="start">The byte of the text where the first record begins.</param>
    /// <param name="end">Only records that begin before this byte are read.</param>
    /// <param name="firstLine">How many lines come before.</param>
    /// <param name="mayStop">Whether what comes behind a bad record need not be read.</param>
    /// <param name="blockLength">Bytes of a block.</param>
    /// <param name="steps">Counts the bytes.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="DataFileException">The file is damaged.</exception>
    /// <exception cref="LineTooLongException">A line is too long.</exception>
    public ReadChunk ReadPart(
        long start, long end, long firstLine, bool mayStop, int blockLength, WorkSteps steps, CancellationToken cancellation)
    {
        try
        {
            using var stream = Text.OpenRead(steps, start, countsStart: start == StartByte);
            if (Format == RatingsFormat.Json)
            {
                return JsonList.Read(Text.Path, stream, Layout, Rules, mayStop, cancellation);
            }

            RecordParser parser = Format switch
            {
                RatingsFormat.JsonLines => new JsonLinesParser(Layout),
                RatingsFormat.Netflix => new NetflixParser(),
                RatingsFormat.Adjacency => new AdjacencyParser(Dialect!),
                _ => new DelimitedParser(Dialect!, Layout),
            };
            var chunk = BlockReader.Read(stream, parser, Rules, firstLine, mayStop, blockLength, cancellation, end - start);
            if (chunk.Met.BadCount > 0 && DataFile.IsPacked(Text.Path))
            {
                stream.CopyTo(Stream.Null); // a line that is bad because the file is cut off there is not the fault of the line
            }

            return chunk;
        }
        catch (InvalidDataException error)
        {
            throw DataFile.Damaged(Text.Path, error);
        }
    }

    private static RatingsFile OfFields(TextFile text, TextLines lines, int start, ReadOptions options)
    {
        IReadOnlyList<byte[]> sample = [.. lines.Skip(start).Take(SampleRecords).Where(line => !line.AsSpan().Trim("\t "u8).IsEmpty)];
        var dialect = (options.Separator ?? lines.DeclaredSeparator) is { } separator
            ? Dialect.Named(separator)
            : Dialect.Recognise(sample);
        if (dialect is null)
        {
            throw new DataFileException(text.Path, start + 1, Encoding.UTF8.GetString(sample[0]), "The lines have one field each. "
                + "Fields between commas, semicolons, tabs, bars or blanks are expected, or JSON objects; "
                + "name another separator by --separator.");
        }

        var records = dialect.Records(sample);
        IReadOnlyList<string>[] fields = [.. records.Select(dialect.Split).Where(record => record.Count > 0)];
        if (fields.Length == 0)
        {
            throw new DataFileException(text.Path, start + 1, Encoding.UTF8.GetString(sample[0]), "No line can be split into fields.");
        }

        // Lists of items of different lengths are what blanks separate in an adjacency list and nowhere else.
        if (options.Format == RatingsFormat.Auto && dialect.Separator is Dialect.Blanks or "\t" && options.Columns.IsEmpty
            && fields.CountBy(record => record.Count).Max(pair => pair.Value) * 2 <= fields.Length
            && fields.Count(record => record.Count > 4) * 4 >= fields.Length)
        {
            return OfAdjacency(text, lines, start, options);
        }

        var layout = Layout.Of(fields, options.Columns, out var data, out var problem)
            ?? throw new DataFileException(text.Path, start + 1, Encoding.UTF8.GetString(records[0]), problem!);

        if (data.Length > 0 && !data.Any(record => record.Count == layout.FieldCount))
        {
            throw new DataFileException(
                text.Path,
                start + 1,
                Encoding.UTF8.GetString(records[0]),
                $"The header has {layout.FieldCount} fields and the lines have {data[0].Count}. "
                + "A field with a separator in it must stand in quotes; if another separator was meant, name it by --separator.");
        }

        var rules = RulesOf(
            text.Path,
            layout,
            data.Where(record => record.Count == layout.FieldCount).ToArray(),
            takesComma: dialect.Separator != ",",
            options);
        var skipped = start + (layout.Names is null ? 0 : lines.LinesOf(start, records[0]));
        return new RatingsFile
        {
            Text = text,
            Format = RatingsFormat.Delimited,
            Dialect = dialect,
            Layout = layout,
            Rules = rules,
            StartLine = skipped,
            StartByte = lines.StartOf(skipped),
        };
    }

    private static RatingsFile OfAdjacency(TextFile text, TextLines lines, int start, ReadOptions options)
    {
        if (!options.Columns.IsEmpty)
        {
            throw new ArgumentException(
                "An adjacency list (a user and the user's items on each line) has no columns. Leave --columns out.");
        }

        var hasTabs = lines.Skip(start).Take(SampleRecords).Any(line => line.Contains((byte)'\t'));
        var separator = options.Separator ?? (hasTabs ? "\t" : Dialect.Blanks);
        return new RatingsFile
        {
            Text = text,
            Format = RatingsFormat.Adjacency,
            Dialect = Dialect.Named(separator),
            Layout = new Layout { FieldCount = 2 },
            Rules = new RecordRules(HasRating: false, Time: null, TakesComma: false, options.Scale),
            StartLine = start,
            StartByte = lines.StartOf(start),
        };
    }

    private static RatingsFile OfNetflix(TextFile text, TextLines lines, int start, ReadOptions options)
    {
        if (!options.Columns.IsEmpty)
        {
            throw new ArgumentException("The layout of the Netflix prize has fixed columns. Leave --columns out.");
        }

        var layout = new Layout { Names = ["user", "rating", "date", "item"], FieldCount = 4, User = 0, Item = 3, Rating = 1, Time = 2 };
        var dialect = new Dialect(",");
        IReadOnlyList<string>[] records =
        [
            .. lines.Skip(start).Take(SampleRecords).Select(dialect.Split)
                .Where(record => record.Count == 3).Select(record => (string[])[.. record, ""]),
        ];
        return new RatingsFile
        {
            Text = text,
            Format = RatingsFormat.Netflix,
            Dialect = dialect,
            Layout = layout,
            Rules = RulesOf(text.Path, layout, records, takesComma: false, options),
            StartLine = start,
            StartByte = lines.StartOf(start),
        };
    }

    private static RatingsFile OfJsonLines(TextFile text, TextLines lines, int start, ReadOptions options)
    {
        var sample = lines.Skip(start).Take(SampleRecords).Select(line => JsonRecord.MembersOf(line)).ToArray();
        if (Array.TrueForAll(sample, members => members is null))
        {
            throw new DataFileException(
                text.Path,
                start + 1,
                Encoding.UTF8.GetString(lines[start]),
                "The line is not a JSON object. One object a line is expected, or a list of objects.");
        }

        var objects = sample.OfType<IReadOnlyList<KeyValuePair<string, string>>>();
        var (layout, records) = JsonLayout(text.Path, start + 1, lines[start], [.. objects], options);
        return new RatingsFile
        {
            Text = text,
            Format = RatingsFormat.JsonLines,
            Layout = layout,
            Rules = RulesOf(text.Path, layout, records, takesComma: false, options),
            StartLine = start,
            StartByte = lines.StartOf(start),
        };
    }

    private static RatingsFile OfJson(TextFile text, ReadOptions options)
    {
        List<IReadOnlyList<KeyValuePair<string, string>>> sample = [];
        using (var stream = text.OpenRead())
        {
            foreach (var element in JsonList.Elements(text.Path, stream, CancellationToken.None).Take(SampleRecords))
            {
                if (JsonRecord.MembersOf(element) is { } members)
                {
                    sample.Add(members);
                }
            }
        }

        if (sample.Count == 0)
        {
            throw new DataFileException(text.Path, "The JSON holds no list of objects.");
        }

        var (layout, records) = JsonLayout(text.Path, 1, [.. text.Sample.Take(200)], sample, options);
        return new RatingsFile
        {
            Text = text,
            Format = RatingsFormat.Json,
            Layout = layout,
            Rules = RulesOf(text.Path, layout, records, takesComma: false, options) with { Record = "element" },
        };
    }

    private static (Layout Layout, IReadOnlyList<string>[] Records) JsonLayout(
        string path, int line, byte[] lineText, IReadOnlyList<IReadOnlyList<KeyValuePair<string, string>>> sample, ReadOptions options)
    {
        string[] names = [.. sample.SelectMany(members => members).Select(member => member.Key).Distinct()];
        IReadOnlyList<string>[] records = [.. sample.Select(members =>
        {
            var values = members.DistinctBy(member => member.Key).ToDictionary(member => member.Key, member => member.Value);
            return (string[])[.. names.Select(name => values.GetValueOrDefault(name, ""))];
        })];
        return Layout.OfNames(names, options.Columns, records, out var problem) is { } layout
            ? (layout, records)
            : throw new DataFileException(path, line, Encoding.UTF8.GetString(lineText), problem!);
    }

    /// <summary>The rules of records with a layout; how times are written, a sample tells.</summary>
    internal static RecordRules RulesOf(
        string path, Layout layout, IReadOnlyList<IReadOnlyList<string>> sample, bool takesComma, ReadOptions options)
    {
        options.Filter.CheckTimes(layout.Time >= 0);
        TimeFormat? time = null;
        if (layout.Time >= 0)
        {
            var texts = sample.Select(record => record[layout.Time]).Where(text => text.Length > 0);
            byte[][] times = [.. texts.Select(Encoding.UTF8.GetBytes)];
            time = options.TimeFormat is { } named ? TimeFormat.Named(named) : TimeFormat.Recognise(times);
            if (time is null)
            {
                throw new DataFileException(path, $"The times in the column '{layout.NameOf(layout.Time)}' are not understood"
                    + (times.Length > 0 ? $", for example '{Encoding.UTF8.GetString(times[0])}'" : ": they are empty")
                    + $". Say how they are written by --time-format ({TimeFormat.Expected}), or leave them out by --columns timestamp=-.");
            }
        }

        return new RecordRules(layout.Rating >= 0, time, takesComma, options.Scale);
    }
}
