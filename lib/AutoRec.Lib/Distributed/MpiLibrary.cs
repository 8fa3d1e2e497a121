using System.Runtime.InteropServices;

namespace AutoRec.Distributed;

/// <summary>
/// An MPI library that was loaded by name: the few functions that are needed, and its handles. In Open MPI a handle is the address of an
/// exported symbol, in MPICH a number; declared as <c>nint</c>, one set of signatures serves both.
/// </summary>
internal sealed unsafe partial class MpiLibrary
{
    /// <summary>The variable that names the library to load, where it is in none of the usual places.</summary>
    public const string Variable = "AUTOREC_MPI_LIBRARY";

    private const int Serialized = 2; // MPI_THREAD_SERIALIZED: calls from any thread, one at a time
    private const string OpenMpiMark = "ompi_mpi_comm_world";

    private readonly nint library;
    private readonly nint world;
    private readonly nint ofByte;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int> broadcast;
    private readonly delegate* unmanaged[Cdecl]<void*, int, nint, void*, int*, int*, nint, nint, int> allGather;
    private readonly delegate* unmanaged[Cdecl]<void*, int*, int*, nint, void*, int*, int*, nint, nint, int> allToAll;
    private readonly delegate* unmanaged[Cdecl]<nint, int> barrier;
    private readonly delegate* unmanaged[Cdecl]<nint, int, int> abort;

    private MpiLibrary(nint library, string name)
    {
        (this.library, Name) = (library, name);
        Family = NativeLibrary.TryGetExport(library, OpenMpiMark, out _) ? MpiFamily.OpenMpi : MpiFamily.Mpich;
        (world, ofByte) = Family == MpiFamily.OpenMpi
            ? (NativeLibrary.GetExport(library, OpenMpiMark), NativeLibrary.GetExport(library, "ompi_mpi_byte"))
            : (0x44000000, 0x4c00010d);
        broadcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int>)Function("MPI_Bcast");
        allGather = (delegate* unmanaged[Cdecl]<void*, int, nint, void*, int*, int*, nint, nint, int>)Function("MPI_Allgatherv");
        allToAll = (delegate* unmanaged[Cdecl]<void*, int*, int*, nint, void*, int*, int*, nint, nint, int>)Function("MPI_Alltoallv");
        barrier = (delegate* unmanaged[Cdecl]<nint, int>)Function("MPI_Barrier");
        abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Function("MPI_Abort");
    }

    /// <summary>The file that was loaded.</summary>
    public string Name { get; }

    /// <summary>The family of the library.</summary>
    public MpiFamily Family { get; }

    /// <summary>Loads the library that belongs to a launcher.</summary>
    /// <exception cref="DllNotFoundException">None of its usual names can be loaded.</exception>
    public static MpiLibrary Load(MpiLauncher launcher)
    {
        string[] ofOpenMpi = ["libmpi.so.40"], ofMpich = ["libmpich.so.12", "libmpi.so.12"];
        string[] names = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? [named]
            : launcher.Family switch
            {
                MpiFamily.OpenMpi => ofOpenMpi,
                MpiFamily.Mpich => ofMpich,
                _ => [.. ofOpenMpi, .. ofMpich],
            };
        if (OperatingSystem.IsLinux())
        {
            // UCX, on which MPICH may rest, would take over the signals with which .NET works. It looks when it is loaded.
            _ = SetVariable("UCX_ERROR_SIGNALS", "", overwrite: 0);
        }

        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return new MpiLibrary(library, name);
            }
        }

        throw new DllNotFoundException(
            $"This process was started by {launcher.Name}, but its MPI library cannot be loaded (tried {string.Join(", ", names)}). "
            + $"Install it on every machine (Debian: apt-get install openmpi-bin, or mpich), name it with {Variable}=FILE, "
            + "or use --distributed none for independent runs.");
    }

    /// <summary>Starts MPI, once in a process.</summary>
    public void Initialize()
    {
        int given;
        var initialize = (delegate* unmanaged[Cdecl]<nint, nint, int, int*, int>)Function("MPI_Init_thread");
        Check(initialize(0, 0, Serialized, &given), "MPI_Init_thread");
        if (given < Serialized)
        {
            throw new NotSupportedException(
                $"{Name} was built without support for threads (MPI_THREAD_SERIALIZED). Use another MPI library.");
        }
    }

    /// <summary>The number of this process, and the number of processes.</summary>
    public (int Rank, int Size) Place() => (Number("MPI_Comm_rank"), Number("MPI_Comm_size"));

    public void Broadcast(Span<byte> bytes, int root)
    {
        fixed (byte* start = bytes)
        {
            Check(broadcast(start, bytes.Length, ofByte, root, world), "MPI_Bcast");
        }
    }

    public void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths)
    {
        fixed (byte* from = mine, to = all)
        fixed (int* counts = lengths, starts = Starts(lengths))
        {
            Check(allGather(from, mine.Length, ofByte, to, counts, starts, ofByte, world), "MPI_Allgatherv");
        }
    }

    public void AllToAll(ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths)
    {
        fixed (byte* from = mine, to = received)
        fixed (int* counts = lengths, starts = Starts(lengths), toCounts = receivedLengths, toStarts = Starts(receivedLengths))
        {
            Check(allToAll(from, counts, starts, ofByte, to, toCounts, toStarts, ofByte, world), "MPI_Alltoallv");
        }
    }

    public void Barrier() => Check(barrier(world), "MPI_Barrier");

    public void Abort(int exitCode) => abort(world, exitCode);

    public void End() => Check(((delegate* unmanaged[Cdecl]<int>)Function("MPI_Finalize"))(), "MPI_Finalize");

    private static int[] Starts(ReadOnlySpan<int> lengths)
    {
        var starts = new int[lengths.Length];
        for (var i = 1; i < starts.Length; i++)
        {
            starts[i] = starts[i - 1] + lengths[i - 1];
        }

        return starts;
    }

    // By itself MPI ends all processes at an error; a code comes back only where that was changed from outside.
    private static void Check(int code, string function)
    {
        if (code != 0)
        {
            throw new NotSupportedException($"{function} failed with the error code {code}.");
        }
    }

    private int Number(string function)
    {
        int number;
        Check(((delegate* unmanaged[Cdecl]<nint, int*, int>)Function(function))(world, &number), function);
        return number;
    }

    private nint Function(string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address
        : throw new DllNotFoundException($"{Name} is not an MPI library: it has no {name}. Check {Variable}.");

    // .NET's own variables are not those that native code sees.
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
