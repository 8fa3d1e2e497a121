using System.Globalization;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>Where the parts of an interaction stand in the records of a file.</summary>
internal sealed record RatingsLayout
{
    private static readonly string[] UserNames = ["userid", "user", "reviewerid", "customerid"];
    private static readonly string[] ItemNames = ["itemid", "item", "movieid", "productid", "prodid", "asin"];
    private static readonly string[] RatingNames = ["rating", "overall", "score"];
    private static readonly string[] TimestampNames = ["timestamp", "unixreviewtime", "time"];

    private static readonly RatingScale MovieLensScale = new(0.5f, 5);

    public required RatingsFormat Format { get; init; }

    public bool HasHeader { get; init; }

    /// <summary>Fields of a record; 0 where the first good record will tell.</summary>
    public int FieldCount { get; init; }

    public int User { get; init; }

    public int Item { get; init; } = 1;

    /// <summary>The rating's field; -1 where every interaction has the value 1.</summary>
    public int Rating { get; init; } = 2;

    /// <summary>The name of the rating's column; null where it has none.</summary>
    public string? RatingColumn { get; init; }

    /// <summary>The timestamp's field; -1 without one.</summary>
    public int Timestamp { get; init; } = -1;

    /// <summary>Names of the columns that are not read; empty without a header.</summary>
    public IReadOnlyList<string> Unread { get; private init; } = [];

    /// <summary>The scale that the format itself promises.</summary>
    public RatingScale? Scale { get; private init; }

    /// <summary>What an error says of <see cref="Scale"/>.</summary>
    public string ScaleNote { get; private init; } = "";

    public static string Separator(RatingsFormat format, string firstLine) => format switch
    {
        RatingsFormat.MovieLensDat => "::",
        RatingsFormat.MovieLensTab or RatingsFormat.Tsv => "\t",
        RatingsFormat.Adjacency => firstLine.Contains('\t') ? "\t" : " ",
        _ => ",",
    };

    /// <summary>Quotes mean something in comma- and tab-separated values only.</summary>
    public static CsvMode Mode(RatingsFormat format) =>
        format is RatingsFormat.MovieLensDat or RatingsFormat.MovieLensTab or RatingsFormat.Adjacency ? CsvMode.NoEscape : CsvMode.Rfc4180;

    /// <summary>Recognises a format by the first line of a file; null for an unknown one.</summary>
    public static RatingsFormat? Recognise(string firstLine, ColumnNames columns)
    {
        if (firstLine.StartsWith('{'))
        {
            return RatingsFormat.JsonLines;
        }

        if (firstLine.Contains("::", StringComparison.Ordinal))
        {
            return RatingsFormat.MovieLensDat;
        }

        if (firstLine.Contains('\t'))
        {
            return columns.IsEmpty && IsRatingLine(Fields(firstLine, '\t')) ? RatingsFormat.MovieLensTab : RatingsFormat.Tsv;
        }

        if (firstLine.Contains(','))
        {
            var fields = Fields(firstLine, ',');
            var names = Array.ConvertAll(fields, Plain);
            return !columns.IsEmpty ? RatingsFormat.Csv
                : names is ["userid", "movieid", "rating"] or ["userid", "movieid", "rating", "timestamp"] ? RatingsFormat.MovieLensCsv
                : names.Contains("reviewerid") && names.Contains("asin") ? RatingsFormat.AmazonCsv
                : IsRatingLine(fields) ? RatingsFormat.AmazonCsv
                : RatingsFormat.Csv;
        }

        return firstLine.Contains(' ') ? RatingsFormat.Adjacency : null;
    }

    /// <summary>The layout of a file of a known format.</summary>
    /// <param name="format">The format, not <see cref="RatingsFormat.Auto"/>.</param>
    /// <param name="fields">The first record.</param>
    /// <param name="columns">Columns that were named.</param>
    /// <param name="missing">Receives what is wrong when a column is missing, the result being null.</param>
    public static RatingsLayout? Of(RatingsFormat format, string[] fields, ColumnNames columns, out string? missing)
    {
        missing = null;
        var layout = new RatingsLayout
        {
            Format = format,
            ScaleNote = $" of {format}; if the file has another, declare it",
            Scale = format switch
            {
                RatingsFormat.MovieLensDat or RatingsFormat.MovieLensTab or RatingsFormat.MovieLensCsv => MovieLensScale,
                RatingsFormat.AmazonCsv => RatingScale.OneToFive,
                _ => null,
            },
        };
        if (format is RatingsFormat.MovieLensDat or RatingsFormat.MovieLensTab or RatingsFormat.Adjacency)
        {
            return layout;
        }

        var user = Find(fields, columns.User, UserNames);
        var item = Find(fields, columns.Item, ItemNames);
        if (format == RatingsFormat.AmazonCsv && columns.IsEmpty && (user < 0 || item < 0))
        {
            return layout;
        }

        var rating = columns.Rating == ColumnNames.None ? -1 : Find(fields, columns.Rating, RatingNames);
        var timestamp = columns.Timestamp == ColumnNames.None ? -1 : Find(fields, columns.Timestamp, TimestampNames);
        missing = Missing("user", user, columns.User, UserNames)
            ?? Missing("item", item, columns.Item, ItemNames)
            ?? (columns.Rating == ColumnNames.None ? null : Missing("rating", rating, columns.Rating, RatingNames))
            ?? (columns.Timestamp is null or ColumnNames.None ? null : Missing("timestamp", timestamp, columns.Timestamp, TimestampNames));
        if (missing is not null)
        {
            missing += $" The columns are: {string.Join(", ", fields)}.";
            return null;
        }

        return layout with
        {
            HasHeader = true,
            FieldCount = fields.Length,
            User = user,
            Item = item,
            Rating = rating,
            RatingColumn = rating < 0 ? null : fields[rating],
            Timestamp = timestamp,
            Unread = [.. fields.Where((_, column) => column != user && column != item && column != rating && column != timestamp)],
        };
    }

    /// <summary>A layout without a header, once a record has told whether there are timestamps.</summary>
    public RatingsLayout WithFieldCount(int count) => this with { FieldCount = count, Timestamp = count == 4 ? 3 : -1 };

    private static string? Missing(string part, int column, string? asked, string[] names) =>
        column >= 0 ? null
        : asked is null ? $"There is no column for the {part}: a header with one of {string.Join(", ", names)} is expected, "
            + "or the name of the column in the reading options."
        : $"There is no column '{asked}' for the {part}.";

    private static int Find(string[] fields, string? asked, string[] names)
    {
        if (asked is not null)
        {
            return Array.FindIndex(fields, field => string.Equals(field, asked, StringComparison.OrdinalIgnoreCase));
        }

        var plain = Array.ConvertAll(fields, Plain);
        return names.Select(name => Array.IndexOf(plain, name)).FirstOrDefault(index => index >= 0, -1);
    }

    /// <summary>A column's name without case, blanks, hyphens and underscores.</summary>
    public static string Plain(string name) =>
        name.Replace("_", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal)
            .Replace(" ", "", StringComparison.Ordinal)
            .ToLowerInvariant();

    private static string[] Fields(string line, char separator) => Array.ConvertAll(line.Split(separator), field => field.Trim().Trim('"'));

    private static bool IsRatingLine(string[] fields) =>
        fields.Length is 3 or 4 && float.TryParse(fields[2], NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
