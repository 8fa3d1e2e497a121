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

    /// <summary>What was read of a text file.</summary>
    public static SourcePart Of(RatingsFile file, ReadChunk chunk) => new(file.Text.Path, file.Format, file.Layout, file.Rules, chunk)
    {
        Separator = file.Dialect?.Name,
        Encoding = file.Text.EncodingName,
    };

    /// <summary>Throws if this part may not be read together with the first.</summary>
    /// <exception cref="DataFileException">They have different layouts.</exception>
    public void CheckLike(SourcePart first)
    {
        if (Format != first.Format || Layout.Columns != first.Layout.Columns)
        {
            throw new DataFileException(
                Path, $"This file is laid out as {Describe()}, and {first.Path} as {first.Describe()}. "
                + "Files that are read together must have one layout.");
        }
    }

    /// <summary>The records that cannot be used, as errors, with what to do about them if the read fails.</summary>
    public IEnumerable<DataFileException> Bad(ReadOptions options)
    {
        var advice = options.OnBadLine == BadLineAction.Fail
            ? $" Correct it, or leave such {Rules.Record}s out by --on-bad-line skip."
            : "";
        return Chunk.Met.Bad.Select(bad => bad.Text is { } text
            ? new DataFileException(Path, bad.Line, text, bad.Problem + advice)
            : new DataFileException(Path, FormattableString.Invariant($"{Rules.Record} {bad.Line}: {bad.Problem}{advice}")));
    }

    /// <summary>What was understood.</summary>
    /// <param name="firstTime">The time of the first interaction: whether days come first, all lines tell.</param>
    public SourceLayout ToLayout(long? firstTime)
    {
        var decimals = Chunk.Met.First?.Rating.Replace(',', '.');
        return new SourceLayout
        {
            Columns = Format == RatingsFormat.Adjacency ? new ColumnNames() : Layout.Columns,
            Unread = Format is RatingsFormat.Adjacency or RatingsFormat.Netflix ? [] : Layout.Unread,
            Separator = Separator,
            Encoding = Encoding,
            Note = string.Join("; ", Notes()) is { Length: > 0 } notes ? notes : null,
            Example = Chunk.Met.First is not { } first ? null
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
        var columns = ColumnsOf(parts, options, out var firstTime, out var outside);
        var report = ReportOf(name, parts, options, columns.Values.Length + outside, firstTime);
        var log = Interactions.Of(columns, options.Duplicates, FeedbackRuleOf(parts[0], options), out var duplicates);
        log = outside > 0 ? log.WithoutUnusedIds() : log;
        log = options.Filter.AfterWindow.Apply(log, out var dropped);
        return new ReadResult(log, (report with
        {
            DataNotes = [.. DataNotesOf(log)],
            Dropped = options.Filter.WithWindow(outside, dropped),
        }).With(options.Duplicates, duplicates));
    }

    /// <summary>How it is decided what the values of a source say.</summary>
    public static FeedbackRule FeedbackRuleOf(SourcePart part, ReadOptions options) =>
        options.FeedbackRule(part.Layout.Rating >= 0, part.Layout.RatingName);

    /// <summary>The interactions of all parts within the window of time.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="options">How to read.</param>
    /// <param name="firstTime">Receives the time of the first interaction of the first part; null without.</param>
    /// <param name="outside">Receives how many interactions are outside of the window.</param>
    /// <exception cref="DataFileException">A record cannot be used and the options say that the read fails, or the order of day and month
    /// cannot be told.</exception>
    public static InteractionColumns ColumnsOf(
        IReadOnlyList<SourcePart> parts, ReadOptions options, out long? firstTime, out long outside)
    {
        List<InteractionColumns> columns = [];
        outside = 0;
        foreach (var part in parts)
        {
            if (options.OnBadLine == BadLineAction.Fail && part.Bad(options).FirstOrDefault() is { } bad)
            {
                throw bad;
            }

            columns.Add(part.Chunk.Columns(options.Filter, part.Path, out var partOutside));
            outside += partOutside;
        }

        firstTime = columns[0].Timestamps is [var time, ..] ? time : null;
        return columns.Count == 1 ? columns[0] : Joined(columns);
    }

    /// <summary>What was met in all parts.</summary>
    /// <param name="name">The name of the source.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="options">How they were read.</param>
    /// <param name="count">The number of interactions.</param>
    /// <param name="firstTime">The time of the first; null without.</param>
    /// <exception cref="DataFileException">There is no interaction.</exception>
    public static ReadReport ReportOf(
        string name, IReadOnlyList<SourcePart> parts, ReadOptions options, long count, long? firstTime)
    {
        var first = parts[0];
        var (records, badCount) = (parts.Sum(part => part.Chunk.Met.Records), parts.Sum(part => part.Chunk.Met.BadCount));
        DataFileException[] bad = [.. parts.SelectMany(part => part.Bad(options)).Take(RecordsMet.KeptBadRecords)];
        return count > 0 ? new ReadReport(name, first.Format, records, badCount, bad, 0) { ReadAs = first.ToLayout(firstTime) }
            : badCount > 0 ? throw new DataFileException(
                name, $"None of the {records} {first.Rules.Record}s can be used. The first: {bad[0].Message}", bad[0])
            : throw new DataFileException(name, first.Layout.Names is not null && first.Format == RatingsFormat.Delimited
                ? "There is a header but no line of data."
                : "There is no interaction.");
    }

    private string Describe() => $"{RatingsFormats.NameOf(Format)} ({Layout.Columns.ToArgument()})";

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
    public static IEnumerable<string> DataNotesOf(Interactions log) => DataNotesOf(
        OddData.Of(log.UserRows.AsSpan(), log.Values.AsSpan(), log.Timestamps.AsSpan()), log.Feedback, log.Users, log.Items);

    /// <inheritdoc cref="DataNotesOf(Interactions)"/>
    public static IEnumerable<string> DataNotesOf(OddData odd, Feedback feedback, IdIndex users, IdIndex items)
    {
        if (feedback is { Kind: FeedbackKind.Stars, Scale: { Min: >= 0, Max: > 100 } } && odd.AreWhole)
        {
            yield return FormattableString.Invariant(
                $"whole values up to {feedback.Scale.Max} are taken for ratings on a scale; ")
                + "if they count plays or purchases, use --feedback counts";
        }

        if (odd.Times > 0)
        {
            yield return FormattableString.Invariant($"times before 1990 or after next year: {odd.Times:N0}, for example ")
                + $"{Time(odd.FirstTime)} (user {users[odd.FirstUser]}); check the unit, or use --time-format";
        }

        foreach (var (what, ids) in new[] { ("user", users), ("item", items) })
        {
            var twin = ids.FirstOrDefault(id => id.EndsWith(".0", StringComparison.Ordinal) && ids.TryGetRow(id[..^2], out _));
            if (twin is not null)
            {
                yield return $"the {what} ids '{twin[..^2]}' and '{twin}' both occur and are taken for two {what}s; "
                    + "if they are one, write ids in one way";
            }
        }
    }

    /// <summary>A time as people read it: the day, and the time of day unless it is midnight.</summary>
    public static string Time(long seconds)
    {
        var time = DataDescription.Time(seconds);
        return time.ToString(time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}

/// <summary>What is odd about the values and times of a log, or of a part of it.</summary>
/// <param name="AreWhole">Whether all values are whole numbers.</param>
/// <param name="Times">The number of times that are far off.</param>
/// <param name="FirstTime">The first of these.</param>
/// <param name="FirstUser">The code of its user.</param>
internal readonly record struct OddData(bool AreWhole, long Times, long FirstTime, int FirstUser)
{
    /// <summary>Looks at interactions in their order, with times or without.</summary>
    public static OddData Of(ReadOnlySpan<int> userRows, ReadOnlySpan<float> values, ReadOnlySpan<long> times)
    {
        var odd = new OddData(true, 0, 0, 0);
        foreach (var value in values)
        {
            odd = odd with { AreWhole = odd.AreWhole && value == MathF.Floor(value) };
        }

        var (least, most) = (StartOf(1990), StartOf(DateTime.UtcNow.Year + 2));
        for (var i = 0; i < times.Length; i++)
        {
            if (times[i] < least || times[i] >= most)
            {
                odd = odd.Times > 0
                    ? odd with { Times = odd.Times + 1 }
                    : odd with { Times = 1, FirstTime = times[i], FirstUser = userRows[i] };
            }
        }

        return odd;
    }

    /// <summary>Joins what is odd about parts of a log, those with the first items of a user before others.</summary>
    public static OddData Of(IReadOnlyCollection<OddData> parts)
    {
        var first = parts.Where(part => part.Times > 0).DefaultIfEmpty().MinBy(part => part.FirstUser);
        return first with { AreWhole = parts.All(part => part.AreWhole), Times = parts.Sum(part => part.Times) };
    }

    private static long StartOf(int year) => new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
}
