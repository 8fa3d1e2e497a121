using AutoRec.Data;

namespace AutoRec.Tests;

public sealed class DataDescriptionTests
{
    [Fact]
    public void Of_SmallLog_HandComputedNumbers()
    {
        // Ratings per user: u1 4, u2 1, u3 1. Ratings per item: i1 3, i2 1, i3 1, i4 1.
        var builder = new InteractionsBuilder();
        builder.Add("u1", "i1", 5, 0);
        builder.Add("u1", "i2", 3, 86_400);
        builder.Add("u1", "i3", 3, 10);
        builder.Add("u1", "i4", 1, 20);
        builder.Add("u2", "i1", 4, 30);
        builder.Add("u3", "i1", 5, 40);
        var description = DataDescription.Of(builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _));

        Assert.Equal((3, 4, 6), (description.Users, description.Items, description.Interactions));
        Assert.Equal(0.5, description.Density, 12);
        Assert.Equal(RatingScale.OneToFive, description.Scale);
        Assert.Equal(3.5, description.Mean, 12);
        Assert.Equal(Math.Sqrt(11.5 / 6), description.StandardDeviation, 12);
        Assert.Equal([new(1, 1), new(3, 2), new(4, 1), new(5, 2)], description.Histogram);
        Assert.Equal(new CountSummary(1, 1, 2, 3.4, 4), description.PerUser with { P90 = Math.Round(description.PerUser.P90, 12) });
        Assert.Equal(new CountSummary(1, 1, 1.5, 2.4, 3), description.PerItem with { P90 = Math.Round(description.PerItem.P90, 12) });
        Assert.Equal((3, 4), (description.UsersBelow5, description.ItemsBelow5));
        Assert.Equal(0.5, description.Top1PercentShare, 12); // one item of four
        Assert.Equal(0.5, description.Top10PercentShare, 12);
        Assert.Equal(0.5, description.Top20PercentShare, 12);
        Assert.Equal(((-3 * 1) + (-1 * 1) + (1 * 1) + (3 * 3)) / (4.0 * 6), description.ItemGini, 12); // 0.25
        Assert.Equal(new DateTimeOffset(1970, 1, 1, 0, 0, 0, TimeSpan.Zero), description.First);
        Assert.Equal(new DateTimeOffset(1970, 1, 2, 0, 0, 0, TimeSpan.Zero), description.Last);
    }

    [Theory]
    [InlineData(100, 1, 0.01)] // all items alike: the top 1 % of items hold 1 %
    [InlineData(50, 1, 0.02)] // half an item is rounded up to one
    [InlineData(10, 1, 0.1)]
    public void Of_ItemsAllAlike_SharesAndGiniAreThoseOfEquality(int items, int each, double top1)
    {
        var description = DataDescription.Of(Log(Enumerable.Repeat(each, items)));

        Assert.Equal(top1, description.Top1PercentShare, 12);
        Assert.Equal(0.1, description.Top10PercentShare, 12);
        Assert.Equal(0.2, description.Top20PercentShare, 12);
        Assert.Equal(0, description.ItemGini, 12);
        Assert.Null(description.First);
    }

    [Fact]
    public void Of_NoInteractions_NothingToDivideBy()
    {
        var description = DataDescription.Of(Log([]));

        Assert.Equal((0, 0.0, 0.0), (description.Interactions, description.Density, description.ItemGini));
        Assert.Equal(double.NaN, description.Mean);
        Assert.Equal(new CountSummary(0, 0, 0, 0, 0), description.PerUser);
    }

    [Fact]
    public void Of_TimesBeyondTheCalendar_AreClamped()
    {
        var builder = new InteractionsBuilder();
        builder.Add("u", "i", 1, long.MinValue);
        builder.Add("u", "j", 1, long.MaxValue);
        var description = DataDescription.Of(builder.Build(DuplicateRule.KeepLast, null, out _));

        Assert.Equal((1, 9999), (description.First!.Value.Year, description.Last!.Value.Year));
    }

    private static Interactions Log(IEnumerable<int> countsPerItem)
    {
        var builder = new InteractionsBuilder();
        foreach (var (item, count) in countsPerItem.Index())
        {
            for (var user = 0; user < count; user++)
            {
                builder.Add($"u{user}", $"i{item}", 1);
            }
        }

        return builder.Build(DuplicateRule.KeepLast, null, out _);
    }
}
