using AutoRec.Scoring;

namespace AutoRec.Tests.Scoring;

public sealed class ProfileWeightsTests
{
    private static readonly ProfileWeights Weights = new([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0.9)]
    [InlineData(2, 0.8)]
    [InlineData(3, 0.7)]
    [InlineData(5, 0.7)]
    [InlineData(6, 0.6)]
    [InlineData(20, 0.5)]
    [InlineData(21, 0.4)]
    [InlineData(50, 0.4)]
    [InlineData(51, 0.3)]
    [InlineData(100_000, 0.3)]
    public void Weight_LengthOfHistory_IsThatOfItsGroup(int length, double expected) => Assert.Equal(expected, Weights[length]);

    [Fact]
    public void Groups_Names_AreTheirRanges() =>
        Assert.Equal(["0", "1", "2", "3-5", "6-10", "11-20", "21-50", "51+"], ProfileWeights.Groups);

    [Fact]
    public void Of_ByGroup_SameWeights() => Assert.Equal(Weights.ByGroup, ProfileWeights.Of(Weights.ByGroup).ByGroup);

    [Fact]
    public void Of_GroupMissingOrWeightOutOfRange_Throws()
    {
        Assert.Throws<FormatException>(() => ProfileWeights.Of(new Dictionary<string, double> { ["0"] = 1 }));
        Assert.Throws<FormatException>(() => ProfileWeights.Of(Weights.ByGroup.ToDictionary(pair => pair.Key, pair => pair.Value + 0.5)));
    }

    [Fact]
    public void None_AnyLength_NoWeight()
    {
        Assert.True(ProfileWeights.None.IsNone);
        Assert.False(Weights.IsNone);
        Assert.Equal(0, ProfileWeights.None[7]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ProfileWeights.None[-1]);
    }
}
