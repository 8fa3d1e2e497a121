namespace AutoRec.Data;

/// <summary>What a source of ratings gave.</summary>
/// <param name="Interactions">The log.</param>
/// <param name="Report">What was met on the way.</param>
public sealed record ReadResult(Interactions Interactions, ReadReport Report);

/// <summary>What was met while ratings were read.</summary>
/// <param name="Path">Where the ratings came from; without user name and password where that is a database.</param>
/// <param name="Format">The layout it was read in, never <see cref="RatingsFormat.Auto"/>.</param>
/// <param name="Lines">Lines (rows, of a database) of data, bad ones included; header and blank lines are not counted.</param>
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

    /// <summary>Whether there was no rating, so that every interaction has the value 1.</summary>
    internal bool IsImplicit { get; init; }
}

/// <summary>Rows that were left out for one reason.</summary>
/// <param name="Reason">Why, in a few words.</param>
/// <param name="Rows">How many.</param>
public sealed record Dropped(string Reason, long Rows);
