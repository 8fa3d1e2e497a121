using System.Globalization;
using AutoRec.Serving;
using CsvHelper;
using DuckDB.NET.Data;

namespace AutoRec.Cli.Commands;

/// <summary>A recommendation of a batch.</summary>
internal sealed record BatchRow(string User, int Rank, RecommendedItem Item, string Basis);

/// <summary>Writes the recommendations of a batch, a line each.</summary>
internal static class BatchFile
{
    private static readonly string[] Columns = ["user", "rank", "item", "title", "score", "rating", "probability", "basis"];

    public static void WriteCsv(Stream stream, IEnumerable<BatchRow> rows)
    {
        using var writer = CsvWriter.Create(
            stream,
            new CsvWriterOptions { NewLine = "\n", Quoting = CsvQuoting.WhenNeededOrWhitespace },
            leaveOpen: true);
        writer.WriteHeader(Columns);
        foreach (var row in rows)
        {
            writer.WriteField(row.User);
            writer.WriteField(row.Rank.ToString(CultureInfo.InvariantCulture));
            writer.WriteField(row.Item.Item);
            writer.WriteField(row.Item.Title);
            writer.WriteField(Text(row.Item.Score));
            writer.WriteField(Text(row.Item.Rating));
            writer.WriteField(Text(row.Item.Probability));
            writer.WriteField(row.Basis);
            writer.EndRecord();
        }
    }

    public static void WriteParquet(Stream stream, IEnumerable<BatchRow> rows)
    {
        // DuckDB writes files, not streams.
        var path = Path.GetTempFileName();
        try
        {
            using (var connection = new DuckDBConnection("DataSource=:memory:"))
            {
                connection.Open();
                Execute(
                    connection,
                    "CREATE TABLE answers (\"user\" VARCHAR, rank INTEGER, item VARCHAR, title VARCHAR, "
                        + "score FLOAT, rating FLOAT, probability FLOAT, basis VARCHAR)");
                using (var appender = connection.CreateAppender("answers"))
                {
                    foreach (var row in rows)
                    {
                        appender.CreateRow()
                            .AppendValue(row.User)
                            .AppendValue(row.Rank)
                            .AppendValue(row.Item.Item)
                            .AppendValue(row.Item.Title)
                            .AppendValue(row.Item.Score)
                            .AppendValue(row.Item.Rating)
                            .AppendValue(row.Item.Probability)
                            .AppendValue(row.Basis)
                            .EndRow();
                    }
                }

                Execute(connection, $"COPY answers TO '{path.Replace("'", "''", StringComparison.Ordinal)}' (FORMAT parquet)");
            }

            using var file = File.OpenRead(path);
            file.CopyTo(stream);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Execute(DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Text(float? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
