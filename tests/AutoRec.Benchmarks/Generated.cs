using System.Globalization;
using System.Numerics.Tensors;
using AutoRec.Data;
using AutoRec.Models.Numerics;
using AutoRec.Persistence;

namespace AutoRec.Benchmarks;

/// <summary>Ratings at any size, whose items and users are as unevenly active as those of real data.</summary>
internal static class Generated
{
    private const string Name = "ratings"; // of the matrix in a file

    /// <summary>Whole-star ratings of 1 to 5 at random places, none twice.</summary>
    public static InteractionMatrix Ratings(Shape shape, int seed = 1)
    {
        var random = new Random(seed);
        return Ratings(shape, random, RatingScale.OneToFive, (_, _) => random.Next(1, 6));
    }

    /// <summary>
    /// Ratings of half a star to five that have something to learn: a mean, biases of users and items, ten pairs of factors, each weaker
    /// than the one before, and noise.
    /// </summary>
    /// <param name="shape">Their number.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The ratings, and the RMSE of who knows all but the noise.</returns>
    public static (InteractionMatrix Ratings, double Floor) LatentRatings(Shape shape, int seed = 1)
    {
        const int Pairs = 10;
        const float Mean = 3.5f, Noise = 0.75f;
        var random = new Random(seed);
        var (ofUser, ofItem) = (Factors.Normal(random, shape.Users, 0.4), Factors.Normal(random, shape.Items, 0.45));
        double[] users = Factors.Normal(random, shape.Users * Pairs, 1), items = Factors.Normal(random, shape.Items * Pairs, 1);
        for (var i = 0; i < items.Length; i++)
        {
            items[i] *= 0.35 / (1 + (i % Pairs));
        }

        var scale = new RatingScale(0.5f, 5);
        var (squares, count) = (0.0, 0);
        var ratings = Ratings(shape, random, scale, Rating);
        return (ratings, Math.Sqrt(squares / count));

        float Rating(int user, int item)
        {
            var expected = Mean + ofUser[user] + ofItem[item]
                + TensorPrimitives.Dot<double>(users.AsSpan(user * Pairs, Pairs), items.AsSpan(item * Pairs, Pairs));
            var rating = scale.Clip((float)Math.Round(2 * (expected + Factors.Normal(random, 1, Noise)[0])) / 2);
            squares += Math.Pow(rating - scale.Clip((float)expected), 2);
            count++;
            return rating;
        }
    }

    /// <summary>Writes ratings as a file of user, item and rating.</summary>
    public static void SaveText(InteractionMatrix ratings, string path)
    {
        using var file = File.CreateText(path);
        file.NewLine = "\n";
        file.WriteLine("user,item,rating");
        for (var user = 0; user < ratings.RowCount; user++)
        {
            for (var i = 0; i < ratings.RowLength(user); i++)
            {
                var (item, rating) = (ratings.Columns(user)[i], ratings.Values(user)[i]);
                file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"u{user},i{item},{rating}"));
            }
        }
    }

    private static InteractionMatrix Ratings(Shape shape, Random random, RatingScale scale, Func<int, int, float> rating)
    {
        var itemOf = Popularity(shape.Items, 0.8, random);
        var share = Shares(shape.Users, 0.6, random);
        var rows = new List<int>(shape.Ratings);
        var columns = new List<int>(shape.Ratings);
        var taken = new HashSet<int>();
        for (var user = 0; user < shape.Users; user++)
        {
            var count = Math.Clamp((int)Math.Round(share[user] * shape.Ratings), 1, Math.Max(1, shape.Items / 3));
            taken.Clear();
            while (taken.Count < count)
            {
                var place = Array.BinarySearch(itemOf, random.NextDouble());
                taken.Add(Math.Min(shape.Items - 1, place >= 0 ? place : ~place));
            }

            rows.AddRange(Enumerable.Repeat(user, count));
            columns.AddRange(taken);
        }

        var values = new float[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = rating(rows[i], columns[i]);
        }

        return InteractionMatrix.FromTriplets(
            shape.Users,
            shape.Items,
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows),
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns),
            values,
            scale);
    }

    /// <summary>Writes ratings to a file, which is read in a fraction of the time in which they are generated.</summary>
    public static void Save(InteractionMatrix ratings, string path)
    {
        using var file = File.Create(path);
        Safetensors.Write(file, new ModelState().Add(Name, ratings));
    }

    /// <summary>Reads ratings that were generated before.</summary>
    public static InteractionMatrix Load(string path)
    {
        using var file = File.OpenRead(path);
        return Safetensors.Read(file).Matrix(Name);
    }

    // Shares of a whole by a power law (Zipf), in random order.
    private static double[] Shares(int count, double exponent, Random random)
    {
        var shares = Enumerable.Range(1, count).Select(rank => Math.Pow(rank, -exponent)).ToArray();
        random.Shuffle(shares);
        var sum = shares.Sum();
        return Array.ConvertAll(shares, share => share / sum);
    }

    private static double[] Popularity(int count, double exponent, Random random)
    {
        var shares = Shares(count, exponent, random);
        var sum = 0.0;
        return Array.ConvertAll(shares, share => sum += share);
    }
}

/// <summary>The size of a data set.</summary>
/// <param name="Name">What it is the size of.</param>
/// <param name="Users">Users.</param>
/// <param name="Items">Items.</param>
/// <param name="Ratings">Ratings, about.</param>
internal sealed record Shape(string Name, int Users, int Items, int Ratings)
{
    public static Shape MovieLens1M { get; } = new("ML-1M", 6_040, 3_706, 1_000_209);

    public static Shape MovieLens10M { get; } = new("ML-10M", 71_567, 10_681, 10_000_054);

    /// <summary>Amazon Electronics, users and items with at least five ratings.</summary>
    public static Shape AmazonElectronics { get; } = new("Amazon Electronics 5-core", 192_403, 63_001, 1_689_188);

    /// <summary>A part of it: as dense, with that share of the ratings.</summary>
    public Shape Scaled(double scale) => scale == 1 ? this : new(
        FormattableString.Invariant($"{Name} x {scale}"),
        Math.Max(20, (int)(Users * Math.Sqrt(scale))),
        Math.Max(20, (int)(Items * Math.Sqrt(scale))),
        Math.Max(200, (int)(Ratings * scale)));

    public override string ToString() => FormattableString.Invariant($"{Name}: {Users:N0} users, {Items:N0} items, {Ratings:N0} ratings");
}
