using System.Runtime.InteropServices;

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
    private bool[] has = []; // [processes x rows]: whether the process has a term of the row
    private int rows;
    private float[] sent = [];
    private float[] received = [];
    private float[] terms = []; // [nodes of all processes x own rows x width]

    /// <summary>The rows that this process owns: their sums are here whether or not it has a term of them.</summary>
    public (int First, int End) Own => ProcessGroup.Share(rows, group.Rank, group.Size);

    /// <summary>Begins a batch.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="hasTerm">Whether this process has a term of a row.</param>
    public void Begin(int count, Func<int, bool> hasTerm)
    {
        rows = count;
        has = new bool[group.Size * count];
        var mine = new bool[count];
        for (var row = 0; row < count; row++)
        {
            mine[row] = hasTerm(row);
        }

        int[] counts = [.. Enumerable.Repeat(count, group.Size)];
        group.AllGather<bool>(mine, has, counts);
    }

    /// <summary>Whether the sum of a row is on this process after <see cref="Complete"/>.</summary>
    public bool Needs(int row)
    {
        var (first, end) = Own;
        return Has(group.Rank, row) || (row >= first && row < end);
    }

    /// <summary>Makes the sums over all units from those over the nodes of each process.</summary>
    /// <param name="sums">
    /// The sums over the nodes of this process, one after the other. The sums over all come in place of the first, for rows that this
    /// process needs; its other rows are undefined: [nodes x rows x width].
    /// </param>
    /// <param name="width">The length of a row.</param>
    public void Complete(float[] sums, int width)
    {
        var (own, size) = (Own.End - Own.First, group.Size);
        var nodesOf = units.NodesOfProcesses;

        // Terms to the owners of their rows, a row after the other with all nodes of the sender.
        Exchange(
            receiver => Rows(group.Rank, receiver).SelectMany(row =>
                Enumerable.Range(0, nodesOf[group.Rank]).Select(node => ((node * rows) + row) * width)),
            sums,
            Lengths(receiver => Rows(group.Rank, receiver).Count() * nodesOf[group.Rank] * width),
            Lengths(sender => Rows(sender, group.Rank).Count() * nodesOf[sender] * width),
            width);
        Grow(ref terms, nodesOf.Sum() * own * width);
        terms.AsSpan(0, nodesOf.Sum() * own * width).Clear();
        var (place, firstNode) = (0, 0);
        for (var sender = 0; sender < size; firstNode += nodesOf[sender++])
        {
            foreach (var row in Rows(sender, group.Rank))
            {
                for (var node = firstNode; node < firstNode + nodesOf[sender]; node++, place += width)
                {
                    received.AsSpan(place, width).CopyTo(terms.AsSpan(((node * own) + row - Own.First) * width));
                }
            }
        }

        var ofOwn = units.AddUp(terms, own * width);
        ofOwn.CopyTo(sums.AsSpan(Own.First * width));

        // The sums to all that have a term.
        Exchange(
            receiver => Rows(receiver, group.Rank).Select(row => row * width),
            sums,
            Lengths(receiver => Rows(receiver, group.Rank).Count() * width),
            Lengths(sender => Rows(group.Rank, sender).Count() * width),
            width);
        place = 0;
        for (var sender = 0; sender < size; sender++)
        {
            foreach (var row in Rows(group.Rank, sender))
            {
                received.AsSpan(place, width).CopyTo(sums.AsSpan(row * width));
                place += width;
            }
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

    private bool Has(int process, int row) => has[(process * rows) + row];

    // The rows that a process has terms of and another owns.
    private IEnumerable<int> Rows(int process, int owner)
    {
        var (first, end) = ProcessGroup.Share(rows, owner, group.Size);
        return Enumerable.Range(first, end - first).Where(row => Has(process, row));
    }

    private int[] Lengths(Func<int, int> of) => [.. Enumerable.Range(0, group.Size).Select(process => sizeof(float) * of(process))];

    private void Exchange(Func<int, IEnumerable<int>> starts, float[] from, int[] lengths, int[] receivedLengths, int width)
    {
        Grow(ref sent, lengths.Sum() / sizeof(float));
        Grow(ref received, receivedLengths.Sum() / sizeof(float));
        var place = 0;
        foreach (var start in Enumerable.Range(0, group.Size).SelectMany(starts))
        {
            from.AsSpan(start, width).CopyTo(sent.AsSpan(place));
            place += width;
        }

        group.AllToAll(
            MemoryMarshal.AsBytes(sent.AsSpan(0, place)),
            lengths,
            MemoryMarshal.AsBytes(received.AsSpan(0, receivedLengths.Sum() / sizeof(float))),
            receivedLengths);
    }

    private static void Grow(ref float[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new float[length];
        }
    }
}
