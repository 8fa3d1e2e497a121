using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoRec.Training;

/// <summary>Numbers in bfloat16, the upper half of single precision.</summary>
internal static class Bfloat16
{
    private const int Width = 16;

    /// <summary>To single precision, which is exact.</summary>
    /// <param name="numbers">In bfloat16.</param>
    /// <param name="singles">Receives them: at least as long.</param>
    public static void Widen(ReadOnlySpan<ushort> numbers, Span<float> singles)
    {
        ref var source = ref MemoryMarshal.GetReference(numbers);
        ref var target = ref MemoryMarshal.GetReference(singles[..numbers.Length]);
        nuint i = 0, end = (nuint)numbers.Length, vectorEnd = end - (end % Width);
        for (; i < vectorEnd; i += Width)
        {
            var (lower, upper) = Vector256.Widen(Vector256.LoadUnsafe(ref source, i));
            (Vector512.Create(lower, upper) << 16).AsSingle().StoreUnsafe(ref target, i);
        }

        for (; i < end; i++)
        {
            singles[(int)i] = BitConverter.UInt32BitsToSingle((uint)numbers[(int)i] << 16);
        }
    }

    /// <summary>From finite numbers in single precision to the nearest, to the even one of two.</summary>
    /// <param name="singles">In single precision.</param>
    /// <param name="numbers">Receives them: at least as long.</param>
    public static void Narrow(ReadOnlySpan<float> singles, Span<ushort> numbers)
    {
        ref var source = ref MemoryMarshal.GetReference(singles);
        ref var target = ref MemoryMarshal.GetReference(numbers[..singles.Length]);
        nuint i = 0, end = (nuint)singles.Length, vectorEnd = end - (end % Width);
        for (; i < vectorEnd; i += Width)
        {
            var bits = Vector512.LoadUnsafe(ref source, i).AsUInt32();
            bits = (bits + ((bits >> 16) & Vector512<uint>.One) + Vector512.Create(0x7FFFu)) >> 16;
            Vector256.Narrow(bits.GetLower(), bits.GetUpper()).StoreUnsafe(ref target, i);
        }

        for (; i < end; i++)
        {
            var bits = BitConverter.SingleToUInt32Bits(singles[(int)i]);
            numbers[(int)i] = (ushort)((bits + ((bits >> 16) & 1) + 0x7FFF) >> 16);
        }
    }
}
