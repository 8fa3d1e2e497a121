using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Native;

namespace AutoRec.Training;

/// <summary>
/// Entries of a matrix in blocks of its rows and columns: blocks that share no row and no column can be worked on at once, to the same
/// result as one after the other (Gemulla, Nijkamp, Haas, Sismanis: Large-Scale Matrix Factorization with Distributed Stochastic Gradient
/// Descent, KDD 2011, section 4). The number of blocks does not depend on that of threads.
/// </summary>
/// <param name="rowStarts">The first row of each block of rows, and the number of rows: [blocks + 1].</param>
/// <param name="columnStarts">The same of columns.</param>
internal sealed class BlockedOrder(int[] rowStarts, int[] columnStarts)
{
    private readonly int blocks = rowStarts.Length - 1;

    /// <summary>Cuts rows and columns into runs with about as many entries each.</summary>
    public static BlockedOrder Of(InteractionMatrix matrix, int blocks)
    {
        return new(Starts(matrix.RowLengths()), Starts(matrix.CountByColumn()));

        int[] Starts(int[] counts) => Shares.Cut(Array.ConvertAll(counts, count => (double)count), matrix.Count, blocks);
    }

    /// <summary>Works on all entries, on several threads.</summary>
    /// <param name="entries">The entries in the order that those of a block are worked on.</param>
    /// <param name="rows">The row of each entry of the matrix.</param>
    /// <param name="columns">The column of each entry of the matrix.</param>
    /// <param name="cancellation">Ends the work before a block.</param>
    /// <param name="work">Works on the entries of a block.</param>
    /// <returns>The sum of what the work returns.</returns>
    public double Sum(
        int[] entries,
        int[] rows,
        ReadOnlySpan<int> columns,
        CancellationToken cancellation,
        Func<ArraySegment<int>, double> work)
    {
        // A stratum is a diagonal: block (row, row + stratum) for each block of rows.
        var (rowBlocks, columnBlocks) = (BlockOf(rowStarts), BlockOf(columnStarts));
        var places = new int[entries.Length];
        var starts = new int[(blocks * blocks) + 1];
        foreach (var entry in entries)
        {
            starts[Block(entry, columns) + 1]++;
        }

        for (var block = 0; block < blocks * blocks; block++)
        {
            starts[block + 1] += starts[block];
        }

        var next = starts[..^1];
        foreach (var entry in entries)
        {
            places[next[Block(entry, columns)]++] = entry;
        }

        var sums = new double[blocks * blocks];
        var parallel = ComputeThreads.Options;
        parallel.CancellationToken = cancellation;
        for (var stratum = 0; stratum < blocks; stratum++)
        {
            var first = stratum * blocks;
            Parallel.For(first, first + blocks, parallel, block =>
                sums[block] = work(new ArraySegment<int>(places, starts[block], starts[block + 1] - starts[block])));
        }

        return sums.Sum();

        int Block(int entry, ReadOnlySpan<int> columns)
        {
            var (row, column) = (rowBlocks[rows[entry]], columnBlocks[columns[entry]]);
            return ((column - row + blocks) % blocks * blocks) + row;
        }
    }

    // The block of each row or column.
    private static byte[] BlockOf(int[] starts)
    {
        var blocks = new byte[starts[^1]];
        for (var block = 0; block < starts.Length - 1; block++)
        {
            blocks.AsSpan(starts[block]..starts[block + 1]).Fill((byte)block);
        }

        return blocks;
    }
}
