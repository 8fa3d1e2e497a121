using System.Globalization;
using System.Text;
using AutoRec.Data;

namespace AutoRec.Benchmarks;

/// <summary>A ratings file of Amazon's format and size, to an <see cref="InteractionMatrix"/>: the library against a plain line-by-line
/// reader.</summary>
internal static class IngestBenchmark
{
    // ratings_Electronics.csv: 7,824,482 lines, 4,201,696 users, 476,002 products, 319 MB.
    private const int Lines = 7_824_482;
    private const int Users = 4_201_696;
    private const int Items = 476_002;

    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("autorec-ingest-").FullName;
        try
        {
            var path = Path.Combine(folder, "ratings_Electronics.csv");
            var (lines, users, items) = (Scaled(Lines), Scaled(Users), Scaled(Items));
            Write(path, lines, users, items);
            var work = string.Create(
                CultureInfo.InvariantCulture,
                $"ingest, {lines:N0} lines ({new FileInfo(path).Length / 1e6:0} MB) of {users:N0} users and {items:N0} items, to a matrix");
            var measured = Comparison.Run(
                work,
                new("library", () => Ours(path)),
                new("plain ReadLine and Split", () => Plain(path)),
                Math.Min(options.Repeats, 3),
                0);
            Memory.ResetPeak();
            Plain(path);
            yield return measured with
            {
                Note = $"the plain reader takes {Memory.PeakMegabytes()} MB at most and one thread; it checks no line and settles no duplicates",
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        int Scaled(int full) => Math.Max(10, (int)(full * options.Scale));
    }

    private static double Ours(string path)
    {
        var matrix = RatingsReader.Read(path).Interactions.ToMatrix();
        return matrix.Count + (double)matrix.RowCount + matrix.ColumnCount;
    }

    private static double Plain(string path)
    {
        var (users, items) = (new Dictionary<string, int>(), new Dictionary<string, int>());
        List<int> rows = [];
        List<int> columns = [];
        List<float> ratings = [];
        List<long> times = [];
        foreach (var line in File.ReadLines(path))
        {
            var fields = line.Split(',');
            rows.Add(RowOf(users, fields[0]));
            columns.Add(RowOf(items, fields[1]));
            ratings.Add(float.Parse(fields[2], CultureInfo.InvariantCulture));
            times.Add(long.Parse(fields[3], CultureInfo.InvariantCulture));
        }

        var matrix = InteractionMatrix.FromTriplets(users.Count, items.Count, [.. rows], [.. columns], [.. ratings], RatingScale.OneToFive);
        return matrix.Count + (double)matrix.RowCount + matrix.ColumnCount;

        static int RowOf(Dictionary<string, int> index, string id)
        {
            index.TryAdd(id, index.Count);
            return index[id];
        }
    }

    /// <summary>Ids as Amazon's; every user and every item occurs, few very often, no pair twice; ordered by item as the
    /// original.</summary>
    private static void Write(string path, int lines, int users, int items)
    {
        var random = new Random(1);
        var pairs = new HashSet<long>(lines);
        for (var i = 0; pairs.Count < lines; i++)
        {
            long user = i < users ? i : (int)(users * Math.Pow(random.NextDouble(), 3));
            long item = i < items ? i : (int)(items * Math.Pow(random.NextDouble(), 4));
            pairs.Add((item * users) + user);
        }

        long[] sorted = [.. pairs];
        Array.Sort(sorted);
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 20);
        Span<char> letters = stackalloc char[13];
        foreach (var pair in sorted)
        {
            var (item, user) = Math.DivRem(pair, users);
            writer.Write('A');
            writer.Write(Letters(user, letters[..(user % 5 == 0 ? 12 : 13)]));
            writer.Write(",B0");
            writer.Write(Letters(item + 1_000_000_000, letters[..8]));
            writer.Write(',');
            writer.Write((char)('0' + Math.Min(5, random.Next(1, 10))));
            writer.Write(".0,");
            writer.Write((929_232_000L + (random.Next(5_500) * 86_400L)).ToString(CultureInfo.InvariantCulture));
            writer.Write('\n');
        }
    }

    // A number in base 36, its digits shuffled by a factor that has no divisor in common with the base's power.
    private static ReadOnlySpan<char> Letters(long number, Span<char> letters)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var rest = (UInt128)number * 1_000_000_007 % Power(letters.Length);
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = Digits[(int)(rest % 36)];
            rest /= 36;
        }

        return letters;

        static UInt128 Power(int digits)
        {
            UInt128 power = 1;
            for (var i = 0; i < digits; i++)
            {
                power *= 36;
            }

            return power;
        }
    }
}
