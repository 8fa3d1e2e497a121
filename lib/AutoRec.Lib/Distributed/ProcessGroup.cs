using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AutoRec.Distributed;

/// <summary>Makes process groups.</summary>
public static class ProcessGroup
{
    // The length of a message in MPI is an int; longer arrays go in parts.
    private const int MaximumBytes = 1 << 30;

    /// <summary>Gets the group of this process alone: the default.</summary>
    public static IProcessGroup Single { get; } = new SingleProcess();

    /// <summary>
    /// Joins the processes that a launcher such as <c>mpirun</c> or <c>srun</c> started, over the MPI library that belongs to it; without
    /// a launcher, the group is this process alone. Disposing of the group ends MPI, which can be started only once in a process.
    /// </summary>
    /// <param name="timeout">
    /// The longest time that this process waits for the others in one operation, after which all processes are ended. Default: 5 minutes.
    /// </param>
    /// <param name="timedOut">Receives a message before that. Default: nobody.</param>
    /// <exception cref="DllNotFoundException">The launcher's MPI library is not installed, or does not load.</exception>
    /// <exception cref="NotSupportedException">The MPI library does not belong to the launcher, or starts in a way that is not supported.
    /// </exception>
    public static IProcessGroup OfLauncher(TimeSpan? timeout = null, Action<string>? timedOut = null) =>
        MpiLauncher.Find(Environment.GetEnvironmentVariable) is { } launcher
            ? MpiGroup.Start(launcher, timeout ?? TimeSpan.FromMinutes(5), timedOut)
            : Single;

    /// <summary>Throws unless all processes are about to do the same work, before they begin it.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="work">The work: model, options, data.</param>
    /// <exception cref="RanksDifferException">Some have another work than process 0; thrown on all processes.</exception>
    internal static void CheckSame(this IProcessGroup group, string work)
    {
        var own = MemoryMarshal.Read<Int128>(SHA256.HashData(Encoding.UTF8.GetBytes(work)));
        var all = group.AllGather(own);
        int[] others = [.. Enumerable.Range(0, group.Size).Where(rank => all[rank] != all[0])];
        if (others.Length > 0)
        {
            throw new RanksDifferException(others);
        }
    }

    /// <summary>Gives the values of each process to all.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="mine">The values of this process.</param>
    /// <param name="all">Receives those of all processes, in the order of their numbers.</param>
    /// <param name="counts">How many each process has: [size].</param>
    internal static void AllGather<T>(this IProcessGroup group, ReadOnlySpan<T> mine, Span<T> all, ReadOnlySpan<int> counts)
        where T : unmanaged
    {
        var size = Unsafe.SizeOf<T>();
        if ((long)all.Length * size <= MaximumBytes)
        {
            int[] lengths = [.. counts];
            group.AllGather(MemoryMarshal.AsBytes(mine), MemoryMarshal.AsBytes(all), Array.ConvertAll(lengths, count => count * size));
            return;
        }

        for (var (rank, start) = (0, 0); rank < group.Size; start += counts[rank++])
        {
            var part = all.Slice(start, counts[rank]);
            if (rank == group.Rank)
            {
                mine.CopyTo(part);
            }

            group.Broadcast(part, rank);
        }
    }

    /// <summary>Gives the values of one process to all.</summary>
    internal static void Broadcast<T>(this IProcessGroup group, Span<T> values, int root)
        where T : unmanaged
    {
        var most = MaximumBytes / Unsafe.SizeOf<T>();
        for (var start = 0; start < values.Length; start += most)
        {
            group.Broadcast(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(most, values.Length - start))), root);
        }
    }

    /// <summary>Gives one value of each process to all: [size].</summary>
    internal static T[] AllGather<T>(this IProcessGroup group, T mine)
        where T : unmanaged
    {
        var all = new T[group.Size];
        var counts = new int[group.Size];
        Array.Fill(counts, 1);
        group.AllGather(new ReadOnlySpan<T>(in mine), all, counts);
        return all;
    }

    /// <summary>What process 0 decides, for all.</summary>
    internal static bool Decide(this IProcessGroup group, bool ofThis)
    {
        Span<byte> decision = [ofThis ? (byte)1 : (byte)0];
        group.Broadcast(decision, 0);
        return decision[0] != 0;
    }

    /// <summary>The part of so many things that a process takes when each takes about as many: its first, and the end behind its last.
    /// </summary>
    internal static (int First, int End) Share(long count, int rank, int size) =>
        ((int)(count * rank / size), (int)(count * (rank + 1) / size));

    private sealed class SingleProcess : IProcessGroup
    {
        public int Rank => 0;

        public int Size => 1;

        public void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths) => mine.CopyTo(all);

        public void AllToAll(
            ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths) =>
            mine.CopyTo(received);

        public void Broadcast(Span<byte> bytes, int root)
        {
        }

        public void Barrier()
        {
        }

        public void Abort(int exitCode) => Environment.Exit(exitCode);

        public void Dispose()
        {
        }
    }
}
