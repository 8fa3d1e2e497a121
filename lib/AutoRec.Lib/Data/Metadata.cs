using System.Text;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>What a file says of an item.</summary>
internal sealed record Item(string Id, string Title, IReadOnlyList<string> Categories);

/// <summary>What a file says of a user.</summary>
internal sealed record Profile(string Id, params (string Name, string Value)[] Attributes);

/// <summary>Reads the files of movies and users that come with MovieLens, and tables of items and users, which it writes too.</summary>
internal static class Metadata
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

    /// <summary>Reads a Latin-1 file with fields between bars; nothing when <paramref name="path"/> is null.</summary>
    public static IEnumerable<T> ReadPipes<T>(string? path, Func<string[], T> record) => Read(path, "|", Encoding.Latin1, record);

    /// <summary>Reads a Latin-1 file with fields between double colons; nothing when <paramref name="path"/> is null.</summary>
    public static IEnumerable<T> ReadColons<T>(string? path, Func<string[], T> record) => Read(path, "::", Encoding.Latin1, record);

    /// <summary>Reads a UTF-8 file of comma-separated values with a header; nothing when <paramref name="path"/> is null.</summary>
    public static IEnumerable<T> ReadCommas<T>(string? path, Func<string[], T> record) =>
        Read(path, ",", Encoding.UTF8, record, hasHeader: true);

    /// <summary>Reads a table of items with a header; nothing when <paramref name="path"/> is null.</summary>
    public static IEnumerable<Item> ReadItemTable(string? path)
    {
        var (header, lines) = ReadTable(path);
        int title = IndexOf(header, "title", "name"), categories = IndexOf(header, "genres", "categories", "category");
        return lines.Select(fields => new Item(
            fields[0],
            title < 0 ? fields[0] : fields[title],
            categories < 0 ? [] : Genres(fields[categories])));
    }

    /// <summary>
    /// Reads a table of users with a header, each column behind the first an attribute; nothing when <paramref name="path"/> is null.
    /// </summary>
    public static IEnumerable<Profile> ReadUserTable(string? path)
    {
        var (header, lines) = ReadTable(path);
        return lines.Select(fields => new Profile(fields[0], [.. header.Zip(fields).Skip(1)]));
    }

    public static Item ItemOfUItem(string[] fields) =>
        new(fields[0], fields[1], [.. UItemGenres.Where((genre, i) => fields[^(UItemGenres.Length - i)] == "1" && genre != "unknown")]);

    public static Profile UserOfUsersDat(string[] fields) => new(
        fields[0],
        ("age", Ages.GetValueOrDefault(fields[2], fields[2])),
        ("gender", fields[1]),
        ("occupation", int.TryParse(fields[3], out var code) && code >= 0 && code < Occupations.Length ? Occupations[code] : fields[3]));

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
            ["item", "title", "categories"],
            .. ids.Select((id, row) => new[] { id, data.ItemTitles[row], string.Join('|', data.ItemCategories[row]) }),
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
        var lines = Read(path, ",", Encoding.UTF8, fields => fields, hasHeader: false);
        if (path is not null && (lines.Count < 2 || lines[0].Length < 2))
        {
            throw new DataFileException(path, "A header and lines with commas between the fields are expected, the id first.");
        }

        if (lines.FindIndex(fields => fields.Length != lines[0].Length) is > 0 and var line)
        {
            throw new DataFileException(
                path!,
                line + 1,
                string.Join(',', lines[line]),
                $"The line has {lines[line].Length} fields; {lines[0].Length}, as in the header, are expected.");
        }

        return path is null ? ([], []) : ([.. lines[0].Select(name => name.Trim().ToLowerInvariant())], lines[1..]);
    }

    private static int IndexOf(string[] header, params string[] names) => Array.FindIndex(header, names.Contains);

    private static List<T> Read<T>(string? path, string separator, Encoding encoding, Func<string[], T> record, bool hasHeader = false)
    {
        List<T> records = [];
        if (path is null)
        {
            return records;
        }

        try
        {
            using var file = DataFile.OpenRead(path);
            using var separated = separator.Length > 1 ? new CsvSeparatorStream(file, separator, leaveOpen: true) : null;
            using var reader = CsvReader.Create(
                separated ?? file,
                new CsvReaderOptions
                {
                    Separator = separator.Length > 1 ? null : separator[0],
                    HasHeader = hasHeader,
                    Mode = separator == "," ? CsvMode.Rfc4180 : CsvMode.NoEscape,
                    Encoding = encoding,
                    TrackLineNumbers = true,
                },
                leaveOpen: true);
            while (reader.Read())
            {
                try
                {
                    records.Add(record(reader.Current.ToArray()));
                }
                catch (IndexOutOfRangeException)
                {
                    throw new DataFileException(
                        path,
                        reader.LineNumber,
                        Encoding.UTF8.GetString(reader.RawRecord),
                        $"The line has {reader.FieldCount} fields; more are expected.");
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, "The gzip data is cut off or damaged; get the file again.", error);
        }

        return records;
    }
}
