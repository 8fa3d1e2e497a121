namespace AutoRec.Distributed;

/// <summary>The processes of a group were not started with the same options and data.</summary>
/// <param name="ranks">Those that differ from process 0.</param>
public sealed class RanksDifferException(IReadOnlyList<int> ranks) : NotSupportedException(
    $"{(ranks.Count == 1 ? $"Rank {ranks[0]} has" : $"Ranks {string.Join(", ", ranks)} have")} other options or data than rank 0. "
    + "Start all ranks with the same command, and let them read the same data.")
{
    /// <summary>The processes that differ from process 0.</summary>
    public IReadOnlyList<int> Ranks { get; } = ranks;
}
