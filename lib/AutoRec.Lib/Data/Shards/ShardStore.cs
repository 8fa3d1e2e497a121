using DuckDB.NET.Data;

namespace AutoRec.Data;

/// <summary>
/// Copies the files of a partitioned log from an object store, by DuckDB's extension httpfs, to a folder of this process.
/// </summary>
internal sealed class ShardStore : IDisposable
{
    private readonly string address;
    private readonly DuckDbSession database;
    private readonly ScratchFolder folder = new("shards");

    private ShardStore(string address, DuckDbSession database) => (this.address, this.database) = (address, database);

    /// <summary>Opens a store.</summary>
    /// <param name="address">The address of the folder.</param>
    /// <param name="cancellation">Ends a copy.</param>
    /// <param name="extension">The extension of DuckDB that reads the address; null for none. Default httpfs.</param>
    /// <exception cref="DataFileException">The extension is not installed.</exception>
    public static ShardStore Open(string address, CancellationToken cancellation, string? extension = "httpfs")
    {
        var database = new DuckDbSession(cancellation, memoryLimit: null);
        try
        {
            if (extension is not null)
            {
                database.Execute($"LOAD {extension}");
            }

            return new ShardStore(address.TrimEnd('/'), database);
        }
        catch (DuckDBException error)
        {
            using var command = database.Command("SELECT version()");
            var version = (string)command.ExecuteScalar()!;
            database.Dispose();
            throw new DataFileException(
                address,
                $"To read from S3, DuckDB's extension {extension} must be installed, for DuckDB {version}. On a machine with access to the "
                + $"internet, run \"INSTALL {extension}\" in DuckDB's command line of this version. Or copy the folder to this machine.",
                error);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Copies a file of the folder.</summary>
    /// <param name="file">Its name.</param>
    /// <returns>Where it is now; a path without a file if the store does not have it.</returns>
    /// <exception cref="DataFileException">The store does not answer, or refuses.</exception>
    public string Copy(string file)
    {
        var path = Path.Combine(folder.Path, file);
        if (File.Exists(path))
        {
            return path;
        }

        try
        {
            using var command = database.Command($"SELECT content FROM read_blob({DuckDbSession.FileName($"{address}/{file}")})");
            using var reader = command.ExecuteReader();
            if (reader.Read())
            {
                using var content = reader.GetStream(0);
                WholeFile.Write(path, content.CopyTo);
            }

            return path;
        }
        catch (DuckDBException error)
        {
            throw new DataFileException(
                $"{address}/{file}", $"The file cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        database.Dispose();
        folder.Dispose();
    }
}
