using DuckDB.NET.Data;

namespace AutoRec.Data;

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
            using var session = new DuckDbSession(CancellationToken.None);
            using var command = session.Command($"DESCRIBE SELECT * FROM read_parquet({DuckDbSession.FileName(path)})");
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

    /// <summary>Writes a file that is not there yet.</summary>
    /// <param name="path">The file.</param>
    /// <inheritdoc cref="Write(Stream, string, Action{DuckDBAppender})"/>
    /// <param name="columns">The columns as SQL declares them.</param>
    /// <param name="fill">Appends the rows.</param>
    public static void Write(string path, string columns, Action<DuckDBAppender> fill)
    {
        using var session = new DuckDbSession(CancellationToken.None, memoryLimit: null);
        session.Execute($"CREATE TABLE {Table} ({columns})");
        using (var appender = session.Connection.CreateAppender(Table))
        {
            fill(appender);
        }

        session.Execute($"COPY {Table} TO {DuckDbSession.Text(path)} (FORMAT parquet)");
    }
}
