namespace AutoRec.Distributed;

/// <summary>Threads of this process that act as the processes of a group, for tests.</summary>
internal sealed class ThreadGroup : IProcessGroup
{
    private readonly Shared shared;

    private ThreadGroup(int rank, Shared shared) => (Rank, this.shared) = (rank, shared);

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size => shared.Sent.Length;

    /// <summary>Runs a function on as many threads, each of which is a process of one group.</summary>
    /// <param name="size">The number of processes.</param>
    /// <param name="run">What each does.</param>
    /// <returns>What each returns: [size].</returns>
    /// <exception cref="AggregateException">One of them threw; the others were ended.</exception>
    public static T[] Run<T>(int size, Func<IProcessGroup, T> run)
    {
        using var shared = new Shared(size);
        var (results, errors) = (new T[size], new List<Exception>());
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            var group = new ThreadGroup(rank, shared);
            try
            {
                results[rank] = run(group);
            }
            catch (Exception error)
            {
                lock (errors)
                {
                    errors.Add(error);
                }

                shared.End.Cancel();
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return errors.Count == 0 ? results : throw new AggregateException(errors);
    }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        Send(mine);
        var start = 0;
        for (var rank = 0; rank < Size; start += lengths[rank++])
        {
            shared.Sent[rank].AsSpan(0, lengths[rank]).CopyTo(all[start..]);
        }

        Barrier();
    }

    /// <inheritdoc/>
    public void AllToAll(ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
    {
        var ends = new byte[sizeof(int) * Size];
        Buffer.BlockCopy(lengths.ToArray(), 0, ends, 0, ends.Length);
        Send([.. ends, .. mine]);
        var start = 0;
        for (var rank = 0; rank < Size; start += receivedLengths[rank++])
        {
            var counts = new int[Size];
            Buffer.BlockCopy(shared.Sent[rank], 0, counts, 0, ends.Length);
            shared.Sent[rank].AsSpan(ends.Length + counts[..Rank].Sum(), receivedLengths[rank]).CopyTo(received[start..]);
        }

        Barrier();
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes, int root)
    {
        Send(Rank == root ? bytes : []);
        shared.Sent[root].CopyTo(bytes);
        Barrier();
    }

    /// <inheritdoc/>
    public void Barrier() => shared.Barrier.SignalAndWait(shared.End.Token);

    /// <inheritdoc/>
    public void Abort(int exitCode) => shared.End.Cancel();

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        shared.Sent[Rank] = bytes.ToArray();
        Barrier();
    }

    private sealed class Shared(int size) : IDisposable
    {
        public Barrier Barrier { get; } = new(size);

        public CancellationTokenSource End { get; } = new();

        public byte[][] Sent { get; } = new byte[size][];

        public void Dispose()
        {
            Barrier.Dispose();
            End.Dispose();
        }
    }
}
