using AutoRec.Data;
using CsCheck;

namespace AutoRec.Tests;

public sealed class InteractionFilterTests
{
    // u1 has three items, u2 two of them, u3 one; i3 is u1's alone.
    private static readonly Interactions Small =
        Log(("u1", "i1", 5, 10), ("u1", "i2", 4, 20), ("u1", "i3", 3, 30), ("u2", "i1", 2, 40), ("u2", "i2", 1, 50), ("u3", "i1", 5, 60));

    [Fact]
    public void Apply_Window_FromIsInAndBeforeIsOut()
    {
        var filter = new InteractionFilter
        {
            From = DateTimeOffset.FromUnixTimeSeconds(20),
            Before = DateTimeOffset.FromUnixTimeSeconds(50)
        };
        var log = filter.Apply(Small, out var dropped);

        Assert.Equal([20L, 30, 40], log.Timestamps);
        Assert.Equal(["u1", "u2"], log.Users);
        Assert.Equal([new Dropped("outside the time window", 3)], dropped);
    }

    [Fact]
    public void Apply_MinimumRating_KeepsValuesAndScale()
    {
        var log = new InteractionFilter { MinRating = 4 }.Apply(Small, out var dropped);

        Assert.Equal([5f, 4, 5], log.Values);
        Assert.Equal(new RatingScale(1, 5), log.Scale);
        Assert.Equal([new Dropped("value below 4", 3)], dropped);
    }

    [Fact]
    public void Apply_TwoCore_TakesAwayUntilAllHaveEnough()
    {
        // u3 goes (1), i3 goes (1); then u1 and u2 have i1 and i2, two each.
        var log = new InteractionFilter { UserCore = 2, ItemCore = 2 }.Apply(Small, out var dropped);

        Assert.Equal(["u1", "u2"], log.Users);
        Assert.Equal(["i1", "i2"], log.Items);
        Assert.Equal([5f, 4, 2, 1], log.Values);
        Assert.Equal([new Dropped("not in the 2-core", 2)], dropped);
    }

    [Fact]
    public void Apply_ThreeCore_ChainReactionLeavesNothing() =>
        Assert.Equal(0, new InteractionFilter { UserCore = 3, ItemCore = 3 }.Apply(Small, out _).Count);

    [Fact]
    public void Apply_AnyCore_IsTheLargestPartInWhichAllHaveEnough()
    {
        var pairs = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).HashSet[0, 60];
        Gen.Select(pairs, Gen.Int[0, 4], Gen.Int[0, 4]).Sample((set, perUser, perItem) =>
        {
            // The definition, one pass after another.
            var expected = set.ToList();
            int before;
            do
            {
                before = expected.Count;
                expected = [.. expected.Where(pair => expected.Count(other => other.Item1 == pair.Item1) >= perUser)];
                expected = [.. expected.Where(pair => expected.Count(other => other.Item2 == pair.Item2) >= perItem)];
            }
            while (expected.Count < before);

            var log = Log([.. set.Select(pair => ($"u{pair.Item1}", $"i{pair.Item2}", 1f, 0L))]);
            var core = new InteractionFilter { UserCore = perUser, ItemCore = perItem }.Apply(log, out _);
            Assert.Equal(
                expected.Select(pair => $"u{pair.Item1} i{pair.Item2}").Order(StringComparer.Ordinal),
                Enumerable.Range(0, core.Count).Select(i => $"{core.Users[core.UserRows[i]]} {core.Items[core.ItemRows[i]]}"));
        });
    }

    [Fact]
    public void Apply_SampleOfUsers_SoManyWithAllTheirInteractionsBySeed()
    {
        var log =
            Log([.. from user in Enumerable.Range(0, 100) from item in Enumerable.Range(0, 3) select ($"u{user}", $"i{item}", 1f, 0L)]);
        var first = new InteractionFilter { SampleUsers = 10, Seed = 1 }.Apply(log, out var dropped);

        Assert.Equal((10, 30), (first.Users.Count, first.Count));
        Assert.Equal([new Dropped("user not among the 10 drawn", 270)], dropped);
        Assert.Equal(first.Users, new InteractionFilter { SampleUsers = 10, Seed = 1 }.Apply(log, out _).Users);
        Assert.NotEqual(first.Users, new InteractionFilter { SampleUsers = 10, Seed = 2 }.Apply(log, out _).Users);
        Assert.Same(log, new InteractionFilter { SampleUsers = 100 }.Apply(log, out _));
    }

    [Fact]
    public void Apply_OptionsOutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new InteractionFilter { UserCore = -1 }.Apply(Small, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InteractionFilter { SampleUsers = 0 }.Apply(Small, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InteractionFilter { MinRating = float.NaN }.Apply(Small, out _));
        Assert.Throws<ArgumentException>(() =>
            new InteractionFilter { From = DateTimeOffset.UnixEpoch, Before = DateTimeOffset.UnixEpoch }.Apply(Small, out _));
        var noTimes = new InteractionsBuilder();
        noTimes.Add("u", "i", 1);
        Assert.Throws<ArgumentException>(() =>
            new InteractionFilter { From = DateTimeOffset.UnixEpoch }.Apply(noTimes.Build(DuplicateRule.KeepLast, null, out _), out _));
    }

    private static Interactions Log(params (string User, string Item, float Value, long Time)[] rows)
    {
        var builder = new InteractionsBuilder();
        foreach (var (user, item, value, time) in rows)
        {
            builder.Add(user, item, value, time);
        }

        return builder.Build(DuplicateRule.KeepLast, null, out _);
    }
}
