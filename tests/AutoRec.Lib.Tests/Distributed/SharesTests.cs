using AutoRec.Distributed;
using CsCheck;

namespace AutoRec.Tests.Distributed;

public sealed class SharesTests
{
    [Fact]
    public void OfWeights_ThingsOfOtherWeights_AreCutWhereTheSumsAreAlike()
    {
        var shares = Shares.OfWeights([4, 1, 1, 1, 1, 0, 2, 2], ProcessGroup.Single);
        Assert.Equal((0, 8), (shares.First, shares.End));
        Assert.Equal([0, 1, 5, 8], Shares.Cut([4, 1, 1, 1, 1, 0, 2, 2], total: 12, parts: 3));
    }

    [Fact]
    public void GiveToAll_ValuesAndListsOfOwnThings_ReachAll() => Gen.Select(Gen.Int[1, 9], Gen.Double[0, 3].Array[0, 20]).Sample(
        (size, weights) =>
        {
            int[] numbers = [.. Enumerable.Range(0, 2 * weights.Length).Select(i => i * i)];
            int[][] lists = [.. Enumerable.Range(0, weights.Length).Select(i => Enumerable.Range(i, i % 4).ToArray())];
            var results = ThreadGroup.Run(size, group =>
            {
                var shares = weights.Length % 2 == 0 ? Shares.OfWeights(weights, group) : Shares.Of(weights.Length, group);
                var (given, all) = (new int[numbers.Length], new int[lists.Length][]);
                for (var i = shares.First; i < shares.End; i++)
                {
                    (given[2 * i], given[(2 * i) + 1], all[i]) = (numbers[2 * i], numbers[(2 * i) + 1], lists[i]);
                }

                shares.GiveToAll(given, width: 2);
                shares.GiveToAll(all);
                return (given, all, shares.End - shares.First);
            });
            Assert.Equal(weights.Length, results.Sum(result => result.Item3));
            Assert.All(results, result => Assert.Equal(numbers, result.given));
            Assert.All(results, result => Assert.Equal(lists, result.all));
        },
        iter: 50);

    // Process 0 takes three times as long for each thing: in the end it has a quarter of them.
    [Fact]
    public void TimedShares_ProcessesOfOtherSpeeds_GetWhatTheyDoInTheSameTime()
    {
        const int Things = 1000;
        var ends = ThreadGroup.Run(2, group =>
        {
            var (timed, end) = (new TimedShares(Enumerable.Repeat(5.0, Things).ToArray(), group), new List<int>());
            for (var round = 0; round < 12; round++)
            {
                var shares = timed.Begin();
                end.Add(shares.Of(0).End);
                timed.End((group.Rank == 0 ? 3 : 1) * (shares.End - shares.First));
            }

            return end;
        });
        Assert.Equal(ends[0], ends[1]);
        Assert.Equal(500, ends[0][0]);
        Assert.InRange(ends[0][^1], 245, 255);
        Assert.All(ends[0].Zip(ends[0].Skip(1)), pair => Assert.InRange(pair.Second, 200, pair.First));
    }

    [Theory]
    [InlineData(3, 0.0)] // nothing to measure
    [InlineData(9, 1.0)] // more processes than things
    public void TimedShares_NoTimeOrNoThings_CutAsBefore(int size, double seconds)
    {
        var cuts = ThreadGroup.Run(size, group =>
        {
            var timed = new TimedShares([1, 0, 2, 1], group);
            var before = timed.Begin();
            timed.End(before.End == before.First ? 0 : seconds);
            return (before.Starts.ToArray(), timed.Begin().Starts.ToArray());
        });
        Assert.All(cuts, cut => Assert.Equal(cut.Item1, cut.Item2));
    }

    [Fact]
    public void SendToFirst_ValuesOfOneProcess_ReachTheFirstAlone()
    {
        var results = ThreadGroup.Run(3, group =>
        {
            int[] values = group.Rank switch { 0 => new int[2], 2 => [7, 8], _ => [] };
            group.SendToFirst<int>(values, count: 2, from: 2);
            return values;
        });
        Assert.Equal([[7, 8], [], [7, 8]], results);
    }

    // Without hearing of the work again and again the others would seem to be cut off.
    [Fact]
    public void WorkOnFirst_LongWork_TheOthersHearOfItUntilItIsDone()
    {
        var (heard, done) = (0, false);
        var seen = ThreadGroup.Run(3, group =>
        {
            var counted = group.Rank == 1 ? new Counted(group, () => Interlocked.Increment(ref heard)) : group;
            counted.WorkOnFirst(
                () => Volatile.Write(ref done, SpinWait.SpinUntil(() => Volatile.Read(ref heard) >= 5, TimeSpan.FromMinutes(1))),
                TimeSpan.FromMilliseconds(1));
            return Volatile.Read(ref done);
        });
        Assert.Equal([true, true, true], seen);
    }

    [Fact]
    public void WorkOnFirst_WorkFails_EndsTheOthersWithItsError()
    {
        var error = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group =>
        {
            group.WorkOnFirst(() => throw new ArithmeticException("not positive definite"));
            group.Barrier();
            return 0;
        }));
        Assert.Equal("not positive definite", Assert.IsType<ArithmeticException>(error.InnerExceptions[0]).Message);
    }

    private sealed class Counted(IProcessGroup group, Action broadcast) : IProcessGroup
    {
        public int Rank => group.Rank;

        public int Size => group.Size;

        public void AllGather(ReadOnlySpan<byte> mine, Span<byte> all, ReadOnlySpan<int> lengths) => group.AllGather(mine, all, lengths);

        public void AllToAll(
            ReadOnlySpan<byte> mine, ReadOnlySpan<int> lengths, Span<byte> received, ReadOnlySpan<int> receivedLengths) =>
            group.AllToAll(mine, lengths, received, receivedLengths);

        public void Broadcast(Span<byte> bytes, int root)
        {
            broadcast();
            group.Broadcast(bytes, root);
        }

        public void Barrier() => group.Barrier();

        public void Abort(int exitCode) => group.Abort(exitCode);

        public void Dispose() => group.Dispose();
    }
}
