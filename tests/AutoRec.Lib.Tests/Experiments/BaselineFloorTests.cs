using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Splitting;

namespace AutoRec.Tests.Experiments;

/// <summary>With default options no rating model loses to the bias model, on data of a kind that the defaults were not made for.</summary>
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

    // Ratings 1 to 100 of 800 users and 400 items, 15 a user: biases, a little taste and much noise.
    private static Interactions Ratings()
    {
        var random = new Random(7);
        var users = Enumerable.Range(0, 800).Select(_ => (Bias: 10 * Normal(), Taste: Normal())).ToArray();
        var items = Enumerable.Range(0, 400).Select(_ => (Bias: 9 * Normal(), Taste: Normal())).ToArray();
        var builder = new InteractionsBuilder();
        for (var line = 0; line < 12_000; line++)
        {
            // The first users and items have most of the ratings.
            var (user, item) = ((int)(800 * Math.Pow(random.NextDouble(), 1.5)), (int)(400 * Math.Pow(random.NextDouble(), 2)));
            var rating = 52 + users[user].Bias + items[item].Bias + (6 * users[user].Taste * items[item].Taste) + (18.5 * Normal());
            builder.Add($"u{user}", $"i{item}", (float)Math.Clamp(Math.Round(rating), 1, 100));
        }

        return builder.Build(DuplicateRule.KeepLast, new RatingScale(1, 100), out _);

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
