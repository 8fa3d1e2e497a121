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
    [InlineData("cold-items:0.3")]
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
                    var latest = own.Where(i => log.Timestamps[i] == own.Max(j => log.Timestamps[j]))
                        .Select(i => log.ItemRows[i])
                        .ToArray();
                    Assert.Contains(split.Test.Targets.Columns(user)[0], latest);
                    ties += latest.Length > 1 ? latest.Length : 0;
                }
            }

            string[] notes = ties == 0
                ? []
                : [$"{ties} interactions share the last time of their user; a draw with the seed decided which is tested"];
            Assert.Equal(notes, split.Notes);
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
        Assert.Empty(new LeaveOneOutSplitter().Split(log, 1).Notes);
    }

    [Fact]
    public void Time_AnyLog_TrainingIsEarlierThanTestAndNoCutComesCloserToTheShare() =>
        Gen.Select(Logs.Where(log => log.Timestamps.Distinct().Count() > 1), Shares, Gen.Int).Sample((log, share, seed) =>
        {
            var split = new TimeSplitter(share).Split(log, seed);
            CheckComplete(log, split);
            var times = TimeOf(log);
            Assert.True(Pairs(split.Train).Max(times) < Pairs(split.Test.Targets).Min(times));
            Assert.Equal(Closest(log.Timestamps, log.Count * share), Math.Abs(split.Train.Count - Wanted(log.Count, share)));
            var moved = split.Train.Count - Wanted(log.Count, share);
            Assert.Equal(moved != 0, split.Notes.Contains(Moved(Math.Max(moved, 0), Math.Max(-moved, 0))));
        });

    [Fact]
    public void TimeOfADate_AnyLog_CutsThere() =>
        Gen.Select(Logs.Where(log => log.HasTimestamps), Gen.Int[0, 21]).Sample((log, second) =>
        {
            var splitter = new TimeSplitter(DateTimeOffset.FromUnixTimeSeconds(second));
            var before = Enumerable.Range(0, log.Count).Count(i => log.Timestamps[i] < second);
            if (before == 0 || before == log.Count)
            {
                Assert.Throws<ArgumentException>(() => splitter.Split(log, 0));
                return;
            }

            var split = splitter.Split(log, 0);
            CheckComplete(log, split);
            Assert.Equal(before, split.Train.Count);
            Assert.True(Pairs(split.Train).Max(TimeOf(log)) < second);
            Assert.Empty(split.Notes);
        });

    [Fact]
    public void TimeUsers_AnyLog_EachUserIsCutBetweenTimesAsCloseToTheShareAsCanBe() =>
        Gen.Select(Logs.Where(log => log.HasTimestamps), Shares, Gen.Int).Sample((log, share, seed) =>
        {
            var splitter = new UserTimeSplitter(share);
            var users = Enumerable.Range(0, log.Count).ToLookup(i => log.UserRows[i], i => log.Timestamps[i]);
            if (users.All(user => user.Distinct().Count() == 1))
            {
                Assert.Throws<ArgumentException>(() => splitter.Split(log, seed));
                return;
            }

            var split = splitter.Split(log, seed);
            CheckComplete(log, split);
            var times = TimeOf(log);
            foreach (var user in users)
            {
                var (train, test) = (
                    Pairs(split.Train).Where(pair => pair.User == user.Key),
                    Pairs(split.Test.Targets).Where(pair => pair.User == user.Key));
                if (user.Distinct().Count() == 1)
                {
                    Assert.Empty(test);
                    continue;
                }

                Assert.True(train.Max(times) < test.Min(times));
                Assert.Equal(Closest(user, user.Count() * share), Math.Abs(train.Count() - Wanted(user.Count(), share)));
            }
        });

    [Fact]
    public void Time_CutAmongEqualTimes_MovesToTheNearerBorderAndSaysSo()
    {
        // Three of five would be learned from, but 1, 2 and 3 belong together: the border after them is one away, that before them two.
        var log = Log(true, [(0, 0, 1, 6), (0, 1, 1, 7), (0, 2, 1, 7), (0, 3, 1, 7), (0, 4, 1, 8)]);
        Assert.Equal([0, 1, 2, 3], new TimeSplitter(0.6).Split(log, 1).Train.Columns(0));
        Assert.Equal([0], new TimeSplitter(0.4).Split(log, 1).Train.Columns(0));
        Assert.Equal(["the test part begins at 1970-01-01 00:00:08 (UTC)", Moved(1, 0)], new TimeSplitter(0.6).Split(log, 1).Notes);
        Assert.Equal(["the test part begins at 1970-01-01 00:00:07 (UTC)", Moved(0, 1)], new TimeSplitter(0.4).Split(log, 1).Notes);
    }

    [Fact]
    public void TimeUsers_TwoCutsMovedAndOneUserAtOneTime_NotesCountThem()
    {
        // User 0 learns from four instead of three of five, user 1 from one instead of two of four.
        var log = Log(true, [
            (0, 0, 1, 6), (0, 1, 1, 7), (0, 2, 1, 7), (0, 3, 1, 7), (0, 4, 1, 8),
            (1, 0, 1, 1), (1, 1, 1, 2), (1, 2, 1, 2), (1, 3, 1, 2),
            (2, 0, 1, 5), (2, 1, 1, 5)]);
        var split = new UserTimeSplitter(0.6).Split(log, 1);

        Assert.Equal([0, 1, 2, 3], split.Train.Columns(0));
        Assert.Equal([0], split.Train.Columns(1));
        Assert.Equal([0, 1], split.Train.Columns(2));
        Assert.Equal(
            [Moved(1, 1), "1 users have one interaction, or all at one time; they stay in the training part and are not tested"],
            split.Notes);
    }

    [Theory]
    [InlineData("time:0.8", "Split time:0.8 requires two different times; all interactions have the time 1970-01-01 00:00:09 (UTC).")]
    [InlineData("time:1970-01-01", "Split time:1970-01-01 requires two different times")]
    [InlineData("time-users:0.8", "Split time-users:0.8 requires a user with interactions at two different times; there is none.")]
    public void Time_OneTimeForAll_IsAClearError(string name, string message) => Assert.StartsWith(
        message,
        Assert.Throws<ArgumentException>(() => Splitter.Parse(name)
            .Split(Log(true, [(0, 0, 1, 9), (0, 1, 1, 9), (1, 1, 1, 9)]), 0)).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("1970-01-01", "training")]
    [InlineData("1970-01-01T00:00:05", "training")]
    [InlineData("1970-01-01T00:00:10", "test")]
    [InlineData("2019-01-01", "test")]
    public void TimeOfADate_PartIsEmpty_ErrorNamesTheRangeOfTimes(string date, string part) => Assert.Equal(
        $"Split time:{date} leaves no interaction in the {part} part: the times of the data go from 1970-01-01 00:00:05 to "
            + "1970-01-01 00:00:09 (UTC). Choose a date between them.",
        Assert.Throws<ArgumentException>(() => Splitter.Parse($"time:{date}").Split(Log(true, [(0, 0, 1, 5), (0, 1, 1, 9)]), 0)).Message);

    [Theory]
    [InlineData("time:0.8")]
    [InlineData("time:2019-01-01")]
    [InlineData("time-users:0.8")]
    public void Time_NoTimes_IsAClearError(string name) => Assert.StartsWith(
        $"Split {name} requires times; the data have none.",
        Assert.Throws<ArgumentException>(() => Splitter.Parse(name).Split(Full(2, 2), 0)).Message,
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
                Assert.Equal(
                    ItemsOf(log, users[i]), histories.Interactions.Columns(i).ToArray().Concat(targets.Columns(i).ToArray()).Order());
                var foldIn = Math.Clamp(Math.Round(counts[users[i]] * share), 1, counts[users[i]] - 1);
                Assert.Equal(foldIn, histories.Interactions.RowLength(i));
            }

            Assert.Equal(Pairs(log).Where(pair => !users.Contains(pair.User)), Pairs(split.Train));
            Assert.Equal(
                Pairs(log).Where(pair => users.Contains(pair.User)).Select(pair => pair.Value).Order(),
                Pairs(histories.Interactions).Concat(Pairs(targets)).Select(pair => pair.Value).Order());
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
    public void ColdItems_AnyLog_WholeItemsOfTheShareAndCandidates() =>
        Gen.Select(Logs, Shares, Gen.Int).Sample((log, share, seed) =>
        {
            var items = log.ItemRows.Distinct().Count();
            if (items < 2)
            {
                Assert.Throws<ArgumentException>(() => new ColdItemsSplitter(share).Split(log, seed));
                return;
            }

            var split = new ColdItemsSplitter(share).Split(log, seed);
            CheckComplete(log, split);
            var heldOut = split.Test.Targets.Columns().ToArray().Distinct().Order().ToArray();
            Assert.Equal(heldOut, split.Test.Candidates);
            Assert.Empty(heldOut.Intersect(split.Train.Columns().ToArray()));
            Assert.Equal(items - Math.Clamp(Math.Round(items * (1 - share)), 1, items - 1), heldOut.Length);
            Assert.StartsWith($"{heldOut.Length} of {items} items are held out", Assert.Single(split.Notes), StringComparison.Ordinal);
        });

    [Fact]
    public void KFold_AnyLog_EveryInteractionIsTestedOnce() =>
        Gen.Select(Logs, Gen.Int[2, 6], Gen.Int).Where((log, folds, _) => folds <= log.Count).Sample((log, folds, seed) =>
        {
            Split[] splits = [.. new KFoldSplitter(folds).Splits(log, seed)];
            Assert.Equal(folds, splits.Length);
            Assert.All(splits, split => CheckComplete(log, split));
            Assert.Equal(Pairs(log), splits.SelectMany(split => Pairs(split.Test.Targets)).Order());
            Assert.True(splits.Max(split => split.Test.Targets.Count) - splits.Min(split => split.Test.Targets.Count) <= 1);
        });

    [Fact]
    public void KFold_TooFewOrTooManyOrOneSplit_IsAnError()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new KFoldSplitter(1));
        Assert.Equal(4, new KFoldSplitter(4).Splits(Full(2, 2), 1).Count());
        Assert.Contains(
            "at least 5 interactions; got 4", Assert.Throws<ArgumentException>(() => new KFoldSplitter(5).Splits(Full(2, 2), 1)).Message);
        Assert.StartsWith(
            "kfold:4 makes 4 splits; this requires one.",
            Assert.Throws<ArgumentException>(() => new KFoldSplitter(4).Split(Full(2, 2), 1)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("random:0.9")]
    [InlineData("leave-one-out")]
    [InlineData("time:0.8")]
    [InlineData("time:2019-01-01")]
    [InlineData("time:2019-01-01T18:30:05")]
    [InlineData("time:2019-01-01T00:00:01")]
    [InlineData("time-users:0.8")]
    [InlineData("kfold:5")]
    [InlineData("kfold:2")]
    [InlineData("cold-items:0.1")]
    [InlineData("strong:1")]
    [InlineData("strong:600")]
    [InlineData("strong:600:0.75")]
    public void Parse_Name_ComesBack(string name) => Assert.Equal(name, Splitter.Parse(name).Name);

    [Theory]
    [InlineData("time:2019-01-01T00:00", "time:2019-01-01")]
    [InlineData("time:2019-01-01 18:30", "time:2019-01-01T18:30:00")]
    [InlineData("time:2019-01-01T18:30Z", "time:2019-01-01T18:30:00")]
    [InlineData("time:2019-01-01T00:30:00+02:00", "time:2018-12-31T22:30:00")]
    public void Parse_DateAndTime_IsUtcUnlessItHasAnOffset(string text, string name) => Assert.Equal(name, Splitter.Parse(text).Name);

    [Theory]
    [InlineData("random")]
    [InlineData("random:1")]
    [InlineData("random:0")]
    [InlineData("random:NaN")]
    [InlineData("random:0,9")]
    [InlineData("leave-one-out:1")]
    [InlineData("time:-0.5")]
    [InlineData("time:2019-02-30")]
    [InlineData("time:01/02/2019")]
    [InlineData("time:2019-01-01:0.5")]
    [InlineData("time-users:2019-01-01")]
    [InlineData("kfold:1")]
    [InlineData("kfold:0.5")]
    [InlineData("cold-items:5")]
    [InlineData("strong:0")]
    [InlineData("strong:0.8")]
    [InlineData("strong:600:1")]
    [InlineData("Random:0.9")]
    public void Parse_Unknown_ErrorNamesItAndWhatThereIs(string text)
    {
        var message = Assert.Throws<ArgumentException>(() => Splitter.Parse(text)).Message;

        Assert.StartsWith($"The split '{text}' is unknown.", message, StringComparison.Ordinal);
        Assert.All(
            ["random:0.9", "leave-one-out", "time:SHARE", "time:2019-01-01", "time-users:SHARE", "kfold:5", "cold-items:0.1", "strong:600"],
            form => Assert.Contains(form, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Constructor_ShareOutOfRange_IsAnError(double share)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomSplitter(share));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimeSplitter(share));
        Assert.Throws<ArgumentOutOfRangeException>(() => new UserTimeSplitter(share));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ColdItemsSplitter(share));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrongGeneralizationSplitter(1, share));
    }

    [Fact]
    public void Split_OneInteraction_ErrorSaysHowManyThereAre()
    {
        var log = Log(true, [(0, 0, 1, 5)]);
        foreach (var name in new[] { "random:0.5", "time:0.5" })
        {
            var message = Assert.Throws<ArgumentException>(() => Splitter.Parse(name).Split(log, 1)).Message;
            Assert.Equal("A split requires at least 2 interactions; got 1.", message);
        }
    }

    [Fact]
    public void NearestCut_TwoEquallyNear_TakesTheEarlier() => Assert.Equal(1, SplitParts.NearestCut([1, 2, 2, 3], 2));

    [Fact]
    public void TimeUsers_NoCutMoved_NoNotes() =>
        Assert.Empty(new UserTimeSplitter(0.5).Split(Log(true, [(0, 0, 1, 5), (0, 1, 1, 9)]), 1).Notes);

    [Fact]
    public void Strong_NobodyHeldOutOrNobodyLeft_IsAnError()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StrongGeneralizationSplitter(0));
        Assert.Contains(
            "at least one user must be left",
            Assert.Throws<ArgumentException>(() => new StrongGeneralizationSplitter(2).Split(Full(2, 2), 1)).Message);
    }

    [Fact]
    public void Strong_ManySeeds_FoldInIsDrawn()
    {
        var foldIns = Enumerable.Range(0, 60).Select(seed =>
            string.Join(
                ',', new StrongGeneralizationSplitter(1, 0.5).Split(Full(2, 4), seed).Test.Histories.Interactions.Columns(0).ToArray()));
        Assert.InRange(foldIns.Distinct().Count(), 4, 6); // of the six pairs of four items
    }

    [Fact]
    public void Of_PartsThatOverlap_AreCounted()
    {
        var log = Full(2, 3);
        var split = Split.Of(log.Select([0, 1, 3]), log.Select([1, 2, 3]));

        Assert.Equal(2, split.Test.CountOverlap());
    }

    [Fact]
    public void Of_PartsWithOtherIndexes_IsAnError()
    {
        var (log, other) = (Full(2, 2), Full(2, 2));
        Assert.Throws<ArgumentException>(() => Split.Of(log, other));
        Assert.Throws<ArgumentException>(() => Split.OfNewUsers(log, other, log));
        Assert.Throws<ArgumentException>(() => Split.OfNewUsers(log, log, other));
    }

    private static void CheckComplete(Interactions log, Split split)
    {
        Assert.Equal((log.Users.Count, log.Items.Count), (split.Train.RowCount, split.Train.ColumnCount));
        Assert.Equal((log.Users.Count, log.Items.Count), (split.Test.Targets.RowCount, split.Test.Targets.ColumnCount));
        Assert.Equal(0, split.Test.CountOverlap());
        Assert.Equal(Pairs(log), Pairs(split.Train).Concat(Pairs(split.Test.Targets)).Order());
    }

    // How far the nearest cut between two different times is from the number of interactions that a share wants before it.
    private static int Closest(IEnumerable<long> times, double share)
    {
        var count = times.Count();
        return times.Distinct()
            .Order()
            .Skip(1)
            .Min(cut => Math.Abs(times.Count(time => time < cut) - (int)Math.Clamp(Math.Round(share), 1, count - 1)));
    }

    private static int Wanted(int count, double share) => (int)Math.Clamp(Math.Round(count * share), 1, count - 1);

    private static Func<(int User, int Item, float Value), long> TimeOf(Interactions log)
    {
        var times = Enumerable.Range(0, log.Count).ToDictionary(i => (log.UserRows[i], log.ItemRows[i]), i => log.Timestamps[i]);
        return pair => times[(pair.User, pair.Item)];
    }

    private static string Moved(int toTraining, int toTest) =>
        $"equal times stay in one part, which moved {toTraining} interactions to the training part and {toTest} to the test part";

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
        Log(false,
            [
                .. from user in Enumerable.Range(0, users) from item in Enumerable.Range(0, items) select (
                    user, item, 1 + ((user + item) % 5), 0)
            ]);

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
