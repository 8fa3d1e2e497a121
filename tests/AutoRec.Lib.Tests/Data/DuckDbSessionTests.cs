using AutoRec.Data;
using DuckDB.NET.Data;

namespace AutoRec.Tests;

/// <summary>Queries read and change nothing else; what spills is private to a session.</summary>
public sealed class DuckDbSessionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Sort_TwoSessionsThatSpillAtOnce_BothAreRightAndLeaveNothing()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            using var session = new DuckDbSession(TestContext.Current.CancellationToken, memoryLimit: "60MB");
            session.Execute(
                "CREATE TEMP TABLE numbers AS SELECT hash(range) AS h, range::VARCHAR || 'text' AS t FROM range(3000000) ORDER BY h");
            var hasSpilled = Directory.EnumerateFiles(session.SpillFolder, "duckdb_*").Any();
            return (Count: session.Number("SELECT count(*) FROM (SELECT t FROM numbers ORDER BY t DESC)"), hasSpilled, session.SpillFolder);
        })));

        Assert.Equal([(3_000_000, true), (3_000_000, true)], runs.Select(run => (run.Count, run.hasSpilled)));
        Assert.NotEqual(runs[0].SpillFolder, runs[1].SpillFolder);
        Assert.All(runs, run => Assert.False(Directory.Exists(run.SpillFolder)));
    }

    [Fact]
    public void Session_FolderOfADeadProcess_IsRemovedAndOthersStay()
    {
        var dead = Path.Combine(Path.GetTempPath(), $"autorec-duckdb-{Guid.NewGuid():N}");
        Directory.CreateDirectory(dead);
        File.WriteAllText(Path.Combine(dead, ".autorec-in-use"), ""); // a lock that no process holds
        using var alive = new DuckDbSession(TestContext.Current.CancellationToken);

        new DuckDbSession(TestContext.Current.CancellationToken).Dispose();

        Assert.False(Directory.Exists(dead));
        Assert.True(Directory.Exists(alive.SpillFolder));
    }

    [Theory]
    [InlineData("COPY (SELECT 1) TO 'FOLDER/out.csv'")]
    [InlineData("SELECT 1 AS \"user\"; COPY (SELECT 1) TO 'FOLDER/out.csv'")]
    [InlineData("SELECT 1 AS \"user\") ; COPY (SELECT 1) TO 'FOLDER/out.csv'; SELECT * FROM (SELECT 1")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("ATTACH 'FOLDER/other.db'")]
    [InlineData("CREATE TABLE t AS SELECT 1")]
    [InlineData("SET memory_limit = '1TB'")]
    public void Read_NotOneQuery_IsRefusedAndNothingIsWritten(string query)
    {
        Database("CREATE TABLE r AS SELECT 'u' AS \"user\", 'i' AS item, 5 AS rating");
        var sql = query.Replace("FOLDER", folder.Path, StringComparison.Ordinal);
        foreach (var source in new[] { $"duckdb:{folder["shop.db"]}?query={sql}", $"sql:{sql}" })
        {
            var error = Assert.Throws<ArgumentException>(() => RatingsReader.Read(source));
            Assert.StartsWith("The query must be one SELECT statement", error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["shop.db"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Read_QueryToADatabase_ReadsNoOtherFile()
    {
        Database("CREATE TABLE r AS SELECT 'u' AS \"user\", 'i' AS item, 5 AS rating");
        var other = folder.Write("other.csv", "user,item,rating\nu1,i1,5\n");
        Assert.Equal(["u"], RatingsReader.Read($"duckdb:{folder["shop.db"]}?query=FROM r").Interactions.Users);

        Assert.Throws<DataFileException>(() => RatingsReader.Read($"duckdb:{folder["shop.db"]}?query=SELECT * FROM read_csv('{other}')"));
    }

    [Fact]
    public void Read_Sql_ReadsLocalFilesByAQuery()
    {
        var file = folder.Write("export.csv", "who|what|n|city\nann|tea|3|Rome\nbob|tea|1|Oslo\n");
        var (log, report) = RatingsReader.Read(
            $"sql:SELECT who AS \"user\", what AS item, n AS quantity FROM read_csv('{file}') WHERE city = 'Rome'");

        Assert.Equal(("ann", 3f, FeedbackKind.Counts), (log.Users[0], log.Values[0], log.Feedback.Kind));
        Assert.Equal(RatingsFormat.Query, report.Format);
        Assert.Throws<DataFileException>(() => RatingsReader.Read("sql:SELECT * FROM read_csv('https://example.org/x.csv')"));
    }

    [Fact]
    public void Read_NamesWithMarksOfPatterns_MeanThemselves()
    {
        foreach (var (name, user) in new[]
        {
            ("r[1].parquet", "right"), ("r1.parquet", "wrong"), ("a*b?.parquet", "right"), ("axb1.parquet", "wrong"),
            ("o'k.parquet", "right")
        })
        {
            Sql($"COPY (SELECT '{user}' AS \"user\", 'i' AS item, 5 AS rating) TO '{folder[name].Replace("'", "''", StringComparison.Ordinal)}' (FORMAT parquet)", ":memory:");
        }

        foreach (var name in new[] { "r[1].parquet", "a*b?.parquet", "o'k.parquet" })
        {
            Assert.Equal(["right"], RatingsReader.Read(folder[name]).Interactions.Users);
        }
    }

    private void Database(string sql) => Sql(sql, folder["shop.db"]);

    private static void Sql(string sql, string file)
    {
        using var connection = new DuckDBConnection($"DataSource={file}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
