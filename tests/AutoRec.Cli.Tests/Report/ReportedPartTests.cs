using AutoRec.Cli.Report;
using AutoRec.Data;
using AutoRec.Experiments;

namespace AutoRec.Cli.Tests;

public sealed class ReportedPartTests
{
    private static readonly LoadedData Loaded = Ratings();

    [Fact]
    public void Of_SmallData_AsTheyAre() => Assert.Same(Loaded, ReportedPart.Of(Loaded, new(), most: Loaded.Data.Interactions.Count));

    [Fact]
    public void Of_PartThatSomebodyChose_AsItIs() =>
        Assert.Same(Loaded, ReportedPart.Of(Loaded, new InteractionFilter { SampleUsers = 1_000_000 }, most: 100));

    [Fact]
    public void Of_LargeData_CoreOfUsersDrawnFromTheCore()
    {
        const int Most = 1_000;
        var core = new InteractionFilter { UserCore = 5, ItemCore = 5 }.Apply(Loaded.Data.Interactions, out _);
        Assert.InRange(core.Count, 2 * Most, Loaded.Data.Interactions.Count - 1);

        var part = ReportedPart.Of(Loaded, new(), Most);

        var log = part.Data.Interactions;
        Assert.InRange(log.Count, Most / 2, 2 * Most);
        Assert.All(log.UserRows.ToArray().CountBy(user => user), user => Assert.InRange(user.Value, 5, 10));
        Assert.All(log.ItemRows.ToArray().CountBy(item => item), item => Assert.True(item.Value >= 5));
        Assert.Equal(log.Items.Count, part.Data.ItemTitles.Count);
        var note = Assert.Single(part.Notes);
        var all = Loaded.Data.Interactions;
        Assert.Contains(
            FormattableString.Invariant($"about {log.Count:N0} of {all.Count:N0} interactions"), note, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($" of the {core.Users.Count:N0} other users"), note, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"--sample-users {all.Users.Count} takes all"), note, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ManyItems_CoreWithFewer()
    {
        var part = ReportedPart.Of(Loaded, new(), mostItems: 20);
        Assert.InRange(part.Data.Interactions.Items.Count, 5, 20);
        Assert.Contains("all but the 20 most popular items", Assert.Single(part.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoCore_UsersDrawnFromAll()
    {
        var part = ReportedPart.Of(Ratings(items: 100_000), new(), most: 1_000);
        Assert.InRange(part.Data.Interactions.Count, 500, 2_000);
        Assert.DoesNotContain("fewer than", Assert.Single(part.Notes), StringComparison.Ordinal);
    }

    // 900 users, half of whom have 2 ratings and the others 10.
    private static LoadedData Ratings(int items = 60)
    {
        var random = new Random(3);
        var builder = new InteractionsBuilder();
        for (var user = 0; user < 900; user++)
        {
            for (var rating = 0; rating < (user % 2 == 0 ? 2 : 10); rating++)
            {
                builder.Add($"u{user}", $"i{(int)(items * Math.Pow(random.NextDouble(), 2))}", 1 + random.Next(5));
            }
        }

        var log = builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
        return LoadedData.Of(new DataSet { Name = "d", Title = "d", Source = "d", Interactions = log });
    }
}
