using AutoRec.Data;
using AutoRec.Splitting;
using CsCheck;

namespace AutoRec.Tests;

public sealed class SplitterTests
{
    // Up to 12 users and 12 items, pairs in any order, few different times so that ties are common.
    private static readonly Gen<Interactions> Logs =
        Gen.Select(Gen.Select(Gen.Int[0, 11], Gen.Int[0, 11], Gen.Int[1, 5], Gen.Int[0, 20]).Array[2, 80], Gen.Bool)
            .Select((rows, timed) => Log(timed, rows))
            .Where(log => log.Count >= 2);

    private static readonly Gen<double> Shares = Gen.Double[0.05, 0.95];

    [Fact]
    public void Random_AnyLog_PartsAreDisjointAndComplete() =>
        Gen.Select(Logs, Shares, Gen.Int).Sample((log, share, seed) => CheckComplete(log, new RandomSplitter(share).Split(log, seed)));

    [Fact]
    public void Random_AnyLog_ShareIsRightAndNeitherPartEmpty() =>
        Gen.Select(Logs, Shares, Gen.Int).Sample((log, share, seed) =>
        {
            var split = new RandomSplitter(share).Split(log, seed);
            Assert.Equal(Math.Clamp(Math.Round(log.Count * share), 1, log.Count - 1), split.Train.Count);
        });

    [Theory]
    [InlineData("random:0.5")]
    [InlineData("leave-one-out")]
    [InlineData("strong:5")]
    public void ByLot_SameSeedSameSplit_AnotherSeedAnother(string name)
    {
        var log = Full(20, 20);
        var splitter = Splitter.Parse(name);
        var first = splitter.Split(log, 1);

        Assert.Equal(Pairs(first.TrainLog), Pairs(splitter.Split(log, 1).TrainLog));
        Assert.Equal(Pairs(first.Test.Targets), Pairs(splitter.Split(log, 1).Test.Targets));
        Assert.NotEqual(Pairs(first.TrainLog), Pairs(splitter.Split(log, 2).TrainLog));
    }

    [Fact]
    public void Random_AnyLog_LogAndMatrixOfTheTrainingPartAgree() =>
        Gen.Select(Logs, Gen.Int).Sample((log, seed) =>
        {
            var split = new RandomSplitter(0.7).Split(log, seed);
            Assert.Equal(Pairs(split.TrainLog), Pairs(split.Train));
            Assert.Same(log.Users, split.TrainLog.Users);
            Assert.Same(split.Train, split.Test.Histories.Interactions);
        });

    [Fact]
    public void Split_TrainingPartAgain_ThreePartsDisjointAndComplete() =>
        Gen.Select(Logs.Where(log => log.Count > 4), Gen.Int).Sample((log, seed) =>
        {
            var splitter = new RandomSplitter(0.6);
            var outer = splitter.Split(log, seed);
            var inner = splitter.Split(outer.TrainLog, seed + 1);
            Assert.Equal(Pairs(log), Pairs(inner.Train).Concat(Pairs(inner.Test.Targets)).Concat(Pairs(outer.Test.Targets)).Order());
            Assert.Equal((outer.Train.RowCount, outer.Train.ColumnCount), (inner.Train.RowCount, inner.Train.ColumnCount));
        });

    [Fact]
    public void LeaveOneOut_AnyLog_OneOfEachUserWithTwo() =>
        Gen.Select(Logs, Gen.Int).Sample((log, seed) =>
        {
            var counts = log.UserRows.CountBy(user => user).ToDictionary();
            if (counts.Values.All(count => count < 2))
            {
                Assert.Throws<ArgumentException>(() => new LeaveOneOutSplitter().Split(log, seed));
                return;
            }

            var split = new LeaveOneOutSplitter().Split(log, seed);
            CheckComplete(log, split);
            for (var user = 0; user < log.Users.Count; user++)
            {
                Assert.Equal(counts[user] > 1 ? 1 : 0, split.Test.Targets.RowLength(user));
            }
        });

    [Fact]
    public void LeaveOneOut_LogWithTimes_HoldsOutOneOfTheLatest() =>
        Logs.Where(log => log.HasTimestamps && log.UserRows.Distinct().Count() < log.Count).Sample(log =>
        {
            var split = new LeaveOneOutSplitter().Split(log, 1);
            var ties = 0;
            for (var user = 0; user < log.Users.Count; user++)
            {
                if (split.Test.Targets.RowLength(user) == 1)
                {
                    var own = Enumerable.Range(0, log.Count).Where(i => log.UserRows[i] == user).ToArray();
                    var latest = own.Where(i => log.Timestamps[i] == own.Max(j => log.Timestamps[j])).Select(i => log.ItemRows[i]).ToArray();
                    Assert.Contains(split.Test.Targets.Columns(user)[0], latest);
                    ties += latest.Length > 1 ? latest.Length : 0;
                }
            }

            Assert.Equal(ties, split.TimeTies);
        });

    [Fact]
    public void LeaveOneOut_EqualTimes_EachOfTheLatestIsChosenAsOften()
    {
        var log = Log(true, [(0, 0, 1, 5), (0, 1, 1, 9), (0, 2, 1, 9), (0, 3, 1, 9), (0, 4, 1, 8)]);
        var counts = new int[5];
        for (var seed = 0; seed < 3000; seed++)
        {
            counts[new LeaveOneOutSplitter().Split(log, seed).Test.Targets.Columns(0)[0]]++;
        }

        Assert.Equal((0, 0), (counts[0], counts[4]));
        Assert.All(counts[1..4], count => Assert.InRange(count, 886, 1114)); // 1000 +- 4.4 standard deviations
    }

    [Fact]
    public void LeaveOneOut_NoTimes_EachInteractionIsChosenAsOften()
    {
        var log = Full(1, 4);
        var counts = new int[4];
        for (var seed = 0; seed < 4000; seed++)
        {
            counts[new LeaveOneOutSplitter().Split(log, seed).Test.Targets.Columns(0)[0]]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 880, 1120)); // 1000 +- 4.4 standard deviations
        Assert.Equal(0, new LeaveOneOutSplitter().Split(log, 1).TimeTies);
    }

    [Fact]
    public void Time_AnyLog_NothingInTrainingIsLaterThanTest() =>
        Gen.Select(Logs.Where(log => log.HasTimestamps), Shares).Sample((log, share) =>
        {
            var split = new TimeSplitter(share).Split(log, 0);
            CheckComplete(log, split);
            var times = Enumerable.Range(0, log.Count).ToDictionary(i => (log.UserRows[i], log.ItemRows[i]), i => log.Timestamps[i]);
            Assert.True(Pairs(split.Train).Max(pair => times[(pair.User, pair.Item)]) <= Pairs(split.Test.Targets).Min(pair => times[(pair.User, pair.Item)]));
            Assert.Equal(Math.Clamp(Math.Round(log.Count * share), 1, log.Count - 1), split.Train.Count);
        });

    [Fact]
    public void Time_CutAmongEqualTimes_DrawnAtRandomAndCounted()
    {
        // Three of five are learned from: 0, which is the earliest, and two of 1, 2 and 3.
        var log = Log(true, [(0, 0, 1, 6), (0, 1, 1, 7), (0, 2, 1, 7), (0, 3, 1, 7), (0, 4, 1, 8)]);
        var counts = new int[5];
        for (var seed = 0; seed < 3000; seed++)
        {
            var split = new TimeSplitter(0.6).Split(log, seed);
            Assert.Equal((3, 3), (split.Train.Count, split.TimeTies));
            foreach (var item in split.Train.Columns(0))
            {
                counts[item]++;
            }
        }

        Assert.Equal((3000, 0), (counts[0], counts[4]));
        Assert.All(counts[1..4], count => Assert.InRange(count, 1886, 2114)); // 2000 +- 4.4 standard deviations
    }

    [Fact]
    public void Time_CutBetweenTimes_NothingIsDrawn()
    {
        var log = Log(true, [(0, 0, 1, 7), (0, 1, 1, 7), (0, 2, 1, 8), (0, 3, 1, 8)]);

        Assert.Equal(0, new TimeSplitter(0.5).Split(log, 1).TimeTies);
    }

    [Fact]
    public void Time_NoTimes_IsAClearError() =>
        Assert.StartsWith(
            "Split time:0.8 requires timestamps; the data have none.",
            Assert.Throws<ArgumentException>(() => new TimeSplitter(0.8).Split(Full(2, 2), 0)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Strong_AnyLog_HeldOutUsersAreNewAndTheirPartsDisjointAndComplete() =>
        Gen.Select(Logs, Gen.Int[1, 4], Shares, Gen.Int).Sample((log, heldOut, share, seed) =>
        {
            var counts = log.UserRows.CountBy(user => user).ToDictionary();
            var splitter = new StrongGeneralizationSplitter(heldOut, share);
            if (counts.Values.Count(count => count > 1) < heldOut || counts.Count <= heldOut)
            {
                Assert.Throws<ArgumentException>(() => splitter.Split(log, seed));
                return;
            }

            var split = splitter.Split(log, seed);
            var (histories, targets) = split.Test;
            Assert.Equal((heldOut, heldOut), (histories.Count, targets.RowCount));
            Assert.All(histories.TrainingRows.ToArray(), row => Assert.Equal(-1, row));
            Assert.Equal((log.Users.Count, log.Items.Count), (split.Train.RowCount, split.Train.ColumnCount));
            Assert.Equal(0, split.Test.CountOverlap());

            int[] users = [.. Enumerable.Range(0, log.Users.Count).Where(user => split.Train.RowLength(user) == 0)];
            Assert.Equal(users, histories.UserRows.ToArray());
            for (var i = 0; i < heldOut; i++)
            {
                Assert.Equal(ItemsOf(log, users[i]), histories.Interactions.Columns(i).ToArray().Concat(targets.Columns(i).ToArray()).Order());
                var foldIn = Math.Clamp(Math.Round(counts[users[i]] * share), 1, counts[users[i]] - 1);
                Assert.Equal(foldIn, histories.Interactions.RowLength(i));
            }

            Assert.Equal(Pairs(log).Where(pair => !users.Contains(pair.User)), Pairs(split.Train));
            Assert.Equal(Pairs(log).Where(pair => users.Contains(pair.User)).Select(pair => pair.Value).Order(), Pairs(histories.Interactions).Concat(Pairs(targets)).Select(pair => pair.Value).Order());
        });

    [Fact]
    public void Strong_TrainingPartAgain_ValidationUsersAreOthers()
    {
        var log = Full(20, 10);
        var outer = new StrongGeneralizationSplitter(5).Split(log, 1);
        var inner = new StrongGeneralizationSplitter(5).Split(outer.TrainLog, 2);

        Assert.Equal(5, inner.Test.Histories.Count);
        Assert.Equal(10, Enumerable.Range(0, 20).Count(user => inner.Train.RowLength(user) == 0));
        Assert.Equal(10 * 10, inner.Train.Count);
        Assert.All(Enumerable.Range(0, 5), user => Assert.Equal(8, inner.Test.Histories.Interactions.RowLength(user)));
    }

    [Fact]
    public void KFold_AnyLog_EveryInteractionIsTestedOnce() =>
        Gen.Select(Logs, Gen.Int[2, 6], Gen.Int).Where((log, folds, _) => folds <= log.Count).Sample((log, folds, seed) =>
        {
            var splits = KFold.Split(log, folds, seed);
            Assert.Equal(folds, splits.Count);
            Assert.All(splits, split => CheckComplete(log, split));
            Assert.Equal(Pairs(log), splits.SelectMany(split => Pairs(split.Test.Targets)).Order());
            Assert.True(splits.Max(split => split.Test.Targets.Count) - splits.Min(split => split.Test.Targets.Count) <= 1);
        });

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void KFold_TooFewOrTooMany_IsAnError(int folds) => Assert.Throws<ArgumentOutOfRangeException>(() => KFold.Split(Full(2, 2), folds, 1));

    [Theory]
    [InlineData("random:0.9")]
    [InlineData("leave-one-out")]
    [InlineData("time:0.8")]
    [InlineData("strong:600")]
    [InlineData("strong:600:0.75")]
    public void Parse_Name_ComesBack(string name) => Assert.Equal(name, Splitter.Parse(name).Name);

    [Theory]
    [InlineData("random")]
    [InlineData("random:1")]
    [InlineData("random:0")]
    [InlineData("random:NaN")]
    [InlineData("random:0,9")]
    [InlineData("leave-one-out:1")]
    [InlineData("time:-0.5")]
    [InlineData("strong:0")]
    [InlineData("strong:0.8")]
    [InlineData("strong:600:1")]
    [InlineData("Random:0.9")]
    public void Parse_Unknown_ErrorNamesItAndWhatThereIs(string text)
    {
        var message = Assert.Throws<ArgumentException>(() => Splitter.Parse(text)).Message;

        Assert.StartsWith($"The split '{text}' is unknown.", message, StringComparison.Ordinal);
        Assert.All(["random:0.9", "leave-one-out", "time:SHARE", "strong:600"], form => Assert.Contains(form, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Constructor_ShareOutOfRange_IsAnError(double share)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSplitter(share));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimeSplitter(share));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrongGeneralizationSplitter(1, share));
    }

    [Fact]
    public void Split_OneInteraction_IsAnError() => Assert.Throws<ArgumentException>(() => new RandomSplitter(0.5).Split(Full(1, 1), 1));

    [Fact]
    public void Of_PartsThatOverlap_AreCounted()
    {
        var log = Full(2, 3);
        var split = Split.Of(log.Select([0, 1, 3]), log.Select([1, 2, 3]));

        Assert.Equal(2, split.Test.CountOverlap());
    }

    [Fact]
    public void Of_PartsWithOtherIndexes_IsAnError() => Assert.Throws<ArgumentException>(() => Split.Of(Full(2, 2), Full(2, 2)));

    private static void CheckComplete(Interactions log, Split split)
    {
        Assert.Equal((log.Users.Count, log.Items.Count), (split.Train.RowCount, split.Train.ColumnCount));
        Assert.Equal((log.Users.Count, log.Items.Count), (split.Test.Targets.RowCount, split.Test.Targets.ColumnCount));
        Assert.Equal(0, split.Test.CountOverlap());
        Assert.Equal(Pairs(log), Pairs(split.Train).Concat(Pairs(split.Test.Targets)).Order());
    }

    private static Interactions Log(bool timed, (int User, int Item, int Value, int Time)[] rows)
    {
        var builder = new InteractionsBuilder();
        foreach (var (user, item, value, time) in rows)
        {
            builder.Add($"{user}", $"{item}", value, timed ? time : null);
        }

        return builder.Build(DuplicateRule.KeepLast, RatingScale.OneToFive, out _);
    }

    // Every user rated every item.
    private static Interactions Full(int users, int items) =>
        Log(false, [.. from user in Enumerable.Range(0, users) from item in Enumerable.Range(0, items) select (user, item, 1 + ((user + item) % 5), 0)]);

    private static IEnumerable<int> ItemsOf(Interactions log, int user) =>
        Enumerable.Range(0, log.Count).Where(i => log.UserRows[i] == user).Select(i => log.ItemRows[i]).Order();

    private static (int User, int Item, float Value)[] Pairs(Interactions log) =>
        [.. Enumerable.Range(0, log.Count).Select(i => (log.UserRows[i], log.ItemRows[i], log.Values[i])).Order()];

    private static (int User, int Item, float Value)[] Pairs(InteractionMatrix matrix) =>
    [
        .. from row in Enumerable.Range(0, matrix.RowCount)
           from i in Enumerable.Range(0, matrix.RowLength(row))
           select (row, matrix.Columns(row)[i], matrix.Values(row)[i]),
    ];
}
