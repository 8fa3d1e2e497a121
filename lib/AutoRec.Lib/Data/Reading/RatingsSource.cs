using System.Text;
using System.Text.RegularExpressions;

namespace AutoRec.Data;

/// <summary>Where ratings come from.</summary>
/// <param name="Name">What may be shown of it: no user name, password or query.</param>
internal abstract record RatingsSource(string Name)
{
    private const string QueryMark = "?query=";
    private const int LongestName = 80;

    // What else lies in a folder (notes, licences, archives) is not read.
    private static readonly HashSet<string> Extensions = new(
        [".csv", ".tsv", ".dat", ".data", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".parquet"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Text files.</summary>
    public sealed record Files(string Name, IReadOnlyList<string> Paths) : RatingsSource(Name);

    /// <summary>Parquet files.</summary>
    public sealed record Parquet(string Name, IReadOnlyList<string> Paths) : RatingsSource(Name);

    /// <summary>A query to files.</summary>
    public sealed record Sql(string Name, string Query) : RatingsSource(Name);

    /// <summary>A query to a DuckDB database in a file.</summary>
    public sealed record DuckDb(string Name, string Path, string Query) : RatingsSource(Name);

    /// <summary>A query to a PostgreSQL server.</summary>
    public sealed record Postgres(string Name, string Connection, string Query) : RatingsSource(Name)
    {
        // Records print their members; this one holds a password.
        public override string ToString() => Name;
    }

    /// <summary>Understands a source as a user writes it and finds its files.</summary>
    public static RatingsSource Parse(string text)
    {
        if (After(text, "parquet:") is { } pattern)
        {
            return new Parquet(text, Find(pattern));
        }

        if (After(text, "sql:") is { } sql)
        {
            return string.IsNullOrWhiteSpace(sql)
                ? throw new ArgumentException(
                    "A query to files is written as \"sql:SELECT user, item, rating FROM read_csv('export.csv')\".")
                : new Sql(NameOf(text), sql.Trim().TrimEnd(';'));
        }

        if (After(text, "duckdb:") is { } database)
        {
            var (path, query) = SplitQuery("duckdb:FILE", database);
            return File.Exists(path)
                ? new DuckDb($"duckdb:{path}", path, query)
                : throw new FileNotFoundException($"{path}: There is no such file.", path);
        }

        if ((After(text, "postgres:") ?? After(text, "postgresql:")) is { } server)
        {
            var (connection, query) = SplitQuery("postgres:CONNECTION", server);
            var settings = PostgresRows.Settings(connection);
            return new Postgres($"postgres:{settings.Host}/{settings.Database}", settings.ConnectionString, query);
        }

        var paths = Find(text);
        var areParquet = paths.Select(IsParquet).Distinct().ToArray();
        return areParquet is [false] ? new Files(text, paths)
            : areParquet is [true] ? new Parquet(text, paths)
            : throw new DataFileException(
                text,
                "Some of these files are Parquet and some are text; files that are read as one have one format.");
    }

    /// <summary>A source as it may be shown and saved: without user name, password and query.</summary>
    public static string NameOf(string text)
    {
        if ((After(text, "postgres:") ?? After(text, "postgresql:")) is not null)
        {
            return Parse(text).Name;
        }

        return After(text, "sql:") is not null ? Secrets.OutOfMessage(text.Length > LongestName ? text[..LongestName] + "..." : text)
            : After(text, "duckdb:") is { } database ? $"duckdb:{SplitQuery("duckdb:FILE", database).Place}"
            : File.Exists(text) ? text : Secrets.OutOfSource(text);
    }

    /// <summary>The same source, without the password of a server.</summary>
    public static string WithoutPassword(string text)
    {
        if ((After(text, "postgres:") ?? After(text, "postgresql:")) is not { } server)
        {
            return text;
        }

        var (connection, query) = SplitQuery("postgres:CONNECTION", server);
        var settings = PostgresRows.Settings(connection);
        settings.Password = null;
        return $"postgres:{settings.ConnectionString}{QueryMark}{query}";
    }

    private static string? After(string text, string scheme) =>
        text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && !File.Exists(text) ? text[scheme.Length..] : null;

    // The text itself stands in no message: it may hold a password.
    private static (string Place, string Query) SplitQuery(string form, string text)
    {
        var mark = text.IndexOf(QueryMark, StringComparison.OrdinalIgnoreCase);
        var (place, query) = mark < 0 ? (text, "") : (text[..mark], text[(mark + QueryMark.Length)..]);
        return place.Trim().Length > 0 && query.Trim().Length > 0 ? (place.Trim(), query.Trim().TrimEnd(';'))
            : throw new ArgumentException($"A source in a database is written as {form}?query=SELECT user, item, rating FROM ...");
    }

    private static bool IsParquet(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4 && magic.SequenceEqual("PAR1"u8);
    }

    private static IReadOnlyList<string> Find(string pattern)
    {
        if (File.Exists(pattern))
        {
            return [pattern];
        }

        if (Directory.Exists(pattern))
        {
            var all = new EnumerationOptions { RecurseSubdirectories = true };
            var inFolder = Directory.EnumerateFiles(pattern, "*", all).Where(IsData).Order(StringComparer.Ordinal).ToArray();
            return inFolder.Length > 0
                ? inFolder
                : throw new DataFileException(
                    pattern,
                    $"In this folder is no data file: names with {string.Join(", ", Extensions)}, or with .gz behind that, are expected.");
        }

        if (pattern.AsSpan().IndexOfAny('*', '?') is var wildcard && wildcard >= 0)
        {
            var slash = pattern.AsSpan(0, wildcard).LastIndexOfAny('/', '\\');
            var (folder, rest) = slash < 0 ? (".", pattern) : (pattern[..(slash + 1)], pattern[(slash + 1)..]);
            var regex = GlobRegex(rest);
            var isDeep = rest.AsSpan().ContainsAny('/', '\\') || rest.Contains("**", StringComparison.Ordinal);
            var depth = new EnumerationOptions { RecurseSubdirectories = isDeep };
            var found = !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*", depth)
                .Where(path => regex.IsMatch(Path.GetRelativePath(folder, path).Replace('\\', '/')))
                .Order(StringComparer.Ordinal).ToArray();
            if (found.Length > 0)
            {
                return found;
            }
        }

        // A mistyped address of a database comes here too: its password is not repeated.
        var shown = Secrets.OutOfSource(pattern);
        throw Secrets.LooksLikeDatabase(pattern)
            ? new FileNotFoundException(
                $"{shown}: There is no such file. For a PostgreSQL database, use "
                + "'postgres://user@host/database?query=SELECT user, item, rating FROM ...' "
                + "with the password in PGPASSWORD or a PGPASSFILE.",
                shown)
            : new FileNotFoundException($"{shown}: There is no such file.", shown);
    }

    private static bool IsData(string path) =>
        Extensions.Contains(Path.GetExtension(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path))
        && !Path.GetFileName(path).StartsWith('.');

    private static Regex GlobRegex(string pattern)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            var isDouble = pattern.AsSpan(i).StartsWith("**");
            regex.Append(pattern[i] switch
            {
                '*' when isDouble && pattern.AsSpan(i).StartsWith("**/") => "(?:.*/)?",
                '*' when isDouble => ".*",
                '*' => "[^/]*",
                '?' => "[^/]",
                '\\' => "/",
                var letter => Regex.Escape(letter.ToString()),
            });
            i += isDouble ? (pattern.AsSpan(i).StartsWith("**/") ? 2 : 1) : 0;
        }

        return new Regex(regex.Append('$').ToString(), RegexOptions.CultureInvariant);
    }
}
