using Apache.Arrow;
using DuckDB.NET.Data;
using Array = System.Array;

namespace AutoRec.Data;

/// <summary>
/// Reads ratings with DuckDB: it parses files, encodes ids (a row of the table <c>users</c> is a user's code) and leaves out
/// what a filter does not want. What does not fit into its memory goes to a temporary folder.
/// </summary>
/// <remarks>
/// The tables: <c>log</c>, which <see cref="TextTable"/> or <see cref="QueryTable"/> makes; <c>users</c> (u) and <c>items</c> (i).
/// </remarks>
internal sealed class RatingsDatabase(CancellationToken cancellation) : DuckDbSession(cancellation)
{
    /// <summary>
    /// Reads text files; null when anything in them is unusual (a bad line, blanks around an id, lines of unequal length), which is
    /// left to <see cref="RatingsLines"/>.
    /// </summary>
    public static ReadResult? TryReadText(string name, RatingsFile[] files, ReadOptions options, CancellationToken cancellation)
    {
        if (TextTable.LayoutOf(files, options) is not { } layout || Array.Exists(files, file => !file.StartsWithData))
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
            database.Execute(TextTable.CreateLog(files, layout, options));
            var (isGood, rows) = database.Check(options.Scale ?? layout.Scale);
            if (!isGood || rows == 0)
            {
                return null;
            }

            var hasTimes = layout.Timestamp >= 0;
            options.Filter.CheckTimes(hasTimes);
            database.Encode(hasTimes, options.Filter);
            var report = new ReadReport(name, files[0].Format, rows, 0, [], 0)
            {
                IsImplicit = layout.Rating < 0,
                RatingColumn = layout.RatingColumn,
                UnreadColumns = layout.Unread,
            };
            return database.Result(report, hasTimes, options);
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
    /// <exception cref="DataFileException">
    /// The source cannot be read, lacks a column, has no row, or has a row that cannot be used.
    /// </exception>
    public static ReadResult ReadTable(RatingsSource source, ReadOptions options, CancellationToken cancellation)
    {
        using var database = new RatingsDatabase(cancellation);
        try
        {
            var layout = QueryTable.CreateLog(database, source, options);
            var hasTimes = layout.Timestamp >= 0;
            options.Filter.CheckTimes(hasTimes);
            var format = source is RatingsSource.Parquet ? RatingsFormat.Parquet : RatingsFormat.Query;
            var rows = database.Number("SELECT count(*) FROM log");
            var report = new ReadReport(source.Name, format, rows, 0, [], 0)
            {
                IsImplicit = layout.Rating < 0,
                RatingColumn = layout.RatingColumn,
                UnreadColumns = layout.Unread,
            };
            report = QueryTable.DropBadRows(database, report, options);
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

    /// <summary>Whether every row can be used as it is, and how many there are.</summary>
    private (bool IsGood, long Rows) Check(RatingScale? scale, string where = "")
    {
        using var command = Command($"""
            SELECT count(*), count(u) = count(*) AND count(i) = count(*) AND count(r) = count(*) AND count(t) = count(*)
            AND coalesce(bool_and(isfinite(r) AND {QueryTable.WholeTime}), true), coalesce(min(r), 0), coalesce(max(r), 0) FROM log{where}
            """);
        using var reader = command.ExecuteReader();
        reader.Read();
        var range = new RatingScale(reader.GetFloat(2), reader.GetFloat(3));
        var isInScale = scale is not { } allowed || (allowed.Contains(range.Min) && allowed.Contains(range.Max));
        return (reader.GetBoolean(1) && isInScale, reader.GetInt64(0));
    }

    /// <summary>The ratings that occur, each once.</summary>
    private float[] Values(string where) =>
        [.. Batches($"SELECT DISTINCT r FROM log{where}").SelectMany(batch => ((FloatArray)batch.Column(0)).Values.ToArray())];

    /// <summary>Makes the tables of users and items, which leave out what is outside the time window or cannot be in the k-core.</summary>
    private void Encode(bool hasTimes, InteractionFilter filter)
    {
        // Who has too few interactions in all is not in the core, whatever comes later; but who is drawn depends on who is there.
        var mayPrune = filter is { MinRating: null, SampleUsers: null };
        Execute($"CREATE TEMP TABLE users AS SELECT u FROM log{Window(hasTimes, filter)} GROUP BY u{Having(filter.UserCore)}");
        Execute($"CREATE TEMP TABLE items AS SELECT i FROM log{Window(hasTimes, filter)} GROUP BY i{Having(filter.ItemCore)}");

        string Having(int least) => mayPrune && least > 0 ? $" HAVING count(*) >= {least}" : "";
    }

    private static string Window(bool hasTimes, InteractionFilter filter) => !hasTimes || !filter.HasWindow ? ""
        : FormattableString.Invariant($" WHERE t >= {filter.FromSeconds ?? long.MinValue} AND t < {filter.BeforeSeconds ?? long.MaxValue}");

    private ReadResult? Result(ReadReport report, bool hasTimes, ReadOptions options)
    {
        var window = Window(hasTimes, options.Filter);
        var (_, inWindow) = Check(null, window);
        var occurring = options.Filter.UserCore > 0 || options.Filter.ItemCore > 0 ? Values(window) : null; // also of what is pruned
        var isText = report.Format is not (RatingsFormat.Parquet or RatingsFormat.Query);
        if (ReadColumns((int)inWindow, hasTimes, isText, options.Filter) is not { } columns)
        {
            return null;
        }

        var pruned = inWindow - columns.Values.Length;
        var feedback = options.FeedbackRule(!report.IsImplicit, report.RatingColumn);
        Connection.Dispose(); // half of all memory; what comes now needs some
        var log = Interactions.Of(columns, options.Duplicates, feedback, out var duplicates, pruned > 0 ? occurring : null);
        log = pruned > 0 ? log.WithoutUnusedIds() : log;
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

        return new ReadResult(log, report.With(options.Duplicates, duplicates) with { Dropped = dropped });
    }

    /// <summary>
    /// Reads the encoded log, at most so many rows. Null when an id of a text file has blanks around it or a line break in it, so that
    /// its line is to be looked at in the file.
    /// </summary>
    private InteractionColumns? ReadColumns(int most, bool hasTimes, bool isText, InteractionFilter filter)
    {
        var (users, items, values) = (new int[most], new int[most], new float[most]);
        var times = hasTimes ? new long[most] : null;
        var count = 0;
        foreach (var batch in Batches($"""
            SELECT users.rowid::INT, items.rowid::INT, r{(hasTimes ? ", t::BIGINT" : "")}
            FROM log JOIN users ON log.u = users.u JOIN items ON log.i = items.i{Window(hasTimes, filter)}
            """))
        {
            ((Int32Array)batch.Column(0)).Values.CopyTo(users.AsSpan(count));
            ((Int32Array)batch.Column(1)).Values.CopyTo(items.AsSpan(count));
            ((FloatArray)batch.Column(2)).Values.CopyTo(values.AsSpan(count));
            if (times is not null)
            {
                ((Int64Array)batch.Column(3)).Values.CopyTo(times.AsSpan(count));
            }

            count += batch.Length;
        }

        Execute("DROP TABLE log");
        if (count < most)
        {
            (users, items, values, times) = (users[..count], items[..count], values[..count], times?[..count]);
        }

        return ReadIds("u", "users", users, isText) is { } userIds && ReadIds("i", "items", items, isText) is { } itemIds
            ? new InteractionColumns(userIds, itemIds, users, items, values, times)
            : null;
    }

    /// <summary>Reads the ids and turns codes into their rows, in place.</summary>
    private IdIndex? ReadIds(string column, string table, int[] codes, bool isText)
    {
        var count = (int)Number($"SELECT count(*) FROM {table}");
        var ids = new IdIndex(count, (int)Number($"SELECT coalesce(sum(strlen({column})), 0)::BIGINT FROM {table}"));
        if (count == 0)
        {
            return ids; // Arrow cannot import an empty column of texts
        }

        var rowOfCode = new int[count]; // batches come in any order
        var row = 0;
        foreach (var batch in Batches($"SELECT {column}, rowid::INT FROM {table}"))
        {
            var texts = (StringArray)batch.Column(0);
            if (isText && !ArePlain(texts.Values, texts.ValueOffsets))
            {
                return null;
            }

            ids.AddAllNew(texts.Values, texts.ValueOffsets);
            foreach (var code in ((Int32Array)batch.Column(1)).Values)
            {
                rowOfCode[code] = row++;
            }
        }

        Execute($"DROP TABLE {table}");
        foreach (ref var code in codes.AsSpan())
        {
            code = rowOfCode[code];
        }

        return ids;
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
