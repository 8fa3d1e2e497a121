using System.Data.Common;
using System.Globalization;
using System.Text;
using Apache.Arrow;
using DuckDB.NET.Data;
using static AutoRec.Data.DuckDbSession;

namespace AutoRec.Data;

/// <summary>Reads Parquet files and the results of queries, row by row, by the same grammar as text.</summary>
internal static class ReadTables
{
    private const int SampleRows = 200;
    private const int TimeSampleRows = 1000;

    /// <summary>Reads a table.</summary>
    /// <exception cref="DataFileException">
    /// The source cannot be read, lacks a column, has no row, or has a row that cannot be used.
    /// </exception>
    public static ReadResult Read(RatingsSource source, ReadOptions options, CancellationToken cancellation)
    {
        var part = Guarded(source, cancellation, () => source switch
        {
            RatingsSource.Parquet parquet => OfFiles(parquet, options, null, cancellation),
            RatingsSource.Sql sql => OfSql(sql, options, cancellation),
            RatingsSource.DuckDb file => OfDatabase(file, options, cancellation),
            RatingsSource.Postgres server => OfServer(server, options, cancellation),
            _ => throw new ArgumentException($"'{source.Name}' is not a table.", nameof(source)),
        });
        CheckRows(part);
        return SourcePart.Combine(source.Name, [part], options);
    }

    /// <summary>Reads some of the rows of Parquet files, which are one after the other.</summary>
    /// <param name="source">The files.</param>
    /// <param name="options">How to read them.</param>
    /// <param name="share">From the number of all rows to the first row and the end behind the last.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <inheritdoc cref="Read(RatingsSource, ReadOptions, CancellationToken)" path="/exception"/>
    public static SourcePart ReadShare(
        RatingsSource.Parquet source, ReadOptions options, Func<long, (long First, long End)> share, CancellationToken cancellation) =>
        Guarded(source, cancellation, () => OfFiles(source, options, share, cancellation));

    /// <summary>Throws if a table has no row.</summary>
    public static void CheckRows(SourcePart part)
    {
        if (part.Chunk.Met.Records == 0)
        {
            throw new DataFileException(part.Path, "There is no row.");
        }
    }

    private static SourcePart Guarded(RatingsSource source, CancellationToken cancellation, Func<SourcePart> read)
    {
        try
        {
            return read();
        }
        catch (DuckDBException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw DiskFull.Is(error) ? DiskFull.TemporaryError(error)
                : new DataFileException(source.Name, $"The data cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    private static SourcePart OfFiles(
        RatingsSource.Parquet source, ReadOptions options, Func<long, (long First, long End)>? share, CancellationToken cancellation)
    {
        using var database = new DuckDbSession(cancellation);
        var relation = $"read_parquet([{string.Join(", ", source.Paths.Select(FileName))}])";
        var rows = share?.Invoke(database.Number($"SELECT count(*) FROM {relation}"));
        return Read(database, source.Name, RatingsFormat.Parquet, relation, options, rows);
    }

    private static SourcePart OfSql(RatingsSource.Sql source, ReadOptions options, CancellationToken cancellation)
    {
        using var database = new DuckDbSession(cancellation);
        database.CheckIsQuery(source.Query);
        database.LockConfiguration();
        return Read(database, source.Name, RatingsFormat.Query, $"({source.Query})", options);
    }

    private static SourcePart OfDatabase(RatingsSource.DuckDb source, ReadOptions options, CancellationToken cancellation)
    {
        using var database = new DuckDbSession(cancellation);
        database.CheckIsQuery(source.Query);
        database.Execute($"ATTACH {Text(source.Path)} AS source (READ_ONLY)");
        database.Execute("USE source");
        database.Execute("SET enable_external_access = false");
        database.LockConfiguration();
        return Read(database, source.Name, RatingsFormat.Query, $"({source.Query})", options);
    }

    private static SourcePart Read(
        DuckDbSession database,
        string name,
        RatingsFormat format,
        string relation,
        ReadOptions options,
        (long First, long End)? rows = null)
    {
        List<(string Name, string Type)> columns = [];
        using (var command = database.Command($"DESCRIBE SELECT * FROM {relation}"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                columns.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        var layout = LayoutOf(name, [.. columns.Select(column => column.Name)], SampleOf(database, format, relation), options);
        var timeType = layout.Time < 0 ? "" : columns[layout.Time].Type;
        var isTyped = timeType == "DATE" || timeType.StartsWith("TIMESTAMP", StringComparison.Ordinal);
        var time = layout.Time < 0 ? "NULL"
            : isTyped ? $"floor(epoch({Name(columns[layout.Time].Name)}))::BIGINT"
            : Name(columns[layout.Time].Name);
        var rating = layout.Rating < 0 ? "NULL" : Name(columns[layout.Rating].Name);
        var (user, item) = (Name(columns[layout.User].Name), Name(columns[layout.Item].Name));
        var sql = $"SELECT {user}::VARCHAR, {item}::VARCHAR, {rating}::VARCHAR, {time}::VARCHAR FROM {relation}";
        RecordRules? rules = null;
        ReadChunk? chunk = null;
        if (rows is { } some)
        {
            // How times are written, the first rows of all tell.
            foreach (var batch in database.Batches($"{sql} LIMIT {TimeSampleRows}"))
            {
                rules ??= RulesOfBatch((StringArray)batch.Column(3));
            }

            sql += FormattableString.Invariant($" LIMIT {some.End - some.First} OFFSET {some.First}");
        }

        foreach (var batch in database.Batches(sql))
        {
            var texts = Enumerable.Range(0, 4).Select(batch.Column).Cast<StringArray>().ToArray();
            rules ??= RulesOfBatch(texts[3]);
            chunk ??= new ReadChunk(rules);
            for (var row = 0; row < batch.Length; row++)
            {
                chunk.Lines++;
                chunk.Add(chunk.Lines, default, At(texts[0], row), At(texts[1], row), At(texts[2], row), At(texts[3], row));
            }
        }

        rules ??= RulesOf(name, layout, isTyped: true, [], options);
        return new SourcePart(name, format, layout, rules, chunk ?? new ReadChunk(rules));

        RecordRules RulesOfBatch(StringArray times) => RulesOf(
            name,
            layout,
            isTyped,
            Enumerable.Range(0, Math.Min(times.Length, TimeSampleRows)).Select(row => times.GetString(row) ?? ""),
            options);

        static ReadOnlySpan<byte> At(StringArray texts, int row) => texts.IsNull(row) ? default : texts.GetBytes(row).Trim("\t "u8);
    }

    private static SourcePart OfServer(RatingsSource.Postgres source, ReadOptions options, CancellationToken cancellation)
    {
        Layout? layout = null;
        RecordRules? rules = null;
        ReadChunk? chunk = null;
        PostgresRows.Read(
            source.Name,
            source.Connection,
            source.Query,
            rows =>
            {
                layout = LayoutOf(source.Name, [.. Enumerable.Range(0, rows.FieldCount).Select(rows.GetName)], [], options);
                Type[] typed = [typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly)];
                var isTyped = layout.Time >= 0 && typed.Contains(rows.GetFieldType(layout.Time));
                var waiting = new List<byte[][]>(); // until there are enough to tell how times are written
                while (rows.Read())
                {
                    waiting.Add([At(rows, layout.User), At(rows, layout.Item), At(rows, layout.Rating), At(rows, layout.Time)]);
                    if (waiting.Count == 1000)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        Take(waiting, isTyped);
                    }
                }

                Take(waiting, isTyped);
            },
            cancellation);
        return new SourcePart(source.Name, RatingsFormat.Query, layout!, rules!, chunk!);

        void Take(List<byte[][]> waiting, bool isTyped)
        {
            rules ??= RulesOf(source.Name, layout!, isTyped, waiting.Select(row => Encoding.UTF8.GetString(row[3])), options);
            chunk ??= new ReadChunk(rules);
            foreach (var row in waiting)
            {
                chunk.Lines++;
                chunk.Add(chunk.Lines, default, row[0], row[1], row[2], row[3]);
            }

            waiting.Clear();
        }

        static byte[] At(DbDataReader rows, int column) =>
            column < 0 ? [] : Encoding.UTF8.GetBytes(TextOf(rows.GetValue(column)).Trim(' ', '\t'));
    }

    private static string TextOf(object value) => value switch
    {
        DBNull => "",
        DateTime time => TextOf(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeSeconds()),
        DateTimeOffset time => TextOf(time.ToUnixTimeSeconds()),
        DateOnly day => TextOf(day.ToDateTime(default)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    // A rating under an unusual name shows in a file; who writes a query names the columns.
    private static List<IReadOnlyList<string>> SampleOf(DuckDbSession database, RatingsFormat format, string relation)
    {
        List<IReadOnlyList<string>> sample = [];
        if (format != RatingsFormat.Parquet)
        {
            return sample;
        }

        using var command = database.Command($"SELECT * FROM {relation} LIMIT {SampleRows}");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            sample.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => TextOf(reader.GetValue(i)))]);
        }

        return sample;
    }

    private static Layout LayoutOf(string name, string[] columns, IReadOnlyList<IReadOnlyList<string>> sample, ReadOptions options) =>
        Layout.OfNames(columns, options.Columns, sample, out var problem) ?? throw new DataFileException(name, problem!);

    private static RecordRules RulesOf(string name, Layout layout, bool isTyped, IEnumerable<string> times, ReadOptions options)
    {
        var columns = Enumerable.Range(0, layout.FieldCount);
        string[][] sample = [.. times.Select(time => columns.Select(column => column == layout.Time ? time : "").ToArray())];
        options = isTyped ? options with { TimeFormat = "seconds" } : options;
        return RatingsFile.RulesOf(name, layout, sample, takesComma: false, options) with { Record = "row" };
    }
}
