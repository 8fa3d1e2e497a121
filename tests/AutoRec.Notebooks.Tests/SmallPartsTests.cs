using System.Globalization;
using AutoRec.Training;

namespace AutoRec.Notebooks.Tests;

[Collection("environment")] // one of these redirects the console
public sealed class SmallPartsTests
{
    [Fact]
    public void That_ClaimDoesNotHold_ThrowsWithTheClaim()
    {
        Check.That(true, "one is one");
        Assert.Equal("This does not hold: one is two", Assert.Throws<InvalidOperationException>(() => Check.That(false, "one is two")).Message);
    }

    [Fact]
    public void Takeaway_OtherCulture_WritesADecimalPoint()
    {
        var german = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        (var before, CultureInfo.CurrentCulture) = (CultureInfo.CurrentCulture, german);
        try
        {
            Assert.Equal("0.5 < 1 Second.", Takeaway.Of($"{0.5} < {1}").When(false, $"No.").When(true, $"Second.").ToString());
            Assert.Contains("0.5 &lt; 1", Takeaway.Of($"{0.5} < {1}").ToHtml(), StringComparison.Ordinal);
            Assert.Equal("12.35", Numbers.Short(12.3456));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(1234567, "1,234,567")]
    [InlineData(1234.5, "1,235")]
    [InlineData(0.08314, "0.0831")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(0.00001234, "1.23E-5")]
    [InlineData(double.NaN, "n/a")]
    public void Short_Numbers_FourDigits(double value, string expected) => Assert.Equal(expected, Numbers.Short(value));

    [Fact]
    public void Report_HundredEpochs_PrintsFewLinesWithoutTimes()
    {
        var before = Console.Out;
        var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            var progress = new TrainingProgress();
            for (var epoch = 1; epoch <= 100; epoch++)
            {
                progress.Report(new EpochReport(epoch, 100, 1.0 / epoch, "rmse", 0.9, "rmse", true, TimeSpan.FromSeconds(epoch)));
            }
        }
        finally
        {
            Console.SetOut(before);
        }

        var lines = printed.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["1", "2", "5", "10", "20", "50", "100"], lines.Select(line => line["epoch ".Length..line.IndexOf(':', StringComparison.Ordinal)].Trim()));
        Assert.Equal("epoch   1: training rmse 1.0000, validation rmse 0.9000", lines[0].TrimEnd());
    }
}
