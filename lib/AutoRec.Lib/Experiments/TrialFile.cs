using System.Text.Json;
using AutoRec.Data;
using DuckDB.NET.Data;

namespace AutoRec.Experiments;

/// <summary>A fit with drawn options, and what came of it.</summary>
/// <param name="Number">The trial, from 1: which options were drawn.</param>
/// <param name="Epochs">The most epochs it was given; null for a model without.</param>
/// <param name="Options">The drawn options.</param>
/// <param name="Value">The measure on validation data; null if the fit failed.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Error">Why it failed; null if it did not.</param>
public sealed record Trial(
    int Number, int? Epochs, IReadOnlyDictionary<string, string> Options, double? Value, double Seconds, string? Error);

/// <summary>
/// The trials of a study in a DuckDB file, each there as soon as it is finished. The table <c>trials</c> (trial, epochs, options as JSON,
/// value, seconds, error, seed) can be read with any DuckDB.
/// </summary>
public sealed class TrialFile : IDisposable
{
    private readonly string path;
    private readonly DuckDBConnection connection;
    private readonly Lock gate = new();
    private readonly int seed;

    private TrialFile(string path, DuckDBConnection connection, int seed)
    {
        this.path = path;
        this.connection = connection;
        this.seed = seed;
    }

    /// <summary>Opens a file, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="study">What the trials have in common: model, ranges, data, split, measure. Trials of another study are not mixed
    /// in.</param>
    /// <param name="seed">The seed, which is kept with each trial.</param>
    /// <exception cref="DataFileException">The file holds something else, or the trials of another study, is in use, or the disk is
    /// full.</exception>
    public static TrialFile Open(string path, string study, int seed)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        WholeFile.CheckWritable(path);
        using var held = FileLock.TryTake(path + ".lock", TimeSpan.FromSeconds(10)) ?? throw InUse(path, null);
        RemoveUnfinished(path);
        var isNew = !File.Exists(path);
        var connection = new DuckDBConnection(new DuckDBConnectionStringBuilder { DataSource = path }.ConnectionString);
        try
        {
            connection.Open();
            var file = new TrialFile(path, connection, seed);
            file.Begin(study);
            return file;
        }
        catch (DuckDBException error) when (DiskFull.Is(error))
        {
            connection.Dispose();
            if (isNew)
            {
                Delete(path);
            }

            throw DiskFull.Error(path, error);
        }
        catch (DuckDBException error)
        {
            connection.Dispose();
            throw error.Message.Contains("lock", StringComparison.OrdinalIgnoreCase)
                || error.Message.Contains("another process", StringComparison.OrdinalIgnoreCase)
                ? InUse(path, error)
                : new DataFileException(
                    path,
                    "The file exists and is not a DuckDB database that can be written, so it was left as it is. Choose another file.",
                    error);
        }
        catch (DataFileException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The finished trials, in the order in which they were finished.</summary>
    public IReadOnlyList<Trial> Read()
    {
        lock (gate)
        {
            using var command = Command("SELECT trial, epochs, options, value, seconds, error FROM trials");
            using var reader = command.ExecuteReader();
            var trials = new List<Trial>();
            while (reader.Read())
            {
                trials.Add(new Trial(
                    reader.GetInt32(0),
                    reader.IsDBNull(1) ? null : reader.GetInt32(1),
                    JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(2))!,
                    reader.IsDBNull(3) ? null : reader.GetDouble(3),
                    reader.GetDouble(4),
                    reader.IsDBNull(5) ? null : reader.GetString(5)));
            }

            return trials;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    /// <summary>Adds a finished trial.</summary>
    /// <exception cref="DataFileException">The disk is full.</exception>
    internal void Add(Trial trial)
    {
        lock (gate)
        {
            DiskFull.Guard(path, () => Execute(
                "INSERT INTO trials VALUES ($1, $2, $3, $4, $5, $6, $7)",
                trial.Number,
                trial.Epochs,
                JsonSerializer.Serialize(trial.Options),
                trial.Value,
                trial.Seconds,
                trial.Error,
                seed));
        }
    }

    private static DataFileException InUse(string path, Exception? error) =>
        new(path, "Another process uses this file. Wait for it, or choose another file.", error);

    // A process that is killed at the wrong moment leaves a file with nothing in it, which is not yet a database.
    private static void RemoveUnfinished(string path)
    {
        const int Header = 3 * 4096; // the blocks that DuckDB writes first
        if (!File.Exists(path) || new FileInfo(path).Length >= Header)
        {
            return;
        }

        var content = File.ReadAllBytes(path);
        if (!content.AsSpan().ContainsAnyExcept((byte)0) || content.AsSpan().IndexOf("DUCK"u8) == 8)
        {
            Delete(path);
        }
    }

    private static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(path + ".wal");
    }

    // What the file is about is there from the first commit on; before, the file counts as new.
    private void Begin(string study)
    {
        var tables = Texts("SELECT table_name FROM information_schema.tables");
        string[] others = [.. tables.Where(table => table is not ("study" or "trials")).Order(StringComparer.Ordinal)];
        if (others.Length > 0)
        {
            throw new DataFileException(
                path,
                $"The file is a database with other tables ({string.Join(", ", others.Take(4))}), so it was left as it is. "
                + "Choose another file.");
        }

        Execute("BEGIN TRANSACTION");
        Execute("CREATE TABLE IF NOT EXISTS study (description VARCHAR)");
        Execute(
            "CREATE TABLE IF NOT EXISTS trials (trial INTEGER, epochs INTEGER, options VARCHAR, "
            + "value DOUBLE, seconds DOUBLE, error VARCHAR, seed INTEGER)");
        switch (Texts("SELECT description FROM study"))
        {
            case []:
                Execute("INSERT INTO study VALUES ($1)", study);
                break;
            case [var there] when there == study:
                break;
            case var there:
                throw new DataFileException(
                    path, $"The file holds trials of another study: {string.Join("; ", there)}; asked for is {study}. Name another file.");
        }

        Execute("COMMIT");
    }

    private List<string> Texts(string sql)
    {
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.IsDBNull(0) ? "" : reader.GetString(0));
        }

        return texts;
    }

    private void Execute(string sql, params object?[] values)
    {
        using var command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private DuckDBCommand Command(string sql, params object?[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in values)
        {
            command.Parameters.Add(new DuckDBParameter(value ?? DBNull.Value));
        }

        return command;
    }
}
