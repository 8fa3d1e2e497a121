using AutoRec.Data;
using DuckDB.NET.Data;

namespace AutoRec.Cli.Commands;

/// <summary>Writes Parquet by DuckDB, and recognises what was written.</summary>
internal static class ParquetOutput
{
    private const string Table = "output";

    /// <summary>Writes a file with the rows that <paramref name="fill"/> appends.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="columns">The columns as SQL declares them.</param>
    /// <param name="fill">Appends the rows.</param>
    public static void Write(Stream stream, string columns, Action<DuckDBAppender> fill)
    {
        // DuckDB writes files, not streams.
        using var folder = new ScratchFolder("parquet");
        var path = Path.Combine(folder.Path, "output.parquet");
        DiskFull.Guard(folder.Path, () => Write(path, columns, fill));
        using var file = File.OpenRead(path);
        file.CopyTo(stream);
    }

    /// <summary>Whether a file is Parquet with just these columns.</summary>
    public static bool HasColumns(string path, IEnumerable<string> columns)
    {
        try
        {
            using var connection = Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"DESCRIBE SELECT * FROM read_parquet('{Quoted(path)}')";
            using var reader = command.ExecuteReader();
            var names = new List<string>();
            while (reader.Read())
            {
                names.Add(reader.GetString(0));
            }

            return names.SequenceEqual(columns);
        }
        catch (DuckDBException)
        {
            return false;
        }
    }

    private static void Write(string path, string columns, Action<DuckDBAppender> fill)
    {
        using var connection = Open();
        Execute(connection, $"CREATE TABLE {Table} ({columns})");
        using (var appender = connection.CreateAppender(Table))
        {
            fill(appender);
        }

        Execute(connection, $"COPY {Table} TO '{Quoted(path)}' (FORMAT parquet)");
    }

    private static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection;
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Quoted(string path) => path.Replace("'", "''", StringComparison.Ordinal);
}
