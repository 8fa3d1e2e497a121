using System.Globalization;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>
/// Draws a small shop whose truth is known: ratings of products by users, from latent factors.
/// <para>
/// A rating is <c>clip(round(mean + b_u + b_i + t_ui + noise), 1, 5)</c> with normal biases and noise and the taste
/// <c>t_ui = s * p_u . q_i / sqrt(k)</c>. A user's factors p_u scatter around the centre of a taste group, a product's
/// factors q_i around that of its category: <c>sqrt(g) * centre + sqrt(1 - g) * own</c>, all standard normal. Users rate
/// products without repetition with chances in proportion to <c>1 / rank^skew * exp(choice * t_ui)</c>; how many is
/// log-normal (at least 5, at most half of the products). Age, gender and occupation depend on the taste group, so
/// profiles tell something of taste. Ratings fall into the years 2023 and 2024.
/// </para>
/// The same options give the same sample: there is one stream of random numbers, drawn in a fixed order.
/// </summary>
public static class SampleGenerator
{
    internal const string ProductsFile = "products.csv";
    private const string RatingsFile = "ratings.csv";
    private const string UsersFile = "users.csv";

    private const double ActivitySpread = 0.6; // standard deviation of the logarithm of the number of ratings
    private const int FewestRatings = 5;
    private const long Start = 1_672_531_200; // 2023-01-01 UTC
    private const long Seconds = 731L * 24 * 60 * 60;

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
        var popularity = Popularity(random, options);

        var groupCentres = random.NormalVectors(options.TasteGroups, options.Factors);
        int[] groups = [.. Enumerable.Range(0, options.Users).Select(_ => random.Next(options.TasteGroups))];
        var userFactors = Scatter(random, options, options.Users, user => groupCentres[groups[user]]);
        var userBiases = random.Normals(options.Users, options.UserBias);
        var users = SampleWords.Users(random, groups);

        var truth = new SampleTruth(options, userBiases, productBiases, userFactors, productFactors);
        var builder = new InteractionsBuilder();
        for (var user = 0; user < options.Users; user++)
        {
            var chosen = Choose(random, truth, popularity, user);
            var times = Times(random, chosen.Length);
            for (var i = 0; i < chosen.Length; i++)
            {
                var rating = Math.Clamp(Math.Round(truth.Mean(user, chosen[i]) + (options.Noise * random.Normal())), 1, 5);
                builder.Add(users[user].Id, products[chosen[i]].Id, (float)rating, times[i]);
            }
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

    private static double[] Popularity(NormalRandom random, SampleOptions options)
    {
        double[] weights = [.. Enumerable.Range(1, options.Products).Select(rank => Math.Pow(rank, -options.PopularitySkew))];
        random.Shuffle(weights);
        return weights;
    }

    /// <summary>Draws products without repetition (Efraimidis and Spirakis 2006: the n smallest of exponential(1) / weight).</summary>
    private static int[] Choose(NormalRandom random, SampleTruth truth, double[] popularity, int user)
    {
        var options = truth.Options;
        var logarithm = Math.Log(options.RatingsPerUser) - (ActivitySpread * ActivitySpread / 2) + (ActivitySpread * random.Normal());
        var activity = Math.Exp(logarithm);
        var count = (int)Math.Clamp(Math.Round(activity), FewestRatings, options.Products / 2);
        var keys = new double[popularity.Length];
        int[] products = [.. Enumerable.Range(0, keys.Length)];
        for (var product = 0; product < keys.Length; product++)
        {
            var weight = popularity[product] * Math.Exp(options.Choice * truth.Taste(user, product));
            keys[product] = -Math.Log(1 - random.NextDouble()) / weight;
        }

        Array.Sort(keys, products);
        var chosen = products[..count];
        random.Shuffle(chosen);
        return chosen;
    }

    /// <summary>Times of a user's ratings, ascending: even over a stretch that begins at any time.</summary>
    private static long[] Times(NormalRandom random, int count)
    {
        var first = random.NextDouble() * 0.9;
        var length = (1 - first) * random.NextDouble();
        var times = new long[count];
        for (var i = 0; i < count; i++)
        {
            times[i] = Start + (long)(Seconds * (first + (length * random.NextDouble())));
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
