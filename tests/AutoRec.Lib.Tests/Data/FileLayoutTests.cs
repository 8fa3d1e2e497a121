using System.IO.Compression;
using System.Text;
using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>The layouts of well-known data sets and of what people export, each read without options unless it has to be told.</summary>
public sealed class FileLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    // MovieLens 100K, 1M and 10M, 20M to latest
    [InlineData("196\t242\t3\t881250949\n186\t302\t3\t891717742\n", "196 242 3 881250949")]
    [InlineData("1::1193::5::978300760\n1::661::3.5::978302109\n", "1 1193 5 978300760")]
    [InlineData("userId,movieId,rating,timestamp\n1,2,3.5,1112486027\n1,29,3.5,1112484676\n", "1 2 3.5 1112486027")]
    // Amazon 2014, user first; 2018, item first; 2023, with a header and milliseconds
    [InlineData(
        "AKM1MP6P0OYPR,0132793040,5.0,1365811200\nA2CX7LUOHB2NDG,0321732944,5.0,1341100800\n", "AKM1MP6P0OYPR 0132793040 5 1365811200")]
    [InlineData(
        "0151004714,A1REUF3A1YCPHM,5.0,1372550400\nB00006JSUB,A3SZ9TUXFNRJJS,4.0,1371513600\n", "A1REUF3A1YCPHM 0151004714 5 1372550400")]
    [InlineData(
        "user_id,parent_asin,rating,timestamp\nAGKASBHYZPGTEPO6LWZPVJWB2BVA,B006GWO5WK,5.0,1497312000000\nAE2,B00,4.0,1497312000123\n",
        "AGKASBHYZPGTEPO6LWZPVJWB2BVA B006GWO5WK 5 1497312000")]
    [InlineData(
        """{"rating": 4.0, "title": "a", "asin": "B0", "parent_asin": "B1", "user_id": "AE", "timestamp": 1588687728923, "helpful_vote": 3}""",
        "AE B1 4 1588687728")]
    [InlineData(
        """{"reviewerID": "A2", "asin": "B2", "helpful": [0, 1], "overall": 5.0, "unixReviewTime": 1252800000, "reviewTime": "09 13, 2009"}""", "A2 B2 5 1252800000")]
    // Netflix prize
    [InlineData("1:\n1488844,3,2005-09-06\n822109,5,2005-05-13\n2:\n885013,4,2005-10-19\n", "1488844 1 3 1125964800")]
    // Yelp
    [InlineData(
        """{"review_id":"K","user_id":"m","business_id":"X","stars":3.0,"useful":0,"funny":0,"text":"t","date":"2018-07-07 22:09:11"}""",
        "m X 3 1531001351")]
    // Last.fm: HetRec's counts, 360K's plays, 1K's listening log
    [InlineData("userID\tartistID\tweight\n2\t51\t13883\n2\t52\t11690\n", "2 51 13883 0")]
    [InlineData(
        "00000c289a1829a808ac09c00daf10bc3c4e223b\t3bd73256-3905-4f3a-97e2-8b341527f805\tbetty blowtorch\t2137\n"
        + "00000c289a1829a808ac09c00daf10bc3c4e223b\tf2fb0ff0-5679-42ec-a55c-15109ce6e320\t\"die ärzte\" live\t1099\n",
        "00000c289a1829a808ac09c00daf10bc3c4e223b 3bd73256-3905-4f3a-97e2-8b341527f805 2137 0")]
    [InlineData(
        "user_000001\t2009-05-04T23:08:57Z\tf1b1cf71\tDeep Dish\t\tFuck Me Im "
            + "Famous\nuser_000001\t2009-05-04T13:54:10Z\ta7f7df4a\tX\t\tComposition\n",
        "user_000001 f1b1cf71 1 1241478537")]
    // Book-Crossing
    [InlineData(
        "\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"276725\";\"034545104X\";\"0\"\n\"276726\";\"0155061224\";\"5\"\n",
        "276725 034545104X 0 0")]
    // Goodbooks
    [InlineData("user_id,book_id,rating\n1,258,5\n2,4081,4\n", "1 258 5 0")]
    // MovieTweetings: scale 0 to 10
    [InlineData("1::0114508::8::1381006850\n2::0499549::9::1376753198\n", "1 0114508 8 1381006850")]
    // Epinions
    [InlineData("1 100 4\n1 10 3 \n 1 108 2\n", "1 100 4 0")]
    // Exports: decimal comma and German dates, tabs and CRLF, bars, comments, a byte order mark, Excel's separator line, Mac line ends
    [InlineData("Kunde;Artikel;Sterne\nmüller;a1;4,5\nmaier;a2;3,0\n", "müller a1 4.5 0", "user=Kunde,item=Artikel,rating=Sterne")]
    [InlineData("user;item;score;date\nu1;i1;4,5;31.12.2021\nu2;i1;3;01.02.2022\n", "u1 i1 4.5 1640908800")]
    [InlineData("user\titem\trating\ttime\r\nu1\ti1\t5\t2021-12-31 10:00\r\n", "u1 i1 5 1640944800")]
    [InlineData("% made by a tool\n\n# v2\nuser|item|stars\nu1|i1|5\nu2|i1|4\n", "u1 i1 5 0")]
    [InlineData("sep=;\nuser;item;rating\nu1;i1;5\n", "u1 i1 5 0")]
    [InlineData("user,item,rating\ru1,i1,5\ru2,i1,4\r", "u1 i1 5 0")]
    [InlineData("\uFEFFuser,item,rating,review\r\nu1,i1,5,\"two\r\nlines, and \"\"quotes\"\"\"\r\nu2,i1,4,\r\n", "u1 i1 5 0")]
    [InlineData("user_id,item_id,created_at\nu1,i1,2021-03-25T15:11:52+02:00\nu2,i1,2021-03-25T15:11:52.123Z\n", "u1 i1 1 1616677912")]
    [InlineData("u1,i1,2021-03-25\nu1,i2,2021-03-26\n", "u1 i1 1 1616630400")]
    [InlineData("user,item,rating,date\nu1,i1,3,20210325\nu2,i1,3,20210326\n", "u1 i1 3 1616630400")]
    [InlineData("user,item,rating,ts\nu1,i1,3,1616630400000000\nu2,i1,2,1616630400000001\n", "u1 i1 3 1616630400")]
    [InlineData("user,item,rating,ts\nu1,i1,3,1.6166304e9\nu2,i1,2,1616630400.75\n", "u1 i1 3 1616630400")]
    [InlineData("user,item,rating,ts\nu1,i1,3,3/25/2021 1:30 PM\nu2,i1,2,4/1/2021 12:00 AM\n", "u1 i1 3 1616679000")]
    // Steam, by positions
    [InlineData(
        "151603712,\"The Elder Scrolls V, Skyrim\",play,273.0,0\n151603712,Fallout 4,play,87.0,0\n",
        "151603712 The Elder Scrolls V, Skyrim 273 0",
        "user=1,item=2,rating=4")]
    [InlineData("u1,i1\nu1,i2\nu2,i1\n", "u1 i1 1 0")]
    [InlineData("[\n {\"user\": 1, \"item\": 2, \"rating\": 3.5},\n {\"user\": 2, \"item\": 2, \"rating\": 1}\n]\n", "1 2 3.5 0")]
    public void Read_WellKnownLayout_FirstLineIsUnderstood(string text, string expected, string? columns = null)
    {
        foreach (var block in new[] { BlockReader.UsualBlock, 64 })
        {
            var path = folder.Write("ratings.txt", text);
            var options = new ReadOptions { Columns = Columns(columns) };
            var (log, report) = RatingsReader.Read(path, options, block, TestContext.Current.CancellationToken);

            Assert.Equal(0, report.BadLineCount);
            Assert.Contains(expected, Rows(log));

            // What it says it understood gives the same when it is said.
            if (report.Format is RatingsFormat.Delimited or RatingsFormat.JsonLines or RatingsFormat.Json)
            {
                var again = RatingsReader.Read(
                    path, options with { Columns = report.ReadAs!.Columns }, block, TestContext.Current.CancellationToken);
                Assert.Equal(Rows(log), Rows(again.Interactions));
            }
        }
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("windows-1252")]
    [InlineData("utf-8")]
    public void Read_AnyEncoding_LettersAreRight(string name)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var text = "user,item,rating\nmüller,é€,5\ngarçon,ß,4\n";
        File.WriteAllBytes(folder["marked.csv"], [.. encoding.GetPreamble(), .. encoding.GetBytes(text)]);
        File.WriteAllBytes(folder["plain.csv"], encoding.GetBytes(text));

        Assert.Equal(["müller é€ 5 0", "garçon ß 4 0"], Rows(Read(folder["marked.csv"]).Interactions).OrderDescending());
        Assert.Equal(["garçon", "müller"], Read(folder["plain.csv"], new ReadOptions { Encoding = name }).Interactions.Users);
        if (name != "utf-32") // which has no mark here
        {
            Assert.Equal(["garçon", "müller"], Read(folder["plain.csv"]).Interactions.Users);
        }
    }

    [Fact]
    public void Read_AnotherEncoding_IsSaid()
    {
        File.WriteAllBytes(folder["old.csv"], Encoding.Latin1.GetBytes("user,item,rating\nmüller,é,5\ngarçon,ß,4\n"));

        Assert.Contains("the file is read as windows-1252", Read(folder["old.csv"]).Report.Notes);
    }

    [Fact]
    public void Read_Zip_OneFileIsReadSeveralAreAnError()
    {
        Zip("one.zip", ("a/ratings.csv", "user,item,rating\nu1,i1,5\n"), ("__MACOSX/x", "?"));
        Zip("two.zip", ("a.csv", "user,item,rating\nu1,i1,5\n"), ("b.csv", "?"));
        Zip("none.zip");

        Assert.Equal(["u1"], Read(folder["one.zip"]).Interactions.Users);
        Assert.Contains("The archive holds 2 files (a.csv, b.csv)", Fail(folder["two.zip"]), StringComparison.Ordinal);
        Fail(folder["none.zip"]);

        void Zip(string name, params (string Name, string Text)[] entries)
        {
            using var archive = ZipFile.Open(folder[name], ZipArchiveMode.Create);
            foreach (var (entry, text) in entries)
            {
                using var writer = new StreamWriter(archive.CreateEntry(entry).Open());
                writer.Write(text);
            }
        }
    }

    [Fact]
    public void Read_Workbook_FirstSheetWithDatesAndNumbersAsTheCellsHaveThem()
    {
        MakeWorkbook(folder["shop.xlsx"]);
        var (log, report) = Read(folder["shop.xlsx"]);

        Assert.Equal(["u1 1001 4.5 1616630400", "u2 i1 3 1616684400"], Rows(log));
        Assert.Equal("row 2: user=u1, item=1001, rating=4.5, time=2021-03-25", report.ReadAs!.Example);
        Assert.Contains(
            "row 4: The item id is empty.",
            Fail(folder["shop.xlsx"], new ReadOptions { Columns = new(Item: "note") }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "user,item,rating,date\nu1,i1,5,03/04/2021\nu2,i1,4,05/06/2021\n",
        "no date has a part above 12. Say it by --time-format dd/MM/yyyy or")]
    [InlineData(
        "user,item,rating,date\nu1,i1,5,13/04/2021\nu2,i1,4,05/16/2021\n", "The day comes first in line 2 and the month in line 3.")]
    [InlineData(
        "user,item,rating,date\nu1,i1,5,soon\nu2,i1,4,later\n", "The times in the column 'date' are not understood, for example 'soon'.")]
    [InlineData("user,item,rating,date\nu1,i1,5,Mar 4, 2021\n", "The header has 4 fields and the lines have 5.")]
    [InlineData("user,item,grade\nu1,i1,A\nu2,i2,B\n", "The rating 'A' is not a finite number.")]
    [InlineData("a,b,play,1.0,0\na,c,play,2.0,0\n", "Name the columns by position, for example --columns user=1,item=2,rating=4.")]
    public void Read_WhatCannotBeTold_ErrorNamesTheOption(string text, string problem) =>
        Assert.Contains(problem, Fail(folder.Write("ratings.csv", text)), StringComparison.Ordinal);

    [Theory]
    [InlineData("dd/MM/yyyy", "03/04/2021", 1617408000)]
    [InlineData("MM/dd/yyyy", "03/04/2021", 1614816000)]
    [InlineData("MMM d, yyyy", "\"Mar 4, 2021\"", 1614816000)]
    [InlineData("milliseconds", "1614816000999", 1614816000)]
    [InlineData("seconds", "20210304", 20210304)]
    public void Read_TimeFormat_IsHeeded(string format, string time, long seconds) => Assert.Equal(
        [seconds],
        Read(folder.Write("ratings.csv", $"user,item,rating,date\nu1,i1,5,{time}\n"),
            new ReadOptions { TimeFormat = format }).Interactions.Timestamps);

    [Fact]
    public void Read_DeepJson_ClearErrorWithTheLine()
    {
        var deep = new string('[', 5000) + new string(']', 5000);
        var json = folder.Write("deep.jsonl", "{\"user\":1,\"item\":2,\"rating\":3}\n{\"user\":1,\"x\":" + deep + "}\n");
        Assert.Contains("line 2: The JSON is nested more than 64 deep.", Fail(json), StringComparison.Ordinal);
        Assert.Contains("nested more than 64 deep", Fail(folder.Write("deep.json", deep)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000_000, ",i2,3\n", 0)]
    [InlineData(6_000_000, ",i2,3\n", 0)] // whole in the reader's buffer with the end of the file
    [InlineData(6_000_000, ",i2,3\n", 500_000)] // whole in the buffer, and the file goes on
    [InlineData(6_000_000, "", 0)]
    [InlineData(4_200_000, ",i2,3", 0)]
    public void Read_LineLongerThanFourMebibytes_ErrorWithTheLine(int length, string end, int linesBehind)
    {
        var behind = string.Concat(Enumerable.Repeat("u2,i1,4\n", linesBehind));
        var path = folder.Write("long.csv", "user,item,rating\nu1,i1,5\n" + new string('x', length) + end + behind);
        Assert.Contains("line 3: The line is longer than 4 MiB.", Fail(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_IdsThatDifferByAZeroBehindThePoint_AreNoted() => Assert.Contains(
        Read(folder.Write("r.csv", "user,item,rating\n1,a,5\n1.0,a,4\n")).Report.Notes,
        note => note.StartsWith("the user ids '1' and '1.0' both occur", StringComparison.Ordinal));

    [Fact]
    public void Read_LargeWholeRatings_AskForCounts()
    {
        var path = folder.Write("r.tsv", "u1\ti1\t3\nu1\ti2\t3132\n");

        Assert.Contains(Read(path).Report.Notes, note => note.EndsWith("use --feedback counts", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Read(path, new ReadOptions { Feedback = FeedbackKind.Counts }).Report.Notes,
            note => note.Contains("--feedback", StringComparison.Ordinal));
    }

    private static ColumnNames Columns(string? text)
    {
        var names = (text ?? "")
            .Split(',')
            .Where(part => part.Length > 0)
            .Select(part => part.Split('='))
            .ToDictionary(part => part[0], part => part[1]);
        return new ColumnNames(names.GetValueOrDefault("user"), names.GetValueOrDefault("item"), names.GetValueOrDefault("rating"));
    }

    private static IEnumerable<string> Rows(Interactions log) => Enumerable.Range(0, log.Count).Select(i => FormattableString.Invariant(
        $"{log.Users[log.UserRows[i]]} {log.Items[log.ItemRows[i]]} {log.Values[i]} {(log.HasTimestamps ? log.Timestamps[i] : 0)}"));

    private static ReadResult Read(string path, ReadOptions? options = null) =>
        RatingsReader.Read(path, options, TestContext.Current.CancellationToken);

    private static string Fail(string path, ReadOptions? options = null)
    {
        var error = Assert.Throws<DataFileException>(() => Read(path, options));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        return error.Message;
    }

    /// <summary>A workbook by hand: texts in cells, a number for an id, dates as numbers with a style.</summary>
    private static void MakeWorkbook(string path)
    {
        using var archive = ZipFile.Open(path, ZipArchiveMode.Create);
        Add("[Content_Types].xml", """
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
            <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
            <Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
            <Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
            <Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>
            """);
        Add("_rels/.rels", """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
            Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>
            """);
        Add("xl/workbook.xml", """
            <workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
            <sheets><sheet name="Sales" sheetId="1" r:id="r1"/></sheets></workbook>
            """);
        Add("xl/_rels/workbook.xml.rels", """
            <Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
            <Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
            <Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>
            """);
        Add("xl/styles.xml", """
            <styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
            <borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
            <cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>
            """);
        Add("xl/worksheets/sheet1.xml", $"""
            <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
            <row r="1">{Text("A1", "User")}{Text("B1", "Item")}{Text("C1", "Rating")}{Text("D1", "Date")}{Text("E1", "note")}</row>
            <row r="2">{Text("A2", "u1")}<c r="B2"><v>1001</v></c><c r="C2"><v>4.5</v></c><c r="D2" s="1"><v>44280</v></c>{Text("E2", "x")}</row>
            <row r="4">{Text("A4", "u2")}{Text("B4", "i1")}<c r="C4"><v>3</v></c><c r="D4" s="1"><v>44280.625</v></c></row>
            </sheetData></worksheet>
            """);

        static string Text(string cell, string text) => $"<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>";

        void Add(string name, string xml)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(xml.TrimStart());
        }
    }
}
