using System.Globalization;
using System.Text;
using AutoRec.Data;
using AutoRec.Native;
using DuckDB.NET.Data;

namespace AutoRec.Benchmarks;

/// <summary>
/// Ratings files of the sizes and formats of MovieLens 1M and Amazon Electronics, to an <see cref="InteractionMatrix"/>: the library
/// against DuckDB alone and against a plain line-by-line reader.
/// </summary>
internal static class IngestBenchmark
{
    public static IEnumerable<Comparison> Run(BenchmarkOptions options)
    {
        RatingsFile[] files =
        [
            new(Scaled(1_000_209), Scaled(6_040), Scaled(3_706), IsByUser: true, Number, Number),
            new(Scaled(7_824_482), Scaled(4_201_696), Scaled(476_002), IsByUser: false, Customer, Product),
        ];
        (Func<string, Side> Side, string Note)[] references =
        [
            (path => new("DuckDB alone", () => DuckDb(path)), "the sorted triples stay in the database"),
            (path => new("plain ReadLine and Split", () => Plain(path)), "on one thread"),
        ];
        foreach (var file in files)
        {
            var folder = Directory.CreateTempSubdirectory("autorec-ingest-").FullName;
            try
            {
                var path = Path.Combine(folder, "ratings.csv");
                file.Write(path);
                var work = string.Create(
                    CultureInfo.InvariantCulture,
                    $"ingest, {file.Lines:N0} lines ({new FileInfo(path).Length / 1e6:0} MB) of {file.Users:N0} users and "
                    + $"{file.Items:N0} items, to a matrix");
                foreach (var (side, note) in references)
                {
                    yield return Comparison.Run(work, new("library", () => Ours(path)), side(path), Math.Min(options.Repeats, 5), 0) with
                    {
                        Note = $"{note}; no duplicates are settled",
                    };
                }
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
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

    private static double DuckDb(string path)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        Scalar($"SET threads = {ComputeThreads.Count}");
        Scalar(
            $"CREATE TABLE lines AS FROM read_csv('{path}', header = false, "
            + "columns = {'u': 'VARCHAR', 'i': 'VARCHAR', 'rating': 'FLOAT', 'time': 'BIGINT'})");
        Scalar("CREATE TABLE users AS SELECT u, row_number() OVER (ORDER BY u) - 1 AS r FROM (SELECT DISTINCT u FROM lines)");
        Scalar("CREATE TABLE items AS SELECT i, row_number() OVER (ORDER BY i) - 1 AS c FROM (SELECT DISTINCT i FROM lines)");
        Scalar("CREATE TABLE matrix AS SELECT r, c, rating FROM lines JOIN users USING (u) JOIN items USING (i) ORDER BY r, c");
        return new[] { "matrix", "users", "items" }.Sum(table => Convert.ToDouble(Scalar($"SELECT count(*) FROM {table}")));

        object? Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }
    }

    private static string Number(long row) => (row + 1).ToString(CultureInfo.InvariantCulture);

    // Ids as Amazon's.
    private static string Customer(long row) => "A" + Letters(row, row % 5 == 0 ? 12 : 13);

    private static string Product(long row) => "B0" + Letters(row + 1_000_000_000, 8);

    // A number in base 36, its digits shuffled by a factor that has no divisor in common with the base's power.
    private static string Letters(long number, int count)
    {
        const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        UInt128 power = 1;
        for (var i = 0; i < count; i++)
        {
            power *= 36;
        }

        var rest = (UInt128)number * 1_000_000_007 % power;
        return string.Create(count, rest, (letters, rest) =>
        {
            foreach (ref var letter in letters)
            {
                letter = Digits[(int)(rest % 36)];
                rest /= 36;
            }
        });
    }

    /// <summary>A file to be written: every user and every item occurs, few very often, no pair twice.</summary>
    /// <param name="Lines">Its lines.</param>
    /// <param name="Users">Users.</param>
    /// <param name="Items">Items.</param>
    /// <param name="IsByUser">Whether it is ordered by user and not by item.</param>
    /// <param name="User">The id of a user.</param>
    /// <param name="Item">The id of an item.</param>
    private sealed record RatingsFile(int Lines, int Users, int Items, bool IsByUser, Func<long, string> User, Func<long, string> Item)
    {
        public void Write(string path)
        {
            var random = new Random(1);
            var pairs = new HashSet<long>(Lines);
            for (var i = 0; pairs.Count < Lines; i++)
            {
                long user = i < Users ? i : (int)(Users * Math.Pow(random.NextDouble(), 3));
                long item = i < Items ? i : (int)(Items * Math.Pow(random.NextDouble(), IsByUser ? 2 : 4));
                pairs.Add(IsByUser ? (user * Items) + item : (item * Users) + user);
            }

            long[] sorted = [.. pairs];
            Array.Sort(sorted);
            using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 20);
            foreach (var pair in sorted)
            {
                var (first, second) = Math.DivRem(pair, IsByUser ? Items : Users);
                var (user, item) = IsByUser ? (first, second) : (second, first);
                var rating = Math.Min(5, random.Next(1, 10));
                var time = 929_232_000L + (random.Next(5_500) * 86_400L);
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{User(user)},{Item(item)},{rating:0.0},{time}\n"));
            }
        }
    }
}
