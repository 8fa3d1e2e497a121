namespace AutoRec.Data;

/// <summary>How ratings are laid out. All formats but the last three are UTF-8 text with one record a line.</summary>
public enum RatingsFormat
{
    /// <summary>Recognised by the first line of the file.</summary>
    Auto,

    /// <summary><c>user::item::rating</c> or <c>user::item::rating::timestamp</c>, no header: MovieLens 1M and 10M.</summary>
    MovieLensDat,

    /// <summary>user, item, rating and, mostly, timestamp between tabs, no header: <c>u.data</c> of MovieLens 100K.</summary>
    MovieLensTab,

    /// <summary><c>ratings.csv</c> of newer MovieLens sets: header <c>userId,movieId,rating,timestamp</c>.</summary>
    MovieLensCsv,

    /// <summary>
    /// Amazon reviews: <c>user,item,rating[,timestamp]</c> without a header, or with a header and columns in any order.
    /// </summary>
    AmazonCsv,

    /// <summary>Comma-separated values with a header that names the columns.</summary>
    Csv,

    /// <summary>Tab-separated values with a header that names the columns.</summary>
    Tsv,

    /// <summary>
    /// <c>user item item ...</c> between spaces (or tabs), no header: each item is an interaction of value 1. A line
    /// with a user alone is a user without interactions.
    /// </summary>
    Adjacency,

    /// <summary>
    /// One JSON object per line, such as Amazon's review dumps with <c>reviewerID</c>, <c>asin</c>, <c>overall</c>,
    /// <c>unixReviewTime</c>.
    /// </summary>
    JsonLines,

    /// <summary>Parquet files, whose columns have names.</summary>
    Parquet,

    /// <summary>The result of a query to a database, whose columns have names.</summary>
    Query,

    /// <summary>A shop's orders, added up to the units that a customer bought of a product.</summary>
    Orders,
}

/// <summary>Formats by the names that command lines use.</summary>
public static class RatingsFormats
{
    /// <summary>The name of a format, such as <c>movielens-dat</c>.</summary>
    public static string NameOf(RatingsFormat format) => format switch
    {
        RatingsFormat.MovieLensDat => "movielens-dat",
        RatingsFormat.MovieLensTab => "movielens-tab",
        RatingsFormat.MovieLensCsv => "movielens-csv",
        RatingsFormat.AmazonCsv => "amazon-csv",
        RatingsFormat.JsonLines => "json-lines",
        _ => format.ToString().ToLowerInvariant(),
    };
}
