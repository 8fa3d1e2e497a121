namespace AutoRec.Native;

/// <summary>How much memory this process can still take.</summary>
internal static class FreeMemory
{
    /// <summary>
    /// The bytes that are free now: those of the machine, or of the container or limit that the process runs under, without those in use.
    /// </summary>
    public static long Bytes
    {
        get
        {
            GC.Collect(0, GCCollectionMode.Forced, blocking: true); // The figures are those of the last collection.
            var info = GC.GetGCMemoryInfo();
            return Math.Max(0, info.TotalAvailableMemoryBytes - info.MemoryLoadBytes);
        }
    }
}
