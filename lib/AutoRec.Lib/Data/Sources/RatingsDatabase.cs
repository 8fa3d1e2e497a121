using System.Globalization;
using System.Text;
using Apache.Arrow;
using CsvHelper;
using DuckDB.NET.Data;
using Array = System.Array;

namespace AutoRec.Data;

/// <summary>
/// Reads ratings with DuckDB: it parses files, encodes ids (a row of the table <c>users</c> is a user's code) and leaves out
/// what a filter does not want. What does not fit into its memory goes to a temporary folder.
/// </summary>
/// <remarks>
/// The tables: <c>log</c> (u, i, r, t) with a row for each line, and what could not be read in bad_r and bad_t where the source is a
/// table; <c>users</c> (u) and <c>items</c> (i).
/// </remarks>
internal sealed class RatingsDatabase(CancellationToken cancellation) : DuckDbSession(cancellation)
{
    // Whole numbers up to here are exact in a double, in which times are read.
    private const string WholeTime = "t = floor(t) AND abs(t) < 9007199254740992";

    /// <summary>
    /// Reads text files; null when anything in them is unusual (a bad line, blanks around an id, lines of unequal length), which is
    /// left to <see cref="RatingsLines"/>.
    /// </summary>
    public static ReadResult? TryReadText(string name, RatingsFile[] files, ReadOptions options, CancellationToken cancellation)
    {
        if (LayoutOf(files, options) is not { } layout || Array.Exists(files, file => !file.StartsWithData))
        {
            return null;
        }

        // DuckDB does not notice that gzip data is cut off or damaged.
        var damaged = Array.FindAll(files, file => DataFile.IsGzip(file.Path)) is { Length: > 0 } zipped
            ? Task.Run(() => zipped.FirstOrDefault(file => !IsWhole(file.Path)), cancellation)
            : Task.FromResult<RatingsFile?>(null);
        try
        {
            using var database = new RatingsDatabase(cancellation);
            database.Execute(CreateLog(files, layout, options));
            var (isGood, rows, _) = database.Check(options.Scale ?? layout.Scale);
            if (!isGood || rows == 0)
            {
                return null;
            }

            if (layout.Timestamp < 0)
            {
                options.Filter.CheckTimes(false);
            }

            database.Encode(layout.Timestamp >= 0, options.Filter);
            var report = new ReadReport(name, files[0].Format, rows, 0, [], 0) { IsImplicit = layout.Rating < 0 };
            return database.Result(report, layout.Timestamp >= 0, options);
        }
        catch (DuckDBException)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
        finally
        {
            if (damaged.GetAwaiter().GetResult() is { } file)
            {
                throw RatingsFile.Damaged(file.Path, new InvalidDataException());
            }
        }
    }

    /// <summary>Reads Parquet files or the result of a query.</summary>
    /// <exception cref="DataFileException">The source cannot be read, lacks a column, has no row, or has a row that cannot be used.</exception>
    public static ReadResult ReadTable(RatingsSource source, ReadOptions options, CancellationToken cancellation)
    {
        using var database = new RatingsDatabase(cancellation);
        try
        {
            var layout = source switch
            {
                RatingsSource.Parquet parquet => database.CreateLog(source.Name, $"read_parquet([{string.Join(", ", parquet.Paths.Select(Text))}])", options),
                RatingsSource.DuckDb file => database.CreateLog(file, options),
                RatingsSource.Postgres server => database.CreateLog(server, options),
                _ => throw new ArgumentException($"'{source.Name}' is no table.", nameof(source)),
            };
            var hasTimes = layout.Timestamp >= 0;
            options.Filter.CheckTimes(hasTimes);
            var report = new ReadReport(source.Name, source is RatingsSource.Parquet ? RatingsFormat.Parquet : RatingsFormat.Query, database.Number("SELECT count(*) FROM log"), 0, [], 0)
            {
                IsImplicit = layout.Rating < 0,
            };
            report = database.DropBadRows(report, options);
            database.Encode(hasTimes, options.Filter);
            return database.Result(report, hasTimes, options)!;
        }
        catch (DuckDBException error)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new DataFileException(source.Name, $"The data cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    private static bool IsWhole(string path)
    {
        try
        {
            using var file = DataFile.OpenRead(path);
            file.CopyTo(Stream.Null, 1 << 20);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>The layout that all files have; null when that takes a closer look.</summary>
    private static RatingsLayout? LayoutOf(RatingsFile[] files, ReadOptions options)
    {
        var first = files[0];
        if (first.Format == RatingsFormat.Adjacency)
        {
            return null;
        }

        if (first.Format == RatingsFormat.JsonLines)
        {
            return JsonLinesLayout.OfFirstLine(first.FirstLine, options.Columns, out _) is { } json
                ? new RatingsLayout { Format = first.Format, Rating = json.Rating is null ? -1 : 2, Timestamp = json.Timestamp is null ? -1 : 3 }
                : null;
        }

        var fields = Fields(first);
        var layout = RatingsLayout.Of(first.Format, fields, options.Columns, out _);
        if (layout is { HasHeader: true })
        {
            return Array.TrueForAll(files, file => file.FirstLine == first.FirstLine) ? layout : null;
        }

        return fields.Length is 3 or 4 ? layout?.WithFieldCount(fields.Length) : null;
    }

    private static string[] Fields(RatingsFile file)
    {
        if (!file.FirstLine.Contains('"') || RatingsLayout.Mode(file.Format) == CsvMode.NoEscape)
        {
            return file.FirstLine.Split(file.Separator, StringSplitOptions.TrimEntries);
        }

        using var reader = CsvReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(file.FirstLine)), new CsvReaderOptions { Separator = file.Separator[0], HasHeader = false, TrimWhitespace = true });
        return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : [];
    }

    private static string CreateLog(RatingsFile[] files, RatingsLayout layout, ReadOptions options)
    {
        var paths = string.Join(", ", files.Select(file => Text(file.Path)));
        var compression = files.Select(file => DataFile.IsGzip(file.Path)).Distinct().ToArray() switch
        {
            [true] => "gzip",
            [false] => "none",
            _ => "auto",
        };
        if (layout.Format == RatingsFormat.JsonLines)
        {
            var json = JsonLinesLayout.OfFirstLine(files[0].FirstLine, options.Columns, out _)!;
            var properties = new (string? Name, string Type)[] { (json.User, "VARCHAR"), (json.Item, "VARCHAR"), (json.Rating, "FLOAT"), (json.Timestamp, "DOUBLE") }.Where(part => part.Name is not null);
            compression = compression == "none" ? "uncompressed" : compression; // what read_csv calls none
            return $"""
                CREATE TEMP TABLE log AS SELECT {Name(json.User)} AS u, {Name(json.Item)} AS i,
                {(json.Rating is null ? "1::FLOAT" : Name(json.Rating))} AS r, {(json.Timestamp is null ? "0::DOUBLE" : Name(json.Timestamp))} AS t
                FROM read_json([{paths}], format = 'newline_delimited', compression = '{compression}', columns = {Struct(properties.Select(part => $"{Name(part.Name!)}: '{part.Type}'"))})
                """;
        }

        var columns = Enumerable.Range(0, layout.FieldCount).Select(i => $"c{i}: '{(i == layout.Rating ? "FLOAT" : i == layout.Timestamp ? "DOUBLE" : "VARCHAR")}'");
        var quote = RatingsLayout.Mode(layout.Format) == CsvMode.NoEscape ? "" : "\"";
        return $"""
            CREATE TEMP TABLE log AS SELECT c{layout.User} AS u, c{layout.Item} AS i,
            {(layout.Rating < 0 ? "1::FLOAT" : $"c{layout.Rating}")} AS r, {(layout.Timestamp < 0 ? "0::DOUBLE" : $"c{layout.Timestamp}")} AS t
            FROM read_csv([{paths}], auto_detect = false, header = {layout.HasHeader}, delim = {Text(files[0].Separator)}, quote = '{quote}', escape = '{quote}',
            compression = '{compression}', columns = {Struct(columns)})
            """;
    }

    private RatingsLayout CreateLog(RatingsSource.DuckDb source, ReadOptions options)
    {
        Execute($"ATTACH {Text(source.Path)} AS source (READ_ONLY)");
        Execute("USE source");
        return CreateLog(source.Name, $"({source.Query})", options);
    }

    /// <summary>Makes the log of a table with named columns.</summary>
    private RatingsLayout CreateLog(string name, string relation, ReadOptions options)
    {
        List<(string Name, string Type)> columns = [];
        using (var command = Command($"DESCRIBE SELECT * FROM {relation}"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                columns.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        var layout = LayoutOf(name, [.. columns.Select(column => column.Name)], options);
        var rating = layout.Rating < 0 ? "1" : Name(columns[layout.Rating].Name);
        var time = layout.Timestamp < 0 ? "0" : Name(columns[layout.Timestamp].Name);
        var isDate = layout.Timestamp >= 0 && (columns[layout.Timestamp].Type.StartsWith("TIMESTAMP", StringComparison.Ordinal) || columns[layout.Timestamp].Type == "DATE");
        time = isDate ? $"floor(epoch({time}))" : time;
        Execute($"""
            CREATE TEMP TABLE log AS SELECT trim({Name(columns[layout.User].Name)}::VARCHAR) AS u, trim({Name(columns[layout.Item].Name)}::VARCHAR) AS i,
            TRY_CAST({rating} AS FLOAT) AS r, TRY_CAST({time} AS DOUBLE) AS t, {rating}::VARCHAR AS bad_r, {time}::VARCHAR AS bad_t
            FROM {relation}
            """);
        return layout;
    }

    private RatingsLayout CreateLog(RatingsSource.Postgres source, ReadOptions options)
    {
        RatingsLayout? layout = null;
        Execute("CREATE TEMP TABLE log (u VARCHAR, i VARCHAR, r FLOAT, t DOUBLE, bad_r VARCHAR, bad_t VARCHAR)");
        PostgresRows.Read(
            source,
            rows =>
            {
                layout = LayoutOf(source.Name, [.. Enumerable.Range(0, rows.FieldCount).Select(rows.GetName)], options);
                using var appender = Connection.CreateAppender("log");
                for (var count = 0; rows.Read(); count++)
                {
                    if ((count & 0xfff) == 0)
                    {
                        Cancellation.ThrowIfCancellationRequested();
                    }

                    var rating = layout.Rating < 0 ? "1" : TextOf(rows.GetValue(layout.Rating));
                    var time = layout.Timestamp < 0 ? "0" : TextOf(rows.GetValue(layout.Timestamp));
                    appender.CreateRow()
                        .AppendValue(TextOf(rows.GetValue(layout.User))?.Trim())
                        .AppendValue(TextOf(rows.GetValue(layout.Item))?.Trim())
                        .AppendValue(float.TryParse(rating, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null)
                        .AppendValue(double.TryParse(time, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? seconds : null)
                        .AppendValue(rating)
                        .AppendValue(time)
                        .EndRow();
                }
            },
            Cancellation);
        return layout!;

        static string? TextOf(object value) => value switch
        {
            DBNull => null,
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }

    private static RatingsLayout LayoutOf(string name, string[] columns, ReadOptions options) =>
        RatingsLayout.Of(RatingsFormat.Query, columns, options.Columns, out var missing) ?? throw new DataFileException(name, missing!);

    /// <summary>Whether every row can be used as it is, how many there are, and the range of ratings.</summary>
    private (bool IsGood, long Rows, RatingScale Range) Check(RatingScale? scale, string where = "")
    {
        using var command = Command($"""
            SELECT count(*), count(u) = count(*) AND count(i) = count(*) AND count(r) = count(*) AND count(t) = count(*)
            AND coalesce(bool_and(isfinite(r) AND {WholeTime}), true), coalesce(min(r), 0), coalesce(max(r), 0) FROM log{where}
            """);
        using var reader = command.ExecuteReader();
        reader.Read();
        var range = new RatingScale(reader.GetFloat(2), reader.GetFloat(3));
        return (reader.GetBoolean(1) && (scale is not { } allowed || (allowed.Contains(range.Min) && allowed.Contains(range.Max))), reader.GetInt64(0), range);
    }

    private ReadReport DropBadRows(ReadReport report, ReadOptions options)
    {
        if (report.Lines == 0)
        {
            throw new DataFileException(report.Path, "There is no row.");
        }

        var outside = options.Scale is { } scale ? FormattableString.Invariant($" OR r < {scale.Min:R} OR r > {scale.Max:R}") : "";
        var condition = $"coalesce(trim(u), '') = '' OR coalesce(trim(i), '') = '' OR r IS NULL OR NOT isfinite(r) OR t IS NULL OR NOT ({WholeTime}){outside}";
        List<DataFileException> bad = [];
        using (var command = Command($"SELECT rowid + 1, u, i, r, bad_r, t, bad_t FROM log WHERE {condition} ORDER BY rowid LIMIT {RatingsLines.KeptBadLines}"))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                var problem = reader.IsDBNull(1) || string.IsNullOrWhiteSpace(reader.GetString(1)) ? "The user id is empty."
                    : reader.IsDBNull(2) || string.IsNullOrWhiteSpace(reader.GetString(2)) ? "The item id is empty."
                    : reader.IsDBNull(3) || !float.IsFinite(reader.GetFloat(3)) ? $"The rating '{(reader.IsDBNull(4) ? "" : reader.GetString(4))}' is not a finite number."
                    : options.Scale is { } range && !range.Contains(reader.GetFloat(3)) ? FormattableString.Invariant($"The rating {reader.GetFloat(3)} is outside the scale {range}.")
                    : $"The timestamp '{(reader.IsDBNull(6) ? "" : reader.GetString(6))}' is not a whole number of seconds since 1970, nor a date.";
                bad.Add(new DataFileException(report.Path, $"row {reader.GetInt64(0)}: {problem}"));
            }
        }

        if (bad.Count == 0)
        {
            return report;
        }

        var count = Number($"SELECT count(*) FROM log WHERE {condition}");
        if (options.OnBadLine == BadLineAction.Fail)
        {
            throw bad[0];
        }

        if (count == report.Lines)
        {
            throw new DataFileException(report.Path, $"None of the {count} rows can be used. The first: {bad[0].Message}", bad[0]);
        }

        Execute($"CREATE OR REPLACE TEMP TABLE log AS SELECT * FROM log WHERE NOT ({condition})");
        return report with { BadLineCount = count, BadLines = bad };
    }

    /// <summary>Makes the tables of users and items, which leave out what is outside the time window or cannot be in the k-core.</summary>
    private void Encode(bool hasTimes, InteractionFilter filter)
    {
        var (userHaving, itemHaving) = MayPrune(filter) ? ($" HAVING count(*) >= {filter.UserCore}", $" HAVING count(*) >= {filter.ItemCore}") : ("", "");
        Execute($"CREATE TEMP TABLE users AS SELECT u FROM log{Window(hasTimes, filter)} GROUP BY u{userHaving}");
        Execute($"CREATE TEMP TABLE items AS SELECT i FROM log{Window(hasTimes, filter)} GROUP BY i{itemHaving}");
    }

    // Who has too few interactions in all is not in the core, whatever comes later; but who is drawn depends on who is there.
    private static bool MayPrune(InteractionFilter filter) => filter is { MinRating: null, SampleUsers: null } && (filter.UserCore > 0 || filter.ItemCore > 0);

    private static string Window(bool hasTimes, InteractionFilter filter) => !hasTimes || !filter.HasWindow ? ""
        : FormattableString.Invariant($" WHERE t >= {filter.FromSeconds ?? long.MinValue} AND t < {filter.BeforeSeconds ?? long.MaxValue}");

    private ReadResult? Result(ReadReport report, bool hasTimes, ReadOptions options)
    {
        var range = Check(null, Window(hasTimes, options.Filter)).Range;
        var inWindow = Number($"SELECT count(*) FROM log{Window(hasTimes, options.Filter)}");
        var isText = report.Format is not (RatingsFormat.Parquet or RatingsFormat.Query);
        if (ReadColumns((int)(report.Lines - report.BadLineCount), (int)inWindow, hasTimes, isText, options) is not { } columns)
        {
            return null;
        }

        var pruned = inWindow - columns.Values.Length;
        var scale = options.Scale ?? (report.IsImplicit ? new RatingScale(0, 1) : pruned > 0 ? range : null);
        Connection.Dispose(); // half of all memory; what comes now needs some
        var log = Duplicates.Settle(columns, options.Duplicates, scale, out var duplicates);
        log = options.Filter.AfterWindow.Apply(log, out var steps);
        List<Dropped> dropped = [.. steps];
        if (options.Filter.HasWindow)
        {
            dropped.Insert(0, new Dropped(InteractionFilter.WindowReason, report.Lines - report.BadLineCount - inWindow));
        }

        if (pruned > 0)
        {
            dropped[^1] = dropped[^1] with { Rows = dropped[^1].Rows + pruned };
        }

        return new ReadResult(log, report with { Duplicates = duplicates, Dropped = dropped });
    }

    /// <summary>Reads the encoded log, in the order of its rows, and gives users and items rows in the order in which they come.</summary>
    private InteractionColumns? ReadColumns(int rowsOfLog, int most, bool hasTimes, bool isText, ReadOptions options)
    {
        var (userCodes, itemCodes, values) = (new int[most], new int[most], new float[most]);
        var times = hasTimes ? new long[most] : null;

        // Batches come in any order. Where all rows of the log are wanted each has its place; else they are sorted at the end.
        var rows = most < rowsOfLog || MayPrune(options.Filter) ? new int[most] : null;
        var filled = 0;
        foreach (var batch in Batches($"""
            SELECT users.rowid::INT, items.rowid::INT, r, log.rowid::INT{(hasTimes ? ", t::BIGINT" : "")}
            FROM log JOIN users ON log.u = users.u JOIN items ON log.i = items.i{Window(hasTimes, options.Filter)}
            """))
        {
            var places = ((Int32Array)batch.Column(3)).Values;
            if (rows is not null)
            {
                places.CopyTo(rows.AsSpan(filled));
                places = Enumerable.Range(filled, batch.Length).ToArray();
            }

            Scatter(((Int32Array)batch.Column(0)).Values, places, userCodes);
            Scatter(((Int32Array)batch.Column(1)).Values, places, itemCodes);
            Scatter(((FloatArray)batch.Column(2)).Values, places, values);
            if (times is not null)
            {
                Scatter(((Int64Array)batch.Column(4)).Values, places, times);
            }

            filled += batch.Length;
        }

        Execute("DROP TABLE log");
        if (rows is not null)
        {
            var order = rows[..filled];
            userCodes = Sorted(order, userCodes);
            itemCodes = Sorted(order, itemCodes);
            values = Sorted(order, values);
            times = times is null ? null : Sorted(order, times);
        }

        return ToRows("u", "users", userCodes, options.Users, isText) is { } users && ToRows("i", "items", itemCodes, options.Items, isText) is { } items
            ? new InteractionColumns(users, items, userCodes, itemCodes, values, times)
            : null;

        static void Scatter<T>(ReadOnlySpan<T> from, ReadOnlySpan<int> places, T[] to)
        {
            for (var i = 0; i < from.Length; i++)
            {
                to[places[i]] = from[i];
            }
        }

        static T[] Sorted<T>(int[] order, T[] column)
        {
            var sorted = column[..order.Length];
            Array.Sort(order[..], sorted);
            return sorted;
        }
    }

    /// <summary>
    /// Turns codes into rows, in place; <paramref name="known"/> grows by the ids that are new to it. Null when an id has blanks around
    /// it or a line break in it, so that its line is to be looked at in the file.
    /// </summary>
    private IdIndex? ToRows(string column, string table, int[] codes, IdIndex? known, bool isText)
    {
        var (count, bytes) = ((int)Number($"SELECT count(*) FROM {table}"), (int)Number($"SELECT coalesce(sum(strlen({column})), 0)::BIGINT FROM {table}"));
        if (count == 0)
        {
            return known ?? new IdIndex(); // Arrow cannot import an empty column of texts
        }

        var ids = new IdIndex(count, bytes); // in the order in which they come from the database
        var placeOfCode = new int[count];
        var place = 0;
        foreach (var batch in Batches($"SELECT {column}, rowid::INT FROM {table}"))
        {
            foreach (var code in ((Int32Array)batch.Column(1)).Values)
            {
                placeOfCode[code] = place++;
            }

            var texts = (StringArray)batch.Column(0);
            if (isText && !ArePlain(texts.Values, texts.ValueOffsets))
            {
                return null;
            }

            ids.AddAllNew(texts.Values, texts.ValueOffsets);
        }

        Execute($"DROP TABLE {table}");
        var rowOfPlace = new int[ids.Count];
        Array.Fill(rowOfPlace, -1);
        var order = new int[ids.Count]; // the places as they are met
        var met = 0;
        for (var i = 0; i < codes.Length; i++)
        {
            var at = placeOfCode[codes[i]];
            ref var row = ref rowOfPlace[at];
            if (row < 0)
            {
                row = known is null ? met : known.GetOrAdd(ids.Bytes(at));
                order[met++] = at;
            }

            codes[i] = row;
        }

        if (known is not null)
        {
            return known;
        }

        var index = new IdIndex(met, bytes);
        index.AddAllNew(ids, order.AsSpan(0, met));
        return index;
    }

    private static bool ArePlain(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> offsets)
    {
        if (bytes[offsets[0]..offsets[^1]].ContainsAny((byte)'\n', (byte)'\r', (byte)0))
        {
            return false;
        }

        for (var i = 0; i + 1 < offsets.Length; i++)
        {
            if (bytes[offsets[i]] is (byte)' ' or (byte)'\t' || bytes[offsets[i + 1] - 1] is (byte)' ' or (byte)'\t')
            {
                return false;
            }
        }

        return true;
    }
}
