using System.Globalization;

namespace AutoRec.Data;

/// <summary>A file, a table or a query that was read.</summary>
/// <param name="Path">Its name.</param>
/// <param name="Format">How it is laid out.</param>
/// <param name="Layout">What its columns hold.</param>
/// <param name="Rules">What a good record is.</param>
/// <param name="Chunk">What was read.</param>
internal sealed record SourcePart(string Path, RatingsFormat Format, Layout Layout, RecordRules Rules, ReadChunk Chunk)
{
    /// <summary>What separates fields, or null.</summary>
    public string? Separator { get; init; }

    /// <summary>The encoding, or null.</summary>
    public string? Encoding { get; init; }

    /// <summary>Whether another part may be read together with this one.</summary>
    public bool IsLike(SourcePart other) => Format == other.Format && Layout.Columns == other.Layout.Columns;

    /// <summary>The layout in a few words.</summary>
    public string Describe() => $"{RatingsFormats.NameOf(Format)} ({Layout.Columns.ToArgument()})";

    /// <summary>The records that cannot be used, as errors.</summary>
    /// <param name="advice">What to do about them; empty for nothing.</param>
    public IEnumerable<DataFileException> Bad(string advice) => Chunk.Bad.Select(bad => bad.Text is { } text
        ? new DataFileException(Path, bad.Line, text, bad.Problem + advice)
        : new DataFileException(Path, FormattableString.Invariant($"{Rules.Record} {bad.Line}: {bad.Problem}{advice}")));

    /// <summary>What was understood.</summary>
    /// <param name="firstTime">The time of the first interaction: whether days come first, all lines tell.</param>
    public SourceLayout ToLayout(long? firstTime)
    {
        var decimals = Chunk.First?.Rating.Replace(',', '.');
        return new SourceLayout
        {
            Columns = Format == RatingsFormat.Adjacency ? new ColumnNames() : Layout.Columns,
            Unread = Format is RatingsFormat.Adjacency or RatingsFormat.Netflix ? [] : Layout.Unread,
            Separator = Separator,
            Encoding = Encoding,
            Note = string.Join("; ", Notes()) is { Length: > 0 } notes ? notes : null,
            Example = Chunk.First is not { } first ? null
                : FormattableString.Invariant($"{Rules.Record} {first.Line}: user={first.User}, item={first.Item}")
                    + (Rules.HasRating ? $", rating={decimals}" : "") + (firstTime is { } time ? $", time={Time(time)}" : ""),
        };

        IEnumerable<string> Notes()
        {
            if (Layout.Note is { } note)
            {
                yield return note;
            }

            if (Encoding is not null and not ("utf-8" or "us-ascii"))
            {
                yield return $"the file is read as {Encoding}";
            }
        }
    }

    /// <summary>What the parts of a source give, with the options of reading applied.</summary>
    public static ReadResult Combine(string name, IReadOnlyList<SourcePart> parts, ReadOptions options)
    {
        var first = parts[0];
        List<DataFileException> bad = [];
        List<InteractionColumns> columns = [];
        long outside = 0;
        foreach (var part in parts)
        {
            var mayFail = options.OnBadLine == BadLineAction.Fail;
            bad.AddRange(part.Bad(mayFail ? $" Correct it, or leave such {part.Rules.Record}s out by --on-bad-line skip." : ""));
            if (bad.Count > 0 && mayFail)
            {
                throw bad[0];
            }

            columns.Add(part.Chunk.Columns(options.Filter, part.Path, out var partOutside));
            outside += partOutside;
        }

        var (records, badCount) = (parts.Sum(part => part.Chunk.Records), parts.Sum(part => part.Chunk.BadCount));
        long? firstTime = columns[0].Timestamps is [var time, ..] ? time : null;
        var joined = columns.Count == 1 ? columns[0] : Joined(columns);
        if (joined.Values.Length == 0 && outside == 0)
        {
            throw badCount > 0
                ? new DataFileException(
                    name, $"None of the {records} {first.Rules.Record}s can be used. The first: {bad[0].Message}", bad[0])
                : new DataFileException(name, first.Layout.Names is not null && first.Format == RatingsFormat.Delimited
                    ? "There is a header but no line of data."
                    : "There is no interaction.");
        }

        var feedback = options.FeedbackRule(first.Layout.Rating >= 0, first.Layout.RatingName);
        var log = Interactions.Of(joined, options.Duplicates, feedback, out var duplicates);
        log = outside > 0 ? log.WithoutUnusedIds() : log;
        log = options.Filter.AfterWindow.Apply(log, out var dropped);
        var report = new ReadReport(name, first.Format, records, badCount, [.. bad.Take(ReadChunk.KeptBadRecords)], 0)
        {
            ReadAs = first.ToLayout(firstTime),
            DataNotes = [.. DataNotesOf(log)],
            Dropped = options.Filter.HasWindow ? [new Dropped(InteractionFilter.WindowReason, outside), .. dropped] : dropped,
        };
        return new ReadResult(log, report.With(options.Duplicates, duplicates));
    }

    private static InteractionColumns Joined(IReadOnlyList<InteractionColumns> parts)
    {
        var (users, items) = (new IdIndex(), new IdIndex());
        return new InteractionColumns(
            users,
            items,
            [.. parts.SelectMany(part => Rows(users, part.Users, part.UserRows))],
            [.. parts.SelectMany(part => Rows(items, part.Items, part.ItemRows))],
            [.. parts.SelectMany(part => part.Values)],
            parts[0].Timestamps is null ? null : [.. parts.SelectMany(part => part.Timestamps!)]);

        static IEnumerable<int> Rows(IdIndex ids, IdIndex of, int[] rows)
        {
            var rowOf = ids.AddAll(of);
            return rows.Select(row => rowOf[row]);
        }
    }

    /// <summary>What is odd about the values, times and ids of a log, given what its values say.</summary>
    public static IEnumerable<string> DataNotesOf(Interactions log)
    {
        var isWide = log.Feedback is { Kind: FeedbackKind.Stars, Scale: { Min: >= 0, Max: > 100 } };
        if (isWide && log.Values.All(value => value == MathF.Floor(value)))
        {
            yield return FormattableString.Invariant(
                $"whole values up to {log.Feedback.Scale.Max} are taken for ratings on a scale; ")
                + "if they count plays or purchases, use --feedback counts";
        }

        if (log.HasTimestamps)
        {
            var (least, most) = (StartOf(1990), StartOf(DateTime.UtcNow.Year + 2));
            int[] odd = [.. Enumerable.Range(0, log.Count).Where(i => log.Timestamps[i] < least || log.Timestamps[i] >= most)];
            if (odd.Length > 0)
            {
                yield return FormattableString.Invariant($"times before 1990 or after next year: {odd.Length:N0}, for example ")
                    + $"{Time(log.Timestamps[odd[0]])} (user {log.Users[log.UserRows[odd[0]]]}); check the unit, or use --time-format";
            }
        }

        foreach (var (what, ids) in new[] { ("user", log.Users), ("item", log.Items) })
        {
            var twin = ids.FirstOrDefault(id => id.EndsWith(".0", StringComparison.Ordinal) && ids.TryGetRow(id[..^2], out _));
            if (twin is not null)
            {
                yield return $"the {what} ids '{twin[..^2]}' and '{twin}' both occur and are taken for two {what}s; "
                    + "if they are one, write ids in one way";
            }
        }
    }

    private static long StartOf(int year) => new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>A time as people read it: the day, and the time of day unless it is midnight.</summary>
    public static string Time(long seconds)
    {
        var time = DataDescription.Time(seconds);
        return time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
