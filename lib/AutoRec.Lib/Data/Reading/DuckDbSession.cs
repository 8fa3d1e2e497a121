using System.Globalization;
using System.Text.RegularExpressions;
using Apache.Arrow;
using DuckDB.NET.Data;

namespace AutoRec.Data;

/// <summary>
/// A DuckDB database in memory. What does not fit into its share of memory goes to a folder of its own, removed at the end.
/// </summary>
internal partial class DuckDbSession : IDisposable
{
    private readonly ScratchFolder spill = new("duckdb");

    /// <param name="cancellation">Ends its queries.</param>
    /// <param name="memoryLimit">The most memory; null for DuckDB's own limit, four fifths of all.</param>
    public DuckDbSession(CancellationToken cancellation, string? memoryLimit = "700MB")
    {
        Cancellation = cancellation;
        Connection.Open();
        if (memoryLimit is not null)
        {
            Execute($"SET memory_limit = '{memoryLimit}'");
        }

        Execute($"SET temp_directory = {Text(SpillFolder)}");
        Execute("SET autoinstall_known_extensions = false");
        Execute("SET autoload_known_extensions = false");
        Execute("SET TimeZone = 'UTC'");
        Execute("SET Calendar = 'gregorian'"); // else that of the locale: in th_TH the year 1996 is 1453
    }

    public DuckDBConnection Connection { get; } = new("DataSource=:memory:");

    public CancellationToken Cancellation { get; }

    /// <summary>Where DuckDB writes what does not fit into its memory.</summary>
    public string SpillFolder => spill.Path;

    public void Dispose()
    {
        Connection.Dispose();
        spill.Dispose();
        GC.SuppressFinalize(this);
    }

    public IEnumerable<RecordBatch> Batches(string sql)
    {
        using var command = Command(sql);
        using var stream = command.ExecuteArrowStream();
        while (stream.ReadNextRecordBatchAsync(Cancellation).AsTask().GetAwaiter().GetResult() is { } batch)
        {
            using (batch)
            {
                yield return batch;
            }
        }
    }

    public long Number(string sql)
    {
        using var command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public void Execute(string sql)
    {
        using var command = Command(sql);
        using var registration = Cancellation.Register(command.Cancel);
        command.ExecuteNonQuery();
        Cancellation.ThrowIfCancellationRequested();
    }

    public DuckDBCommand Command(string sql)
    {
        var command = Connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    /// <summary>Sees to it that a text is one query, which reads and changes nothing.</summary>
    /// <exception cref="ArgumentException">It is something else, or several statements.</exception>
    public void CheckIsQuery(string query)
    {
        // DuckDB's own parser tells what a text holds; it takes SELECT (and WITH, FROM, VALUES) only.
        using var command = Command($"SELECT json_serialize_sql({Text(query)})");
        var parsed = System.Text.Json.JsonDocument.Parse((string)command.ExecuteScalar()!).RootElement;
        if (parsed.GetProperty("error").GetBoolean())
        {
            throw new ArgumentException($"The query must be one SELECT statement. {parsed.GetProperty("error_message").GetString()}");
        }

        if (parsed.GetProperty("statements").GetArrayLength() != 1)
        {
            throw new ArgumentException("The query must be one SELECT statement; there are several.");
        }
    }

    /// <summary>Keeps queries from changing settings.</summary>
    public void LockConfiguration() => Execute("SET lock_configuration = true");

    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A file's name as a literal that means this file alone: the marks of patterns mean themselves.</summary>
    public static string FileName(string path) => Text(PatternMarks().Replace(path, "[$0]"));

    [GeneratedRegex(@"[*?\[]")]
    private static partial Regex PatternMarks();
}
