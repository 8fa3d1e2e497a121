using System.Text;
using AutoRec.Data;
using CsCheck;

namespace AutoRec.Tests;

public sealed class CanonicalOrderTests
{
    // Short ids from few letters, so that one is often the beginning of another; long ones that differ late; ids of several bytes a letter.
    private static readonly Gen<string> Ids = Gen.OneOf(
        Gen.Char["ab\0"].Array[0, 20].Select(letters => new string(letters)),
        Gen.Char["01"].Array[1, 12].Select(letters => "customer-number-" + new string(letters)),
        Gen.OneOf(Gen.Const("é"), Gen.Const("z"), Gen.Const("日本"), Gen.Const("\uffff"), Gen.Const("😀"), Gen.Const("~"))
            .Array[0, 5].Select(string.Concat));

    [Fact]
    public void Sort_AnyIds_OrderOfTheirBytes() => Ids.Array[0, 200].Sample(ids =>
    {
        var byBytes = Comparer<string>.Create((a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));
        var expected = ids.Distinct().Order(byBytes);
        var index = new IdIndex(ids);
        int[] rows = [.. ids.Select(index.RowOf)];
        var sorted = CanonicalOrder.Sort(index, rows);

        Assert.Equal(expected, sorted);
        Assert.Equal(ids, rows.Select(row => sorted[row]));
        Assert.Same(sorted, CanonicalOrder.Sort(sorted, []));
    });

    [Fact]
    public void Build_AnyOrderOfLines_SameLog()
    {
        var row = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 8], Gen.Float[-2, 2], Gen.Long[0, 4]);
        Gen.Select(row.Array[0, 120], Gen.Bool, Gen.Enum<DuplicateRule>(), Gen.Int).Sample((rows, timed, rule, seed) =>
        {
            var log = Build(rows, out var counts);
            var shuffled = rows.ToArray();
            new Random(seed).Shuffle(shuffled);
            var again = Build(shuffled, out var countsAgain);

            AssertCanonical(log);
            InteractionsAssert.Equal(log, again);
            Assert.Equal(counts, countsAgain);
            Assert.Equal(DataFingerprint.Of(log), DataFingerprint.Of(again));

            Interactions Build((int User, int Item, float Value, long Time)[] lines, out DuplicateCounts counts)
            {
                var builder = new InteractionsBuilder();
                foreach (var (user, item, value, time) in lines)
                {
                    builder.Add($"u{user}", $"i{item}", value, timed ? time : null);
                }

                return builder.Build(rule, null, out counts);
            }
        });
    }

    [Fact]
    public void Build_Duplicates_AsTheRuleSays()
    {
        var row = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[1, 5], Gen.Long[0, 3]);
        Gen.Select(row.Array[1, 60], Gen.Bool).Sample((rows, timed) =>
        {
            var (last, sum) = (new InteractionsBuilder(), new InteractionsBuilder());
            foreach (var (user, item, value, time) in rows)
            {
                last.Add($"{user}", $"{item}", value, timed ? time : null);
                sum.Add($"{user}", $"{item}", value, timed ? time : null);
            }

            // The definition, pair by pair.
            var pairs = rows.GroupBy(line => (line.Item1, line.Item2)).OrderBy(pair => pair.Key).ToArray();
            var latest = pairs
                .Select(pair => pair.Where(line => !timed || line.Item4 == pair.Max(other => other.Item4)).ToArray()).ToArray();
            var kept = last.Build(DuplicateRule.KeepLast, null, out var counts);
            Assert.Equal(latest.Select(lines => (float)lines.Max(line => line.Item3)), kept.Values);
            var decided = latest.Count(lines => lines.DistinctBy(line => line.Item3).Count() > 1);
            Assert.Equal(new DuplicateCounts(rows.Length - pairs.Length, decided), counts);
            var added = sum.Build(DuplicateRule.Sum, null, out counts);
            Assert.Equal(pairs.Select(pair => (float)pair.Sum(line => line.Item3)), added.Values);
            Assert.Equal(new DuplicateCounts(rows.Length - pairs.Length, 0), counts);
            if (timed)
            {
                Assert.Equal(latest.Select(lines => lines[0].Item4), kept.Timestamps);
                Assert.Equal(pairs.Select(pair => pair.Min(line => line.Item4)), added.Timestamps);
            }
        });
    }

    [Fact]
    public void Parts_AnyChoice_AreInOrderAndHoldTheSame()
    {
        var pairs = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 9]).HashSet[2, 60];
        Gen.Select(pairs, Gen.Int).Sample((set, seed) =>
        {
            var log = Log([.. set.Select(pair => ($"u{pair.Item1}", $"i{pair.Item2}", (float)((pair.Item1 + pair.Item2) % 5)))]);
            var positions = Enumerable.Range(0, log.Count).ToArray();
            new Random(seed).Shuffle(positions);
            positions = positions[..(log.Count / 2)];

            var selected = log.Select(positions);
            InteractionsAssert.Equal(selected, log.Select([.. positions.Order()]));
            Assert.Equal((log.Users, log.Items), (selected.Users, selected.Items));
            var where = log.Where(positions.Contains);
            AssertCanonical(where);
            InteractionsAssert.Equal(where, Log([.. Lines(selected)]));
            var positives = log.ToPositives(2);
            AssertCanonical(positives);
            InteractionsAssert.Equal(
                positives, Log([.. Lines(log).Where(line => line.Value >= 2).Select(line => line with { Value = 1 })]));
        });
    }

    [Fact]
    public void Select_PositionTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Log(("u", "a", 1), ("u", "b", 1)).Select([1, 0, 1]));

    [Fact]
    public void Align_TwoFiles_RowsMeanTheSame()
    {
        var (first, second) = (Log(("u2", "i3", 1), ("u4", "i1", 2)), Log(("u3", "i3", 3), ("u1", "i2", 4)));
        var aligned = Interactions.Align([first, second]);

        Assert.Same(aligned[0].Users, aligned[1].Users);
        Assert.Same(aligned[0].Items, aligned[1].Items);
        Assert.Equal(["u1", "u2", "u3", "u4"], aligned[0].Users);
        Assert.Equal(["i1", "i2", "i3"], aligned[0].Items);
        Assert.Equal(Lines(first), Lines(aligned[0]));
        Assert.Equal(Lines(second), Lines(aligned[1]));
        Assert.All(aligned, AssertCanonical);
    }

    [Fact]
    public void Align_OneHasAllIds_ItsIndexesStay()
    {
        var (all, part) = (Log(("u1", "i1", 1), ("u2", "i2", 2)), Log(("u2", "i2", 3)));
        var aligned = Interactions.Align([part, all]);

        Assert.Same(all.Users, aligned[0].Users);
        Assert.Same(all.Items, aligned[0].Items);
        Assert.Equal([1], aligned[0].UserRows);
        Assert.Empty(Interactions.Align([]));
    }

    [Fact]
    public void Add_AfterBuild_IsRefused()
    {
        var builder = new InteractionsBuilder();
        builder.Add("u", "i", 1);
        var log = builder.Build(DuplicateRule.KeepLast, null, out _);

        Assert.Throws<InvalidOperationException>(() => builder.Add("v", "j", 1));
        Assert.Equal(["u"], log.Users);
    }

    private static void AssertCanonical(Interactions log)
    {
        Assert.Equal(log.Users.Order(StringComparer.Ordinal), log.Users);
        Assert.Equal(log.Items.Order(StringComparer.Ordinal), log.Items);
        var pairs = log.UserRows.Zip(log.ItemRows).ToArray();
        Assert.Equal(pairs.Distinct().Order(), pairs);
    }

    private static Interactions Log(params (string User, string Item, float Value)[] lines)
    {
        var builder = new InteractionsBuilder();
        foreach (var (user, item, value) in lines)
        {
            builder.Add(user, item, value);
        }

        return builder.Build(DuplicateRule.KeepLast, null, out _);
    }

    private static IEnumerable<(string User, string Item, float Value)> Lines(Interactions log) =>
        Enumerable.Range(0, log.Count).Select(i => (log.Users[log.UserRows[i]], log.Items[log.ItemRows[i]], log.Values[i]));
}
