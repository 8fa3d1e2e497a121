namespace AutoRec.Data;

/// <summary>What a ratings file gave.</summary>
/// <param name="Interactions">The log.</param>
/// <param name="Report">What was met on the way.</param>
public sealed record ReadResult(Interactions Interactions, ReadReport Report);

/// <summary>What was met while a ratings file was read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">The layout it was read in, never <see cref="RatingsFormat.Auto"/>.</param>
/// <param name="Lines">Lines of data, bad ones included; header and blank lines are not counted.</param>
/// <param name="BadLineCount">Lines that were left out.</param>
/// <param name="BadLines">The first few of the bad lines.</param>
/// <param name="Duplicates">Interactions that were merged into another of the same user and item.</param>
public sealed record ReadReport(
    string Path, RatingsFormat Format, long Lines, long BadLineCount, IReadOnlyList<DataFileException> BadLines, int Duplicates);
