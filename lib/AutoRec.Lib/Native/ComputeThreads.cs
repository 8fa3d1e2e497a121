namespace AutoRec.Native;

/// <summary>How many threads this process computes with, in torch and in the library's own loops.</summary>
/// <remarks>
/// Results of the library's own loops do not depend on it. The last digits of models that compute with torch do: torch adds up in parts,
/// one for each thread.
/// </remarks>
public static class ComputeThreads
{
    private static int count = Environment.ProcessorCount;

    /// <summary>The number of threads, at least 1; the machine's processors unless set.</summary>
    public static int Count
    {
        get => count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            count = value;
        }
    }

    /// <summary>For <see cref="Parallel"/> loops.</summary>
    internal static ParallelOptions Options => new() { MaxDegreeOfParallelism = count };

    /// <summary>Computes numbers in blocks, on all threads.</summary>
    /// <param name="length">How many numbers there are.</param>
    /// <param name="size">The most of a block.</param>
    /// <param name="block">Computes those from a first to before an end.</param>
    internal static void ForBlocks(int length, int size, Action<int, int> block) =>
        Parallel.For(0, (int)(((long)length + size - 1) / size), Options, number =>
        {
            var first = number * size;
            block(first, first + Math.Min(size, length - first));
        });
}
