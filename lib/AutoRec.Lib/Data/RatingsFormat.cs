namespace AutoRec.Data;

/// <summary>How ratings are laid out.</summary>
public enum RatingsFormat
{
    /// <summary>Recognised by the first lines of the file.</summary>
    Auto,

    /// <summary>
    /// Text with fields between commas, semicolons, tabs, bars, double colons or blanks, with or without a header: MovieLens, Amazon, CSV
    /// and TSV of any kind.
    /// </summary>
    Delimited,

    /// <summary>
    /// <c>user item item ...</c> between blanks or tabs, no header: each item is an interaction of value 1. A line with a user alone is a
    /// user without interactions.
    /// </summary>
    Adjacency,

    /// <summary>The Netflix prize: a line <c>item:</c>, then lines <c>user,rating,date</c>.</summary>
    Netflix,

    /// <summary>One JSON object a line, such as Amazon's and Yelp's review dumps.</summary>
    JsonLines,

    /// <summary>A JSON list of objects.</summary>
    Json,

    /// <summary>The first sheet of a workbook (.xlsx).</summary>
    Workbook,

    /// <summary>Parquet files.</summary>
    Parquet,

    /// <summary>The result of a query.</summary>
    Query,

    /// <summary>A shop's orders, added up to the units that a customer bought of a product.</summary>
    Orders,
}

/// <summary>Formats by the names that command lines use.</summary>
public static class RatingsFormats
{
    /// <summary>The name of a format, such as <c>json-lines</c>.</summary>
    public static string NameOf(RatingsFormat format) => format switch
    {
        RatingsFormat.JsonLines => "json-lines",
        _ => format.ToString().ToLowerInvariant(),
    };
}
