using System.Globalization;
using System.Numerics.Tensors;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>
/// Draws a small shop whose truth is known: ratings of products by users, from latent factors. It has what makes real data hard: a long
/// tail, a catalogue that changes, and ratings that are missing because users choose what they expect to like.
/// <para>
/// A rating is <c>clip(round(mean + b_u + b_i + t_ui + noise), 1, 5)</c> with normal biases and noise and the taste
/// <c>t_ui = s * p_u . q_i / sqrt(k)</c>. A user's factors p_u scatter around the centre of a taste group, a product's
/// factors q_i around that of its category: <c>sqrt(g) * centre + sqrt(1 - g) * own</c>, all standard normal.
/// </para>
/// <para>
/// A user chooses products one after the other, without repetition, with chances in proportion to
/// <c>w_i(m) * exp(choice * (b_i + t_ui))</c> in month m: the popularity of the product, times how much the user expects to like it.
/// So good products are rated more often, and what a user did not rate is liked less. The popularity is
/// <c>(1 + rank / head)^-skew * exp(drift * g_i * (2 m / 23 - 1))</c> with a rank that is dealt out at random and a standard normal trend
/// g_i; it is 0 before the product is on sale: a share of the products comes at a random time. A product that nobody chose is rated by
/// one user who is drawn at random, so that each has a rating.
/// </para>
/// How many products a user rates is log-normal (at least 5, at most half of the products). Age, gender and occupation depend on the
/// taste group, so profiles tell something of taste. Ratings fall into the 24 months of 2023 and 2024.
/// The same options give the same sample: there is one stream of random numbers, drawn in a fixed order.
/// </summary>
public static class SampleGenerator
{
    internal const string ProductsFile = "products.csv";
    private const string RatingsFile = "ratings.csv";
    private const string UsersFile = "users.csv";

    private const double ActivitySpread = 0.6; // standard deviation of the logarithm of the number of ratings
    private const int FewestRatings = 5;

    /// <summary>Draws a sample.</summary>
    /// <param name="options">What to draw from; null takes the defaults, which are what <c>data/sample</c> holds.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static Sample Generate(SampleOptions? options = null)
    {
        options ??= new SampleOptions();
        options.Validate();
        var random = new NormalRandom(options.Seed);

        var categories = SampleWords.Categories.Count;
        var products = SampleWords.Products(options.Products);
        var productCentres = random.NormalVectors(categories, options.Factors);
        var productFactors = Scatter(random, options, options.Products, product => productCentres[product % categories]);
        var productBiases = random.Normals(options.Products, options.ProductBias);
        int[] ranks = [.. Enumerable.Range(1, options.Products)];
        random.Shuffle(ranks);

        var groupCentres = random.NormalVectors(options.TasteGroups, options.Factors);
        int[] groups = [.. Enumerable.Range(0, options.Users).Select(_ => random.Next(options.TasteGroups))];
        var userFactors = Scatter(random, options, options.Users, user => groupCentres[groups[user]]);
        var userBiases = random.Normals(options.Users, options.UserBias);
        var users = SampleWords.Users(random, groups);

        var popularity = Popularity(random, options, ranks);
        var truth = new SampleTruth(options, userBiases, productBiases, userFactors, productFactors, popularity);
        var builder = new InteractionsBuilder();
        var isRated = new bool[options.Products];
        for (var user = 0; user < options.Users; user++)
        {
            var times = Times(random, Activity(random, options));
            var chosen = Choose(random, truth, user, times);
            for (var i = 0; i < chosen.Length; i++)
            {
                Rate(user, chosen[i], times[i]);
            }
        }

        foreach (var product in Enumerable.Range(0, options.Products).Where(product => !isRated[product]).ToArray())
        {
            Rate(random.Next(options.Users), product, SampleTruth.TimeAt(random.NextDouble()));
        }

        void Rate(int user, int product, long time)
        {
            isRated[product] = true;
            var rating = Math.Clamp(Math.Round(truth.Mean(user, product) + (options.Noise * random.Normal())), 1, 5);
            builder.Add(users[user].Id, products[product].Id, (float)rating, time);
        }

        return new Sample(builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _), users, products, truth);
    }

    /// <summary>
    /// Writes <c>ratings.csv</c> (userId, productId, rating, timestamp), <c>users.csv</c> (userId, name, age, gender,
    /// occupation) and <c>products.csv</c> (productId, name, category), the same bytes on every system.
    /// </summary>
    /// <param name="sample">What to write.</param>
    /// <param name="folder">Where to; made when it is not there.</param>
    /// <exception cref="DataFileException">One of the files exists and was not written by this method.</exception>
    public static void Write(Sample sample, string folder)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        using var output = OutputFolder.Open(folder, Files);
        var log = sample.Interactions;
        WriteTable(
            output,
            RatingsFile,
            ["userId", "productId", "rating", "timestamp"],
            Enumerable.Range(0, log.Count).OrderBy(i => (log.UserRows[i], log.Timestamps[i])).Select(i => new[]
            {
                log.Users[log.UserRows[i]],
                log.Items[log.ItemRows[i]],
                log.Values[i].ToString(CultureInfo.InvariantCulture),
                log.Timestamps[i].ToString(CultureInfo.InvariantCulture),
            }));
        WriteTable(
            output,
            UsersFile,
            ["userId", "name", "age", "gender", "occupation"],
            sample.Users.Select(user => new[]
            {
                user.Id, user.Name, user.Age.ToString(CultureInfo.InvariantCulture), user.Gender, user.Occupation,
            }));
        WriteProducts(sample, output);
    }

    /// <summary>The files that <see cref="Write"/> writes.</summary>
    internal static IReadOnlyList<string> Files { get; } = [RatingsFile, UsersFile, ProductsFile];

    internal static void WriteProducts(Sample sample, OutputFolder output) => WriteTable(
        output,
        ProductsFile,
        ["productId", "name", "category"],
        sample.Products.Select(product => new[] { product.Id, product.Name, product.Category }));

    private static double[][] Scatter(NormalRandom random, SampleOptions options, int count, Func<int, double[]> centre)
    {
        var (shared, own) = (Math.Sqrt(options.GroupShare), Math.Sqrt(1 - options.GroupShare));
        var vectors = random.NormalVectors(count, options.Factors);
        for (var row = 0; row < count; row++)
        {
            for (var k = 0; k < options.Factors; k++)
            {
                vectors[row][k] = (shared * centre(row)[k]) + (own * vectors[row][k]);
            }
        }

        return vectors;
    }

    /// <summary>How popular each product is, by month; 0 where it is not on sale yet.</summary>
    private static double[][] Popularity(NormalRandom random, SampleOptions options, int[] ranks)
    {
        var trends = random.Normals(options.Products, options.PopularityDrift);
        var starts = new double[options.Products]; // in months; at least half of the products are there from the start
        for (var i = 0; i < (int)(options.NewProducts * options.Products); i++)
        {
            starts[i] = SampleTruth.Months * random.NextDouble();
        }

        random.Shuffle(starts);
        int[] products = [.. Enumerable.Range(0, options.Products)];
        return [.. Enumerable.Range(0, SampleTruth.Months).Select(month => Array.ConvertAll(products, product => Weight(month, product)))];

        double Weight(int month, int product) => month < starts[product] ? 0
            : Math.Pow(1 + (ranks[product] / options.PopularityHead), -options.PopularitySkew)
                * Math.Exp(trends[product] * ((2.0 * month / (SampleTruth.Months - 1)) - 1));
    }

    private static int Activity(NormalRandom random, SampleOptions options)
    {
        var logarithm = Math.Log(options.RatingsPerUser) - (ActivitySpread * ActivitySpread / 2) + (ActivitySpread * random.Normal());
        return (int)Math.Clamp(Math.Round(Math.Exp(logarithm)), FewestRatings, options.Products / 2);
    }

    /// <summary>The products that a user rates at some times, each once.</summary>
    private static int[] Choose(NormalRandom random, SampleTruth truth, int user, long[] times)
    {
        var appeal = new double[truth.ProductBiases.Length];
        for (var product = 0; product < appeal.Length; product++)
        {
            appeal[product] = Math.Exp(truth.Appeal(user, product));
        }

        var weights = new double[appeal.Length];
        var products = new int[times.Length];
        for (var i = 0; i < times.Length; i++)
        {
            TensorPrimitives.Multiply(truth.PopularityAt(times[i]), appeal, weights);
            products[i] = random.Draw(weights);
            appeal[products[i]] = 0;
        }

        return products;
    }

    /// <summary>Times of a user's ratings, ascending: even over a stretch that begins at any time.</summary>
    private static long[] Times(NormalRandom random, int count)
    {
        var first = random.NextDouble() * 0.9;
        var length = (1 - first) * random.NextDouble();
        var times = new long[count];
        for (var i = 0; i < count; i++)
        {
            times[i] = SampleTruth.TimeAt(first + (length * random.NextDouble()));
        }

        Array.Sort(times);
        return times;
    }

    internal static void WriteTable(OutputFolder output, string name, string[] header, IEnumerable<string[]> rows)
    {
        using var content = new MemoryStream();
        using (var writer = CsvWriter.Create(content, DataFile.CsvOut, leaveOpen: true))
        {
            writer.WriteHeader(header);
            foreach (var row in rows)
            {
                writer.WriteRecord(row);
            }
        }

        output.Write(name, content.ToArray());
    }
}
