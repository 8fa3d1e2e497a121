namespace AutoRec.Data;

/// <summary>
/// Reads ratings from text files (plain, gzip or zip), workbooks, Parquet files and databases. Raw ids stay strings, without the blanks
/// around them unless they stand in quotes; blank lines, comments before the header, a byte order mark and any kind of line end are taken
/// as they come. One grammar of ids, numbers and times holds for all sources.
/// </summary>
public static class RatingsReader
{
    private const string ReadingPhase = "reading";
    private const string OrderingPhase = "putting interactions in order";

    /// <summary>Reads ratings.</summary>
    /// <param name="source">
    /// A file, a folder (with all data files in it and below), or a pattern of paths with <c>*</c>, <c>?</c> and <c>**</c>; several
    /// files have one layout and are read as one. A folder, or <c>s3://BUCKET/FOLDER</c>, that <c>autorec data shard</c> wrote is read as
    /// the log that it was made of. Or <c>parquet:PATTERN</c>; <c>sql:SELECT ...</c>, a query to files, such as
    /// <c>sql:SELECT who AS user, what AS item FROM read_csv('export.csv')</c>; <c>duckdb:FILE?query=SELECT ...</c>, a DuckDB
    /// database, opened for reading only; <c>postgres:CONNECTION?query=SELECT ...</c>, where CONNECTION is
    /// <c>//user@host/database</c> or pairs such as <c>Host=...;Username=...</c>, and the password may come from the environment
    /// variable <c>PGPASSWORD</c>; or <c>orders:SHOP</c>, a shop's orders as <see cref="OrderReader.Load"/> takes them, added up to
    /// the units that a customer bought of a product. Columns are found by their names, see <see cref="ColumnNames"/>.
    /// </param>
    /// <param name="options">How to read it; null recognises the layout and fails at the first bad line.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="source"/>.</exception>
    /// <exception cref="DataFileException">The source holds no usable data: a file is empty, binary or cut off, lacks a column, or has
    /// a bad line; a database cannot be opened or refuses the query.</exception>
    /// <exception cref="ArgumentException">The source or an option is not as described.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static ReadResult Read(string source, ReadOptions? options = null, CancellationToken cancellation = default) =>
        Read(source, options ?? new ReadOptions(), BlockReader.UsualBlock, cancellation);

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

    /// <summary>Reads ratings, text files in blocks of so many bytes; the result does not depend on that.</summary>
    internal static ReadResult Read(string source, ReadOptions options, int blockLength, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        options.Filter.Validate();
        cancellation.ThrowIfCancellationRequested();
        var plan = new WorkPlan(options.Progress, (ReadingPhase, 3), (OrderingPhase, 1));
        if (OrderReader.ShopOf(source) is { } shop)
        {
            plan.Begin(ReadingPhase);
            return OfOrders(source, OrderReader.LoadAs(shop, options), options);
        }

        if (ShardFolder.Is(source))
        {
            return ReadShards(source, options, plan.Begin(ReadingPhase), cancellation);
        }

        var parsed = RatingsSource.Parse(source);
        var reading = plan.Begin(ReadingPhase);
        return parsed switch
        {
            RatingsSource.Files files => ReadFiles(files, options, blockLength, reading, () => plan.Begin(OrderingPhase), cancellation),
            var tables => ReadTables.Read(tables, options, cancellation),
        };
    }

    /// <summary>Orders as a log of counts; what was left out of them comes first in the report.</summary>
    internal static ReadResult OfOrders(string source, OrderLog orders, ReadOptions options)
    {
        var feedback = options.FeedbackRule(hasRatings: true, column: null) with { Kind = options.Feedback ?? FeedbackKind.Counts };
        var counts = orders.Counts().Redecided(feedback);
        var log = options.Filter.Apply(counts, out var dropped);
        var report = new ReadReport(source, RatingsFormat.Orders, orders.Report.Lines, 0, [], 0)
        {
            Dropped = [.. orders.Report.Dropped.Where(step => step.Rows > 0), .. dropped],
        };
        return new ReadResult(log, report.With(DuplicateRule.Sum, new DuplicateCounts((int)orders.Report.Kept - counts.Count, 0)));
    }

    // A partitioned log has its layout and says what its values mean; the latter can be declared anew.
    private static ReadResult ReadShards(
        string source, ReadOptions options, IProgress<WorkReport>? progress, CancellationToken cancellation)
    {
        var rest = options with { Feedback = null, PositiveFrom = null, Scale = null, Filter = new(), Progress = null, Share = null };
        if (rest != new ReadOptions { Duplicates = options.Duplicates })
        {
            throw new ArgumentException(
                $"{source} is a partitioned log, which has its own layout. Leave out the options that say how files are read, such as "
                + "--columns and --format.");
        }

        using var folder = ShardFolder.Open(source, cancellation);
        var manifest = folder.Manifest;
        var report = new ReadReport(source, RatingsFormat.Parquet, manifest.Count, 0, [], 0);
        if (options.Share is { } share)
        {
            CheckShare(source, manifest, options, share);
            return new ReadResult(folder.Read(share, progress, cancellation), report);
        }

        var log = folder.Read(progress, cancellation);
        if (options is not { Feedback: null, PositiveFrom: null, Scale: null })
        {
            if (options.Scale is { } scale && log.Values.Any(value => !scale.Contains(value)))
            {
                throw new DataFileException(source, FormattableString.Invariant(
                    $"The value {log.Values.First(value => !scale.Contains(value))} is outside the scale {scale} (--scale)."));
            }

            var feedback = options.FeedbackRule(hasRatings: true, column: null);
            log = log.Redecided(feedback with
            {
                Kind = feedback.Kind ?? log.Feedback.Kind,
                Scale = feedback.Scale ?? (feedback.Kind is null && log.Feedback.HasRatings ? log.Scale : null),
            });
        }

        log = options.Filter.Apply(log, out var dropped);
        return new ReadResult(log, report with { Dropped = dropped });
    }

    private static void CheckShare(string source, ShardManifest manifest, ReadOptions options, ShareReading share)
    {
        if (manifest.By != share.By)
        {
            var (by, needed) = (ShardManifest.NameOf(manifest.By), ShardManifest.NameOf(share.By));
            throw new ArgumentException(
                $"{source} is partitioned by {by}. On several ranks {share.Model} reads parts by {needed}. Write these with "
                + $"'autorec data shard --data {source} --by {needed} --output DIR'.");
        }

        if (!options.Filter.IsEmpty || options is not { Feedback: null, PositiveFrom: null, Scale: null })
        {
            throw new ArgumentException(
                "On several ranks a partitioned log is read as it is. Give the options that filter and --feedback, --scale and "
                + "--positive-from to 'autorec data shard'.");
        }

        if (!manifest.Feedback.HasRatings)
        {
            throw new NotSupportedException(
                $"{source} has {manifest.Feedback.Name} and no ratings. On several ranks {share.Model} is trained from parts by ratings "
                + "alone. Use the file that the parts were made of.");
        }
    }

    private static ReadResult ReadFiles(
        RatingsSource.Files source,
        ReadOptions options,
        int blockLength,
        IProgress<WorkReport>? progress,
        Action order,
        CancellationToken cancellation)
    {
        var steps = new WorkSteps(progress, "", source.Paths.Sum(path => new FileInfo(path).Length), "bytes");
        var parts = new List<SourcePart>();
        foreach (var path in source.Paths)
        {
            var part = DataFile.IsWorkbook(path)
                ? WorkbookSheet.Read(path, options, cancellation)
                : ReadText(RatingsFile.Recognise(path, options), options, blockLength, steps, cancellation);
            part.CheckLike(parts.Count > 0 ? parts[0] : part);
            parts.Add(part);
        }

        order();
        return SourcePart.Combine(source.Name, parts, options);
    }

    private static SourcePart ReadText(
        RatingsFile file, ReadOptions options, int blockLength, WorkSteps steps, CancellationToken cancellation) =>
        SourcePart.Of(file, file.Read(options.OnBadLine == BadLineAction.Fail, blockLength, steps, cancellation));
}
