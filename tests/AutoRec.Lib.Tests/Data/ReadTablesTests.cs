using AutoRec.Data;
using DuckDB.NET.Data;

namespace AutoRec.Tests;

/// <summary>Several files, Parquet, queries.</summary>
public sealed class ReadTablesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_FolderAndPattern_FilesAsOne()
    {
        folder.Write("parts/b.csv", "user,item,rating\nu3,i1,3\n");
        folder.Write("parts/a.csv", "user,item,rating\nu1,i1,5\n");
        folder.WriteGzip("parts/c.csv.gz", "user,item,rating\nu2,i2,4\n");
        folder.Write("parts/README", "not data");
        foreach (var source in new[] { folder["parts"], folder["parts/*.csv*"], folder["**/?.csv*"] })
        {
            var (log, report) = Read(source);

            Assert.Equal(["u1", "u2", "u3"], log.Users);
            Assert.Equal([5f, 4, 3], log.Values);
            Assert.Equal((3, source), (report.Lines, report.Path));
        }

        Assert.Throws<FileNotFoundException>(() => Read(folder["parts/*.tsv"]));
        folder.Write("parts/d.csv", "u9::i9::5\n");
        Assert.Contains(
            "d.csv: This file is laid out as delimited (user=1,item=2,rating=3,timestamp=-)",
            Assert.Throws<DataFileException>(() => Read(folder["parts"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadLineInTheSecondFile_ErrorNamesFileAndLine()
    {
        folder.Write("parts/a.csv", "user,item,rating\nu1,i1,5\n");
        var second = folder.Write("parts/b.csv", "user,item,rating\nu1,i2,5\nu1,i3,x\n");
        var error = Assert.Throws<DataFileException>(() => Read(folder["parts"]));

        Assert.StartsWith($"{second}, line 3: The rating 'x'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Parquet_ByPathPatternAndScheme()
    {
        Sql($"COPY (SELECT 'u' || (range % 3) AS reviewerID, range AS asin, (range % 5) + 1 AS overall, to_timestamp(range) AS time FROM range(10)) TO '{folder["a.parquet"]}' (FORMAT parquet)");
        foreach (var source in new[] { folder["a.parquet"], folder["*.parquet"], "parquet:" + folder["a.parquet"], folder.Path })
        {
            var (log, report) = Read(source);

            Assert.Equal((RatingsFormat.Parquet, 10), (report.Format, report.Lines));
            Assert.Equal(["u0", "u1", "u2"], log.Users);
            Assert.Equal(["0", "3", "6", "9", "1", "4", "7", "2", "5", "8"], log.ItemRows.Select(row => log.Items[row])); // of u0, u1, u2
            Assert.Equal([1f, 4, 2, 5, 2, 5, 3, 3, 1, 4], log.Values);
            Assert.Equal([0L, 3, 6, 9, 1, 4, 7, 2, 5, 8], log.Timestamps);
        }
    }

    [Fact]
    public void Read_DuckDbQuery_RowsOfTheQuery()
    {
        Sql("CREATE TABLE sales AS SELECT * FROM (VALUES ('c1', 'p1', 2), ('c2', 'p1', 3), ('c1', 'p1', 4)) t(customer_id, product_id, n)",
            folder["shop.db"]);
        var source = $"duckdb:{folder["shop.db"]}?query=SELECT customer_id, product_id, n AS rating FROM sales WHERE n > 1;";
        var (log, report) =
            RatingsReader.Read(source, new ReadOptions { Duplicates = DuplicateRule.Sum }, TestContext.Current.CancellationToken);

        Assert.Equal(["c1", "c2"], log.Users);
        Assert.Equal([6f, 3f], log.Values);
        Assert.Equal(($"duckdb:{folder["shop.db"]}", 1), (report.Path, report.Duplicates));
    }

    [Theory]
    [InlineData("SELECT 'u' AS \"user\", 'i' AS item, 'x' AS rating", "row 1: The rating 'x' is not a finite number.")]
    [InlineData("SELECT NULL AS \"user\", 'i' AS item, 1 AS rating", "row 1: The user id is empty.")]
    [InlineData("SELECT 'u' AS \"user\", '' AS item, 1 AS rating", "row 1: The item id is empty.")]
    [InlineData("SELECT 'u' AS \"user\", 'i' AS item, 'nan'::FLOAT AS rating", "row 1: The rating 'nan' is not a finite number.")]
    [InlineData(
        "SELECT 'u' AS \"user\", 'i' AS item, 1 AS rating, 'soon' AS time",
        "The times in the column 'time' are not understood, for example 'soon'")]
    [InlineData("SELECT 'u' AS who, 'i' AS item, 1 AS rating", "There is no column for the user")]
    [InlineData("SELECT 'u' AS \"user\", 'i' AS item, 1 AS rating WHERE false", "There is no row.")]
    [InlineData("SELECT * FROM nowhere", "nowhere does not exist")]
    public void Read_BadRowOrQuery_ErrorSaysWhatIsWrong(string query, string problem)
    {
        Sql("SELECT 1", folder["shop.db"]);
        var error = Assert.Throws<DataFileException>(() => Read($"duckdb:{folder["shop.db"]}?query={query}"));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"duckdb:{folder["shop.db"]}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadRowsSkipped_AreCounted()
    {
        Sql("SELECT 1", folder["shop.db"]);
        var (log, report) = RatingsReader.Read(
            $"duckdb:{folder["shop.db"]}?query=SELECT 'u' || range AS \"user\", 'i' AS item, CASE WHEN range % 2 = 0 THEN range END AS rating FROM range(6)",
            new ReadOptions { OnBadLine = BadLineAction.Skip },
            TestContext.Current.CancellationToken);

        Assert.Equal((3, 6, 3), (log.Count, report.Lines, report.BadLineCount));
        Assert.Equal(["u0", "u2", "u4"], log.Users);
    }

    [Theory]
    [InlineData("duckdb:shop.db")]
    [InlineData("duckdb:?query=SELECT 1")]
    [InlineData("postgres://someone:secret@host/db")]
    public void Read_NoQuery_ErrorShowsTheFormAndNoSecret(string source)
    {
        var error = Assert.Throws<ArgumentException>(() => Read(source));

        Assert.Contains("?query=SELECT", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ml-1m", "ml-1m")]
    [InlineData("some/ratings.csv", "some/ratings.csv")]
    [InlineData("parquet:some/*.parquet", "parquet:some/*.parquet")]
    [InlineData("duckdb:shop.db?query=SELECT 'token'", "duckdb:shop.db")]
    [InlineData("postgres://someone:s3cret@host:5433/shop?query=SELECT 1", "postgres:host/shop")]
    [InlineData("postgresql:Host=host;Username=someone;Password=s3cret;Database=shop?query=SELECT 1", "postgres:host/shop")]
    public void NameOf_AnySource_NoSecret(string source, string name) => Assert.Equal(name, RatingsReader.NameOf(source));

    [Theory]
    [InlineData("postgres:Hst=host;Password=s3cret?query=SELECT 1")]
    [InlineData("postgres:Username=someone;Password=s3cret?query=SELECT 1")]
    [InlineData("postgres://someone:s3cret@:x/db?query=SELECT 1")]
    public void NameOf_ConnectionNotUnderstood_ErrorWithoutSecret(string source) =>
        Assert.DoesNotContain(
            "s3cret", Assert.Throws<ArgumentException>(() => RatingsReader.NameOf(source)).ToString(), StringComparison.Ordinal);

    private static ReadResult Read(string source) => RatingsReader.Read(source, null, TestContext.Current.CancellationToken);

    private static void Sql(string sql, string? file = null)
    {
        using var connection = new DuckDBConnection($"DataSource={file ?? ":memory:"}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
