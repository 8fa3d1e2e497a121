using AutoRec.Data;

namespace AutoRec.Tests.Data;

public sealed class SizesTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(3, 4)]
    [InlineData(8, 4)]
    [InlineData(9, 4)]
    [InlineData(2_035_363_225, 1 << 27)] // the Gram matrix of 45,115 items, in messages of doubles
    [InlineData(2_147_483_591, 1 << 30)] // Array.MaxLength
    public void Parts_AnyLength_FollowEachOtherToTheEnd(int length, int most)
    {
        var end = 0;
        foreach (var (start, ofPart) in Sizes.Parts(length, most))
        {
            Assert.Equal(end, start);
            Assert.InRange(ofPart, 1, most);
            end += ofPart;
            Assert.True(ofPart == most || end == length);
        }

        Assert.Equal(length, end);
    }
}
