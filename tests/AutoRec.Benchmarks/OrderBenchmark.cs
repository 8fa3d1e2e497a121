using System.Globalization;
using AutoRec.Data;

namespace AutoRec.Benchmarks;

/// <summary>Canonical order after reading: sorting ids by their bytes, and interactions by user and item, against plain sorts.</summary>
internal static class OrderBenchmark
{
    // The ids of Amazon's electronics; the sizes of a MovieLens with 26 million ratings.
    private const int Ids = 4_000_000;
    private const int Interactions = 26_000_000;
    private const int Users = 270_000;
    private const int Items = 45_000;

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        var repeats = Math.Min(options.Repeats, 3);
        yield return SortIds(Scaled(Ids), repeats);
        var (count, users, items) = (Scaled(Interactions), Scaled(Users), Scaled(Items));
        yield return SortInteractions("in random order", count, users, items, isByUser: false, repeats);
        yield return SortInteractions("user by user", count, users, items, isByUser: true, repeats);

        int Scaled(int full) => Math.Max(10, (int)(full * options.Scale));
    }

    private static Comparison SortIds(int count, int repeats)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var random = new Random(1);
        var ids = new HashSet<string>(count);
        while (ids.Count < count)
        {
            ids.Add("A" + new string(random.GetItems<char>(Digits, 13)));
        }

        var index = new IdIndex(ids);
        string[] texts = [.. ids];
        return Comparison.Run(
            string.Create(CultureInfo.InvariantCulture, $"sort {count:N0} ids of 14 letters"),
            new("canonical order", () => Checksum(CanonicalOrder.Sort(index, [])[count / 2])),
            new("Array.Sort of strings", () =>
            {
                var copy = texts.ToArray();
                Array.Sort(copy, StringComparer.Ordinal);
                return Checksum(copy[count / 2]);
            }),
            repeats,
            0);

        static double Checksum(string id) => id.Aggregate(0.0, (sum, letter) => (sum * 31) + letter);
    }

    private static Comparison SortInteractions(string order, int count, int users, int items, bool isByUser, int repeats)
    {
        var random = new Random(2);
        int[] userRows = [.. Enumerable.Range(0, count).Select(i => isByUser ? (int)((long)i * users / count) : random.Next(users))];
        int[] itemRows = [.. Enumerable.Range(0, count).Select(_ => (int)(items * Math.Pow(random.NextDouble(), 3)))];
        float[] values = [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(1, 6))];
        long[] times = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        var (userIds, itemIds) = (Sorted(users), Sorted(items));
        return Comparison.Run(
            string.Create(
                CultureInfo.InvariantCulture,
                $"sort {count:N0} interactions of {users:N0} users and {items:N0} items, {order}, the columns copied first"),
            new("canonical order", () =>
            {
                var sorted =
                    CanonicalOrder.Sort(new InteractionColumns(userIds, itemIds, [.. userRows], [.. itemRows], [.. values], [.. times]));
                return sorted.UserRows[count / 3] + ((double)sorted.ItemRows[count / 3] * users);
            }),
            new("Array.Sort by key", () =>
            {
                var keys = new long[count];
                var positions = new int[count];
                for (var i = 0; i < count; i++)
                {
                    (keys[i], positions[i]) = (((long)userRows[i] << 32) | (uint)itemRows[i], i);
                }

                Array.Sort(keys, positions);
                var sortedUsers = Array.ConvertAll(positions, position => userRows[position]);
                var sortedItems = Array.ConvertAll(positions, position => itemRows[position]);
                _ = Array.ConvertAll(positions, position => values[position]);
                _ = Array.ConvertAll(positions, position => times[position]);
                return sortedUsers[count / 3] + ((double)sortedItems[count / 3] * users);
            }),
            repeats,
            0);

        static IdIndex Sorted(int count) => new(Enumerable.Range(0, count).Select(i => i.ToString("D8", CultureInfo.InvariantCulture)));
    }
}
