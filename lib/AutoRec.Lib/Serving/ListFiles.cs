using System.Globalization;
using AutoRec.Data;
using CsvHelper;

namespace AutoRec.Serving;

/// <summary>
/// Reads the small files that hold a history or a list of users: comma-separated, with or without a header.
/// </summary>
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
        [{ Length: > 0 } item, var text] when Number(text) is { } rating => new ItemRating(item, rating),
        _ => throw Bad(path, line, "Expected an item id, optionally followed by a comma and a rating."),
    })];

    /// <summary>Ids, one in each line; whatever stands behind the first comma is left out.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFileException">A line has no id.</exception>
    public static IReadOnlyList<string> ReadIds(string path) =>
        [.. Lines(path).Select(line => line.Fields[0].Length > 0 ? line.Fields[0] : throw Bad(path, line, "Expected an id."))];

    private static float? Number(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number) ? number : null;

    private static DataFileException Bad(string path, (long Number, string[] Fields) line, string expected) =>
        new(path, line.Number, string.Join(',', line.Fields), expected);

    private static List<(long Number, string[] Fields)> Lines(string path)
    {
        var lines = new List<(long, string[])>();
        using var stream = DataFile.OpenRead(path);
        var options = new CsvReaderOptions
        {
            HasHeader = false,
            TrimWhitespace = true,
            TrackLineNumbers = true,
            AllowLineBreaksInQuotes = false,
        };
        using var reader = CsvReader.Create(stream, options, leaveOpen: true);
        while (reader.Read())
        {
            var fields = reader.Current.ToArray();
            var isHeader = lines.Count == 0
                && reader.LineNumber == 1
                && Headers.Contains(fields[0].Replace("_", "", StringComparison.Ordinal), StringComparer.OrdinalIgnoreCase);
            if (!isHeader && fields is not [""])
            {
                lines.Add((reader.LineNumber, fields));
            }
        }

        return lines.Count > 0 ? lines : throw new DataFileException(path, "The file holds no id.");
    }
}
