using System.Globalization;
using AutoRec.Data;
using AutoRec.Serving;
using CsvHelper;

namespace AutoRec.Cli.Commands;

/// <summary>A recommendation of a batch.</summary>
internal sealed record BatchRow(string User, int Rank, RecommendedItem Item, string Basis);

/// <summary>Writes the recommendations of a batch, a line each.</summary>
internal static class BatchFile
{
    private static readonly string[] Columns = ["user", "rank", "item", "title", "score", "rating", "probability", "basis"];

    /// <summary>Throws if the file cannot be written, or exists and was not written by this class.</summary>
    /// <exception cref="ArgumentException">The name has no known ending.</exception>
    /// <exception cref="DataFileException">The file exists and is something else, or its folder cannot be written.</exception>
    public static void CheckOutput(string path)
    {
        var isParquet = IsParquet(path);
        WholeFile.CheckWritable(path);
        if (File.Exists(path) && new FileInfo(path).Length > 0 && !(isParquet ? ParquetOutput.HasColumns(path, Columns) : HasHeader(path)))
        {
            throw new DataFileException(
                path, "The file exists and does not hold recommendations, so it was not overwritten. Choose another name for --output.");
        }
    }

    /// <summary>Writes the recommendations; see <see cref="CheckOutput"/>.</summary>
    public static void Write(string path, IEnumerable<BatchRow> rows)
    {
        CheckOutput(path);
        WholeFile.Write(path, stream =>
        {
            if (IsParquet(path))
            {
                WriteParquet(stream, rows);
            }
            else
            {
                WriteCsv(stream, rows);
            }
        });
    }

    private static void WriteCsv(Stream stream, IEnumerable<BatchRow> rows)
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

    private static void WriteParquet(Stream stream, IEnumerable<BatchRow> rows) => ParquetOutput.Write(
        stream,
        "\"user\" VARCHAR, rank INTEGER, item VARCHAR, title VARCHAR, score FLOAT, rating FLOAT, probability FLOAT, basis VARCHAR",
        appender =>
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
        });

    private static bool IsParquet(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".csv" => false,
        ".parquet" => true,
        _ => throw new ArgumentException($"'{path}' has no known ending. Use a file name that ends in .csv or .parquet."),
    };

    private static bool HasHeader(string path)
    {
        using var reader = new StreamReader(path);
        var start = new char[string.Join(',', Columns).Length + 1];
        return reader.ReadBlock(start, 0, start.Length) == start.Length && new string(start) == string.Join(',', Columns) + "\n";
    }

    private static string Text(float? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? "";
}
