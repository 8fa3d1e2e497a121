using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AutoRec.Data;
using Npgsql;

namespace AutoRec.Tests;

/// <summary>Against a real server, which is started for these tests where Debian's package is installed.</summary>
public sealed class PostgresTests(PostgresTests.Server server) : IClassFixture<PostgresTests.Server>
{
    private const string Password = "s3cret-pass'word";

    [Fact]
    public void Read_Query_RowsOfTheQuery()
    {
        var log = Read(
            $"postgres:{server.Connection}?query=SELECT customer AS user_id, product AS item_id, stars AS rating, at AS timestamp FROM reviews WHERE stars IS NOT NULL ORDER BY id");

        Assert.Equal(["c1", "c2"], log.Interactions.Users);
        Assert.Equal(["10", "11"], log.Interactions.Items);
        Assert.Equal([5f, 3.5f, 1], log.Interactions.Values);
        Assert.Equal([0L, 86_400, 172_800], log.Interactions.Timestamps);
        Assert.Equal((RatingsFormat.Query, 3, "postgres:127.0.0.1/postgres"), (log.Report.Format, log.Report.Lines, log.Report.Path));
    }

    [Fact]
    public void Read_Address_IsUnderstood()
    {
        var settings = new NpgsqlConnectionStringBuilder(server.Connection);
        var source = $"postgres://{settings.Username}:{Uri.EscapeDataString(Password)}@127.0.0.1:{settings.Port}/postgres?query=SELECT 'u' AS \"user\", 'i' AS item, 4 AS rating";

        Assert.Equal([4f], Read(source).Interactions.Values);
    }

    [Fact]
    public void Read_PasswordInAFile_IsTaken()
    {
        var settings = new NpgsqlConnectionStringBuilder(server.Connection) { Password = null };
        using var folder = new TemporaryFolder();
        var file = folder.Write("pass", $"127.0.0.1:{settings.Port}:*:{settings.Username}:{Password}\n");
        Environment.SetEnvironmentVariable("PGPASSFILE", file);
        try
        {
            Assert.Equal(
                [4f],
                Read($"postgres:{settings.ConnectionString}?query=SELECT 'u' AS \"user\", 'i' AS item, 4 AS rating").Interactions.Values);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PGPASSFILE", null);
        }
    }

    [Fact]
    public void Read_BadRow_ErrorNamesRowAndValue()
    {
        var error = Assert.Throws<DataFileException>(() =>
            Read(
                $"postgres:{server.Connection}?query=SELECT customer AS \"user\", product AS item, stars AS rating FROM reviews ORDER BY id"));

        Assert.StartsWith(
            "postgres:127.0.0.1/postgres: row 3: The rating '' is not a finite number.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT * FROM nowhere")]
    [InlineData("SELECT customer AS whoever, stars AS rating FROM reviews")]
    [InlineData("DELETE FROM reviews RETURNING customer AS \"user\", product AS item, stars AS rating")] // the connection is read-only
    public void Read_QueryRefused_ErrorWithoutCredentials(string query)
    {
        var error = Assert.Throws<DataFileException>(() => Read($"postgres:{server.Connection}?query={query}"));

        Assert.StartsWith("postgres:127.0.0.1/postgres: ", error.Message, StringComparison.Ordinal);
        AssertNoSecret(error);
    }

    [Fact]
    public void Read_WrongPasswordOrNoServer_ErrorWithoutCredentials()
    {
        var wrong = new NpgsqlConnectionStringBuilder(server.Connection) { Password = "another-s3cret" };
        AssertNoSecret(Assert.Throws<DataFileException>(() => Read($"postgres:{wrong.ConnectionString}?query=SELECT 1")));
        var nobody = new NpgsqlConnectionStringBuilder(server.Connection) { Port = 1 };
        AssertNoSecret(Assert.Throws<DataFileException>(() => Read($"postgres:{nobody.ConnectionString}?query=SELECT 1")));
    }

    private static ReadResult Read(string source) => RatingsReader.Read(source, null, TestContext.Current.CancellationToken);

    private static void AssertNoSecret(Exception error)
    {
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("autorec_reader", error.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A server of its own in a temporary folder; without the programs the tests are skipped.</summary>
    public sealed class Server : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("autorec-postgres-").FullName;
        private readonly string? programs = Find();
        private readonly string? connection;

        public Server()
        {
            if (programs is null)
            {
                return;
            }

            int port;
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                port = ((IPEndPoint)free.LocalEndpoint).Port;
            }

            File.WriteAllText(Path.Combine(folder, "password"), Password);
            if (Environment.IsPrivilegedProcess)
            {
                Run("chown", "-R", "postgres", folder);
            }

            Postgres(
                "initdb",
                "-D",
                Path.Combine(folder, "data"),
                "-U",
                "autorec_reader",
                "-A",
                "scram-sha-256",
                "--pwfile",
                Path.Combine(folder, "password"));
            Postgres(
                "pg_ctl",
                "-D",
                Path.Combine(folder, "data"),
                "-w",
                "-l",
                Path.Combine(folder, "log"),
                "-o",
                $"-p {port} -k {folder} -c listen_addresses=127.0.0.1",
                "start");
            connection = new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1",
                Port = port,
                Username = "autorec_reader",
                Password = Password,
                Database = "postgres",
                Pooling = false
            }.ConnectionString;
            using var database = new NpgsqlConnection(connection);
            database.Open();
            using var command = new NpgsqlCommand(
                """
                CREATE TABLE reviews (id serial, customer text, product int, stars numeric, at timestamptz);
                INSERT INTO reviews (customer, product, stars, at) VALUES ('c1', 10, 5, 'epoch'), ('c1', 11, 3.5, '1970-01-02Z'), ('c2', 11, NULL, '1970-01-02Z'), ('c2', 10, 1, '1970-01-03Z');
                """,
                database);
            command.ExecuteNonQuery();
        }

        public string Connection
        {
            get
            {
                if (connection is null)
                {
                    Assert.Skip(
                        "PostgreSQL is not installed, so reading from it is NOT tested: 'apt-get install postgresql' brings it; .ci/run "
                            + "tries that.");
                }

                return connection;
            }
        }

        public void Dispose()
        {
            if (connection is not null)
            {
                Postgres("pg_ctl", "-D", Path.Combine(folder, "data"), "-m", "immediate", "-w", "stop");
            }

            Directory.Delete(folder, recursive: true);
        }

        // Debian keeps the server's programs out of the path.
        private static string? Find() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Concat(
                Directory.Exists("/usr/lib/postgresql")
                    ? Directory.GetDirectories("/usr/lib/postgresql")
                        .OrderDescending(StringComparer.Ordinal)
                        .Select(version => Path.Combine(version, "bin"))
                    : [])
            .FirstOrDefault(place => File.Exists(Path.Combine(place, "initdb")) && File.Exists(Path.Combine(place, "pg_ctl")));

        // The server refuses to run as root; the package brings a user for it.
        private void Postgres(string program, params string[] arguments)
        {
            string[] command = [Path.Combine(programs!, program), .. arguments];
            if (Environment.IsPrivilegedProcess)
            {
                Run("runuser", ["-u", "postgres", "--", .. command]);
            }
            else
            {
                Run(command[0], command[1..]);
            }
        }

        private void Run(string program, params string[] arguments)
        {
            // The server goes on writing to what it inherits, so its output must not be a pipe that is waited for.
            using var process =
                Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = false })!;
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
