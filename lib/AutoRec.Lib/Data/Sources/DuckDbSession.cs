using System.Globalization;
using Apache.Arrow;
using DuckDB.NET.Data;

namespace AutoRec.Data;

/// <summary>A DuckDB database in memory. What does not fit into its share of memory goes to a temporary folder.</summary>
internal abstract class DuckDbSession : IDisposable
{
    private const string MemoryLimit = "700MB";

    protected DuckDbSession(CancellationToken cancellation)
    {
        Cancellation = cancellation;
        Connection.Open();
        Execute($"SET memory_limit = '{MemoryLimit}'");
        Execute($"SET temp_directory = {Text(Path.Combine(Path.GetTempPath(), "autorec-duckdb"))}");
        Execute("SET autoinstall_known_extensions = false");
        Execute("SET TimeZone = 'UTC'");
    }

    public DuckDBConnection Connection { get; } = new("DataSource=:memory:");

    public CancellationToken Cancellation { get; }

    public void Dispose() => Connection.Dispose();

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

    public static string Struct(IEnumerable<string> members) => "{" + string.Join(", ", members) + "}";

    public static string Text(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
