using AutoRec.Models;

namespace AutoRec.Tests.Models;

public sealed class RankCostTests
{
    [Fact]
    public void WeightBytes_HundredMillionUsers_AreThoseComputedByHand()
    {
        var cost = new RankCost { Units = 100e6, Rows = 10e6, Ratings = 1e9, Hidden = 64, IsByItem = true };
        Assert.Equal(100e6 * 64 * 24, cost.WeightBytes(1));
        Assert.Equal(100e6 * 64 * 3, cost.WeightBytes(8));

        // Each of 10 million rows of 64 floats goes out four times, but for the part of the rank itself.
        Assert.Equal(10e6 * 64 * 4 * 4 * 7 / 8, cost.SentBytes(8));
        Assert.Equal(0, cost.CommunicationSeconds(1));
        Assert.Equal(cost.ComputeSeconds(1) / 4, cost.ComputeSeconds(4), 1e-9);
    }
}
