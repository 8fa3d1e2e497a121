using AutoRec.Data;

namespace AutoRec.Tests;

public sealed class DataQualityTests
{
    [Fact]
    public void Of_SmallLog_HandComputed()
    {
        // u1 rates six items, all 5: near-constant. u2 rates five, twice 1. u3 rates one. Item i1 has three, i2 to i5 two, i6 one.
        var builder = new InteractionsBuilder();
        for (var item = 1; item <= 6; item++)
        {
            builder.Add("u1", $"i{item}", 5, item);
        }

        for (var item = 1; item <= 5; item++)
        {
            builder.Add("u2", $"i{item}", item <= 2 ? 1 : 4, 100 + item);
        }

        builder.Add("u3", "i1", 3, 200);
        var quality = DataQuality.Of(builder.Build(DuplicateRule.KeepLast, null, out _));

        Assert.Equal((1, 6), (quality.ColdUsers, quality.ColdItems));
        Assert.Equal((1, 0.5), (quality.NearConstantUsers, quality.NearConstantShare));
        // 3 + 2 + 2 + 2 = 9 of 12 are less than 80 %, with the fifth 11: one item is left
        Assert.Equal(1 / 6.0, quality.LongTailItemShare, 12);
        Assert.Equal([2, 2, 2, 2, 2, 2], quality.Drift.Select(period => period.Count));
        Assert.Equal([5, 5, 5, 1, 4, 3.5], quality.Drift.Select(period => period.Mean));
        Assert.Equal(4, quality.DriftRange);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(101), quality.Drift[3].From);
    }

    [Fact]
    public void Of_ImplicitLogWithoutTimes_NobodyIsConstantAndNothingDrifts()
    {
        var builder = new InteractionsBuilder();
        for (var item = 0; item < 8; item++)
        {
            builder.Add("u", $"i{item}", 1);
        }

        var quality = DataQuality.Of(builder.Build(DuplicateRule.KeepLast, null, out _));

        Assert.Equal((0, 0.0, 0.0), (quality.NearConstantUsers, quality.NearConstantShare, quality.DriftRange));
        Assert.Empty(quality.Drift);
    }

    [Fact]
    public void Of_EmptyLog_Zeros()
    {
        var quality = DataQuality.Of(new InteractionsBuilder().Build(DuplicateRule.KeepLast, null, out _));

        Assert.Equal((0, 0, 0, 0.0), (quality.ColdUsers, quality.ColdItems, quality.NearConstantUsers, quality.LongTailItemShare));
    }

    [Fact]
    public void Between_TwoParts_EachKindOfLeakIsCounted()
    {
        var first = new InteractionsBuilder();
        first.Add("u1", "i1", 5, 100);
        first.Add("u2", "i1", 5, 300);
        var second = new InteractionsBuilder();
        second.Add("u1", "i1", 4, 400); // the same pair
        second.Add("u1", "i2", 4, 200); // after what is known of u1, but before what is known of u2; an unknown item
        second.Add("u2", "i2", 4, 250); // before what is known of u2
        second.Add("u3", "i1", 4, 500); // an unknown user
        var parts =
            Interactions.Align([first.Build(DuplicateRule.KeepLast, null, out _), second.Build(DuplicateRule.KeepLast, null, out _)]);

        Assert.Equal(new Leakage(1, 2, 1, 1, 1, 4), Leakage.Between(parts[0], parts[1]));
        Assert.Throws<ArgumentException>(() =>
            Leakage.Between(parts[0], new InteractionsBuilder().Build(DuplicateRule.KeepLast, null, out _)));
    }
}
