using AutoRec.Data;
using AutoRec.Experiments;

namespace AutoRec.Benchmarks;

/// <summary>The data sets that default options are held against: real ones, and generated ones of other shapes.</summary>
internal static class DefaultSets
{
    private const int Tastes = 6;

    private static readonly Dictionary<string, Func<string?, LoadedData>> Sources = new()
    {
        ["sample"] = folder => Named("sample", folder),
        ["ml-100k"] = folder => Named("ml-100k", folder),
        ["ml-latest-small"] = folder => Named("ml-latest-small", folder),
        ["ml-1m"] = folder => Named("ml-1m", folder),
        ["amazon"] = folder => File(folder, "amazon-electronics/electronics-users50-products5.csv.gz", new ReadOptions()),
        ["online-retail"] = folder =>
            File(folder, "uci-online-retail/online-retail.csv.gz", new ReadOptions { OnBadLine = BadLineAction.Skip }),
        ["northwind"] = folder => new DataSource("orders:" + Path.Combine(folder ?? ".", "northwind")).Load(),
        ["stars-1-100"] = _ => Generate(new Design(3000, 1500, 45_000, 0.8, FeedbackKind.Stars, new RatingScale(1, 100))),
        ["long-tail"] = _ => Generate(new Design(6000, 8000, 60_000, 1.1, FeedbackKind.Stars, RatingScale.OneToFive)),
        ["few-items"] = _ => Generate(new Design(6000, 40, 50_000, 0.6, FeedbackKind.Stars, RatingScale.OneToFive)),
        ["few-users"] = _ => Generate(new Design(120, 3000, 24_000, 0.9, FeedbackKind.Stars, RatingScale.OneToFive)),
        ["thumbs"] = _ => Generate(new Design(4000, 1000, 60_000, 0.8, FeedbackKind.Thumbs, new RatingScale(0, 1))),
        ["plays"] = _ => Generate(new Design(3000, 2000, 90_000, 0.9, FeedbackKind.Counts, null)),
    };

    /// <summary>The names, in the order of the tables' columns.</summary>
    public static IReadOnlyCollection<string> Names => Sources.Keys;

    /// <summary>Reads or generates a set.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">The folder that holds the folders of data sets.</param>
    public static LoadedData Load(string name, string? folder) => Sources[name](folder);

    private static LoadedData Named(string name, string? folder) => new DataSource(name) { DataFolder = folder }.Load();

    private static LoadedData File(string? folder, string path, ReadOptions reading) =>
        new DataSource(Path.Combine(folder ?? ".", path)) { Reading = reading }.Load();

    // Users take items by the items' popularity and by how the tastes agree. A value is made of biases, the agreement and noise; users tend
    // to take what they will like, so what is missing is not missing at random.
    private static LoadedData Generate(Design design)
    {
        var random = new NormalRandom(20);
        var users = Many(
            design.Users,
            () => (Bias: 0.45 * random.Normal(), Taste: Many(Tastes, random.Normal), Activity: Math.Exp(0.8 * random.Normal())));
        var items = Many(design.Items, () => (Bias: 0.45 * random.Normal(), Taste: Many(Tastes, random.Normal)));
        var popularity = Many(design.Items, () => 0.0);
        for (var item = 0; item < design.Items; item++)
        {
            popularity[item] = Math.Pow(item + 3, -design.TailExponent) * Math.Exp(0.5 * items[item].Bias);
        }

        var scale = design.Scale ?? default;
        var perActivity = design.Interactions / users.Sum(user => user.Activity);
        var builder = new InteractionsBuilder();
        for (var user = 0; user < design.Users; user++)
        {
            var agreement = Array.ConvertAll(items, item => Dot(users[user].Taste, item.Taste) / Math.Sqrt(Tastes));
            var weights = new double[design.Items];
            for (var item = 0; item < design.Items; item++)
            {
                weights[item] = popularity[item] * Math.Exp(0.8 * agreement[item]);
            }

            var count = Math.Clamp((int)Math.Round(perActivity * users[user].Activity), 2, design.Items / 2);
            for (var draw = 0; draw < count; draw++)
            {
                var item = Draw(weights);
                weights[item] = 0;
                var liking = users[user].Bias + items[item].Bias + (0.5 * agreement[item]) + (0.8 * random.Normal());
                builder.Add($"u{user}", $"i{item}", Value(liking));
            }
        }

        var interactions = builder.Build(DuplicateRule.KeepLast, design.Scale, out _, design.Feedback);
        return LoadedData.Of(new DataSet { Name = "generated", Title = "generated", Source = "generated", Interactions = interactions });

        float Value(double liking) => design.Feedback switch
        {
            FeedbackKind.Thumbs => liking > -0.3 ? 1 : 0,
            FeedbackKind.Counts => (float)Math.Ceiling(Math.Exp(1.2 + liking)),
            _ => (float)Math.Clamp(
                Math.Round(scale.Min + ((scale.Max - scale.Min) * (0.62 + (0.22 * liking)))),
                scale.Min,
                scale.Max),
        };

        int Draw(double[] weights)
        {
            var left = random.NextDouble() * weights.Sum();
            var item = 0;
            while (item < weights.Length - 1 && (left -= weights[item]) >= 0)
            {
                item++;
            }

            return item;
        }
    }

    private static T[] Many<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private sealed record Design(
        int Users, int Items, int Interactions, double TailExponent, FeedbackKind Feedback, RatingScale? Scale);
}
