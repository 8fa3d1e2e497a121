using AutoRec.Experiments;
using AutoRec.Scoring;

namespace AutoRec.Tests.Experiments;

public sealed class ProfileWeightChoiceTests
{
    [Fact]
    public void Choose_MixClearlyBetterThanBothParts_ItsPeak() =>
        Assert.Equal(0.6, Choose((1, [Users(100, weight => 0.3 - ((weight - 0.6) * (weight - 0.6)), spread: 0.02)]))["1"]);

    [Fact]
    public void Choose_MixNotClearlyBetter_TheBetterPart()
    {
        // The same peak is 0.01 above the model, but differences between users are larger than that.
        Assert.Equal(0, Choose((1, [Users(100, weight => 0.3 - (0.1 * (weight - 0.3) * (weight - 0.3)), spread: 1)]))["1"]);
        Assert.Equal(1, Choose((1, [Users(100, weight => 0.3 - (0.1 * (weight - 0.7) * (weight - 0.7)), spread: 1)]))["1"]);
    }

    [Fact]
    public void Choose_TwoSituations_TheWorseCounts()
    {
        var beginning = Users(100, weight => 0.3 - ((weight - 0.9) * (weight - 0.9)), spread: 0.001);
        var known = Users(100, weight => 0.3 - (weight * weight), spread: 0.001);
        Assert.Equal(0, Choose((1, [known]))["1"]);
        Assert.InRange(Choose((1, [beginning, known]))["1"], 0.1, 0.6);
        Assert.Equal(0.9, Choose((1, [beginning, Users(29, weight => -weight, spread: 0)]))["1"]); // too few known users
    }

    [Fact]
    public void Choose_PartsNotSignificantlyDifferentInOneSituation_TheOtherDecides()
    {
        // For new users the model is clearly better; for known users the profile is, but not significantly, and any mix is in between.
        var beginning = Users(100, weight => 0.3 - (0.1 * weight), spread: 0.001);
        var known = Users(40, weight => 0.3 + (0.01 * weight), spread: 1);
        Assert.Equal(0, Choose((1, [beginning, known]))["1"]);
    }

    [Fact]
    public void Choose_GroupWithoutMeasures_TheWeightOfTheNextShorter()
    {
        var by = Choose((0, [Peak(0.2)]), (1, [Peak(0.8)]), (2, [Peak(0.5)]), (3, [Peak(0.7)]), (6, [Peak(0.1)]));
        Assert.Equal([0.2, 0.8, 0.5, 0.7, 0.7, 0.7, 0.1, 0.1], ProfileWeights.Groups.Select(group => by[group]));
        Assert.Equal(0, Choose((0, [Peak(0.2)]))["1"]);

        static IReadOnlyList<double[]> Peak(double peak) => Users(50, weight => 0.5 - ((weight - peak) * (weight - peak)), spread: 0.001);
    }

    [Fact]
    public void Choose_NoMeasures_NoWeights() => Assert.All(Choose().Values, weight => Assert.Equal(0, weight));

    private static IReadOnlyDictionary<string, double> Choose(params (int Group, IReadOnlyList<double[]>[] Situations)[] measures)
    {
        var groups = Enumerable.Range(0, ProfileWeights.Groups.Count);
        return ProfileWeightChoice.Choose(
            [.. groups.Select(group => measures.FirstOrDefault(one => one.Group == group).Situations ?? [])]).ByGroup;
    }

    // Users whose mean measure of each weight is given; the measures of each user go up or down with the weight, by up to the spread.
    private static IReadOnlyList<double[]> Users(int count, Func<double, double> mean, double spread) =>
        [.. Enumerable.Range(0, count).Select(user => Measures(mean, user % 2 == 0 ? spread : -spread))];

    private static double[] Measures(Func<double, double> mean, double slope) =>
        [.. ProfileWeightChoice.Candidates.Select(weight => mean(weight) + (slope * weight))];
}
