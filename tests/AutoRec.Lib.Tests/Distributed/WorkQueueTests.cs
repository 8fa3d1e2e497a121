using AutoRec.Distributed;

namespace AutoRec.Tests.Distributed;

public sealed class WorkQueueTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 1)]
    [InlineData(4, 2)]
    public void Run_AnyPlaces_EachPieceOnceAndAllHearTheSame(int size, int atOnce)
    {
        var done = new int[20];
        var heard = ThreadGroup.Run(size, group =>
        {
            var pieces = new List<(int, string)>();
            WorkQueue.Run(
                group,
                done.Length,
                atOnce,
                piece =>
                {
                    Interlocked.Increment(ref done[piece]);
                    return $"result {piece}";
                },
                (piece, result) => pieces.Add((piece, result)),
                default);
            return pieces;
        });
        Assert.All(done, times => Assert.Equal(1, times));
        Assert.Equal(Enumerable.Range(0, done.Length).Select(piece => (piece, $"result {piece}")), heard[0].Order());
        Assert.All(heard, pieces => Assert.Equal(heard[0], pieces));
    }

    // The first piece waits for all others, which the other process must have done then.
    [Fact]
    public void Run_OnePieceTakesLong_TheOtherProcessDoesTheRest()
    {
        using var others = new CountdownEvent(4);
        var ended = ThreadGroup.Run(2, group =>
        {
            var all = true;
            WorkQueue.Run(
                group, 5, 1, piece => piece == 0 ? others.Wait(TimeSpan.FromMinutes(1)) : others.Signal() || true,
                (_, ok) => all &= ok, default);
            return all;
        });
        Assert.Equal([true, true], ended);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_APieceFails_ThrowsItsError(int size)
    {
        var error = Assert.Throws<AggregateException>(() => ThreadGroup.Run(size, group =>
        {
            WorkQueue.Run<int>(
                group, 3, 2, piece => piece == 1 ? throw new InvalidDataException("here") : piece, (_, _) => { }, default);
            return 0;
        }));
        Assert.Equal("here", Assert.IsType<InvalidDataException>(error.InnerExceptions[0]).Message);
    }
}
