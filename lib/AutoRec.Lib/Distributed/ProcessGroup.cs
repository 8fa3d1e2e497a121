using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AutoRec.Data;

namespace AutoRec.Distributed;

/// <summary>Makes process groups.</summary>
public static class ProcessGroup
{
    /// <summary>How results go from one process to another.</summary>
    internal static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

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
        foreach (var (start, length) in Sizes.Parts(values.Length, MaximumBytes / Unsafe.SizeOf<T>()))
        {
            group.Broadcast(MemoryMarshal.AsBytes(values.Slice(start, length)), root);
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

    /// <summary>Gives values of another process to process 0. All processes take part, those between with nothing.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="values">The values of process <paramref name="from"/>; process 0 receives them here; empty for the others.</param>
    /// <param name="count">How many there are, on all processes.</param>
    /// <param name="from">The process that sends.</param>
    internal static void SendToFirst<T>(this IProcessGroup group, Span<T> values, int count, int from)
        where T : unmanaged
    {
        var (lengths, receivedLengths) = (new int[group.Size], new int[group.Size]);
        foreach (var (start, length) in Sizes.Parts(count, MaximumBytes / Unsafe.SizeOf<T>()))
        {
            var (sends, receives) = (group.Rank == from, group.Rank == 0);
            lengths[0] = sends ? length * Unsafe.SizeOf<T>() : 0;
            receivedLengths[from] = receives ? length * Unsafe.SizeOf<T>() : 0;
            var part = sends || receives ? MemoryMarshal.AsBytes(values.Slice(start, length)) : [];
            group.AllToAll(sends ? part : [], lengths, receives ? part : [], receivedLengths);
        }
    }

    /// <summary>
    /// Lets process 0 work while the others wait. They hear of it again and again, so that they wait as long as the work takes, and no
    /// longer than the timeout of the group where process 0 is gone.
    /// </summary>
    /// <param name="group">The processes.</param>
    /// <param name="work">What process 0 does. It must not use the group.</param>
    /// <param name="interval">How often the others hear of it. Default: every half second.</param>
    internal static void WorkOnFirst(this IProcessGroup group, Action work, TimeSpan? interval = null)
    {
        if (group.Size == 1)
        {
            work();
            return;
        }

        var working = group.Rank == 0 ? Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default) : Task.CompletedTask;
        while (group.Decide(Task.WaitAny([working], interval ?? TimeSpan.FromSeconds(0.5)) < 0))
        {
        }

        working.GetAwaiter().GetResult(); // Throws what the work threw.
    }

    /// <summary>
    /// Lets each process work by itself. They hear of each other again and again, so that none waits for long in an operation of the
    /// group, whatever the work of another takes.
    /// </summary>
    /// <param name="group">The processes.</param>
    /// <param name="work">What this process does. It must not use the group.</param>
    internal static T WorkOnAll<T>(this IProcessGroup group, Func<T> work)
    {
        if (group.Size == 1)
        {
            return work();
        }

        var working = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (group.AllGather(Task.WaitAny([working], TimeSpan.FromSeconds(0.5)) < 0).Contains(true))
        {
        }

        return working.GetAwaiter().GetResult(); // Throws what the work threw.
    }

    /// <summary>What each process has, for all: [size]; it is sent as JSON.</summary>
    internal static T[] OfAll<T>(this IProcessGroup group, T mine)
    {
        if (group.Size == 1)
        {
            return [mine];
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(mine, Json);
        var lengths = group.AllGather(bytes.Length);
        var (all, start) = (new byte[lengths.Sum()], 0);
        group.AllGather<byte>(bytes, all, lengths);
        return Array.ConvertAll(
            lengths, length => JsonSerializer.Deserialize<T>(all.AsSpan((start += length) - length, length), Json)!);
    }

    /// <summary>The sum of the numbers of all processes.</summary>
    internal static long Sum(this IProcessGroup group, long mine) => group.AllGather(mine).Sum();

    /// <summary>What process 0 has, for all; it is sent as JSON.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="make">Makes it, on process 0.</param>
    internal static T OfFirst<T>(this IProcessGroup group, Func<T> make)
    {
        if (group.Size == 1)
        {
            return make();
        }

        var bytes = group.Rank == 0 ? JsonSerializer.SerializeToUtf8Bytes(make(), Json) : [];
        Span<int> length = [bytes.Length];
        group.Broadcast(length, 0);
        bytes = group.Rank == 0 ? bytes : new byte[length[0]];
        group.Broadcast(bytes.AsSpan(), 0);
        return JsonSerializer.Deserialize<T>(bytes, Json)!;
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
