using System.Data.Common;
using System.Globalization;
using static AutoRec.Data.DuckDbSession;

namespace AutoRec.Data;

/// <summary>Parquet files and the results of queries as a table for DuckDB.</summary>
internal static class QueryTable
{
    /// <summary>A condition: the time t is a whole number that a double, in which times are read, holds exactly.</summary>
    public const string WholeTime = "t = floor(t) AND abs(t) < 9007199254740992";

    /// <summary>
    /// Makes the table <c>log</c> (u, i, r, t, bad_r, bad_t) with a row for each row of the source; bad_r and bad_t are the texts of a
    /// rating or a time that cannot be read.
    /// </summary>
    public static RatingsLayout CreateLog(DuckDbSession database, RatingsSource source, ReadOptions options) => source switch
    {
        RatingsSource.Parquet parquet =>
            CreateLog(database, source.Name, $"read_parquet([{string.Join(", ", parquet.Paths.Select(Text))}])", options),
        RatingsSource.DuckDb file => CreateLog(database, file, options),
        RatingsSource.Postgres server => CreateLog(database, server, options),
        _ => throw new ArgumentException($"'{source.Name}' is not a table.", nameof(source)),
    };

    /// <summary>Leaves out the rows that cannot be used, or throws where that is not wanted.</summary>
    /// <exception cref="DataFileException">There is no row, or one that cannot be used.</exception>
    public static ReadReport DropBadRows(DuckDbSession database, ReadReport report, ReadOptions options)
    {
        if (report.Lines == 0)
        {
            throw new DataFileException(report.Path, "There is no row.");
        }

        var outside = options.Scale is { } scale ? FormattableString.Invariant($" OR r < {scale.Min:R} OR r > {scale.Max:R}") : "";
        var condition = $"""
            coalesce(trim(u), '') = '' OR coalesce(trim(i), '') = '' OR r IS NULL OR NOT isfinite(r){outside}
            OR t IS NULL OR NOT ({WholeTime})
            """;
        List<DataFileException> bad = [];
        var first = $"SELECT rowid + 1, u, i, r, bad_r, bad_t FROM log WHERE {condition} ORDER BY rowid LIMIT {RatingsLines.KeptBadLines}";
        using (var command = database.Command(first))
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                bad.Add(new DataFileException(report.Path, $"row {reader.GetInt64(0)}: {ProblemOf(reader, options.Scale)}"));
            }
        }

        if (bad.Count == 0)
        {
            return report;
        }

        var count = database.Number($"SELECT count(*) FROM log WHERE {condition}");
        if (options.OnBadLine == BadLineAction.Fail)
        {
            throw bad[0];
        }

        if (count == report.Lines)
        {
            throw new DataFileException(report.Path, $"None of the {count} rows can be used. The first: {bad[0].Message}", bad[0]);
        }

        database.Execute($"CREATE OR REPLACE TEMP TABLE log AS SELECT * FROM log WHERE NOT ({condition})");
        return report with { BadLineCount = count, BadLines = bad };
    }

    private static string ProblemOf(DbDataReader row, RatingScale? scale)
    {
        return IsBlank(1) ? "The user id is empty."
            : IsBlank(2) ? "The item id is empty."
            : row.IsDBNull(3) || !float.IsFinite(row.GetFloat(3)) ? $"The rating '{TextAt(4)}' is not a finite number."
            : scale is { } range && !range.Contains(row.GetFloat(3))
                ? FormattableString.Invariant($"The rating {row.GetFloat(3)} is outside the scale {range}.")
            : $"The timestamp '{TextAt(5)}' is not a whole number of seconds since 1970, nor a date.";

        string TextAt(int column) => row.IsDBNull(column) ? "" : row.GetString(column);

        bool IsBlank(int column) => string.IsNullOrWhiteSpace(TextAt(column));
    }

    private static RatingsLayout CreateLog(DuckDbSession database, RatingsSource.DuckDb source, ReadOptions options)
    {
        database.Execute($"ATTACH {Text(source.Path)} AS source (READ_ONLY)");
        database.Execute("USE source");
        return CreateLog(database, source.Name, $"({source.Query})", options);
    }

    /// <summary>Makes the log of a table with named columns.</summary>
    private static RatingsLayout CreateLog(DuckDbSession database, string name, string relation, ReadOptions options)
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

        var layout = LayoutOf(name, [.. columns.Select(column => column.Name)], options);
        var (user, item) = (Name(columns[layout.User].Name), Name(columns[layout.Item].Name));
        var rating = layout.Rating < 0 ? "1" : Name(columns[layout.Rating].Name);
        var time = layout.Timestamp < 0 ? "0" : Name(columns[layout.Timestamp].Name);
        var timeType = layout.Timestamp < 0 ? "" : columns[layout.Timestamp].Type;
        time = timeType == "DATE" || timeType.StartsWith("TIMESTAMP", StringComparison.Ordinal) ? $"floor(epoch({time}))" : time;
        database.Execute($"""
            CREATE TEMP TABLE log AS SELECT trim({user}::VARCHAR) AS u, trim({item}::VARCHAR) AS i,
            TRY_CAST({rating} AS FLOAT) AS r, TRY_CAST({time} AS DOUBLE) AS t, {rating}::VARCHAR AS bad_r, {time}::VARCHAR AS bad_t
            FROM {relation}
            """);
        return layout;
    }

    private static RatingsLayout CreateLog(DuckDbSession database, RatingsSource.Postgres source, ReadOptions options)
    {
        RatingsLayout? layout = null;
        database.Execute("CREATE TEMP TABLE log (u VARCHAR, i VARCHAR, r FLOAT, t DOUBLE, bad_r VARCHAR, bad_t VARCHAR)");
        PostgresRows.Read(
            source.Name,
            source.Connection,
            source.Query,
            rows =>
            {
                layout = LayoutOf(source.Name, [.. Enumerable.Range(0, rows.FieldCount).Select(rows.GetName)], options);
                using var appender = database.Connection.CreateAppender("log");
                for (var count = 0; rows.Read(); count++)
                {
                    if ((count & 0xfff) == 0)
                    {
                        database.Cancellation.ThrowIfCancellationRequested();
                    }

                    var rating = layout.Rating < 0 ? "1" : TextOf(rows.GetValue(layout.Rating));
                    var time = layout.Timestamp < 0 ? "0" : TextOf(rows.GetValue(layout.Timestamp));
                    var isNumber = float.TryParse(rating, NumberStyles.Float, CultureInfo.InvariantCulture, out var value);
                    var isTime = double.TryParse(time, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds);
                    appender.CreateRow()
                        .AppendValue(TextOf(rows.GetValue(layout.User))?.Trim())
                        .AppendValue(TextOf(rows.GetValue(layout.Item))?.Trim())
                        .AppendValue(isNumber ? value : null)
                        .AppendValue(isTime ? seconds : null)
                        .AppendValue(rating)
                        .AppendValue(time)
                        .EndRow();
                }
            },
            database.Cancellation);
        return layout!;

        static string? TextOf(object value) => value switch
        {
            DBNull => null,
            DateTime time => TextOf(new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeSeconds()),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
    }

    private static RatingsLayout LayoutOf(string name, string[] columns, ReadOptions options) =>
        RatingsLayout.Of(RatingsFormat.Query, columns, options.Columns, out var missing) ?? throw new DataFileException(name, missing!);
}
