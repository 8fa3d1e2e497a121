using System.Text;
using CsvHelper;
using static AutoRec.Data.DuckDbSession;

namespace AutoRec.Data;

/// <summary>Text files as a table for DuckDB.</summary>
internal static class TextTable
{
    /// <summary>The layout that all files have; null when that takes a closer look.</summary>
    public static RatingsLayout? LayoutOf(RatingsFile[] files, ReadOptions options)
    {
        var first = files[0];
        if (first.Format == RatingsFormat.Adjacency)
        {
            return null;
        }

        if (first.Format == RatingsFormat.JsonLines)
        {
            var json = JsonLinesLayout.OfFirstLine(first.FirstLine, options.Columns, out _);
            return json is null ? null
                : new RatingsLayout
                {
                    Format = first.Format,
                    Rating = json.Rating is null ? -1 : 2,
                    Timestamp = json.Timestamp is null ? -1 : 3,
                };
        }

        var fields = Fields(first);
        var layout = RatingsLayout.Of(first.Format, fields, options.Columns, out _);
        if (layout is { HasHeader: true })
        {
            return Array.TrueForAll(files, file => file.FirstLine == first.FirstLine) ? layout : null;
        }

        return fields.Length is 3 or 4 ? layout?.WithFieldCount(fields.Length) : null;
    }

    /// <summary>The statement that makes the table <c>log</c> (u, i, r, t) with a row for each line of the files.</summary>
    public static string CreateLog(RatingsFile[] files, RatingsLayout layout, ReadOptions options)
    {
        var paths = string.Join(", ", files.Select(file => Text(file.Path)));
        var compression = files.Select(file => DataFile.IsGzip(file.Path)).Distinct().ToArray() switch
        {
            [true] => "gzip",
            [false] => "none",
            _ => "auto",
        };
        if (layout.Format == RatingsFormat.JsonLines)
        {
            var json = JsonLinesLayout.OfFirstLine(files[0].FirstLine, options.Columns, out _)!;
            (string? Name, string Type)[] parts =
                [(json.User, "VARCHAR"), (json.Item, "VARCHAR"), (json.Rating, "FLOAT"), (json.Timestamp, "DOUBLE")];
            var properties = Struct(parts.Where(part => part.Name is not null).Select(part => $"{Name(part.Name!)}: '{part.Type}'"));
            compression = compression == "none" ? "uncompressed" : compression; // what read_csv calls none
            return $"""
                CREATE TEMP TABLE log AS SELECT {Name(json.User)} AS u, {Name(json.Item)} AS i,
                {(json.Rating is null ? "1::FLOAT" : Name(json.Rating))} AS r,
                {(json.Timestamp is null ? "0::DOUBLE" : Name(json.Timestamp))} AS t
                FROM read_json([{paths}], format = 'newline_delimited', compression = '{compression}', columns = {properties})
                """;
        }

        var columns = Enumerable.Range(0, layout.FieldCount)
            .Select(i => $"c{i}: '{(i == layout.Rating ? "FLOAT" : i == layout.Timestamp ? "DOUBLE" : "VARCHAR")}'");
        var quote = RatingsLayout.Mode(layout.Format) == CsvMode.NoEscape ? "" : "\"";
        var rating = layout.Rating < 0 ? "1::FLOAT" : $"c{layout.Rating}";
        var time = layout.Timestamp < 0 ? "0::DOUBLE" : $"c{layout.Timestamp}";
        return $"""
            CREATE TEMP TABLE log AS SELECT c{layout.User} AS u, c{layout.Item} AS i, {rating} AS r, {time} AS t
            FROM read_csv([{paths}], auto_detect = false, header = {layout.HasHeader}, delim = {Text(files[0].Separator)},
            quote = '{quote}', escape = '{quote}', compression = '{compression}', columns = {Struct(columns)})
            """;
    }

    private static string[] Fields(RatingsFile file)
    {
        if (!file.FirstLine.Contains('"') || RatingsLayout.Mode(file.Format) == CsvMode.NoEscape)
        {
            return file.FirstLine.Split(file.Separator, StringSplitOptions.TrimEntries);
        }

        using var line = new MemoryStream(Encoding.UTF8.GetBytes(file.FirstLine));
        var options = new CsvReaderOptions { Separator = file.Separator[0], HasHeader = false, TrimWhitespace = true };
        using var reader = CsvReader.Create(line, options);
        return reader.Read() ? [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)] : [];
    }
}
