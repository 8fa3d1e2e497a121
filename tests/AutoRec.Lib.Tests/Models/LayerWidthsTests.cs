using AutoRec.Catalog;
using AutoRec.Models;

namespace AutoRec.Tests.Models;

public sealed class LayerWidthsTests
{
    [Fact]
    public void Parse_WrittenWidths_AreTheSame()
    {
        LayerWidths widths = [252, 128, 64];
        Assert.Equal("252-128-64", widths.ToString());
        Assert.Equal(widths, LayerWidths.Parse("252-128-64"));
        Assert.Equal(widths.GetHashCode(), LayerWidths.Parse("252-128-64").GetHashCode());
        Assert.NotEqual(widths, LayerWidths.Parse("252-128"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("252-")]
    [InlineData("252,128")]
    [InlineData("0")]
    [InlineData("252-100001")]
    [InlineData("-5")]
    [InlineData("99999999999")]
    public void CreateTrainer_NoWidths_ErrorSaysWhatIsExpected(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => ModelCatalog.Find("deep-ae").CreateTrainer([new("widths", text)], out _));
        Assert.Equal(
            $"Option 'widths' must be one or more whole numbers from 1 to 100000 joined by hyphens, such as 252-128-64; got '{text}'.",
            error.Message);
    }
}
