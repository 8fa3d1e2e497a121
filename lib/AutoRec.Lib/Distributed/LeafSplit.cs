using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using AutoRec.Data;

namespace AutoRec.Distributed;

/// <summary>
/// A row of things, such as the visible units of an autoencoder, cut into 8 leaves, contiguous runs of them, which lie on the processes of
/// a group; and the order in which sums over all of them are made: in each leaf one after the other, then up a binary tree over the
/// leaves. So a sum has the same bits on any number of processes.
/// </summary>
/// <remarks>
/// A process has a run of leaves. The sums over the largest subtrees in it are its nodes: one for 1, 2, 4 or 8 processes, at most three
/// for other numbers. What lies above the nodes is added up in <see cref="Complete"/>, for a part of the numbers by each process. Leaves
/// without a term are left out, which is exact: sums begin at +0 and so are never -0.
/// </remarks>
internal sealed class LeafSplit
{
    /// <summary>The number of leaves: the most processes that things can lie on.</summary>
    public const int LeafCount = 8;

    // Numbers that are exchanged at a time.
    private const int MaximumExchange = 1 << 25;

    private readonly int[] starts; // [LeafCount + 1]: the first thing of each leaf, and the end
    private readonly (int First, int End)[][] nodes; // of each process, in leaves
    private float[] sent = [];
    private float[] received = [];

    private LeafSplit(int[] starts, IProcessGroup group, (int First, int End)? own = null)
    {
        if (group.Size > LeafCount)
        {
            throw new NotSupportedException(
                $"This model is trained on at most {LeafCount} ranks; there are {group.Size}. Start {LeafCount} with more threads each.");
        }

        (this.starts, Group) = (starts, group);
        nodes = [.. Enumerable.Range(0, group.Size).Select(rank => Nodes(own ?? LeavesOf(rank)))];
        var (first, end) = own ?? LeavesOf(group.Rank);
        (First, End) = (starts[first], starts[end]);
    }

    /// <summary>The processes.</summary>
    public IProcessGroup Group { get; }

    /// <summary>The number of things.</summary>
    public int Count => starts[LeafCount];

    /// <summary>The first thing of this process.</summary>
    public int First { get; }

    /// <summary>The end behind its last.</summary>
    public int End { get; }

    /// <summary>The number of things of this process.</summary>
    public int Own => End - First;

    /// <summary>The first thing of each leaf, and the end behind the last leaf.</summary>
    public IReadOnlyList<int> Starts => starts;

    /// <summary>The first thing of each process, and the end behind the last.</summary>
    public int[] StartsOfProcesses => [.. Enumerable.Range(0, Group.Size).Select(rank => Range(rank).First), Count];

    /// <summary>The number of nodes of this process.</summary>
    public int NodeCount => nodes[Group.Rank].Length;

    /// <summary>The number of nodes of each process.</summary>
    public int[] NodesOfProcesses => Array.ConvertAll(nodes, ofRank => ofRank.Length);

    /// <summary>Cuts things into leaves.</summary>
    /// <param name="entries">The number of entries of each thing.</param>
    /// <param name="group">The processes.</param>
    public static LeafSplit Of(ReadOnlySpan<int> entries, IProcessGroup group) => new(Cut(entries, LeafCount), group);

    /// <summary>
    /// Cuts things into contiguous parts that are alike in the time they take, which goes with their entries, and in memory: half of the
    /// weight of a thing is its share of the entries, half its share of the things.
    /// </summary>
    /// <param name="entries">The number of entries of each thing.</param>
    /// <param name="parts">The number of parts.</param>
    /// <returns>The first thing of each part, and the end: [parts + 1].</returns>
    public static int[] Cut(ReadOnlySpan<int> entries, int parts)
    {
        var total = 0L;
        foreach (var count in entries)
        {
            total += count;
        }

        var weights = new double[entries.Length];
        for (var thing = 0; thing < weights.Length; thing++)
        {
            weights[thing] = (0.5 * entries[thing] / Math.Max(1, total)) + (0.5 / weights.Length);
        }

        return Shares.Cut(weights, total: 1, parts);
    }

    /// <summary>Takes leaves as they were cut.</summary>
    /// <param name="starts">The first thing of each leaf, and the end.</param>
    /// <param name="own">The leaves that this process has, alone; null for all. Default null.</param>
    /// <exception cref="InvalidDataException">These are not leaves.</exception>
    public static LeafSplit OfStarts(int[] starts, (int First, int End)? own = null) =>
        starts.Length == LeafCount + 1 && starts[0] == 0 && starts.Zip(starts.Skip(1)).All(pair => pair.First <= pair.Second)
            ? new LeafSplit(starts, ProcessGroup.Single, own)
            : throw new InvalidDataException($"'leaves' must be {LeafCount + 1} ascending numbers from 0.");

    /// <summary>Gives each process so many things, for arrays whose rows they are.</summary>
    /// <param name="own">The number of things of this process.</param>
    /// <param name="group">The processes.</param>
    public static LeafSplit OfOwn(int own, IProcessGroup group)
    {
        var (counts, starts) = (group.AllGather(own), new int[LeafCount + 1]);
        for (var rank = 0; rank < group.Size; rank++)
        {
            var (first, end) = LeavesOf(rank, group.Size);
            starts.AsSpan(first + 1, end - first).Fill(checked(starts[first] + counts[rank]));
        }

        return new LeafSplit(starts, group);
    }

    /// <summary>The same things with others behind them, which lie in the last leaf.</summary>
    /// <param name="count">The number of the others.</param>
    public LeafSplit With(int count) => count == 0 ? this : new([.. starts[..LeafCount], Count + count], Group);

    /// <summary>All things in one leaf of one process: sums are made one after the other.</summary>
    public static LeafSplit OneLeaf(int count)
    {
        var starts = new int[LeafCount + 1];
        starts.AsSpan(1).Fill(count);
        return new LeafSplit(starts, ProcessGroup.Single);
    }

    /// <summary>Makes the sums of a row's terms over the nodes of this process.</summary>
    /// <typeparam name="TTerms">What is added.</typeparam>
    /// <param name="things">The things that have a term, ascending, as numbers among this process's own.</param>
    /// <param name="terms">Adds the terms.</param>
    /// <param name="sums">Receives the sums: node after node, each <paramref name="stride"/> behind the one before.</param>
    /// <param name="stride">The distance of nodes.</param>
    /// <param name="width">The length of a sum.</param>
    /// <param name="scratch">Room for <see cref="ScratchOf"/> numbers.</param>
    public void SumRow<TTerms>(
        ReadOnlySpan<int> things, ref TTerms terms, Span<float> sums, int stride, int width, Span<float> scratch)
        where TTerms : ILeafTerms, allows ref struct
    {
        var (entry, node) = (0, 0);
        foreach (var (first, end) in nodes[Group.Rank])
        {
            var sum = sums.Slice(stride * node++, width);
            if (!SumNode(first, end, things, ref entry, ref terms, sum, scratch))
            {
                sum.Clear();
            }
        }
    }

    /// <summary>The length of the room that <see cref="SumRow"/> needs for sums of a width.</summary>
    public static int ScratchOf(int width) => 3 * width; // one for each level of the tree

    /// <summary>Makes the sums over all things from those over the nodes of each process.</summary>
    /// <param name="sums">
    /// The sums over the nodes of this process, one after the other; the sums over all come in place of the first: [nodes x length].
    /// </param>
    /// <param name="length">The number of sums.</param>
    public void Complete(float[] sums, int length)
    {
        if (Group.Size == 1)
        {
            return;
        }

        foreach (var (start, count) in Sizes.Parts(length, MaximumExchange))
        {
            CompletePart(sums, length, start, count);
        }
    }

    /// <summary>Adds up the sums over the nodes of all processes, up the tree.</summary>
    /// <param name="sums">The sums of each node, process after process; they are written over: [nodes x length].</param>
    /// <param name="length">The number of sums.</param>
    /// <returns>The sums over all, in the place of the first node: [length].</returns>
    public Span<float> AddUp(float[] sums, int length) => AddUp<float>(0, LeafCount, [.. nodes.SelectMany(ofRank => ofRank)], sums, length);

    /// <summary>Adds up numbers that are known for each leaf, up the tree.</summary>
    /// <param name="group">The processes, of any number, each with the leaves of <see cref="LeavesOf(int, int)"/>.</param>
    /// <param name="ofLeaves">
    /// The numbers of each leaf, of which those of other processes do not count; they are written over: [leaves x width].
    /// </param>
    /// <returns>The sums: [width].</returns>
    public static Span<double> Sum(IProcessGroup group, Span<double> ofLeaves)
    {
        var width = ofLeaves.Length / LeafCount;
        (int First, int End)[] leaves = [.. Enumerable.Range(0, LeafCount).Select(leaf => (leaf, leaf + 1))];
        if (group.Size == 1)
        {
            return AddUp(0, LeafCount, leaves, ofLeaves, width);
        }

        // Each process sends the sums over its nodes.
        (int First, int End)[][] nodes = [.. Enumerable.Range(0, group.Size).Select(rank => Nodes(LeavesOf(rank, group.Size)))];
        double[] own = new double[nodes[group.Rank].Length * width], all = new double[nodes.Sum(ofRank => ofRank.Length) * width];
        for (var (node, place) = (0, 0); place < own.Length; node++, place += width)
        {
            var (first, end) = nodes[group.Rank][node];
            AddUp(first, end, leaves, ofLeaves, width).CopyTo(own.AsSpan(place));
        }

        group.AllGather<double>(own, all, Array.ConvertAll(nodes, ofRank => ofRank.Length * width));
        return AddUp<double>(0, LeafCount, [.. nodes.SelectMany(ofRank => ofRank)], all, width);
    }

    /// <summary>The leaves of a process.</summary>
    public static (int First, int End) LeavesOf(int rank, int size) => ProcessGroup.Share(LeafCount, rank, size);

    /// <summary>Whether a thing lies on this process.</summary>
    public bool Has(int thing) => thing >= First && thing < End;

    /// <summary>Gives each process the numbers that others have computed for their things.</summary>
    /// <param name="numbers">Those of things of this process are set; the others are set here.</param>
    /// <param name="things">The thing of each number.</param>
    public void Exchange(Span<float> numbers, ReadOnlySpan<int> things)
    {
        if (Group.Size == 1)
        {
            return;
        }

        var counts = new int[Group.Size];
        foreach (var thing in things)
        {
            counts[RankOf(thing)]++;
        }

        var (mine, all, place) = (new float[counts[Group.Rank]], new float[numbers.Length], 0);
        for (var i = 0; i < things.Length; i++)
        {
            if (Has(things[i]))
            {
                mine[place++] = numbers[i];
            }
        }

        Group.AllGather<float>(mine, all, counts);
        var next = new int[Group.Size];
        for (var rank = 1; rank < next.Length; rank++)
        {
            next[rank] = next[rank - 1] + counts[rank - 1];
        }

        for (var i = 0; i < things.Length; i++)
        {
            numbers[i] = all[next[RankOf(things[i])]++];
        }
    }

    /// <summary>Gives each process the rows of all things: [things x width].</summary>
    /// <param name="own">Those of this process.</param>
    /// <param name="width">The numbers of a row.</param>
    public float[] Gather(float[] own, int width)
    {
        if (Group.Size == 1)
        {
            return own;
        }

        var all = new float[Sizes.Of("things x numbers of a row", Count, width)];
        int[] counts = [.. Enumerable.Range(0, Group.Size).Select(rank => width * (Range(rank).End - Range(rank).First))];
        Group.AllGather<float>(own, all, counts);
        return all;
    }

    /// <summary>The things of a process.</summary>
    public (int First, int End) Range(int rank)
    {
        var (first, end) = LeavesOf(rank);
        return (starts[first], starts[end]);
    }

    private int RankOf(int thing)
    {
        var rank = 0;
        while (thing >= Range(rank).End)
        {
            rank++;
        }

        return rank;
    }

    private (int First, int End) LeavesOf(int rank) => LeavesOf(rank, Group.Size);

    // The largest subtrees that make up a run of leaves.
    private static (int First, int End)[] Nodes((int First, int End) leaves)
    {
        var found = new List<(int, int)>();
        Add(0, LeafCount);
        return [.. found];

        void Add(int first, int end)
        {
            if (leaves.First <= first && end <= leaves.End)
            {
                found.Add((first, end));
            }
            else if (first < leaves.End && leaves.First < end)
            {
                Add(first, (first + end) / 2);
                Add((first + end) / 2, end);
            }
        }
    }

    // Returns whether there was a term; without one the sum is not written.
    private bool SumNode<TTerms>(
        int first, int end, ReadOnlySpan<int> things, ref int entry, ref TTerms terms, Span<float> sum, Span<float> scratch)
        where TTerms : ILeafTerms, allows ref struct
    {
        // What comes behind the last thing, such as joined features, belongs to the last leaf.
        var behind = end == LeafCount ? int.MaxValue : starts[end] - First;
        if (entry == things.Length || things[entry] >= behind)
        {
            return false;
        }

        if (end - first == 1)
        {
            var from = entry;
            while (entry < things.Length && things[entry] < behind)
            {
                entry++;
            }

            sum.Clear();
            terms.Add(first, from, entry, sum);
            return true;
        }

        var middle = (first + end) / 2;
        if (!SumNode(first, middle, things, ref entry, ref terms, sum, scratch))
        {
            return SumNode(middle, end, things, ref entry, ref terms, sum, scratch);
        }

        var right = scratch[..sum.Length];
        if (SumNode(middle, end, things, ref entry, ref terms, right, scratch[sum.Length..]))
        {
            TensorPrimitives.Add(sum, right, sum);
        }

        return true;
    }

    // Each process adds up its share of the numbers and gives it to all.
    private void CompletePart(float[] sums, int length, int start, int count)
    {
        var (size, rank) = (Group.Size, Group.Rank);
        (int First, int End)[] shares = [.. Enumerable.Range(0, size).Select(other => ProcessGroup.Share(count, other, size))];
        int[] lengths = Array.ConvertAll(shares, share => share.End - share.First);
        var own = lengths[rank];
        Sizes.Grow(ref sent, NodeCount * count);
        Sizes.Grow(ref received, nodes.Sum(ofRank => ofRank.Length) * own);
        var place = 0;
        foreach (var (first, end) in shares)
        {
            for (var node = 0; node < NodeCount; node++, place += end - first)
            {
                sums.AsSpan((node * length) + start + first, end - first).CopyTo(sent.AsSpan(place));
            }
        }

        Group.AllToAll(
            MemoryMarshal.AsBytes(sent.AsSpan(0, NodeCount * count)),
            Array.ConvertAll(lengths, number => sizeof(float) * NodeCount * number),
            MemoryMarshal.AsBytes(received.AsSpan(0, nodes.Sum(ofRank => ofRank.Length) * own)),
            Array.ConvertAll(nodes, ofRank => sizeof(float) * ofRank.Length * own));
        Group.AllGather<float>(AddUp(received, own), sums.AsSpan(start, count), lengths);
    }

    // The sum of a subtree, in the place of the first of its nodes.
    private static Span<T> AddUp<T>(int first, int end, (int First, int End)[] all, Span<T> sums, int length)
        where T : IAdditionOperators<T, T, T>, IAdditiveIdentity<T, T>
    {
        if (Array.IndexOf(all, (first, end)) is >= 0 and var node)
        {
            return sums.Slice(node * length, length);
        }

        var left = AddUp(first, (first + end) / 2, all, sums, length);
        TensorPrimitives.Add(left, AddUp((first + end) / 2, end, all, sums, length), left);
        return left;
    }
}

/// <summary>The terms of a row of sums.</summary>
internal interface ILeafTerms
{
    /// <summary>Adds the terms of a leaf, in the order of their entries.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="firstEntry">The first entry of the row that is of the leaf.</param>
    /// <param name="endEntry">The end behind the last.</param>
    /// <param name="sum">The sum.</param>
    void Add(int leaf, int firstEntry, int endEntry, Span<float> sum);
}
