using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AutoRec.Data;

namespace AutoRec.Distributed;

/// <summary>
/// Counts and sums over a matrix of which each process of a group has some rows or columns (<see cref="InteractionMatrix.Share"/>). Of a
/// matrix that every process has as a whole, they are computed here alone. Sums are made in the order of one process: the running sums pass
/// from process to process, each of which adds its terms, so that the bits do not depend on the number of processes.
/// </summary>
internal static class SharedRatings
{
    private const int MostNumbers = 1 << 22; // of running sums that are passed on at a time
    private const int MostEntries = 1 << 22; // of a matrix that a process sends at a time
    private const int LeastNumbers = 1 << 10; // for which more messages pay

    /// <summary>How a process reads its share of a partitioned log: that of its leaves.</summary>
    public static ShareReading ReadingOf(string model, ShardBy by, IProcessGroup group) => new(model, by, group.Rank, counts =>
    {
        var leaves = LeafSplit.Cut(counts, LeafSplit.LeafCount);
        return [.. Enumerable.Range(0, group.Size).Select(rank => leaves[LeafSplit.LeavesOf(rank, group.Size).First]), counts.Length];
    });

    /// <summary>The number of entries of the whole matrix.</summary>
    public static long CountOfAll(this InteractionMatrix matrix, IProcessGroup group) =>
        matrix.Share is null ? matrix.Count : group.AllGather(matrix.Count).Sum(count => (long)count);

    /// <summary>The number of entries of each row of the whole matrix.</summary>
    public static int[] CountByRow(this InteractionMatrix matrix, IProcessGroup group) =>
        SumOverProcesses(matrix.Share, matrix.RowLengths(), group);

    /// <summary>The number of entries of each column of the whole matrix.</summary>
    public static int[] CountByColumn(this InteractionMatrix matrix, IProcessGroup group) =>
        SumOverProcesses(matrix.Share, matrix.CountByColumn(), group);

    /// <summary>Makes a sum for each row of the whole matrix, over its columns in ascending order.</summary>
    /// <param name="matrix">The matrix: [rows x columns].</param>
    /// <param name="group">The processes.</param>
    /// <param name="add">Adds the terms of this process's entries of some rows, from the first to before the end, to their sums.</param>
    /// <returns>The sums: of all rows, or of the rows of this process if it has whole rows: [rows].</returns>
    public static double[] SumRows(this InteractionMatrix matrix, IProcessGroup group, Action<double[], int, int> add) =>
        Sum(matrix.RowCount, matrix.Share is { IsByUser: false }, group, add);

    /// <summary>Makes a sum for each column of the whole matrix, over its rows in ascending order.</summary>
    /// <returns>The sums: of all columns, or of the columns of this process if it has whole columns: [columns].</returns>
    /// <inheritdoc cref="SumRows"/>
    public static double[] SumColumns(this InteractionMatrix matrix, IProcessGroup group, Action<double[], int, int> add) =>
        Sum(matrix.ColumnCount, matrix.Share is { IsByUser: true }, group, add);

    /// <summary>Adds up what <see cref="SumRows"/> gave, row after row.</summary>
    public static double Total(this InteractionMatrix matrix, IProcessGroup group, double[] ofRows)
    {
        var (first, end) = matrix.Share is { IsByUser: true } share ? (share.First, share.End) : (0, matrix.RowCount);
        return Sum(1, matrix.Share is { IsByUser: true }, group, (total, _, _) =>
        {
            for (var row = first; row < end; row++)
            {
                total[0] += ofRows[row];
            }
        })[0];
    }

    /// <summary>The same matrix with its entries on other processes, without times.</summary>
    /// <param name="matrix">A matrix of which each process has a share.</param>
    /// <param name="to">Which share each process gets.</param>
    /// <param name="group">The processes.</param>
    public static InteractionMatrix MovedTo(this InteractionMatrix matrix, LogShare to, IProcessGroup group)
    {
        if (matrix.Share is { } share && share.By == to.By && share.Starts.AsSpan().SequenceEqual(to.Starts))
        {
            return matrix;
        }

        var leaving = new List<(int Row, int Entry)>();
        for (var row = 0; row < matrix.RowCount; row++)
        {
            for (var entry = matrix.Offsets[row]; entry < matrix.Offsets[row + 1]; entry++)
            {
                if (RankOf(row, matrix.Columns()[entry]) != group.Rank)
                {
                    leaving.Add((row, entry));
                }
            }
        }

        var moved = new InteractionColumns(
            new(),
            new(),
            [.. leaving.Select(one => one.Row)],
            [.. leaving.Select(one => matrix.Columns()[one.Entry])],
            [.. leaving.Select(one => matrix.Values()[one.Entry])],
            null).SentTo(to, group);
        var others = InteractionMatrix.FromTriplets(
            matrix.RowCount, matrix.ColumnCount, moved.UserRows, moved.ItemRows, moved.Values, matrix.Feedback);
        return matrix.With((row, column) => RankOf(row, column) == group.Rank, others, to);

        int RankOf(int row, int column) => to.RankOf(to.IsByUser ? row : column);
    }

    /// <summary>Sends interactions to the processes whose share they are of, those of this process to itself.</summary>
    /// <param name="columns">The interactions of this process, in any order.</param>
    /// <param name="to">Which share each process gets.</param>
    /// <param name="group">The processes.</param>
    /// <returns>The interactions of the share of this process, in any order.</returns>
    public static InteractionColumns SentTo(this InteractionColumns columns, LogShare to, IProcessGroup group)
    {
        if (group.Size == 1)
        {
            return columns;
        }

        var ranks = Array.ConvertAll(to.IsByUser ? columns.UserRows : columns.ItemRows, to.RankOf);
        var length = Sizes.Of("interactions", ReceivedFrom(Codes.Count(ranks, group.Size)).Sum(count => (long)count), 1);
        var (users, items, values) = (new int[length], new int[length], new float[length]);
        var times = columns.Timestamps is null ? null : new long[length];
        var rounds = group.AllGather((ranks.Length + MostEntries - 1) / MostEntries).Max();
        for (var (round, place) = (0, 0); round < rounds; round++)
        {
            var first = (int)Math.Min((long)round * MostEntries, ranks.Length);
            var ranksNow = ranks[first..Math.Min(first + MostEntries, ranks.Length)];
            int[] order = [.. Enumerable.Range(first, ranksNow.Length)];
            var counts = Codes.Count(ranksNow, group.Size);
            ranksNow.AsSpan().Sort(order.AsSpan());
            var receivedCounts = ReceivedFrom(counts);
            Send(columns.UserRows, users);
            Send(columns.ItemRows, items);
            Send(columns.Values, values);
            if (times is not null)
            {
                Send(columns.Timestamps!, times);
            }

            place += receivedCounts.Sum();

            void Send<T>(T[] column, T[] received)
                where T : unmanaged =>
                Exchange(Array.ConvertAll(order, i => column[i]), counts, receivedCounts, group).CopyTo(received, place);
        }

        return columns with { UserRows = users, ItemRows = items, Values = values, Timestamps = times };

        // From what this process sends to each, what it receives of each.
        int[] ReceivedFrom(int[] counts) => Exchange(counts, Ones(), Ones(), group);

        int[] Ones() => [.. Enumerable.Repeat(1, group.Size)];
    }

    /// <summary>Sends numbers to other processes.</summary>
    /// <param name="sent">What this process sends, in the order of the receivers.</param>
    /// <param name="counts">How many each gets: [size].</param>
    /// <param name="receivedCounts">How many come from each: [size].</param>
    /// <param name="group">The processes.</param>
    /// <returns>What comes, in the order of the senders.</returns>
    public static T[] Exchange<T>(T[] sent, int[] counts, int[] receivedCounts, IProcessGroup group)
        where T : unmanaged
    {
        var received = new T[receivedCounts.Sum()];
        group.AllToAll(
            MemoryMarshal.AsBytes(sent.AsSpan()),
            Array.ConvertAll(counts, count => count * Marshal.SizeOf<T>()),
            MemoryMarshal.AsBytes(received.AsSpan()),
            Array.ConvertAll(receivedCounts, count => count * Marshal.SizeOf<T>()));
        return received;
    }

    private static int[] SumOverProcesses(LogShare? share, int[] own, IProcessGroup group) =>
        share is null ? own : group.Sum(own);

    /// <summary>Adds up the numbers of all processes, in place.</summary>
    public static int[] Sum(this IProcessGroup group, int[] own)
    {
        if (group.Size == 1)
        {
            return own;
        }

        // Each process adds up a part of the numbers, and gives it to all.
        int[] counts = [.. Enumerable.Range(0, group.Size).Select(rank => ProcessGroup.Share(own.Length, rank, group.Size))
            .Select(part => part.End - part.First)];
        var mine = counts[group.Rank];
        var received = Exchange(own, counts, [.. Enumerable.Repeat(mine, group.Size)], group);
        var sum = received.AsSpan(0, mine);
        for (var rank = 1; rank < group.Size; rank++)
        {
            TensorPrimitives.Add(sum, received.AsSpan(rank * mine, mine), sum);
        }

        group.AllGather<int>(sum, own, counts);
        return own;
    }

    /// <summary>Makes sums whose terms lie on one process, or on all in ascending order.</summary>
    /// <param name="length">The number of sums.</param>
    /// <param name="isOnAll">Whether the terms lie on all processes.</param>
    /// <param name="group">The processes.</param>
    /// <param name="add">Adds the terms of this process to some of the sums, from the first to before the end, which hold those of the
    /// processes before it.</param>
    public static double[] Sum(int length, bool isOnAll, IProcessGroup group, Action<double[], int, int> add)
    {
        var sums = new double[length];
        if (!isOnAll || group.Size == 1)
        {
            add(sums, 0, length);
            return sums;
        }

        // While a process works on a block of the sums, the one before it works on the next.
        var blocks = Math.Max(1, Math.Max((length + MostNumbers - 1) / MostNumbers, Math.Min(4 * group.Size, length / LeastNumbers)));
        for (var step = 0; step < blocks + group.Size - 1; step++)
        {
            var (block, next) = (step - group.Rank, step - group.Rank + 1);
            var (lengths, receivedLengths) = (new int[group.Size], new int[group.Size]);
            Span<double> sent = [], received = [];
            if (block >= 0 && block < blocks)
            {
                var (first, end) = ProcessGroup.Share(length, block, blocks);
                add(sums, first, end);
                if (group.Rank + 1 < group.Size)
                {
                    sent = sums.AsSpan(first, end - first);
                    lengths[group.Rank + 1] = sizeof(double) * sent.Length;
                }
            }

            if (group.Rank > 0 && next >= 0 && next < blocks)
            {
                var (first, end) = ProcessGroup.Share(length, next, blocks);
                received = sums.AsSpan(first, end - first);
                receivedLengths[group.Rank - 1] = sizeof(double) * received.Length;
            }

            group.AllToAll(MemoryMarshal.AsBytes(sent), lengths, MemoryMarshal.AsBytes(received), receivedLengths);
        }

        group.Broadcast(sums.AsSpan(), group.Size - 1);
        return sums;
    }
}
