using System.Text.RegularExpressions;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>What a file says of a user.</summary>
internal sealed record Profile(string Id, params (string Name, string Value)[] Attributes);

/// <summary>Reads the files of movies and users that come with MovieLens, and tables of items and users, which it writes too.</summary>
internal static partial class Metadata
{
    /// <summary>What the table of items of <c>my.csv</c> has in its name: <c>my.items.csv</c>.</summary>
    public const string Items = "items";

    /// <summary>What the table of users of <c>my.csv</c> has in its name: <c>my.users.csv</c>.</summary>
    public const string Users = "users";

    // The flags of u.item, in order.
    private static readonly string[] UItemGenres =
    [
        "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
        "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
    ];

    // The codes of users.dat.
    private static readonly Dictionary<string, string> Ages = new()
    {
        ["1"] = "under 18",
        ["18"] = "18-24",
        ["25"] = "25-34",
        ["35"] = "35-44",
        ["45"] = "45-49",
        ["50"] = "50-55",
        ["56"] = "56 and over",
    };

    private static readonly string[] Occupations =
    [
        "other", "academic/educator", "artist", "clerical/admin", "college/grad student", "customer service", "doctor/health care",
        "executive/managerial", "farmer", "homemaker", "K-12 student", "lawyer", "programmer", "retired", "sales/marketing", "scientist",
        "self-employed", "technician/engineer", "tradesman/craftsman", "unemployed", "writer",
    ];

    private static readonly string[] IdNames =
    [
        "id", "itemid", "item", "movieid", "productid", "asin", "parentasin", "bookid", "isbn", "businessid", "artistid", "trackid",
        "gameid", "appid", "sku", "userid", "user", "customerid", "reviewerid",
    ];

    internal static readonly string[] TitleNames =
    [
        "title", "name", "itemname", "itemtitle", "booktitle", "movietitle", "productname", "producttitle", "originaltitle", "trackname",
        "artistname", "songname", "gamename", "description",
    ];

    internal static readonly string[] CategoryNames =
        ["categories", "category", "genres", "genre", "tags", "productcategory", "maincategory", "type", "department"];

    /// <summary>Reads a Latin-1 file with fields between bars; nothing when <paramref name="path"/> is null.</summary>
    public static IEnumerable<T> ReadPipes<T>(string? path, Func<string[], T> record) => Read(path, "|", "iso-8859-1", record);

    /// <summary>Reads a Latin-1 file with fields between double colons; nothing when <paramref name="path"/> is null.</summary>
    public static IEnumerable<T> ReadColons<T>(string? path, Func<string[], T> record) => Read(path, "::", "iso-8859-1", record);

    /// <summary>
    /// Reads a table of items with a header; nothing when <paramref name="path"/> is null. The id's column is the one named id, item_id and
    /// the like, else the first; title and categories (separated by bars) are found by their names. Each other column is an attribute.
    /// </summary>
    public static IEnumerable<DescribedItem> ReadItemTable(string? path)
    {
        var (header, lines) = ReadTable(path);
        var (title, categories) = (Layout.Find(header, null, TitleNames), Layout.Find(header, null, CategoryNames));
        var id = IdOf(header);
        return lines.Select(fields => new DescribedItem(
            fields[id],
            title < 0 || fields[title].Length == 0 ? fields[id] : fields[title],
            categories < 0 ? [] : Genres(fields[categories]),
            [.. header.Zip(fields).Where((_, column) => column != id && column != title && column != categories)]));
    }

    /// <summary>
    /// Reads a table of users with a header, each column but the id's an attribute; nothing when <paramref name="path"/> is null.
    /// </summary>
    public static IEnumerable<Profile> ReadUserTable(string? path)
    {
        var (header, lines) = ReadTable(path);
        var id = IdOf(header);
        return lines.Select(fields => new Profile(fields[id], [.. header.Zip(fields).Where((_, column) => column != id)]));
    }

    public static DescribedItem ItemOfUItem(string[] fields) =>
        new(fields[0], fields[1], [.. UItemGenres.Where((genre, i) => fields[^(UItemGenres.Length - i)] == "1" && genre != "unknown")]);

    public static Profile UserOfUsersDat(string[] fields) => new(
        fields[0],
        ("age", Ages.GetValueOrDefault(fields[2], fields[2])),
        ("gender", fields[1]),
        ("occupation", int.TryParse(fields[3], out var code) && code >= 0 && code < Occupations.Length ? Occupations[code] : fields[3]));

    /// <summary>A film of MovieLens with its year, which ends its title: Toy Story (1995).</summary>
    public static DescribedItem WithYear(DescribedItem item) => Year().Match(item.Title) is { Success: true } year
        ? item with { Attributes = [.. item.Attributes, ("year", year.Groups[1].Value)] }
        : item;

    /// <summary>Genres between bars.</summary>
    public static IReadOnlyList<string> Genres(string text) => text is "(no genres listed)" or "" ? [] : text.Split('|');

    /// <summary>
    /// A table of a data set's items, header first, as <see cref="ReadItemTable"/> reads it; empty if only their ids are known.
    /// </summary>
    public static IReadOnlyList<string[]> ItemTable(DataSet data)
    {
        var ids = data.Interactions.Items;
        return !data.KnowsItems ? [] :
        [
            ["id", "title", "categories", .. data.ItemAttributes.Keys], // These names come first where the table is read.
            .. ids.Select((id, row) => (string[])
            [
                id,
                data.ItemTitles[row],
                string.Join('|', data.ItemCategories[row]),
                .. data.ItemAttributes.Values.Select(column => column[row]),
            ]),
        ];
    }

    /// <summary>
    /// A table of a data set's users, header first, as <see cref="ReadUserTable"/> reads it; empty if only their ids are known.
    /// </summary>
    public static IReadOnlyList<string[]> UserTable(DataSet data)
    {
        var ids = data.Interactions.Users;
        return !data.KnowsUsers ? [] :
        [
            ["user", "name", .. data.UserAttributes.Keys],
            .. ids.Select((id, row) => (string[])[id, data.UserNames[row], .. data.UserAttributes.Values.Select(column => column[row])]),
        ];
    }

    /// <summary>Writes a table as comma-separated values; a table without lines writes nothing.</summary>
    public static void Write(string path, IReadOnlyList<string[]> table)
    {
        if (table.Count == 0)
        {
            return;
        }

        WholeFile.Write(path, stream =>
        {
            using var writer = CsvWriter.Create(stream, DataFile.CsvOut, leaveOpen: true);
            foreach (var line in table)
            {
                foreach (var field in line)
                {
                    writer.WriteField(field);
                }

                writer.EndRecord();
            }
        });
    }

    private static (string[] Header, IReadOnlyList<string[]> Lines) ReadTable(string? path)
    {
        if (path is null)
        {
            return ([], []);
        }

        string[] header = [];
        List<string[]> lines = [];
        TextRows.Read(path, (line, fields) =>
        {
            if (header.Length == 0)
            {
                header = [.. fields.Select(name => name.Trim().ToLowerInvariant())];
                return;
            }

            if (fields.Length != header.Length)
            {
                throw new DataFileException(
                    path,
                    line,
                    string.Join(',', fields),
                    $"The line has {fields.Length} fields; {header.Length}, as in the header, are expected.");
            }

            lines.Add(fields);
        });
        return lines.Count > 0 && header.Length > 1 ? (header, lines) : throw new DataFileException(
            path, "A header and lines with at least two columns are expected: id, title and categories, or id and attributes.");
    }

    private static int IdOf(string[] header) => Math.Max(0, Layout.Find(header, null, IdNames));

    private static List<T> Read<T>(string? path, string separator, string encoding, Func<string[], T> record)
    {
        List<T> records = [];
        if (path is null)
        {
            return records;
        }

        TextRows.Read(
            path,
            (line, fields) =>
            {
                try
                {
                    records.Add(record(fields));
                }
                catch (IndexOutOfRangeException)
                {
                    throw new DataFileException(
                        path, line, string.Join(separator, fields), $"The line has {fields.Length} fields; more are expected.");
                }
            },
            separator,
            encoding);
        return records;
    }

    [GeneratedRegex(@"\((\d{4})\)\s*$")]
    private static partial Regex Year();
}
