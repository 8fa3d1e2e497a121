using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Experiments;
using AutoRec.Models;
using AutoRec.Models.Numerics;
using AutoRec.Scoring;
using AutoRec.Training;

namespace AutoRec.Tests;

/// <summary>Weights of interactions by age: 0.5^(age / half-life).</summary>
public sealed class HalfLifeTests
{
    private const long Day = 86_400;
    private const int Items = 6;

    private static readonly string[] Weighing = [.. ModelCatalog.All.Where(entry => entry.WeighsByAge).Select(entry => entry.Name)];

    public static TheoryData<string> Models => [.. Weighing];

    public static TheoryData<string> Others => [.. ModelCatalog.All.Select(entry => entry.Name).Except(Weighing)];

    [Fact]
    public void Of_AgesOfZeroToThreeHalfLives_ByHand()
    {
        var log = Log([("a", "x", 5, 30), ("a", "y", 5, 20), ("b", "x", 5, 10), ("b", "y", 5, 25)], out _);
        var options = new PopularityOptions { HalfLife = 10 };
        float[] expected = [1, 0.5f, 0.25f, (float)Math.Sqrt(0.5)];

        Assert.Equal(expected, AgeWeights.Of(log.ToMatrix(), options));
        Assert.Equal(1, AgeWeights.OfMeanOne(log.ToMatrix(), options).Average(), 1e-6);
        Assert.Equal(
            [1.25f, 0.5f + (float)Math.Sqrt(0.5)], Scores(new PopularityTrainer(options).Fit(log.ToMatrix(), new FitContext()), log)[..2]);
        Assert.Empty(AgeWeights.Of(log.ToMatrix(), new PopularityOptions()));
    }

    [Fact]
    public void Of_PositivesAndPartsOfALog_TimesStayWithTheirInteractions()
    {
        var log = Log([("a", "x", 5, 30), ("a", "y", 1, 40), ("b", "x", 1, 10), ("b", "y", 5, 20)], out _);

        Assert.Equal([30 * Day, 20 * Day], log.ToMatrix().Positives().Times());
        Assert.Equal([40 * Day, 20 * Day], log.Select([1, 3]).ToMatrix().Times());
        Assert.Equal([1f, 0.5f], AgeWeights.Of(log.ToMatrix().Positives(), new PopularityOptions { HalfLife = 10 })); // 10 days older
    }

    // All interactions of the users of one half are a half-life old: they count as half of them would, which the doubled other half says.
    [Theory]
    [MemberData(nameof(Models))]
    public void Fit_HalfOfTheUsersAHalfLifeOld_AsIfTheOthersWereThereTwice(string name)
    {
        if (name is "user-knn" or "biased-mf" or "ials" or "ials-features")
        {
            return; // Copies are further neighbours, steps are random, and what did not occur counts once a user: their tests are below.
        }

        var random = new Random(4);
        (string User, string Item, int Value, int Day)[] once =
        [
            .. from user in Enumerable.Range(0, 12)
               from item in Enumerable.Range(0, Items)
               where random.Next(3) > 0
               select ($"u{user:00}", $"i{item}", random.Next(1, 6), user % 2 == 0 ? 100 : 90),
        ];
        var weighed = Log(once, out _);
        var twice = Log([.. once.Concat(once.Where(row => row.Day == 100).Select(row => row with { User = row.User + "b" }))], out _);

        // Copies count 2 and 1; weights have the ratio of these and the mean 1, and the penalties go with them.
        double young = once.Count(row => row.Day == 100), old = once.Length - young;
        var unit = once.Length / (young + (old / 2)); // what an interaction of the young half counts
        var byAge = Scores(Fit(name, weighed, [new("half-life", "10"), .. Penalties(name, 1)]), weighed);
        var byCopies = Scores(Fit(name, twice, Penalties(name, 2 / unit)), weighed);
        if (name is "popularity" or "popularity-features")
        {
            byAge = [.. byAge.Select(score => score * 2)];
        }

        Assert.All(byAge.Zip(byCopies), pair => Assert.Equal(pair.Second, pair.First, 2e-3 * (1 + Math.Abs(pair.Second))));
        Assert.NotEqual(byAge, Scores(Fit(name, weighed, Penalties(name, 1)), weighed));
    }

    [Fact]
    public void Fit_UserNeighbours_OldInteractionsOfNeighboursCountHalf()
    {
        // b and c are as like a; y comes from b, a half-life older than z from c.
        var log = Log([("a", "x", 5, 20), ("b", "y", 5, 10), ("b", "x", 5, 20), ("c", "x", 5, 20), ("c", "z", 5, 20)], out var items);
        var scores = Scores(Fit("user-knn", log, [new("half-life", "10"), new("shrinkage", "0")]), log);
        var (y, z) = (scores[items["y"]], scores[items["z"]]);
        var (likeB, likeC) = (1 / Math.Sqrt(1.25), 1 / Math.Sqrt(2));

        Assert.Equal(0.5 * likeB / likeC, y / z, 1e-5);
    }

    [Fact]
    public void Fit_Ials_AsCountsThatWeighTwice()
    {
        // 1 + alpha ln n is 1 and 2 for counts of 1 and 2, as a half-life between old and new interactions has it.
        var log = Log([.. Enumerable.Range(0, 40).Select(i => ($"u{i % 9}", $"i{i % 7}", 1 + (i % 2), 90 + (10 * (i % 2))))], out _);
        KeyValuePair<string, string>[] small = [new("latent-factors", "3"), new("epochs", "5")];
        var counts = log.WithFeedback(new Feedback(FeedbackKind.Counts, new RatingScale(1, 2), 1));
        var byCount = (IalsModel)Fit("ials", counts, [new("count-weight", "1.4426950408889634"), .. small]);
        var byAge = (IalsModel)Fit("ials", log, [new("half-life", "10"), .. small]);

        Assert.All(
            byAge.Save().Floats("item_factors").Zip(byCount.Save().Floats("item_factors")),
            pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.NotEqual(byAge.Save().Floats("item_factors"), ((IalsModel)Fit("ials", log, small)).Save().Floats("item_factors"));
    }

    [Fact]
    public void Fit_BiasedMf_StepsAreWeighed()
    {
        // One epoch from 0 with factors of 0: b = rate x weight x (r - mean), mean (5 + 1/2 x 1) / 1.5.
        var log = Log([("a", "x", 5, 20), ("b", "y", 1, 10)], out var items);
        var model = (BiasedMfModel)Fit(
            "biased-mf",
            log,
            [
                new("half-life", "10"), new("epochs", "1"), new("learning-rate", "0.1"), new("initial-deviation", "1e-6"),
                new("regularization", "0")
            ]);
        var state = model.Save();

        Assert.Equal(5.5 / 1.5, state.Floats("mean")[0], 1e-5);
        Assert.Equal(0.1 * (5 - (5.5 / 1.5)), state.Floats("item_biases")[items["x"]], 1e-5);
        Assert.Equal(0.05 * (1 - (5.5 / 1.5)), state.Floats("item_biases")[items["y"]], 1e-5);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Fit_NoTimes_ErrorSaysWhatIsMissing(string name)
    {
        var ratings = InteractionMatrix.FromTriplets(2, 2, [0, 1], [0, 1], [5f, 4f], RatingScale.OneToFive);
        var trainer = ModelCatalog.Find(name).CreateTrainer([new("half-life", "10")], out _);

        Assert.StartsWith(
            "Option 'half-life' requires times",
            Assert.Throws<ArgumentException>(() => trainer.Fit(ratings, new FitContext { ItemFeatures = SomeFeatures.Of(2) })).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Experiment_ModelThatCannotWeigh_ErrorNamesThoseThatCan(string name)
    {
        var message = Assert.Throws<ArgumentException>(() => new Experiment(name, [new("half-life", "10")])).Message;

        Assert.StartsWith($"The model '{name}' does not weigh interactions by age", message, StringComparison.Ordinal);
        Assert.All(Weighing, other => Assert.Contains(other, message, StringComparison.Ordinal));
    }

    // Penalties, and what else has the unit of a sum over users, times a factor.
    private static KeyValuePair<string, string>[] Penalties(string model, double factor)
    {
        return model switch
        {
            "ease" or "sansa" => [One("regularization", 3)],
            "slim" => [One("l1", 0.1), One("l2", 2), new("tolerance", "1e-9"), new("epochs", "10000")],
            "item-knn" => [One("shrinkage", 2), new("inverse-user-frequency", "false")],
            "bias" => [One("user-regularization", 0), One("item-regularization", 3), new("epochs", "2000")],
            _ => [],
        };

        KeyValuePair<string, string> One(string option, double value) =>
            new(option, (value * factor).ToString("R", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static IRecommender Fit(string model, Interactions log, KeyValuePair<string, string>[] settings) =>
        ModelCatalog.Find(model).CreateTrainer(settings, out _).Fit(
            log.ToMatrix(), new FitContext { Seed = 3, ItemFeatures = SomeFeatures.Of(log.Items.Count) });

    private static float[] Scores(IRecommender model, Interactions log)
    {
        var scores = new float[log.Users.Count * log.Items.Count];
        model.Score(Histories.OfNewUsers(log.ToMatrix()), scores);
        return scores;
    }

    private static Interactions Log((string User, string Item, int Value, int Day)[] rows, out Dictionary<string, int> items)
    {
        var builder = new InteractionsBuilder();
        foreach (var (user, item, value, day) in rows)
        {
            builder.Add(user, item, value, day * Day);
        }

        var log = builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
        items = Enumerable.Range(0, log.Items.Count).ToDictionary(row => log.Items[row]);
        return log;
    }
}
