using System.Data.Common;
using Npgsql;

namespace AutoRec.Data;

/// <summary>Connects to PostgreSQL. No message of this class holds a user name or a password.</summary>
internal static class PostgresRows
{
    /// <summary>The settings that a connection text gives.</summary>
    /// <param name="connection"><c>//user:password@host:port/database</c>, or pairs such as <c>Host=...;Username=...</c>.</param>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static NpgsqlConnectionStringBuilder Settings(string connection)
    {
        try
        {
            if (!connection.StartsWith("//", StringComparison.Ordinal))
            {
                return Named(new NpgsqlConnectionStringBuilder(connection));
            }

            var address = new Uri("postgres:" + connection);
            var user = address.UserInfo.Split(':', 2);
            return Named(new NpgsqlConnectionStringBuilder
            {
                Host = address.Host,
                Port = address.Port > 0 ? address.Port : 5432,
                Database = Uri.UnescapeDataString(address.AbsolutePath.Trim('/')),
                Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
                Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            });
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            // The original message may repeat what was given, so it is not passed on.
            throw new ArgumentException(
                "The connection to PostgreSQL cannot be understood: "
                + "//user@host/database or Host=...;Username=...;Database=... is expected.");
        }

        static NpgsqlConnectionStringBuilder Named(NpgsqlConnectionStringBuilder settings) =>
            string.IsNullOrEmpty(settings.Host) ? throw new ArgumentException("No host.") : settings;
    }

    /// <summary>Runs a query and hands its rows to <paramref name="use"/>.</summary>
    /// <param name="name">The name of the source in messages.</param>
    /// <param name="connectionText">The settings, as <see cref="Settings"/> gives them.</param>
    /// <param name="query">The query.</param>
    /// <param name="use">Takes the rows.</param>
    /// <param name="cancellation">Ends the query.</param>
    /// <exception cref="DataFileException">The server cannot be reached or refuses.</exception>
    public static void Read(string name, string connectionText, string query, Action<DbDataReader> use, CancellationToken cancellation)
    {
        try
        {
            using var connection = new NpgsqlConnection(connectionText);
            connection.Open();
            using var readOnly = connection.BeginTransaction();
            Execute("SET TRANSACTION READ ONLY");
            using var command = new NpgsqlCommand(query, connection, readOnly) { CommandTimeout = 0 };
            using var registration = cancellation.Register(command.Cancel);
            using var rows = command.ExecuteReader();
            use(rows);

            void Execute(string text)
            {
                using var setting = new NpgsqlCommand(text, connection, readOnly);
                setting.ExecuteNonQuery();
            }
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new DataFileException(name, $"The database cannot be read: {Redacted(error.Message, connectionText)}");
        }
    }

    private static string Redacted(string message, string connectionText)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionText);
        foreach (var secret in new[] { settings.Password, settings.Username })
        {
            message = string.IsNullOrEmpty(secret) ? message : message.Replace(secret, "***", StringComparison.Ordinal);
        }

        return message;
    }
}
