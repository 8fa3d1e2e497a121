using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Tests.Experiments;

/// <summary>
/// With default options no rating model loses to the bias model and none that ranks items significantly to popularity, on data of kinds
/// that the defaults were not made for.
/// </summary>
public sealed class BaselineFloorTests
{
    [Theory]
    [InlineData("biased-mf")]
    [InlineData("pmf-em")]
    [InlineData("autorec-item")]
    [InlineData("autorec-user")]
    [InlineData("gaussian-vae")]
    [InlineData("deep-ae")]
    [InlineData("kernelnet", "hidden-units", "60")]
    public void Run_SparseRatingsOf1To100_AtMostHalfAPercentAboveTheBiasModel(string model, params string[] setting)
    {
        var data = LoadedData.Of(new DataSet { Name = "d", Title = "d", Source = "d", Interactions = Ratings() });
        var fold = Fold.Of(data, new RandomSplitter(0.9), seed: 1);
        Assert.InRange(Rmse(model, setting), 1, 1.005 * Rmse("bias", []));

        double Rmse(string name, string[] setting)
        {
            var settings = setting.Length == 0 ? [] : new[] { KeyValuePair.Create(setting[0], setting[1]) };
            return new Experiment(name, settings) { Metrics = [Metric.Rmse], ChecksBaseline = false }.Run(fold, 1).Metrics[0].Value;
        }
    }

    /// <summary>Models, with numbers of users, items and likes of a user.</summary>
    public static TheoryData<string, int, int, int> RankingModels()
    {
        var data = new TheoryData<string, int, int, int>();
        foreach (var model in new[] { "ials", "item-knn", "user-knn", "slim", "ease", "sansa", "infinite-ae" })
        {
            data.Add(model, 1500, 600, 8);
            data.Add(model, 100, 1500, 50);
            data.Add(model, 2000, 40, 6);
        }

        foreach (var model in new[]
        {
            "mult-vae", "mult-dae", "recvae", "cdae", "deep-ae-implicit", "deep-ae-sigmoid", "deep-ae-purchases"
        })
        {
            data.Add(model, 100, 1500, 50);
            data.Add(model, 600, 40, 6);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RankingModels))]
    public void Run_SparseLikes_NotBelowPopularity(string model, int users, int items, int perUser) =>
        AssertNotBelowPopularity(model, Interactions(users, items, perUser, FeedbackKind.Likes, _ => 1));

    [Theory]
    [InlineData("ials")]
    [InlineData("deep-ae-implicit")]
    [InlineData("deep-ae-sigmoid")]
    [InlineData("deep-ae-purchases")]
    public void Run_CountsWithALongTail_NotBelowPopularity(string model) => AssertNotBelowPopularity(
        model, Interactions(600, 300, 8, FeedbackKind.Counts, random => (float)Math.Ceiling(Math.Exp(2 * Normal(random)))));

    private static void AssertNotBelowPopularity(string model, Interactions interactions)
    {
        var data = LoadedData.Of(new DataSet { Name = "d", Title = "d", Source = "d", Interactions = interactions });
        var fold = Fold.Of(data, new RandomSplitter(0.8), seed: 1);
        var comparison = PairedComparison.Of(Ndcg(model), Ndcg("popularity"), seed: 1);
        Assert.False(comparison.IsLower, FormattableString.Invariant($"{comparison.Difference} to popularity, at most {comparison.High}"));

        UserValues Ndcg(string name) =>
            new Experiment(name) { Metrics = [Metric.Ndcg(20)], ChecksBaseline = false }.Run(fold, 1).Rankings!.PerUser[Metric.Ndcg(20)];
    }

    // Of a catalogue with a long tail; half of a user's items are of the user's kind, of which there are eight.
    private static Interactions Interactions(int users, int items, int perUser, FeedbackKind kind, Func<Random, float> value)
    {
        const int Kinds = 8;
        var random = new Random(9);
        var builder = new InteractionsBuilder();
        for (var user = 0; user < users; user++)
        {
            for (var like = 0; like < perUser; like++)
            {
                var item = (int)(items * Math.Pow(random.NextDouble(), 2.5));
                if (random.NextDouble() < 0.5)
                {
                    item = Math.Min(items - 1, (item / Kinds * Kinds) + (user % Kinds));
                }

                builder.Add($"u{user}", $"i{item}", value(random));
            }
        }

        return builder.Build(DuplicateRule.KeepLast, null, out _, kind);
    }

    // Ratings 1 to 100 of 800 users and 400 items, 15 a user: biases, a little taste and much noise.
    private static Interactions Ratings()
    {
        var random = new Random(7);
        var users = Enumerable.Range(0, 800).Select(_ => (Bias: 10 * Normal(random), Taste: Normal(random))).ToArray();
        var items = Enumerable.Range(0, 400).Select(_ => (Bias: 9 * Normal(random), Taste: Normal(random))).ToArray();
        var builder = new InteractionsBuilder();
        for (var line = 0; line < 12_000; line++)
        {
            // The first users and items have most of the ratings.
            var (user, item) = ((int)(800 * Math.Pow(random.NextDouble(), 1.5)), (int)(400 * Math.Pow(random.NextDouble(), 2)));
            var rating = 52 + users[user].Bias + items[item].Bias + (6 * users[user].Taste * items[item].Taste) + (18.5 * Normal(random));
            builder.Add($"u{user}", $"i{item}", (float)Math.Clamp(Math.Round(rating), 1, 100));
        }

        return builder.Build(DuplicateRule.KeepLast, new RatingScale(1, 100), out _);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
