namespace AutoRec.Native;

/// <summary>The memory that this process no longer needs, and how much it can still take.</summary>
internal static class FreeMemory
{
    // What the runtime and other programs take meanwhile.
    private const double Reserve = 0.1;

    /// <summary>
    /// The bytes that are free now: those of the machine, or of the container or limit that the process runs under, without those in use
    /// and a tenth of the rest, which is kept in reserve.
    /// </summary>
    public static long Bytes
    {
        get
        {
            // The figures are those of the last collection; what earlier fits have left is given back first.
            GiveBack();
            var info = GC.GetGCMemoryInfo();
            return (long)(Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes) * (1 - Reserve));
        }
    }

    /// <summary>
    /// Gives what nothing refers to back to the system, for torch and other programs to take; by itself the collector would keep it for
    /// arrays to come.
    /// </summary>
    public static void GiveBack() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
