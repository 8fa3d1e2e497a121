using AutoRec.Data;
using AutoRec.Splitting;

namespace AutoRec.Tests;

/// <summary>Files as they are in the world, against counts that were checked by other means.</summary>
public sealed class RealFileTests
{
    [Theory]
    [InlineData("ml-100k/u.data.gz", 100_000, 943, 1_682, 1, 5, true)]
    [InlineData("ml-1m/ratings-no-timestamp.dat.gz", 1_000_209, 6_040, 3_706, 1, 5, false)]
    [InlineData("ml-1m/ratings-first-10000-lines.dat.gz", 10_000, 70, 2_159, 1, 5, true)]
    [InlineData("ml-10m-25m-format-samples/ml-10m-first-10000-lines.dat.gz", 10_000, 84, 2_976, 0.5, 5, true)]
    [InlineData("ml-10m-25m-format-samples/ml-25m-first-9999-rows.csv.gz", 9_999, 75, 3_287, 0.5, 5, true)]
    [InlineData("ml-latest-small/ratings.csv.gz", 100_836, 610, 9_724, 0.5, 5, true)]
    [InlineData("amazon-electronics/ratings_Electronics-first-50698-rows.csv.gz", 50_698, 47_141, 3_529, 1, 5, true)]
    [InlineData("amazon-electronics/electronics-users50-products5.csv.gz", 65_290, 1_540, 5_689, 1, 5, false)]
    [InlineData("ml-1m/splits/ncf-loo/ml-1m.test.rating.gz", 6_040, 6_040, 1_921, 1, 5, true)]
    public void Read_RealFile_CountsAreThose(string file, int count, int users, int items, float low, float high, bool timestamps)
    {
        var (log, report) = Read(RealData.Path(file));

        Assert.Equal(RatingsFormat.Delimited, report.Format);
        Assert.Equal((count, 0, 0), (report.Lines, report.BadLineCount, report.Duplicates));
        Assert.Equal((count, users, items), (log.Count, log.Users.Count, log.Items.Count));
        Assert.Equal(new RatingScale(low, high), log.Scale);
        Assert.Equal(timestamps, log.HasTimestamps);
    }

    [Fact]
    public void Read_MovieLens1M_RatingHistogramIsKnown()
    {
        var log = Read(RealData.Path("ml-1m/ratings-no-timestamp.dat.gz")).Interactions;

        Assert.Equal(
            [56_174, 107_557, 261_197, 348_971, 226_310],
            log.Values.CountBy(value => value).OrderBy(pair => pair.Key).Select(pair => pair.Value));
    }

    [Fact]
    public void Align_TrainAndTestFile_ShareRows()
    {
        var parts = Interactions.Align(
            [Read(RealData.Path("ml-100k/u1.base.gz")).Interactions, Read(RealData.Path("ml-100k/u1.test.gz")).Interactions]);
        var (train, test) = (parts[0], parts[1]);

        Assert.Equal((80_000, 20_000), (train.Count, test.Count));
        Assert.Equal((943, 1_682), (train.Users.Count, train.Items.Count));
        Assert.Equal(0, Split.Of(train, test).Test.CountOverlap());
    }

    private static ReadResult Read(string path, ReadOptions? options = null) =>
        RatingsReader.Read(path, options, TestContext.Current.CancellationToken);
}
