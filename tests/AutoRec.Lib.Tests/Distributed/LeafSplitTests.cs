using AutoRec.Distributed;
using CsCheck;

namespace AutoRec.Tests.Distributed;

public sealed class LeafSplitTests
{
    private static readonly int[] Sizes = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void Of_ThingsAlike_CutsEightEqualLeaves() =>
        Assert.Equal([0, 2, 4, 6, 8, 10, 12, 14, 16], LeafSplit.Of([.. Enumerable.Repeat(3, 16)], ProcessGroup.Single).Starts);

    [Fact]
    public void Of_OneThingWithAllEntries_LeavesTheOthersToTheOtherLeaves()
    {
        // Half of the weight is the first thing's: 4 leaves, and a share of the other half.
        var starts = LeafSplit.Of([100, 0, 0, 0, 0, 0, 0, 0], ProcessGroup.Single).Starts;
        Assert.Equal([0, 1, 1, 1, 1, 2, 4, 6, 8], starts);
    }

    [Fact]
    public void Range_AnyNumberOfProcesses_EachThingLiesOnOne() => Gen.Int[0, 20].Array[0, 40].Sample(
        entries =>
        {
            foreach (var size in Sizes)
            {
                var ranges = ThreadGroup.Run(size, group => LeafSplit.Of(entries, group) is var split ? (split.First, split.End) : default);
                Assert.Equal(0, ranges[0].First);
                Assert.Equal(entries.Length, ranges[^1].End);
                Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.First));
            }
        },
        iter: 20);

    [Fact]
    public void Of_MoreProcessesThanLeaves_IsRefused()
    {
        var error = Assert.Throws<AggregateException>(() => ThreadGroup.Run(9, group => LeafSplit.Of([1, 2, 3], group)));
        Assert.Contains("at most 8 ranks; there are 9", error.InnerExceptions[0].Message, StringComparison.Ordinal);
    }

    // The independent truth: the leaves' sums, added pair by pair.
    [Fact]
    public void SumRow_AnyNumberOfProcesses_IsTheTreeOverLeavesToTheLastBit() => Gen.Select(
        Gen.Int[0, 5].Array[1, 60], Gen.Int[0, 1_000_000]).Sample(
        (entries, seed) =>
        {
            var random = new Random(seed);
            int[] things = [.. Enumerable.Range(0, entries.Length).Where(_ => random.Next(3) > 0)];
            float[][] rows =
            [
                .. things.Select(_ => new[] { random.NextSingle() - 0.5f, random.NextSingle() * 1000, -random.NextSingle() })
            ];
            var starts = LeafSplit.Of(entries, ProcessGroup.Single).Starts;
            float[] expected = [.. Enumerable.Range(0, 3).Select(column => Tree(starts, things, i => rows[i][column]))];
            foreach (var size in Sizes)
            {
                Assert.All(ThreadGroup.Run(size, group => Sum(group, entries, things, rows)), actual => Assert.Equal(expected, actual));
            }
        },
        iter: 30);

    [Fact]
    public void Sum_OfLeaves_IsTheSameOnAnyNumberOfProcesses()
    {
        double[] ofLeaves = [0.1, 0.2, 0.3, 1e10, -1e10, 0.7, 0.11, 0.13];
        var expected = ((0.1 + 0.2) + (0.3 + 1e10)) + ((-1e10 + 0.7) + (0.11 + 0.13));
        foreach (var size in (int[])[.. Sizes, 9, 11])
        {
            Assert.All(ThreadGroup.Run(size, group => LeafSplit.Sum(group, [.. ofLeaves]).ToArray()), sum => Assert.Equal([expected], sum));
        }
    }

    [Fact]
    public void Exchange_NumbersOfOwnThings_ReachAll()
    {
        int[] things = [5, 0, 7, 7, 2, 3, 1];
        foreach (var size in Sizes)
        {
            var results = ThreadGroup.Run(size, group =>
            {
                var split = LeafSplit.Of(new int[8], group);
                float[] numbers = [.. things.Select((thing, i) => split.Has(thing) ? (10 * i) + thing : float.NaN)];
                split.Exchange(numbers, things);
                return numbers;
            });
            Assert.All(results, numbers => Assert.Equal([5, 10, 27, 37, 42, 53, 61], numbers));
        }
    }

    [Fact]
    public void Run_OneProcessFails_EndsTheOthersWithItsError()
    {
        var error = Assert.Throws<AggregateException>(() => ThreadGroup.Run(3, group =>
        {
            group.Barrier();
            if (group.Rank == 1)
            {
                throw new InvalidDataException("here");
            }

            group.Barrier();
            return 0;
        }));
        Assert.Equal("here", Assert.IsType<InvalidDataException>(error.InnerExceptions[0]).Message);
    }

    private static float[] Sum(IProcessGroup group, int[] entries, int[] things, float[][] rows)
    {
        var split = LeafSplit.Of(entries, group);
        var sums = new float[split.NodeCount * 3];
        int[] own = [.. Enumerable.Range(0, things.Length).Where(i => split.Has(things[i]))];
        var terms = new Terms([.. own.Select(i => rows[i])]);
        split.SumRow([.. own.Select(i => things[i] - split.First)], ref terms, sums, 3, 3, new float[LeafSplit.ScratchOf(3)]);
        split.Complete(sums, 3);
        return sums[..3];
    }

    private static float Tree(IReadOnlyList<int> starts, int[] things, Func<int, float> term)
    {
        float[] sums = [.. Enumerable.Range(0, 8).Select(leaf =>
        {
            var sum = 0f;
            for (var i = 0; i < things.Length; i++)
            {
                sum += things[i] >= starts[leaf] && things[i] < starts[leaf + 1] ? term(i) : 0;
            }

            return sum;
        })];
        return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
    }

    private readonly struct Terms(float[][] rows) : ILeafTerms
    {
        public void Add(int leaf, int firstEntry, int endEntry, Span<float> sum)
        {
            for (var i = firstEntry; i < endEntry; i++)
            {
                for (var column = 0; column < sum.Length; column++)
                {
                    sum[column] += rows[i][column];
                }
            }
        }
    }
}
