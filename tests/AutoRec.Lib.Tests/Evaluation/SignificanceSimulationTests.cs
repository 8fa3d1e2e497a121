using AutoRec.Evaluation;

namespace AutoRec.Tests;

/// <summary>
/// How often models are called significantly different that are equal in the population of users, and models that are not. Users have
/// effects of their own and effects for each model, both the same in all seeds; the rest is noise. All draws are fixed by their seeds.
/// </summary>
public sealed class SignificanceSimulationTests
{
    private const int Users = 100;
    private const int Seeds = 3;
    private const int Resamples = 200;

    // Of 2,000 repetitions, a rate of 5 % is found within 1 point in 95 of 100 cases.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PairedComparison_EqualModels_FivePercentSignificant(bool isRating) =>
        Assert.InRange(
            Rate(2_000, isRating, [0, 0], (models, seed) => PairedComparison.Of(models[0], models[1], Resamples, seed).PValue < 0.05),
            0.03,
            0.07);

    // What the test above would not let pass: users times seeds as if they were as many users.
    [Fact]
    public void PairedComparison_SeedsAsFurtherUsers_TooOftenSignificant()
    {
        Assert.InRange(
            Rate(
                500,
                false,
                [0, 0],
                (models, seed) => PairedComparison.Of(Pooled(models[0]), Pooled(models[1]), Resamples, seed).PValue < 0.05), 0.15, 0.35);

        static UserValues Pooled(UserValues[] seeds) => UserValues.Of([.. seeds.SelectMany(values => values)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ComparisonWithBest_FiveEqualModels_AtMostFivePercentWithAnySignificant(bool isRating) =>
        Assert.InRange(Rate(1_000, isRating, new double[5], (models, seed) => AnySignificant(models, isRating, seed)), 0.01, 0.055);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ComparisonWithBest_OneModelBetter_Found(bool isRating) =>
        Assert.InRange(Rate(100, isRating, [0, 0.8, 0], (models, seed) => AnySignificant(models, isRating, seed)), 0.9, 1);

    private static bool AnySignificant(UserValues[][] models, bool isRating, int seed) => ComparisonWithBest
        .Of(isRating
            ? Metric.Rmse
            : Metric.Ndcg(10),
            [.. models.Select(seeds => new MetricOverSeeds([.. seeds.Select(one => one.Value)], seeds))],
            Resamples,
            seed)
        .Differences.Any(difference => difference is { IsHigher: true } or { IsLower: true });

    private static double Rate(int repetitions, bool isRating, double[] advantages, Func<UserValues[][], int, bool> isSignificant)
    {
        var random = new Random(1);
        return Enumerable.Range(0, repetitions)
            .Average(seed => isSignificant(isRating ? Ratings(random, advantages) : Lists(random, advantages), seed) ? 1.0 : 0);
    }

    // Values between 0 and 1, more than half of them 0: [models][seeds].
    private static UserValues[][] Lists(Random random, double[] advantages)
    {
        var users = Normal(random, Users);
        return Array.ConvertAll(advantages, advantage =>
        {
            var ofModel = Normal(random, Users);
            return Enumerable.Range(0, Seeds).Select(_ => UserValues.Of(
                [
                    .. Enumerable.Range(0, Users)
                        .Select(user => Math.Clamp(0.3 * (users[user] + ofModel[user] + advantage + Normal(random) - 0.5), 0, 1))
                ])).ToArray();
        });
    }

    // Summed squared errors of 1 to about 100 ratings a user: [models][seeds].
    private static UserValues[][] Ratings(Random random, double[] advantages)
    {
        var users = Normal(random, Users);
        var counts = Enumerable.Range(0, Seeds)
            .Select(_ => Normal(random, Users).Select(normal => 1 + (int)Math.Exp(1 + normal)).ToArray())
            .ToArray();
        return Array.ConvertAll(advantages, advantage =>
        {
            var ofModel = Normal(random, Users);
            return counts.Select(ofSeed => new UserValues(
                [.. Enumerable.Range(0, Users)],
                [.. Enumerable.Range(0, Users).Select(user => Enumerable.Range(0, ofSeed[user]).Sum(_ =>
                    Math.Pow((0.4 * users[user]) + (0.3 * ofModel[user]) + ((0.8 - (0.3 * advantage)) * Normal(random)), 2)))],
                ofSeed,
                isRoot: true)).ToArray();
        });
    }

    private static double[] Normal(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => Normal(random))];

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
