using System.Globalization;

namespace AutoRec.Benchmarks;

/// <summary>The most memory that this process has taken, as Linux counts it.</summary>
internal static class Memory
{
    /// <summary>Begins to count anew; does nothing on other systems.</summary>
    public static void ResetPeak()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // gives free memory back
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not Linux, or not allowed: the peak is that of the whole process.
        }
    }

    /// <summary>Resident memory at its most since <see cref="ResetPeak"/>; null on other systems.</summary>
    public static long? PeakMegabytes()
    {
        const string Status = "/proc/self/status", Label = "VmHWM:";
        var line = File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal))
            : null;
        return line is null ? null : long.Parse(line[Label.Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture) * 1024 / 1_000_000;
    }
}
