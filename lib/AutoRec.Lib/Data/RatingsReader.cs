namespace AutoRec.Data;

/// <summary>
/// Reads ratings from text files (plain or gzip), Parquet files and databases. Raw ids stay strings, without the blanks
/// around them unless they stand in quotes; blank lines, a byte order mark and either kind of line end are taken as they come.
/// </summary>
public static class RatingsReader
{
    // Loading DuckDB and opening a database costs about as much time as reading this many bytes line by line.
    private const long ShortFile = 4 << 20;
    private const long ShortGzipFile = 1 << 20;

    /// <summary>Reads ratings.</summary>
    /// <param name="source">
    /// A file, a folder (with all data files in it and below), or a pattern of paths with <c>*</c>, <c>?</c> and <c>**</c>; several
    /// files have one format and are read as one. Or <c>parquet:PATTERN</c>; <c>duckdb:FILE?query=SELECT ...</c>, a DuckDB
    /// database, opened for reading only; <c>postgres:CONNECTION?query=SELECT ...</c>, where CONNECTION is
    /// <c>//user@host/database</c> or pairs such as <c>Host=...;Username=...</c>, and the password may come from the environment
    /// variable <c>PGPASSWORD</c>; or <c>orders:SHOP</c>, a shop's orders as <see cref="OrderReader.Load"/> takes them, added up to
    /// the units that a customer bought of a product. Columns are found by their names, see <see cref="ColumnNames"/>.
    /// </param>
    /// <param name="options">How to read it; null recognises the format and fails at the first bad line.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="source"/>.</exception>
    /// <exception cref="DataFileException">The source holds no usable data: a file is empty, binary or cut off, lacks a column, or has
    /// a bad line; a database cannot be opened or refuses the query.</exception>
    /// <exception cref="ArgumentException">The source or an option is not as described.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static ReadResult Read(string source, ReadOptions? options = null, CancellationToken cancellation = default) =>
        Read(source, options ?? new ReadOptions(), RatingsEngine.Auto, cancellation);

    /// <summary>A source as it may be shown and saved: of a database without user name, password and query.</summary>
    /// <param name="source">A source as <see cref="Read(string, ReadOptions?, CancellationToken)"/> takes it, or any other name, which
    /// is returned unchanged.</param>
    /// <exception cref="ArgumentException">The source is in a database and not as described.</exception>
    public static string NameOf(string source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        return RatingsSource.NameOf(source);
    }

    /// <summary>
    /// A source that can be read again, without the password if it is a database. The variable PGPASSWORD supplies it then.
    /// </summary>
    internal static string WithoutPassword(string source) => RatingsSource.WithoutPassword(source);

    internal static ReadResult Read(string source, ReadOptions options, RatingsEngine engine, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        options.Filter.Validate();
        cancellation.ThrowIfCancellationRequested();
        if (OrderReader.ShopOf(source) is { } shop)
        {
            return OfOrders(source, OrderReader.Load(shop), options.Filter);
        }

        return RatingsSource.Parse(source) switch
        {
            RatingsSource.Files files => ReadText(files, options, engine, cancellation),
            var tables => RatingsDatabase.ReadTable(tables, options, cancellation),
        };
    }

    /// <summary>Orders as a log of counts; what was left out of them comes first in the report.</summary>
    internal static ReadResult OfOrders(string source, OrderLog orders, InteractionFilter filter)
    {
        var counts = orders.Counts();
        var log = filter.Apply(counts, out var dropped);
        var report = new ReadReport(source, RatingsFormat.Orders, orders.Report.Lines, 0, [], 0)
        {
            Dropped = [.. orders.Report.Dropped.Where(step => step.Rows > 0), .. dropped],
        };
        return new ReadResult(log, report.With(DuplicateRule.Sum, new DuplicateCounts((int)orders.Report.Kept - counts.Count, 0)));
    }

    private static ReadResult ReadText(
        RatingsSource.Files source, ReadOptions options, RatingsEngine engine, CancellationToken cancellation)
    {
        var files = source.Paths.Select(path => RatingsFile.Recognise(path, options)).ToArray();
        if (Array.Find(files, file => file.Format != files[0].Format) is { } other)
        {
            throw new DataFileException(
                other.Path,
                $"This file is {other.Format} and {files[0].Path} is {files[0].Format}. "
                + "Files that are read together must have one format.");
        }

        var isShort = files.Sum(LengthOf) < ShortFile;
        if (engine == RatingsEngine.Database || (engine == RatingsEngine.Auto && !isShort))
        {
            if (RatingsDatabase.TryReadText(source.Name, files, options, cancellation) is { } result)
            {
                return result;
            }
        }

        return ReadLines(source.Name, files, options, cancellation);
    }

    // A gzip file counts as what it unpacks to.
    private static long LengthOf(RatingsFile file) =>
        new FileInfo(file.Path).Length * (DataFile.IsGzip(file.Path) ? ShortFile / ShortGzipFile : 1);

    private static ReadResult ReadLines(string name, RatingsFile[] files, ReadOptions options, CancellationToken cancellation)
    {
        var builder = new InteractionsBuilder();
        var reports = Array.ConvertAll(files, file => RatingsLines.Read(file, options, builder, cancellation));
        var feedback = options.FeedbackRule(!reports[0].IsImplicit, reports[0].RatingColumn);
        var log = options.Filter.AfterWindow.Apply(builder.Build(feedback, options.Duplicates, out var duplicates), out var dropped);
        var windows = reports.SelectMany(report => report.Dropped)
            .GroupBy(window => window.Reason, (reason, rows) => new Dropped(reason, rows.Sum(window => window.Rows)));
        var total = reports[0] with
        {
            Path = name,
            Lines = reports.Sum(report => report.Lines),
            BadLineCount = reports.Sum(report => report.BadLineCount),
            BadLines = [.. reports.SelectMany(report => report.BadLines).Take(RatingsLines.KeptBadLines)],
            Dropped = [.. windows, .. dropped],
        };
        return new ReadResult(log, total.With(options.Duplicates, duplicates));
    }
}

/// <summary>Which way text files are read; the result does not depend on it.</summary>
internal enum RatingsEngine
{
    /// <summary>Short files line by line, others through the database.</summary>
    Auto,

    /// <summary>Line by line.</summary>
    Lines,

    /// <summary>Through the database, and line by line only where that gives up.</summary>
    Database,
}
