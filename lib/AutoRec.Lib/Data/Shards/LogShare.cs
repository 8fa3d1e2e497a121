namespace AutoRec.Data;

/// <summary>
/// Says that this process has a part of a log, and other processes have the rest: each has all interactions of a contiguous run of users,
/// or items, with the codes of the whole log.
/// </summary>
/// <param name="By">Whether the runs are of users or of items.</param>
/// <param name="Starts">The first code of each process, and the end behind the last: [processes + 1].</param>
/// <param name="Rank">The number of this process.</param>
internal sealed record LogShare(ShardBy By, int[] Starts, int Rank)
{
    /// <summary>The first code of this process.</summary>
    public int First => Starts[Rank];

    /// <summary>The end behind its last.</summary>
    public int End => Starts[Rank + 1];

    /// <summary>Whether runs are of users.</summary>
    public bool IsByUser => By == ShardBy.User;

    /// <summary>The process that has a code.</summary>
    public int RankOf(int code)
    {
        var rank = 0;
        while (code >= Starts[rank + 1])
        {
            rank++;
        }

        return rank;
    }
}

/// <summary>What a process that has a share of a log knows of the whole.</summary>
/// <param name="Count">The number of interactions.</param>
/// <param name="Fingerprint">The <see cref="DataFingerprint"/>.</param>
/// <param name="Positions">The places of the interactions of this process, ascending; one number, the first, if these are a run.</param>
internal sealed record WholeLog(int Count, string Fingerprint, int[] Positions)
{
    /// <summary>The place of an interaction of this process in the whole log.</summary>
    public int PositionOf(int index) => Positions.Length == 1 ? Positions[0] + index : Positions[index];
}

/// <summary>How a process reads its share of a partitioned log.</summary>
/// <param name="Model">The model that needs it, for errors.</param>
/// <param name="By">By what the log must be cut.</param>
/// <param name="Rank">The number of this process.</param>
/// <param name="Starts">From the numbers of interactions of all codes to the first code of each process, and the end.</param>
internal sealed record ShareReading(string Model, ShardBy By, int Rank, Func<int[], int[]> Starts);
