using System.Buffers;

namespace AutoRec.Distributed;

/// <summary>
/// A row of things, such as the items of a catalogue, of which each process of a group takes a contiguous run: it computes what belongs to
/// these, alone and in the same way as one process would, and gives it to all.
/// </summary>
internal sealed class Shares
{
    private readonly IProcessGroup group;
    private readonly int[] starts; // [processes + 1]: the first thing of each process, and the end

    /// <summary>Takes runs that are cut.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="starts">The first thing of each process, and the end behind the last: [processes + 1].</param>
    public Shares(IProcessGroup group, int[] starts) => (this.group, this.starts) = (group, starts);

    /// <summary>The first thing of each process, and the end behind the last: [processes + 1].</summary>
    public ReadOnlySpan<int> Starts => starts;

    /// <summary>The first thing of this process.</summary>
    public int First => starts[group.Rank];

    /// <summary>The end behind its last.</summary>
    public int End => starts[group.Rank + 1];

    /// <summary>Runs of about the same number of things.</summary>
    public static Shares Of(int count, IProcessGroup group) =>
        new(group, [.. Enumerable.Range(0, group.Size).Select(rank => ProcessGroup.Share(count, rank, group.Size).First), count]);

    /// <summary>Runs of about the same weight.</summary>
    /// <param name="weights">The weight of each thing, at least 0.</param>
    /// <param name="group">The processes.</param>
    public static Shares OfWeights(double[] weights, IProcessGroup group) => new(group, Cut(weights, weights.Sum(), group.Size));

    /// <summary>Cuts things into contiguous parts of about the same weight.</summary>
    /// <param name="weights">The weight of each thing, at least 0.</param>
    /// <param name="total">Their sum.</param>
    /// <param name="parts">The number of parts.</param>
    /// <returns>The first thing of each part, and the end: [parts + 1].</returns>
    public static int[] Cut(ReadOnlySpan<double> weights, double total, int parts)
    {
        var (starts, sum, part) = (new int[parts + 1], 0.0, 1);
        for (var thing = 0; thing < weights.Length && part < parts; thing++)
        {
            sum += weights[thing];
            while (part < parts && sum >= total * part / parts)
            {
                starts[part++] = thing + 1;
            }
        }

        starts.AsSpan(part).Fill(weights.Length);
        return starts;
    }

    /// <summary>The things of a process.</summary>
    public (int First, int End) Of(int rank) => (starts[rank], starts[rank + 1]);

    /// <summary>Gives all processes what each has computed for its things.</summary>
    /// <param name="values">Those of things of this process are set; the others are set here: [things x width].</param>
    /// <param name="width">The values of a thing. Default 1.</param>
    public void GiveToAll<T>(Span<T> values, int width = 1)
        where T : unmanaged
    {
        if (group.Size > 1)
        {
            int[] counts = [.. Enumerable.Range(0, group.Size).Select(rank => width * (starts[rank + 1] - starts[rank]))];
            var length = width * (End - First);
            var mine = ArrayPool<T>.Shared.Rent(length); // What is sent must not lie in what is received.
            values.Slice(width * First, length).CopyTo(mine);
            group.AllGather(mine.AsSpan(0, length), values, counts);
            ArrayPool<T>.Shared.Return(mine);
        }
    }

    /// <summary>Gives all processes the lists that each has made for its things.</summary>
    /// <param name="lists">Those of things of this process are set; the others are set here: [things].</param>
    public void GiveToAll<T>(T[][] lists)
        where T : unmanaged
    {
        if (group.Size == 1)
        {
            return;
        }

        var lengths = new int[lists.Length];
        for (var thing = First; thing < End; thing++)
        {
            lengths[thing] = lists[thing].Length;
        }

        GiveToAll(lengths);
        int[] counts = [.. Enumerable.Range(0, group.Size).Select(rank => lengths[starts[rank]..starts[rank + 1]].Sum())];
        T[] own = [.. lists[First..End].SelectMany(list => list)];
        var all = new T[counts.Sum()];
        group.AllGather<T>(own, all, counts);
        for (var (thing, place) = (0, 0); thing < lists.Length; place += lengths[thing++])
        {
            lists[thing] = all[place..(place + lengths[thing])];
        }
    }
}
