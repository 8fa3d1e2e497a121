namespace AutoRec.Data;

/// <summary>What a source of ratings gave.</summary>
/// <param name="Interactions">The log.</param>
/// <param name="Report">What was met on the way.</param>
public sealed record ReadResult(Interactions Interactions, ReadReport Report);

/// <summary>What was met while ratings were read.</summary>
/// <param name="Path">Where the ratings came from; without user name and password where that is a database.</param>
/// <param name="Format">The layout it was read in, never <see cref="RatingsFormat.Auto"/>.</param>
/// <param name="Lines">Lines (rows, of a database) of data, bad ones included; comments, header and blank lines are not counted.</param>
/// <param name="BadLineCount">Lines that were left out.</param>
/// <param name="BadLines">The first few of the bad lines.</param>
/// <param name="Duplicates">Interactions that were merged into another of the same user and item.</param>
public sealed record ReadReport(
    string Path, RatingsFormat Format, long Lines, long BadLineCount, IReadOnlyList<DataFileException> BadLines, int Duplicates)
{
    /// <summary>
    /// Pairs of a user and an item for which the highest of several values was taken, because times were equal or unknown: see
    /// <see cref="DuplicateRule.KeepLast"/>.
    /// </summary>
    public int DuplicatesByValue { get; init; }

    /// <summary>What a filter left out, in the order of its steps; empty without a filter.</summary>
    public IReadOnlyList<Dropped> Dropped { get; init; } = [];

    /// <summary>
    /// What one should know of what was read, in sentences: bad lines, duplicates, what a filter left out. Empty where there is nothing.
    /// </summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (ReadAs?.Note is { } layoutNote)
            {
                yield return layoutNote;
            }

            if (BadLineCount > 0)
            {
                yield return FormattableString.Invariant(
                    $"{BadLineCount:N0} of {Lines:N0} lines were bad and were skipped; the first: {BadLines[0].Message}");
            }

            if (UnreadColumns.Count > 0)
            {
                yield return $"columns not read: {string.Join(", ", UnreadColumns)}";
            }

            if (Duplicates > 0)
            {
                var rule = Rule == DuplicateRule.Sum ? "their values add up" : "the latest of them counts";
                yield return FormattableString.Invariant($"{Duplicates:N0} interactions repeat the user and item of another; {rule}");
            }

            if (DuplicatesByValue > 0)
            {
                yield return FormattableString.Invariant(
                    $"pairs of a user and an item with several values and no latest one: {DuplicatesByValue:N0}; the highest value counts");
            }

            foreach (var dropped in Dropped)
            {
                yield return FormattableString.Invariant($"{dropped.Rows:N0} interactions were left out: {dropped.Reason}");
            }

            foreach (var note in DataNotes)
            {
                yield return note;
            }
        }
    }

    /// <summary>The same behind the name of the source.</summary>
    internal IEnumerable<string> NotesOfSource => Notes.Select(note => $"{Path}: {note}");

    /// <summary>Columns that were not read, by name or, without a header, by position from 1.</summary>
    public IReadOnlyList<string> UnreadColumns => ReadAs?.Unread ?? [];

    /// <summary>How the source was understood; null for orders. Of several files, the first.</summary>
    public SourceLayout? ReadAs { get; init; }

    /// <summary>What is odd in the data themselves: times far off, ids that differ only by ".0".</summary>
    internal IReadOnlyList<string> DataNotes { get; init; } = [];

    /// <summary>How the source was understood, in a line; null where no layout had to be found.</summary>
    public string? Summary => ReadAs?.Example is null ? null : $"{Path} is read as {ReadAs.Example}";

    private DuplicateRule Rule { get; init; }

    /// <summary>The report with what became of duplicates.</summary>
    internal ReadReport With(DuplicateRule rule, DuplicateCounts counts) =>
        this with { Rule = rule, Duplicates = counts.Merged, DuplicatesByValue = counts.DecidedByValue };
}

/// <summary>Rows that were left out for one reason.</summary>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Rows">How many.</param>
public sealed record Dropped(string Reason, long Rows);

/// <summary>How a source was understood.</summary>
public sealed record SourceLayout
{
    /// <summary>Where user, item, rating and timestamp were read from: a column's name, or its position from 1; - for a part that is not
    /// read. The value of <c>--columns</c> that says the same.</summary>
    public required ColumnNames Columns { get; init; }

    /// <summary>Columns that were not read.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>What separates fields, in words where it cannot be seen (tab, blanks); null where nothing does.</summary>
    public string? Separator { get; init; }

    /// <summary>The encoding of a text file; null of other sources.</summary>
    public string? Encoding { get; init; }

    /// <summary>
    /// The first record as it was understood: <c>line 2: user=u1, item=i1, rating=3.5, time=2023-09-06</c>.
    /// </summary>
    public string? Example { get; init; }

    /// <summary>What was decided by more than names and should be known, or null.</summary>
    public string? Note { get; init; }
}
