using System.Globalization;
using AutoRec.Data;
using CsvHelper;

namespace AutoRec.Serving;

/// <summary>Reads the small files in which people hand over a history or a list of users: comma-separated, with or without a header.</summary>
public static class ListFiles
{
    private static readonly string[] Headers = ["item", "itemid", "movieid", "productid", "user", "userid", "id"];

    /// <summary>A history: an item id in each line and, if it is known, its rating.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFileException">A line has no id, more than two fields or a rating that is no number.</exception>
    public static IReadOnlyList<ItemRating> ReadHistory(string path) => [.. Lines(path).Select(line => line.Fields switch
    {
        [{ Length: > 0 } item] => new ItemRating(item),
        [{ Length: > 0 } item, ""] => new ItemRating(item),
        [{ Length: > 0 } item, var text] when float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rating) && float.IsFinite(rating) => new ItemRating(item, rating),
        _ => throw new DataFileException(path, line.Number, string.Join(',', line.Fields), "An item id and perhaps a rating, a number, are expected."),
    })];

    /// <summary>Ids, one in each line; whatever stands behind the first comma is left out.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFileException">A line has no id.</exception>
    public static IReadOnlyList<string> ReadIds(string path) =>
        [.. Lines(path).Select(line => line.Fields[0].Length > 0 ? line.Fields[0] : throw new DataFileException(path, line.Number, string.Join(',', line.Fields), "An id is expected."))];

    private static List<(long Number, string[] Fields)> Lines(string path)
    {
        var lines = new List<(long, string[])>();
        using var stream = DataFile.OpenRead(path);
        using var reader = CsvReader.Create(stream, new CsvReaderOptions { HasHeader = false, TrimWhitespace = true, TrackLineNumbers = true, AllowLineBreaksInQuotes = false }, leaveOpen: true);
        while (reader.Read())
        {
            var fields = reader.Current.ToArray();
            var isHeader = lines.Count == 0 && reader.LineNumber == 1 && Headers.Contains(fields[0].Replace("_", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);
            if (!isHeader && fields is not [""])
            {
                lines.Add((reader.LineNumber, fields));
            }
        }

        return lines.Count > 0 ? lines : throw new DataFileException(path, "The file holds no id.");
    }
}
