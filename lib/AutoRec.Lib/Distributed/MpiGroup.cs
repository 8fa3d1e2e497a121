using System.Diagnostics;

namespace AutoRec.Distributed;

/// <summary>The processes of an MPI run.</summary>
/// <remarks>
/// MPI does not say when a machine or a link is gone: it waits. So a watchdog ends all processes when this one has waited in an operation
/// for too long.
/// </remarks>
internal sealed class MpiGroup : IProcessGroup
{
    private const int TimeoutExitCode = 124;

    private readonly MpiLibrary mpi;
    private readonly TimeSpan timeout;
    private readonly Action<string>? timedOut;
    private readonly Timer watchdog;
    private long waitingSince; // 0: not in an operation

    private MpiGroup(MpiLibrary mpi, TimeSpan timeout, Action<string>? timedOut)
    {
        (this.mpi, this.timeout, this.timedOut) = (mpi, timeout, timedOut);
        (Rank, Size) = mpi.Place();
        var period = TimeSpan.FromSeconds(Math.Clamp(timeout.TotalSeconds / 10, 0.1, 5));
        watchdog = new Timer(_ => Watch(), null, period, period);
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Starts MPI.</summary>
    /// <exception cref="NotSupportedException">The library does not belong to the launcher.</exception>
    public static MpiGroup Start(MpiLauncher launcher, TimeSpan timeout, Action<string>? timedOut)
    {
        var mpi = MpiLibrary.Load(launcher);
        if (launcher.Family is { } family && family != mpi.Family)
        {
            throw Foreign(launcher, mpi);
        }

        mpi.Initialize();
        var group = new MpiGroup(mpi, timeout, timedOut);

        // A library that does not understand its launcher runs as process 0 of 1, as often as the launcher says.
        return group.Size == 1 && launcher.Size > 1 ? throw Foreign(launcher, mpi) : group;
    }

    /// <inheritdoc/>
    public void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        Enter();
        mpi.AllGather(mine, all, lengths);
        Leave();
    }

    /// <inheritdoc/>
    public void AllToAll(ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
    {
        Enter();
        mpi.AllToAll(mine, lengths, received, receivedLengths);
        Leave();
    }

    /// <inheritdoc/>
    public void Broadcast(Span<byte> bytes, int root)
    {
        Enter();
        mpi.Broadcast(bytes, root);
        Leave();
    }

    /// <inheritdoc/>
    public void Barrier()
    {
        Enter();
        mpi.Barrier();
        Leave();
    }

    /// <inheritdoc/>
    public void Abort(int exitCode)
    {
        mpi.Abort(exitCode);
        Process.GetCurrentProcess().Kill(); // Where a library comes back from it.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Enter();
        mpi.End();
        Leave();
        watchdog.Dispose();
    }

    private static NotSupportedException Foreign(MpiLauncher launcher, MpiLibrary mpi) => new(
        $"This process was started by {launcher.Name}, but {mpi.Name} is another MPI library, with which every process would train alone. "
        + "Use the launcher of that library (Debian: mpirun.openmpi, mpirun.mpich), or set "
        + $"{MpiLibrary.Variable} to the library of the launcher.");

    private void Enter() => Volatile.Write(ref waitingSince, Stopwatch.GetTimestamp());

    private void Leave() => Volatile.Write(ref waitingSince, 0);

    private void Watch()
    {
        if (Volatile.Read(ref waitingSince) is not 0 and var since && Stopwatch.GetElapsedTime(since) > timeout)
        {
            Volatile.Write(ref waitingSince, 0); // Once.
            timedOut?.Invoke(FormattableString.Invariant(
                $"rank {Rank} has waited {timeout.TotalSeconds:0} s for the other ranks, so all are ended. ")
                + "A machine or its network may be down. If a rank needs longer than that for a step, raise --collective-timeout.");
            new Thread(() =>
            {
                Thread.Sleep(TimeSpan.FromSeconds(5)); // MPI may hang in ending the others too.
                Process.GetCurrentProcess().Kill();
            })
            { IsBackground = true }.Start();
            Abort(TimeoutExitCode);
        }
    }
}
