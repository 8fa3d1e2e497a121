namespace AutoRec.Data;

/// <summary>A user of the sample.</summary>
/// <param name="Id">Raw id, such as <c>u0001</c>.</param>
/// <param name="Name">First and last name, of which there is one only.</param>
/// <param name="Age">Age in years, 18 to 85.</param>
/// <param name="Gender"><c>F</c> or <c>M</c>.</param>
/// <param name="Occupation">Occupation.</param>
/// <param name="TasteGroup">The group that the user's taste was drawn from, from 0: truth that no file holds.</param>
public sealed record SampleUser(string Id, string Name, int Age, string Gender, string Occupation, int TasteGroup);

/// <summary>A product of the sample.</summary>
/// <param name="Id">Raw id, such as <c>p001</c>.</param>
/// <param name="Name">Name, of which there is one only.</param>
/// <param name="Category">Category.</param>
public sealed record SampleProduct(string Id, string Name, string Category);

/// <summary>A generated data set together with the truth that it was drawn from.</summary>
public sealed class Sample
{
    private readonly int[] productOfRow;

    internal Sample(Interactions interactions, IReadOnlyList<SampleUser> users, IReadOnlyList<SampleProduct> products, SampleTruth truth)
    {
        Interactions = interactions;
        Users = users;
        Products = products;
        Truth = truth;
        var positions = new IdIndex(products.Select(product => product.Id));
        productOfRow = [.. interactions.Items.Select(positions.RowOf)];
    }

    internal SampleTruth Truth { get; }

    /// <summary>What the sample was drawn from.</summary>
    public SampleOptions Options => Truth.Options;

    /// <summary>
    /// Whole ratings from 1 to 5 with timestamps. Users have the rows of <see cref="Users"/>; products that nobody rated have no row.
    /// </summary>
    public Interactions Interactions { get; }

    /// <summary>The users, by row.</summary>
    public IReadOnlyList<SampleUser> Users { get; }

    /// <summary>The products, by id; <see cref="ProductOf"/> gives that of a row.</summary>
    public IReadOnlyList<SampleProduct> Products { get; }

    /// <summary>The product of an item row of <see cref="Interactions"/>.</summary>
    public SampleProduct ProductOf(int itemRow) => Products[productOfRow[itemRow]];

    /// <summary>
    /// The mean of the normal distribution that a rating was drawn from, before noise, rounding and clipping:
    /// global mean + user bias + product bias + taste. It may lie outside 1 to 5.
    /// </summary>
    public double MeanRating(int userRow, int itemRow) => Truth.Mean(userRow, productOfRow[itemRow]);

    /// <summary>
    /// The expected rating, 1 to 5: what the mean becomes after noise, rounding and clipping. No prediction has a lower
    /// expected squared error.
    /// </summary>
    public double ExpectedRating(int userRow, int itemRow) => Moments(userRow, itemRow).Mean;

    /// <summary>
    /// The root mean square error that even <see cref="ExpectedRating"/> is expected to have on given (user, item)
    /// pairs, from noise, rounding and clipping alone. A model that comes lower on held-out ratings was lucky or cheated.
    /// </summary>
    /// <param name="pairs">The pairs, in the rows of <see cref="Interactions"/>: [users x items]; their values do not matter.</param>
    public double NoiseFloor(InteractionMatrix pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var sum = 0.0;
        for (var user = 0; user < pairs.RowCount; user++)
        {
            foreach (var item in pairs.Columns(user))
            {
                sum += Moments(user, item).Variance;
            }
        }

        return Math.Sqrt(sum / pairs.Count);
    }

    /// <summary>Mean and variance of a rating r: sums over P(r >= k) = Phi((mean - (k - 0.5)) / noise), k = 2..5.</summary>
    private (double Mean, double Variance) Moments(int userRow, int itemRow)
    {
        var latent = MeanRating(userRow, itemRow);
        var (mean, square) = (1.0, 1.0);
        for (var k = 2; k <= 5; k++)
        {
            var atLeast = NormalDistribution((latent - (k - 0.5)) / Options.Noise);
            mean += atLeast;
            square += atLeast * ((2 * k) - 1); // k^2 - (k - 1)^2
        }

        return (mean, square - (mean * mean));
    }

    /// <summary>The cumulative standard normal distribution (Abramowitz and Stegun 26.2.17, error below 7.5e-8).</summary>
    private static double NormalDistribution(double x)
    {
        var t = 1 / (1 + (0.2316419 * Math.Abs(x)));
        var density = Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
        var tail = density * t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return x >= 0 ? 1 - tail : tail;
    }
}

/// <summary>
/// What a sample is drawn from, by user and product (in the order of their ids); the popularity is by month and product.
/// </summary>
internal sealed record SampleTruth(
    SampleOptions Options,
    double[] UserBiases,
    double[] ProductBiases,
    double[][] UserFactors,
    double[][] ProductFactors,
    double[][] Popularity)
{
    public const int Months = 24;
    private const long Start = 1_672_531_200; // 2023-01-01 UTC
    private const long Seconds = 731L * 24 * 60 * 60;

    /// <summary>The time at which a share of the two years is over, in seconds since 1970.</summary>
    public static long TimeAt(double share) => Start + (long)(Seconds * share);

    public double[] PopularityAt(long time) => Popularity[(int)(Months * (time - Start) / Seconds)];

    public double Mean(int user, int product) => Options.Mean + UserBiases[user] + Liking(user, product);

    /// <summary>The logarithm of the factor by which a user's liking of a product changes the chance that the user chooses it.</summary>
    public double Appeal(int user, int product) => Options.Choice * Liking(user, product);

    private double Liking(int user, int product)
    {
        var (p, q) = (UserFactors[user], ProductFactors[product]);
        var dot = 0.0;
        for (var k = 0; k < p.Length; k++)
        {
            dot += p[k] * q[k];
        }

        return ProductBiases[product] + (Options.Taste * dot / Math.Sqrt(p.Length));
    }
}
