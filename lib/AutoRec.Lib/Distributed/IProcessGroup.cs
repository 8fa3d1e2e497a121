namespace AutoRec.Distributed;

/// <summary>
/// The processes that compute one result together: one process, which is the default, or the ranks that <c>mpirun</c> or <c>srun</c>
/// started. Every process runs the same program on the same data. Each member is a collective operation, which all processes must call in
/// the same order.
/// </summary>
/// <remarks>
/// The group moves bytes and never adds up: the order of sums, on which the last bits of a result depend, is decided in one place
/// (<c>LeafSplit</c>) and is the same for every library, network and number of processes.
/// </remarks>
public interface IProcessGroup : IDisposable
{
    /// <summary>The number of this process, from 0. Process 0 prints and writes files.</summary>
    int Rank { get; }

    /// <summary>The number of processes, at least 1.</summary>
    int Size { get; }

    /// <summary>Gives the bytes of each process to all.</summary>
    /// <param name="mine">The bytes of this process.</param>
    /// <param name="all">Receives those of all processes, in the order of their numbers.</param>
    /// <param name="lengths">How many each process has: [size].</param>
    void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths);

    /// <summary>Gives each process other bytes.</summary>
    /// <param name="mine">What this process sends, in the order of the receivers.</param>
    /// <param name="lengths">How many bytes each process gets of it: [size].</param>
    /// <param name="received">Receives what the others send here, in the order of the senders.</param>
    /// <param name="receivedLengths">How many bytes come from each: [size].</param>
    void AllToAll(ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths);

    /// <summary>Gives the bytes of one process to all.</summary>
    /// <param name="bytes">The bytes of process <paramref name="root"/>; the others receive them here.</param>
    /// <param name="root">The process that sends.</param>
    void Broadcast(Span<byte> bytes, int root);

    /// <summary>Waits until all processes are here.</summary>
    void Barrier();

    /// <summary>Ends all processes at once, whatever they do, after an error in this one.</summary>
    /// <param name="exitCode">The exit code.</param>
    void Abort(int exitCode);
}
