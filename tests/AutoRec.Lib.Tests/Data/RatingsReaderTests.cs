using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>The result does not depend on where a file is cut into blocks.</summary>
public sealed class RatingsReaderInOneBlockTests : RatingsReaderTests
{
    private protected override int BlockLength => BlockReader.UsualBlock;
}

/// <inheritdoc cref="RatingsReaderInOneBlockTests"/>
public sealed class RatingsReaderInSmallBlocksTests : RatingsReaderTests
{
    private protected override int BlockLength => 16;
}

public abstract class RatingsReaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private protected abstract int BlockLength { get; }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("u1::i1::5::100\nu1::i2::3.5::101\nu2::i1::1::102\n", RatingsFormat.Delimited, true)]
    [InlineData("u1::i1::5\nu1::i2::3.5\nu2::i1::1\n", RatingsFormat.Delimited, false)]
    [InlineData("u1\ti1\t5\t100\nu1\ti2\t3.5\t101\nu2\ti1\t1\t102\n", RatingsFormat.Delimited, true)]
    [InlineData("userId,movieId,rating,timestamp\nu1,i1,5.0,100\nu1,i2,3.5,101\nu2,i1,1.0,102\n", RatingsFormat.Delimited, true)]
    [InlineData("u1,i1,5.0,100\nu1,i2,3.5,101\nu2,i1,1.0,102\n", RatingsFormat.Delimited, true)]
    [InlineData("u1,i1,5.0\nu1,i2,3.5\nu2,i1,1.0\n", RatingsFormat.Delimited, false)]
    [InlineData("overall,asin,reviewerID,unixReviewTime\n5.0,i1,u1,100\n3.5,i2,u1,101\n1.0,i1,u2,102\n", RatingsFormat.Delimited, true)]
    [InlineData("User-Id,Product ID,Score\nu1,i1,5\nu1,i2,3.5\nu2,i1,1\n", RatingsFormat.Delimited, false)]
    [InlineData("item,note,user,rating,time\ni1,\"a, b\",u1,5,100\ni2,,u1,3.5,101\ni1,c,u2,1,102\n", RatingsFormat.Delimited, true)]
    [InlineData("user\titem\trating\nu1\ti1\t5\nu1\ti2\t3.5\nu2\ti1\t1\n", RatingsFormat.Delimited, false)]
    [InlineData(
        """
        {"reviewerID": "u1", "asin": "i1", "reviewText": "a, \"b\" {", "overall": 5.0, "unixReviewTime": 100}
        {"asin": "i2", "reviewerID": "u1", "overall": 3.5, "unixReviewTime": 101}
        {"reviewerID": "u2", "asin": "i1", "helpful": [0, 1], "overall": 1, "unixReviewTime": 102}
        """,
        RatingsFormat.JsonLines,
        true)]
    [InlineData(
        "{\"user\": \"u1\", \"item\": \"i1\", \"rating\": 5}\n{\"user\": \"u1\", \"item\": \"i2\", \"rating\": \"3.5\"}\n\n{\"user\": "
            + "\"u2\", \"item\": \"i1\", \"rating\": 1}\n", RatingsFormat.JsonLines, false)]
    public void Read_EachFormat_IsRecognised(string text, RatingsFormat format, bool timestamps)
    {
        var (log, report) = Read(text);

        Assert.Equal(format, report.Format);
        Assert.Equal(3, report.Lines);
        Assert.Equal(["u1", "u2"], log.Users);
        Assert.Equal(["i1", "i2"], log.Items);
        Assert.Equal([0, 0, 1], log.UserRows);
        Assert.Equal([0, 1, 0], log.ItemRows);
        Assert.Equal([5f, 3.5f, 1f], log.Values);
        Assert.Equal(timestamps ? [100, 101, 102] : [], log.Timestamps);
        Assert.Equal(new RatingScale(1, 5), log.Scale);
    }

    [Fact]
    public void Read_Adjacency_EachItemIsAnInteraction()
    {
        var (log, report) = Read("7 30  10\n8 10 20 30 \n9\n", new ReadOptions { Format = RatingsFormat.Adjacency });

        Assert.Equal(RatingsFormat.Adjacency, report.Format);
        Assert.Equal(3, report.Lines);
        Assert.Equal(["7", "8", "9"], log.Users);
        Assert.Equal(["10", "20", "30"], log.Items);
        Assert.Equal([0, 0, 1, 1, 1], log.UserRows);
        Assert.Equal([0, 2, 0, 1, 2], log.ItemRows);
        Assert.Equal([1f, 1, 1, 1, 1], log.Values);
        Assert.Equal(new RatingScale(0, 1), log.Scale);
    }

    [Fact]
    public void Read_AmazonWithHeader_ColumnsInAnyOrder()
    {
        var log =
            Read("timestamp,prod_id,rating,user_id\n100,i1,4,u1\n", new ReadOptions { Format = RatingsFormat.Delimited }).Interactions;

        Assert.Equal(("u1", "i1", 4f, 100L), (log.Users[0], log.Items[0], log.Values[0], log.Timestamps[0]));
    }

    [Fact]
    public void Read_NamedColumns_AreTaken()
    {
        var columns = new ColumnNames("who", "what", "stars", ColumnNames.None);
        var log = Read("user,item,what,stars,who,time\nx,y,i1,4,u1,soon\n", new ReadOptions { Columns = columns }).Interactions;

        Assert.Equal(("u1", "i1", 4f, false), (log.Users[0], log.Items[0], log.Values[0], log.HasTimestamps));
    }

    [Fact]
    public void Read_NoRatingColumnAskedFor_ValueIsOne()
    {
        var log = Read("user,item\nu1,i1\nu2,i1\n", new ReadOptions { Columns = new ColumnNames(Rating: ColumnNames.None) }).Interactions;

        Assert.Equal([1f, 1f], log.Values);
        Assert.Equal(new RatingScale(0, 1), log.Scale);
    }

    [Theory]
    [InlineData("\uFEFFuser,item,rating\r\nu1,i1,5\r\n\r\nu2,i2,4\r\n\r\n  \r\n")]
    [InlineData("\n\nuser,item,rating\nu1,i1,5\nu2,i2,4")]
    [InlineData(" user , item , rating \n u1 , i1 ,\t5 \n u2 , i2 , 4 \n")]
    [InlineData("\"user\",\"item\",\"rating\"\n\"u1\",\"i1\",\"5\"\n\"u2\",\"i2\",\"4\"\n")]
    public void Read_MarksLineEndsBlanksQuotes_AreNoPartOfTheData(string text)
    {
        var (log, report) = Read(text);

        Assert.Equal(2, report.Lines);
        Assert.Equal(["u1", "u2"], log.Users);
        Assert.Equal(["i1", "i2"], log.Items);
        Assert.Equal([5f, 4f], log.Values);
    }

    [Fact]
    public void Read_BlanksAndMarksInQuotes_ArePartOfTheId()
    {
        var log = Read("user,item,rating\n\" a, \"\"b\"\" \",é 12\" x,5\n").Interactions;

        Assert.Equal(" a, \"b\" ", log.Users[0]);
        Assert.Equal("é 12\" x", log.Items[0]);
    }

    [Fact]
    public void Read_Gzip_IsToldByItsBytesNotItsName()
    {
        var log = ReadFile(folder.WriteGzip("ratings.csv", "u1::i1::5\n")).Interactions;

        Assert.Equal(1, log.Count);
    }

    [Fact]
    public void Read_GzipInTwoMembers_IsReadToTheEnd()
    {
        byte[] both =
        [
            .. File.ReadAllBytes(folder.WriteGzip("1", "u1::i1::5\n")), .. File.ReadAllBytes(folder.WriteGzip("2", "u2::i1::4\n"))
        ];
        File.WriteAllBytes(folder["both.gz"], both);

        Assert.Equal(["u1", "u2"], ReadFile(folder["both.gz"]).Interactions.Users);
    }

    [Fact]
    public void Read_Duplicates_LatestByTimeCountsAndOfThoseTheHighest()
    {
        // u1 and i1: of 2 and 4 at the latest time 4. u1 and i3: the latest alone. u2 and i1: the same line twice.
        string[] lines =
        [
            "u1,i1,5,100", "u1,i2,4,200", "u1,i1,2,300", "u1,i1,4,300", "u1,i3,5,100", "u1,i3,1,200", "u2,i1,3,100", "u2,i1,3,100"
        ];
        foreach (var text in new[] { lines, [.. lines.Reverse()] })
        {
            var (log, report) = Read(string.Join('\n', text));

            Assert.Equal((4, 1), (report.Duplicates, report.DuplicatesByValue));
            Assert.Equal(
                [
                    "4 interactions repeat the user and item of another; the latest of them counts",
                    "pairs of a user and an item with several values and no latest one: 1; the highest value counts",
                ],
                report.Notes.Take(2));
            Assert.Equal([4f, 4, 1, 3], log.Values);
            Assert.Equal([300, 200, 200, 100], log.Timestamps);
        }
    }

    [Fact]
    public void Read_DuplicatesWithoutTimes_HighestCounts()
    {
        var (log, report) = Read("u1,i1,2\nu1,i1,5\nu1,i1,3\nu2,i1,1\nu2,i1,1\n");

        Assert.Equal((3, 1), (report.Duplicates, report.DuplicatesByValue));
        Assert.Equal([5f, 1], log.Values);
    }

    [Fact]
    public void Read_DuplicatesSummed_QuantitiesAddUp()
    {
        var (log, report) =
            Read("user,item,rating\nu1,i1,2\nu1,i2,1\nu1,i1,3\nu1,i1,4\n", new ReadOptions { Duplicates = DuplicateRule.Sum });

        Assert.Equal((2, 0), (report.Duplicates, report.DuplicatesByValue));
        Assert.Equal([9f, 1f], log.Values);
    }

    [Fact]
    public void Read_DuplicatesSummed_SumDoesNotDependOnTheOrderAndTimeIsTheFirst()
    {
        // In single precision 1e8 swallows the ones or not, as they come before or after it.
        string[] lines = ["u,i,1e8,50", "u,i,4,30", "u,i,4,40", "u,i,4,20"];
        foreach (var text in new[] { lines, [.. lines.Reverse()] })
        {
            var log =
                Read("user,item,rating,time\n" + string.Join('\n', text), new ReadOptions { Duplicates = DuplicateRule.Sum }).Interactions;

            Assert.Equal(100_000_012f, log.Values[0]);
            Assert.Equal(20, log.Timestamps[0]);
        }
    }

    [Fact]
    public void Read_DeclaredScale_IsTheLogsScale() =>
        Assert.Equal(
            new RatingScale(0, 10),
            Read("user,item,rating\nu1,i1,2\n", new ReadOptions { Scale = new RatingScale(0, 10) }).Interactions.Scale);

    [Theory]
    [InlineData("u1,i1,5\nu1,i2,4\nu2,i2\n", 3, "The line has 2 fields; 3, as in most lines, are expected.")]
    [InlineData("u1,i1,5\nu1,i2,4\nu2,i2,4,100\n", 3, "The line has 4 fields; 3, as in most lines, are expected.")]
    [InlineData("u1::i1::5\n\nu2::i1::3\nu2::i2\n", 4, "The line has 2 fields")]
    [InlineData("user,item,rating\nu1,i1,5\nu2,i2,4,3\n", 3, "The line has 4 fields; 3, as in the header, are expected.")]
    [InlineData("user,item,rating\nu1,i1,good\n", 2, "The rating 'good' is not a finite number.")]
    [InlineData("user,item,rating\nu1,i1,\n", 2, "The rating '' is not a finite number.")]
    [InlineData("user,item,rating\nu1,i1,\"1,5\"\n", 2, "The rating '1,5' is not a finite number.")]
    [InlineData("user,item,rating\nu1,i1,NaN\n", 2, "The rating 'NaN' is not a finite number.")]
    [InlineData("user,item,rating\nu1,i1,Infinity\n", 2, "The rating 'Infinity' is not a finite number.")]
    [InlineData("user,item,rating\nu1,i1,1e99\n", 2, "The rating '1e99' is not a finite number.")]
    [InlineData("user,item,rating\nu1,i1,1e30\n", 2, "The rating '1e30' is too large; numbers between -1e9 and 1e9 are expected.")]
    [InlineData("user,item,rating\nu1,i1,1_0\n", 2, "The rating '1_0' is not a finite number.")]
    [InlineData("user;item;rating\nu1;i1;1,5\nu1;i2;1,500\n", 3, "The rating '1,500' may mean a decimal number or thousands")]
    [InlineData("user,item,rating\nu1,i1,5\nNULL,i2,4\n", 3, "The user id is missing: 'NULL' is not taken for an id.")]
    [InlineData("user,item,rating\nu1,i1,5\nu2,nan,4\n", 3, "The item id is missing")]
    [InlineData("user,item,rating\nu1,i1,5\nu2,i\01,4\n", 3, "The item id has a control character in it.")]
    [InlineData(
        "u1,i1,5,1400000000\nu1,i2,5,1400000001\nu1,i3,5,1400000001000\n", 3, "it looks like milliseconds, and a file has one unit")]
    [InlineData("user,item,date\nu1,i1,2021-01-03\nu1,i2,2021-02-30\nu1,i3,2021-01-03\n", 3, "The time '2021-02-30' is not a date")]
    [InlineData(
        "{\"user\":\"u1\",\"item\":\"i1\",\"rating\":5}\n{\"user\":\"u1\",\"item\":\"i2\",\"rating\":true}\n",
        2,
        "The rating 'true' is not a finite number.")]
    [InlineData(
        "{\"user\":\"u1\",\"item\":\"i1\",\"rating\":5}\n{\"user\":\"u1\",\"item\":\"i2\",\"rating\":4,}\n",
        2,
        "The line is not a JSON object.")]
    [InlineData(
        "{\"user\":\"u1\",\"item\":\"i1\",\"rating\":5}\n{\"user\":\"\\ud83d\",\"item\":\"i2\",\"rating\":4}\n", 2, "not valid Unicode")]
    [InlineData("user,item,rating\n ,i1,5\n", 2, "The user id is empty.")]
    [InlineData("user,item,rating\nu1,\"\",5\n", 2, "The item id is empty.")]
    [InlineData("user,item,rating\nu1,i1,5\n\"u2,i2,4\nu3,i3,3\n", 3, "A quoted field does not end where it should")]
    [InlineData(
        "user,item,rating\nu1,i1,5\n\"u2,i2,4\nu3,\"i3\",3\nu3,i4,3\"\nu4,i4,3\n", 3, "A quoted field does not end where it should")]
    [InlineData("user,item,rating\nu1,\"i1\"x,5\n", 2, "A quoted field does not end where it should")]
    [InlineData("{\"user\":\"u1\",\"item\":\"i1\",\"rating\":5}\n{\"user\":\"u1\",\"item\":\"i1\"\n", 2, "The line is not a JSON object.")]
    [InlineData("{\"user\":\"u1\",\"item\":\"i1\",\"rating\":5}\n{\"user\":\"u1\",\"rating\":4}\n", 2, "The item id is empty.")]
    [InlineData(
        "{\"user\":\"u1\",\"item\":\"i1\",\"rating\":5}\n{\"user\":\"u1\",\"item\":\"i2\"}\n", 2, "The rating '' is not a finite number.")]
    [InlineData(
        "{\"user\":\"u1\",\"item\":\"i1\",\"rating\":5,\"time\":1}\n{\"user\":\"u1\",\"item\":\"i2\",\"rating\":5,\"time\":\"soon\"}\n",
        2,
        "The time 'soon' is not a number of seconds since 1970. Use --time-format")]
    [InlineData("{\"user\":\"u1\",\"rating\":5}\n", 1, "There is no column for the item")]
    public void Read_BadLine_ErrorNamesFileLineTextAndWhatIsExpected(string text, int? line, string problem)
    {
        var path = folder.Write("bad.csv", text);
        var error = Assert.Throws<DataFileException>(() => ReadFile(path));

        Assert.Equal((path, line), (error.Path, (int?)error.Line));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        if (line is { } number)
        {
            Assert.StartsWith($"{path}, line {number}: ", error.Message, StringComparison.Ordinal);
            Assert.EndsWith("The line reads: " + text.Split('\n')[number - 1], error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_RatingOutsideDeclaredScale_IsAnError()
    {
        var error = Assert.Throws<DataFileException>(() =>
            Read("user,item,rating\nu1,i1,5\nu1,i2,11\n", new ReadOptions { Scale = new RatingScale(0, 10) }));

        Assert.Contains("line 3: The rating 11 is outside the scale 0..10.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BadLinesSkipped_AreCountedAndTheFirstKept()
    {
        var text = "user,item,rating\nu1,i1,5\n" + string.Concat(Enumerable.Repeat("u1,i2,x\n", 12)) + "u1,i3,4\n";
        var (log, report) = Read(text, new ReadOptions { OnBadLine = BadLineAction.Skip });

        Assert.Equal((2, 14, 12), (log.Count, report.Lines, report.BadLineCount));
        Assert.Equal([3, 4, 5, 6, 7, 8, 9, 10, 11, 12], report.BadLines.Select(bad => (int)bad.Line!));
        Assert.Equal(["i1", "i3"], log.Items);
    }

    [Theory]
    [InlineData("user,item,rating\nu1,i1,x\nu1,i2,y\n")]
    [InlineData("nan,i1\nnull,i2\n")]
    public void Read_EveryLineBad_IsAnErrorEvenWhenSkipping(string text)
    {
        var error = Assert.Throws<DataFileException>(() => Read(text, new ReadOptions { OnBadLine = BadLineAction.Skip }));

        Assert.Contains("None of the 2 lines can be used.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData(" \r\n\n", "The file is empty.")]
    [InlineData("\uFEFF", "The file is empty.")]
    [InlineData("user,item,rating\n", "There is a header but no line of data.")]
    [InlineData("hello\n", "The lines have one field each.")]
    public void Read_NothingInTheFile_IsAnError(string text, string problem)
    {
        Assert.Contains(problem, Assert.Throws<DataFileException>(() => Read(text)).Message, StringComparison.Ordinal);
        Assert.Contains(
            problem,
            Assert.Throws<DataFileException>(() => ReadFile(folder.WriteGzip("empty.gz", text))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_NoByteAtAll_IsAnError() =>
        Assert.Contains(
            "The file is empty.",
            Assert.Throws<DataFileException>(() => ReadFile(folder.Write("empty", ""))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(
        "who,item,rating\nu1,i1,5\n", "There is no column for the user: a usual name was not found. Name it by --columns user=NAME.")]
    [InlineData("user,thing,rating\nu1,i1,5\n", "There is no column for the item")]
    [InlineData(
        "user,item,nota\nu1,i1,5\nu1,i2,3\n",
        "There is no column for the rating, and the column 'nota' holds numbers. Use --columns rating=nota")]
    public void Read_MissingColumn_ErrorNamesTheColumnsThereAre(string text, string problem)
    {
        var error = Assert.Throws<DataFileException>(() => Read(text, new ReadOptions { OnBadLine = BadLineAction.Skip }));

        Assert.Equal(1, error.Line);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"The columns are: {text.Split('\n')[0].Replace(",", ", ", StringComparison.Ordinal)}.",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user")]
    [InlineData("item")]
    [InlineData("rating")]
    [InlineData("timestamp")]
    public void Read_NamedColumnMissing_ErrorNamesIt(string part)
    {
        var columns = part switch
        {
            "user" => new ColumnNames(User: "nobody"),
            "item" => new ColumnNames(Item: "nobody"),
            "rating" => new ColumnNames(Rating: "nobody"),
            _ => new ColumnNames(Timestamp: "nobody"),
        };
        var error = Assert.Throws<DataFileException>(() => Read("user,item,rating\nu1,i1,5\n", new ReadOptions { Columns = columns }));

        Assert.Contains($"There is no column 'nobody' for the {part}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_GzipCutOffAnywhere_IsAnError()
    {
        // Whole lines, so that only the gzip data itself can tell that something is missing.
        var whole = File.ReadAllBytes(
            folder.WriteGzip(
                "whole.gz", string.Concat(Enumerable.Range(0, 40_000).Select(i => $"u{i * 7919 % 1000}::i{i}::{(i % 5) + 1}\n"))));
        Assert.True(whole.Length > 1 << 16);
        foreach (var length in new[]
        {
            2, 5, 10, 11, 100, whole.Length / 2, whole.Length - 100, whole.Length - 9, whole.Length - 8, whole.Length - 4, whole.Length - 1
        })
        {
            File.WriteAllBytes(folder["cut.gz"], whole[..length]);
            foreach (var action in Enum.GetValues<BadLineAction>())
            {
                var error = Assert.Throws<DataFileException>(() => ReadFile(folder["cut.gz"], new ReadOptions { OnBadLine = action }));
                Assert.Equal(
                    $"{folder["cut.gz"]}: The compressed data is cut off or damaged. Get the file again, or unpack it and name the unpacked file.", error.Message);
            }
        }

        File.WriteAllBytes(folder["cut.gz"], whole);
        Assert.Equal(40_000, ReadFile(folder["cut.gz"]).Interactions.Count);
    }

    [Fact]
    public void Read_GzipWithAFlippedByte_IsAnError()
    {
        var bytes =
            File.ReadAllBytes(folder.WriteGzip("flipped.gz", string.Concat(Enumerable.Range(0, 1000).Select(i => $"u{i}::i{i}::5\n"))));
        bytes[^6] ^= 0x20; // in the checksum
        File.WriteAllBytes(folder["flipped.gz"], bytes);

        Assert.Throws<DataFileException>(() => ReadFile(folder["flipped.gz"]));
    }

    [Theory]
    [InlineData(new byte[] { 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d }, "The file is not text")] // PNG
    [InlineData(new byte[] { 0xd0, 0xcf, 0x11, 0xe0, 0, 0 }, "an old Office document")]
    [InlineData(
        new byte[]
        {
            (byte)'S', (byte)'Q', (byte)'L', (byte)'i', (byte)'t', (byte)'e', (byte)' ', (byte)'f', (byte)'o', (byte)'r', (byte)'m',
            (byte)'a', (byte)'t', (byte)' ', (byte)'3', 0
        }, "an SQLite database")]
    public void Read_BinaryFile_ErrorSaysWhatItIsAndWhatToDo(byte[] bytes, string what)
    {
        File.WriteAllBytes(folder["binary"], bytes);
        var error = Assert.Throws<DataFileException>(() => ReadFile(folder["binary"]));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains("save the table as CSV (UTF-8)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_BytesThatAreNoTextFarDown_AreABadLine()
    {
        var lines = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"u{i},i{i},5\n"));
        File.WriteAllBytes(
            folder["late"],
            [.. System.Text.Encoding.UTF8.GetBytes(lines), (byte)'u', 0xe9, (byte)',', (byte)'i', (byte)',', (byte)'5', (byte)'\n']);

        var error = Assert.Throws<DataFileException>(() => ReadFile(folder["late"]));
        Assert.Equal(20_001, error.Line);
        Assert.Contains("The user id is not UTF-8 text.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PathThatIsNotThere_ErrorNamesIt() =>
        Assert.Contains(
            folder["nothing.csv"],
            Assert.Throws<FileNotFoundException>(() => ReadFile(folder["nothing.csv"])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Read_FolderWithoutData_IsAnError()
    {
        folder.Write("README", "notes");

        Assert.Contains(
            "In this folder is no data file",
            Assert.Throws<DataFileException>(() => ReadFile(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() =>
            RatingsReader.Read(folder.Write("x", "u,i,5\n"), new ReadOptions(), BlockLength, cancelled.Token));
    }

    private ReadResult Read(string text, ReadOptions? options = null) => ReadFile(folder.Write("ratings", text), options);

    private ReadResult ReadFile(string path, ReadOptions? options = null) =>
        RatingsReader.Read(path, options ?? new ReadOptions(), BlockLength, TestContext.Current.CancellationToken);
}
