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
        Assert.Equal(
            "This does not hold: one is two", Assert.Throws<InvalidOperationException>(() => Check.That(false, "one is two")).Message);
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

    [Theory]
    [InlineData("rmse", "RMSE", "RMSE (rating points)")]
    [InlineData("ndcg@100", "NDCG@100", "NDCG@100")]
    [InlineData("recall@20", "Recall@20", "Recall@20")]
    [InlineData("negative elbo", "negative ELBO", "negative ELBO (nats a user)")]
    [InlineData("negative elbo of a rating", "negative ELBO of a rating", "negative ELBO of a rating")]
    [InlineData("rmse of 0..1", "RMSE of 0..1", "RMSE of 0..1")]
    [InlineData("", "", "")]
    public void MetricLabel_CommandLineName_AsPeopleWriteIt(string metric, string name, string withUnit)
    {
        Assert.Equal(name, MetricLabel.Of(metric));
        Assert.Equal(withUnit, MetricLabel.WithUnit(metric));
    }

    [Fact]
    public void TrainingProgress_WithoutAKernel_EveryTenSecondsAndAtTheEnd()
    {
        // The first epoch takes 12 s, each other 4 s, epoch 7 is the best, and 11 ends the training.
        var printed = Printed(progress =>
        {
            for (var epoch = 1; epoch <= 11; epoch++)
            {
                progress.Report(
                    new EpochReport(
                        epoch,
                        100,
                        2.0 / epoch,
                        "rmse",
                        Math.Abs(epoch - 7) + 1,
                        "rmse",
                        IsBest: epoch <= 7,
                        IsLast: epoch == 11,
                        TimeSpan.FromSeconds(8 + (4 * epoch))));
            }
        });
        var captions = printed.Split('\n')
            .Where(line => line.Contains("epoch", StringComparison.OrdinalIgnoreCase) && line.Any(char.IsDigit));
        Assert.Equal(
            [
                "Epoch 1 of at most 100",
                "Epoch 4 of at most 100, at most 384 s left",
                "Epoch 7 of at most 100, at most 372 s left",
                "Epoch 10 of at most 100, at most 360 s left",
                "11 of at most 100 epochs, the best: 7",
            ],
            captions.Select(line => line.TrimEnd()));
        Assert.EndsWith(
            """
            epoch  training RMSE  validation RMSE
            -----  -------------  ---------------
                1          2.000                7
                2          1.000                6
                5          0.400                3
                7          0.286                1
               10          0.200                4
               11          0.182                5
            """.ReplaceLineEndings("\n"),
            printed.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public void TrainingProgress_TwoTrainings_EachFromItsBeginning()
    {
        var printed = Printed(progress =>
        {
            foreach (var error in new[] { 0.5, 0.25 })
            {
                progress.Report(new EpochReport(1, 2, 1, "loss", null, null, IsBest: true, IsLast: false, TimeSpan.FromSeconds(1)));
                progress.Report(new EpochReport(2, 2, error, "loss", null, null, IsBest: true, IsLast: true, TimeSpan.FromSeconds(2)));
            }
        });
        Assert.Equal(2, printed.Split("2 epochs").Length - 1);
        Assert.EndsWith("    1          1.000\n    2          0.250", printed.ReplaceLineEndings("\n").TrimEnd());
    }

    [Fact]
    public void TrainingProgress_Brief_OneLineThatCountsTrainings()
    {
        var printed = Printed(
            progress =>
            {
                foreach (var isLast in new[] { false, true, false, true })
                {
                    var epoch = isLast ? 2 : 1;
                    progress.Report(
                        new EpochReport(epoch, 2, 1, "loss", null, null, IsBest: true, isLast, TimeSpan.FromSeconds(11 * epoch)));
                }
            },
            brief: true);
        Assert.Equal(
            ["Training 1. Epoch 1 of at most 2", "1 training", "Training 2. Epoch 1 of at most 2", "2 trainings"],
            printed.ReplaceLineEndings("\n").TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData(3, "3 of at most 3 epochs, the best: 2; ended at the limit", "1 training, 1 ended at the limit of epochs")]
    [InlineData(9, "3 of at most 9 epochs, the best: 2", "1 training")]
    public void TrainingProgress_EndsAtTheLimit_SaysSo(int limit, string caption, string line)
    {
        Assert.Contains(caption, Lines(brief: false));
        Assert.Contains(line, Lines(brief: true));

        string[] Lines(bool brief) => Printed(
            progress =>
            {
                for (var epoch = 1; epoch <= 3; epoch++)
                {
                    progress.Report(new EpochReport(
                        epoch, limit, 1, "loss", 1, "rmse", IsBest: epoch < 3, IsLast: epoch == 3, TimeSpan.FromSeconds(epoch)));
                }
            },
            brief).ReplaceLineEndings("\n").Split('\n');
    }

    private static string Printed(Action<TrainingProgress> report, bool brief = false)
    {
        var before = Console.Out;
        var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            report(new TrainingProgress(brief));
        }
        finally
        {
            Console.SetOut(before);
        }

        return printed.ToString();
    }
}
