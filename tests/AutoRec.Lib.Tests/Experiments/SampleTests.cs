using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Experiments;
using AutoRec.Scoring;
using AutoRec.Splitting;

namespace AutoRec.Tests.Experiments;

/// <summary>What is seen on real data and can be seen on the sample too. Orders and distances, not figures of one sample.</summary>
public sealed class SampleTests(ITestOutputHelper output)
{
    private static readonly LoadedData Data = LoadedData.Of(DataSets.Load("sample"));

    [Fact]
    public void Rmse_MeanBiasFactorsAndNoise_InThisOrderAndFactorsGainLittle()
    {
        var fold = Fold.Of(Data, new RandomSplitter(0.9), 42);
        var targets = fold.Split.Test.Targets;
        var mean = fold.Split.Train.Values().ToArray().Average(value => (double)value);
        var guess = Math.Sqrt(targets.Values().ToArray().Average(value => (value - mean) * (value - mean)));
        var bias = Rmse(fold, "bias").Rmse;
        var factors = Rmse(fold, "pmf-em", KeyValuePair.Create("latent-factors", "8"), KeyValuePair.Create("epochs", "20")).Rmse;
        output.WriteLine($"mean {guess:0.000}, bias {bias:0.000}, factors {factors:0.000}");

        Assert.True(bias < 0.93 * guess);
        Assert.InRange(factors, 0.92 * bias, 0.99 * bias);
        Assert.True(Data.Data.Sample!.NoiseFloor(targets) < factors);
    }

    // As on Amazon's ratings: with few ratings a user and a long tail, an autoencoder of users' rows does not beat biases.
    [Fact]
    public void Rmse_AutoRecOverUsers_NotBetterThanBias()
    {
        var fold = Fold.Of(Data, new RandomSplitter(0.9), 42);
        var comparison = PairedComparison.Of(
            Rmse(fold, "autorec-user").PerUser[Metric.Rmse], Rmse(fold, "bias").PerUser[Metric.Rmse], seed: 1);

        Assert.False(comparison.IsLower, $"{comparison.Difference}");
    }

    [Fact]
    public void Lists_Popularity_FallsBehindWhenTheFutureIsTested()
    {
        // Popularity counts the old bestsellers; a model that weighs what is new gains only where the future is tested.
        var random = Fold.Of(Data, new RandomSplitter(0.9), 42);
        var time = Fold.Of(Data, new TimeSplitter(0.9), 42);
        var (old, inTime) = (Ranked(random, "popularity"), Ranked(time, "popularity"));
        var newest = Ranked(time, "popularity", KeyValuePair.Create("half-life", "60"));
        output.WriteLine($"random {old[Recall]:0.000}, in time {inTime[Recall]:0.000}, half-life of 60 days {newest[Recall]:0.000}");

        Assert.True(inTime[Recall] < 0.9 * old[Recall]);
        Assert.True(PairedComparison.Of(newest.PerUser[Recall], inTime.PerUser[Recall], seed: 1).IsHigher);
        Assert.True(Rmse(time, "bias").ColdItemRatings > 0);
    }

    [Fact]
    public void Lists_OfNeighbours_FindNothingInTheTail()
    {
        // The half of the products with the fewest ratings: hits of the lists of ten among the positives that are of them.
        var fold = Fold.Of(Data, new RandomSplitter(0.9), 42);
        var (train, test) = (fold.Split.Train, fold.Split.Test);
        var byItem = train.Transpose();
        var tail = Enumerable.Range(0, byItem.RowCount).OrderBy(byItem.RowLength).Take(byItem.RowCount / 2).ToHashSet();
        foreach (var model in new[] { "item-knn", "user-knn" })
        {
            var lists = Run(fold, model, [Recall], []).Served.Recommend(test.Histories, 10);
            var (wanted, found, wantedInHead, foundInHead) = (0, 0, 0, 0);
            for (var user = 0; user < lists.Length; user++)
            {
                var list = lists[user].Select(pick => pick.Item).ToHashSet();
                for (var i = 0; i < test.Targets.RowLength(user); i++)
                {
                    if (test.Targets.Values(user)[i] >= 4)
                    {
                        var (item, isTail) = (test.Targets.Columns(user)[i], tail.Contains(test.Targets.Columns(user)[i]));
                        (wanted, wantedInHead) = (wanted + (isTail ? 1 : 0), wantedInHead + (isTail ? 0 : 1));
                        (found, foundInHead) = (
                            found + (isTail && list.Contains(item) ? 1 : 0), foundInHead + (!isTail && list.Contains(item) ? 1 : 0));
                    }
                }
            }

            output.WriteLine($"{model}: {found} of {wanted} in the tail, {foundInHead} of {wantedInHead} in the head");
            Assert.True(wanted > 50);
            Assert.True(found < 0.05 * wanted);
            Assert.True(foundInHead > 0.4 * wantedInHead);
        }
    }

    [Fact]
    public void Lists_ObservedHitsAndTruePreference_OtherOrders()
    {
        var fold = Fold.Of(Data, new RandomSplitter(0.9), 42);
        var (popular, bias, ease) = (Of("popularity"), Of("bias"), Of("ease"));
        output.WriteLine($"popularity {popular}, bias {bias}, ease {ease}");

        Assert.True(ease.Hits > popular.Hits && popular.Hits > bias.Hits);
        Assert.True(bias.Truth > ease.Truth && ease.Truth > popular.Truth);

        (double Hits, double Truth) Of(string model)
        {
            var outcome = Run(fold, model, [Recall], []);
            return (outcome.Rankings![Recall], outcome.Served.Recommend(fold.Split.Test.Histories, 10)
                .SelectMany((list, user) => list.Select(pick => Data.Data.Sample!.ExpectedRating(user, pick.Item)))
                .Average());
        }
    }

    private static Metric Recall => Metric.Recall(10);

    private static RatingEvaluation Rmse(Fold fold, string model, params KeyValuePair<string, string>[] settings) =>
        Run(fold, model, [Metric.Rmse], settings).Ratings!;

    private static RankingEvaluation Ranked(Fold fold, string model, params KeyValuePair<string, string>[] settings) =>
        Run(fold, model, [Recall], settings).Rankings!;

    private static Outcome Run(Fold fold, string model, Metric[] metrics, KeyValuePair<string, string>[] settings) =>
        new Experiment(model, settings) { Metrics = metrics, ChecksBaseline = false }.Run(fold, 42);
}
