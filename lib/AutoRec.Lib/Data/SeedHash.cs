namespace AutoRec.Data;

/// <summary>
/// Independent random numbers for each of many draws of one seed. A generator seeded with seed + number would not do:
/// <see cref="Random"/> gives similar first numbers for seeds that follow each other.
/// </summary>
internal static class SeedHash
{
    /// <summary>A random number that is the same for the same seed and number, and different for two numbers of a seed.</summary>
    /// <remarks>
    /// The output function of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
    /// </remarks>
    public static ulong Of(int seed, int number)
    {
        return Mix((((ulong)(uint)seed << 32) | (uint)number) + 0x9e3779b97f4a7c15UL);
    }

    /// <summary>A number in which every bit depends on every bit of a value; no two values have the same.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9UL;
        value = (value ^ (value >> 27)) * 0x94d049bb133111ebUL;
        return value ^ (value >> 31);
    }
}
