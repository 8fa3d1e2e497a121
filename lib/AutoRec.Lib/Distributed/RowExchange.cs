using AutoRec.Data;

namespace AutoRec.Distributed;

/// <summary>
/// Sums of a batch of rows over the units of all processes, of which a process sends and receives only the rows that it has a term of:
/// its terms go to the process that owns the row, and the sum comes back. With <see cref="LeafSplit.Complete"/> every process gets every
/// row. The order of the sums, and so their bits, are the same.
/// </summary>
/// <param name="units">The units that are summed over.</param>
internal sealed class RowExchange(LeafSplit units)
{
    private readonly IProcessGroup group = units.Group;
    private int rows;
    private int[][] outgoing = []; // for each process the rows that it owns and this one has a term of
    private int[][] incoming = []; // for each process the rows that this one owns and it has a term of

    // The rows that this process owns: their sums are here whether or not it has a term of them.
    private (int First, int End) Own => ProcessGroup.Share(rows, group.Rank, group.Size);

    /// <summary>Begins a batch.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="hasTerm">Whether this process has a term of a row.</param>
    public void Begin(int count, Func<int, bool> hasTerm)
    {
        rows = count;
        bool[] mine = [.. Enumerable.Range(0, count).Select(hasTerm)], has = new bool[group.Size * count];
        int[] counts = [.. Enumerable.Repeat(count, group.Size)];
        group.AllGather<bool>(mine, has, counts);
        outgoing = [.. Enumerable.Range(0, group.Size).Select(owner => Rows(group.Rank, owner))];
        incoming = [.. Enumerable.Range(0, group.Size).Select(process => Rows(process, group.Rank))];

        int[] Rows(int process, int owner)
        {
            var (first, end) = ProcessGroup.Share(count, owner, group.Size);
            return [.. Enumerable.Range(first, end - first).Where(row => has[(process * count) + row])];
        }
    }

    /// <summary>Makes the sums over all units from those over the nodes of each process.</summary>
    /// <param name="sums">
    /// The sums over the nodes of this process, one after the other. The sums over all come in place of the first, for rows that this
    /// process owns or has a term of; its other rows are undefined: [nodes x rows x width].
    /// </param>
    /// <param name="width">The length of a row.</param>
    public void Complete(float[] sums, int width)
    {
        var (first, own) = (Own.First, Own.End - Own.First);
        var nodes = units.NodesOfProcesses;
        var ownNodes = nodes[group.Rank];

        // Terms to the owners of their rows, a row after the other with all nodes of the sender.
        var received = Exchange(
            sums,
            outgoing.SelectMany(of => of).SelectMany(row => Enumerable.Range(0, ownNodes).Select(node => (node * rows) + row)),
            Array.ConvertAll(outgoing, of => of.Length * ownNodes),
            [.. incoming.Zip(nodes, (of, count) => of.Length * count)],
            width);
        var terms = new float[Sizes.Of("nodes x numbers", nodes.Sum(), own * width)];
        for (var (process, node, place) = (0, 0, 0); process < group.Size; node += nodes[process++])
        {
            foreach (var row in incoming[process])
            {
                for (var i = 0; i < nodes[process]; i++, place += width)
                {
                    received.AsSpan(place, width).CopyTo(terms.AsSpan((((node + i) * own) + row - first) * width));
                }
            }
        }

        units.AddUp(terms, own * width).CopyTo(sums.AsSpan(first * width));

        // The sums to all that have a term.
        received = Exchange(
            sums,
            incoming.SelectMany(of => of),
            Array.ConvertAll(incoming, of => of.Length),
            Array.ConvertAll(outgoing, of => of.Length),
            width);
        foreach (var (place, row) in outgoing.SelectMany(of => of).Index())
        {
            received.AsSpan(place * width, width).CopyTo(sums.AsSpan(row * width));
        }
    }

    /// <summary>Adds up rows in their order, each on the process that owns it, and gives the sum to all.</summary>
    /// <param name="sum">The sum.</param>
    /// <param name="add">Adds a row to it.</param>
    public void AddRows(float[] sum, Action<int> add)
    {
        for (var rank = 0; rank < group.Size; rank++)
        {
            for (var row = Own.First; rank == group.Rank && row < Own.End; row++)
            {
                add(row);
            }

            group.Broadcast(sum.AsSpan(), rank);
        }
    }

    // Sends rows of numbers, in the order of the receivers; the counts are those of rows.
    private float[] Exchange(float[] numbers, IEnumerable<int> sentRows, int[] counts, int[] receivedCounts, int width)
    {
        var (sent, place) = (new float[Sizes.Of("rows x numbers", counts.Sum(), width)], 0);
        foreach (var row in sentRows)
        {
            numbers.AsSpan(row * width, width).CopyTo(sent.AsSpan(place));
            place += width;
        }

        return SharedRatings.Exchange(
            sent, Array.ConvertAll(counts, count => count * width), Array.ConvertAll(receivedCounts, count => count * width), group);
    }
}
