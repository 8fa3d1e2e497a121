using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AutoRec.Scoring;

/// <summary>
/// Selects the highest of many scores without sorting all of them. The items are divided into groups; if m groups have a score of at least
/// t, so have m items. That gives a bound below the scores that are wanted; only the few items above it are compared with each other.
/// </summary>
internal static class TopSelection
{
    private const int Width = 16;

    /// <summary>Gets the items with the highest scores, best first. Scores of NaN and negative infinity are left out.</summary>
    /// <param name="scores">One score an item.</param>
    /// <param name="count">How many items are wanted, at least 1; fewer come back when fewer remain.</param>
    /// <param name="ties">The order of items with equal scores.</param>
    public static Recommendation[] Highest(ReadOnlySpan<float> scores, int count, TieOrder ties)
    {
        var rented = ArrayPool<ulong>.Shared.Rent(scores.Length);
        var keys = rented.AsSpan(0, KeysFrom(scores, BoundBelow(scores, count), ties, rented));
        if (keys.Length > count)
        {
            MoveHighestToFront(keys, count);
            keys = keys[..count];
        }

        keys.Sort();
        var highest = new Recommendation[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var item = ties.ItemAt((int)~(uint)keys[^(i + 1)]);
            highest[i] = new Recommendation(item, scores[item]);
        }

        ArrayPool<ulong>.Shared.Return(rented);
        return highest;
    }

    // A number that at least `count` scores reach; the lowest number where that cannot be told.
    private static float BoundBelow(ReadOnlySpan<float> scores, int count)
    {
        var vectors = ((2 * (long)count) + Width - 1) / Width; // Twice as many groups as wanted items leave few candidates.
        if (vectors * Width * 2 > scores.Length)
        {
            return float.MinValue;
        }

        var groups = (int)vectors * Width;
        var rented = ArrayPool<float>.Shared.Rent(groups);
        var highest = rented.AsSpan(0, groups);
        highest.Fill(float.NegativeInfinity);
        ref var best = ref MemoryMarshal.GetReference(highest);
        ref var score = ref MemoryMarshal.GetReference(scores);
        var group = 0;
        for (var i = 0; i + Width <= scores.Length; i += Width)
        {
            var (now, old) = (Vector512.LoadUnsafe(ref score, (nuint)i), Vector512.LoadUnsafe(ref best, (nuint)group));
            Vector512.ConditionalSelect(Vector512.GreaterThan(now, old), now, old).StoreUnsafe(ref best, (nuint)group); // Never NaN.
            group = group + Width == groups ? 0 : group + Width;
        }

        var bound = Math.Max(HighestReachedBy(count, highest), float.MinValue);
        ArrayPool<float>.Shared.Return(rented);
        return bound;
    }

    // The highest number that `count` of some numbers reach, by bisection over all floats.
    private static float HighestReachedBy(int count, ReadOnlySpan<float> numbers)
    {
        ref var number = ref MemoryMarshal.GetReference(numbers);
        var (low, high) = ((long)Ordered(float.NegativeInfinity), (long)Ordered(float.PositiveInfinity));
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            var (bounds, reached) = (Vector512.Create(FromOrdered((uint)middle)), 0);
            for (nuint i = 0; i < (nuint)numbers.Length; i += Width)
            {
                var reaches = Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref number, i), bounds);
                reached += BitOperations.PopCount(reaches.ExtractMostSignificantBits());
            }

            (low, high) = reached >= count ? (middle, high) : (low, middle - 1);
        }

        return FromOrdered((uint)low);
    }

    // Of each score that reaches the bound a number in whose order items are ranked: the score, then the place among equals.
    private static int KeysFrom(ReadOnlySpan<float> scores, float bound, TieOrder ties, ulong[] keys)
    {
        var (bounds, count, i) = (Vector512.Create(bound), 0, 0);
        ref var score = ref MemoryMarshal.GetReference(scores);
        for (; i + Width <= scores.Length; i += Width)
        {
            var found = Vector512.GreaterThanOrEqual(Vector512.LoadUnsafe(ref score, (nuint)i), bounds).ExtractMostSignificantBits();
            for (; found != 0; found &= found - 1)
            {
                var item = i + BitOperations.TrailingZeroCount(found);
                keys[count++] = Key(scores[item], ties.PlaceOf(item));
            }
        }

        for (; i < scores.Length; i++)
        {
            if (scores[i] >= bound)
            {
                keys[count++] = Key(scores[i], ties.PlaceOf(i));
            }
        }

        return count;
    }

    // -0 + 0 is 0, to which it is equal.
    private static ulong Key(float score, int place) => ((ulong)Ordered(score + 0f) << 32) | ~(uint)place;

    // Unsigned numbers in the order of floats.
    private static uint Ordered(float number)
    {
        var bits = BitConverter.SingleToInt32Bits(number);
        return (uint)(bits ^ ((bits >> 31) | int.MinValue));
    }

    private static float FromOrdered(uint ordered) =>
        BitConverter.UInt32BitsToSingle(ordered >= 0x8000_0000 ? ordered ^ 0x8000_0000 : ~ordered);

    // Quickselect; no two keys are equal.
    private static void MoveHighestToFront(Span<ulong> keys, int count)
    {
        var (start, end) = (0, keys.Length);
        while (end - start > 1)
        {
            var pivot = MedianOfThree(keys[start], keys[(start + end) / 2], keys[end - 1]);
            var (low, high) = (start, end - 1);
            while (low <= high)
            {
                while (keys[low] > pivot)
                {
                    low++;
                }

                while (keys[high] < pivot)
                {
                    high--;
                }

                if (low <= high)
                {
                    (keys[low], keys[high]) = (keys[high], keys[low]);
                    low++;
                    high--;
                }
            }

            // Between the two is at most the pivot, which is in its place.
            if (count <= high)
            {
                end = high + 1;
            }
            else if (count > low)
            {
                start = low;
            }
            else
            {
                return;
            }
        }
    }

    private static ulong MedianOfThree(ulong a, ulong b, ulong c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
