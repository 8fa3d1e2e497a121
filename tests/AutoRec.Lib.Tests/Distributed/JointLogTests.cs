using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Experiments;

namespace AutoRec.Tests.Distributed;

/// <summary>
/// Processes that each read a share of the files write the partitioned log that one process writes. The truth is what one process reads.
/// </summary>
public sealed class JointLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("user,item,rating,timestamp", "\n")]
    [InlineData("user,item,rating", "\r\n")]
    [InlineData("user,item,plays,timestamp", "\r")]
    [InlineData("user,item", "\n")]
    public void Read_OneFile_TheFolderIsThatOfOneProcess(string header, string lineEnd)
    {
        var text = string.Join(lineEnd, (string[])["# a comment", header, .. SomeLines(header.Split(',').Length), ""]);
        CheckAll(new DataSource(folder.Write("a.csv", text)));
        CheckAll(new DataSource(folder.Write("b.csv", $"\ufeff{text}")));
    }

    // A field in quotes may hold line ends, and the text behind them looks like a line: a process that begins there must begin again.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public void Read_RecordsOfSeveralLines_TheFolderIsThatOfOneProcess(int linesOfARecord)
    {
        var random = new Random(2);
        var text = new StringBuilder("user,item,rating\n");
        for (var i = 0; i < 300; i++)
        {
            var title = string.Concat(Enumerable.Repeat("u1,i1,5\n", linesOfARecord));
            text.Append(CultureInfo.InvariantCulture, $"u{random.Next(30)},\"{title}i{random.Next(20)}\",{random.Next(1, 6)}\n");
        }

        var source = new DataSource(folder.Write("a.csv", text.ToString()));
        CheckAll(source);
        var expected = RatingsReader.Read(source.Data).Report;
        Assert.Equal(300, expected.Lines);
        foreach (var size in new[] { 2, 5 })
        {
            // Blocks of a few records.
            var held = ThreadGroup.Run(size, group => JointReading.Read(Files(source), source.Reading, group, default, 1000)[0]);
            Assert.All(held, part => Assert.Equal((300, 0), (part.Chunk.Met.Records, part.Chunk.Met.BadCount)));
            var counts = Array.ConvertAll(held, part => part.Chunk.Columns(new InteractionFilter(), "", out _).Values.Length);
            Assert.Equal(300, counts.Sum());
            Assert.All(counts, count => Assert.InRange(count, 1, 450 / size));
        }
    }

    [Fact]
    public void Read_ManyFilesPlainAndPacked_TheFolderIsThatOfOneProcess()
    {
        foreach (var (file, count) in new[] { ("a.csv", 10), ("b.csv", 500), ("c.csv", 1), ("e.csv", 300) })
        {
            folder.Write($"in/{file}", $"user,item,rating\n{string.Join('\n', SomeLines(3, count, count))}\n");
        }

        using (var packed = new GZipStream(File.Create(folder["in/d.csv.gz"]), CompressionLevel.Fastest))
        {
            packed.Write(Encoding.UTF8.GetBytes($"user,item,rating\n{string.Join('\n', SomeLines(3, 400))}\n"));
        }

        CheckAll(new DataSource(folder["in"]));
    }

    [Theory]
    [InlineData("VARCHAR", "BIGINT")]
    [InlineData("INTEGER", "TIMESTAMP")]
    public void Read_Parquet_TheFolderIsThatOfOneProcess(string id, string time)
    {
        var random = new Random(4);
        Directory.CreateDirectory(folder["in"]);
        foreach (var (file, count) in new[] { ("a", 3000), ("b", 10), ("c", 500) })
        {
            ParquetOutput.Write(folder[$"in/{file}.parquet"], "user VARCHAR, item VARCHAR, rating FLOAT, timestamp BIGINT", rows =>
            {
                for (var row = 0; row < count; row++)
                {
                    rows.CreateRow().AppendValue($"{random.Next(90)}").AppendValue($"{random.Next(50)}")
                        .AppendValue((float)random.Next(1, 6))
                        .AppendValue((long)random.Next(1_000_000_000, 1_500_000_000)).EndRow();
                }
            });
            using var database = new DuckDbSession(CancellationToken.None);
            var path = DuckDbSession.Text(folder[$"in/{file}.parquet"]);
            database.Execute($"COPY (SELECT \"user\"::{id} AS \"user\", item, rating, "
                + $"{(time == "BIGINT" ? "timestamp" : "make_timestamp(timestamp * 1000000)")} AS timestamp FROM read_parquet({path})) "
                + $"TO {DuckDbSession.Text(folder[$"in/{file}2.parquet"])} (FORMAT parquet)");
            File.Delete(folder[$"in/{file}.parquet"]);
        }

        CheckAll(new DataSource(folder["in"]));
        CheckAll(new DataSource(folder["in/b2.parquet"]));
    }

    [Fact]
    public void Read_BadRowOfParquet_TheErrorIsThatOfOneProcess()
    {
        ParquetOutput.Write(folder["a.parquet"], "user VARCHAR, item VARCHAR", rows =>
        {
            for (var row = 0; row < 100; row++)
            {
                rows.CreateRow().AppendValue(row is 71 or 72 ? "" : "u").AppendValue("i").EndRow();
            }
        });
        var error = Assert.Throws<DataFileException>(() => RatingsReader.Read(folder["a.parquet"]));
        Assert.Contains("row 72", error.Message, StringComparison.Ordinal);
        var errors = Assert.Throws<AggregateException>(() => ThreadGroup.Run(3, group => Load(new DataSource(folder["a.parquet"]), group)));
        Assert.Contains(error.Message, errors.InnerExceptions.Select(one => one.Message));
        CheckAll(new DataSource(folder["a.parquet"]) { Reading = new ReadOptions { OnBadLine = BadLineAction.Skip } });
    }

    [Theory]
    [InlineData("a.jsonl", """{"user":"u_","item":"i_","rating":_}""")]
    [InlineData("a.txt", "u_ i_ j_ k_ l_ m_ n_")]
    [InlineData("a.dat", "u_::i_::_::88_")]
    public void Read_OtherLayouts_TheFolderIsThatOfOneProcess(string file, string line)
    {
        var random = new Random(8);
        var lines = Enumerable.Range(0, 200).Select(_ => string.Concat(line.Select(
            letter => letter == '_' ? random.Next(1, 40).ToString(CultureInfo.InvariantCulture) : letter.ToString())));
        var format = file == "a.txt" ? RatingsFormat.Adjacency : RatingsFormat.Auto;
        CheckAll(new DataSource(folder.Write(file, string.Join('\n', lines))) { Reading = new ReadOptions { Format = format } });
    }

    [Fact]
    public void Read_Filters_TheFolderAndTheNotesAreThoseOfOneProcess()
    {
        var file = folder.Write("a.csv", $"user,item,rating,timestamp\n{string.Join('\n', SomeLines(4))}\n");
        var filter = new InteractionFilter { From = DateTimeOffset.FromUnixTimeSeconds(1_300_000_000), MinRating = 3 };
        CheckAll(new DataSource(file) { Reading = new ReadOptions { Filter = filter } });
        CheckAll(new DataSource(file) { Reading = new ReadOptions { Filter = filter, Duplicates = DuplicateRule.Sum }, MinRating = 4 });
        CheckAll(new DataSource(file) { Reading = new ReadOptions { Feedback = FeedbackKind.Likes } });
        CheckAll(new DataSource(file) { Reading = new ReadOptions { Scale = new RatingScale(0, 10), PositiveFrom = 4.2f } });
    }

    // The last line alone tells that the day comes first, and its rating alone that there are more than two.
    [Fact]
    public void Read_TheLastLineDecides_AllProcessesKnow()
    {
        var lines = Enumerable.Range(0, 100).Select(i => $"u{i % 7},i{i % 11},{i % 2},0{1 + (i % 9)}/02/2020");
        CheckAll(new DataSource(folder.Write("a.csv", $"user,item,rating,date\n{string.Join('\n', lines)}\nu1,i1,0.5,25/02/2020\n")));
    }

    [Fact]
    public void Read_FeedbackFileBeside_Counts()
    {
        folder.Write("a.feedback.csv", "feedback,min,max,positive_from\nstars,0,20,15\n");
        CheckAll(new DataSource(folder.Write("a.csv", $"user,item,rating\n{string.Join('\n', SomeLines(3))}\n")));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(199)]
    public void Read_BadLines_TheErrorAndTheNotesAreThoseOfOneProcess(int first)
    {
        var lines = SomeLines(3, 200);
        foreach (var bad in Enumerable.Range(0, 200).Where(i => i >= first && (i - first) % 20 == 0))
        {
            lines[bad] = "u1,i1,good";
        }

        var file = folder.Write("a.csv", $"user,item,rating\n{string.Join('\n', lines)}\n");
        var error = Assert.Throws<DataFileException>(() => RatingsReader.Read(file));
        Assert.Equal(first + 2, error.Line);
        foreach (var size in new[] { 2, 3, 8 })
        {
            var errors = Assert.Throws<AggregateException>(() => ThreadGroup.Run(size, group => Load(new DataSource(file), group)));
            Assert.Contains(error.Message, errors.InnerExceptions.Select(one => one.Message));
        }

        CheckAll(new DataSource(file) { Reading = new ReadOptions { OnBadLine = BadLineAction.Skip } });
    }

    [Fact]
    public void Read_LineThatIsTooLong_TheErrorIsThatOfOneProcess()
    {
        var file = folder.Write(
            "a.csv", $"user,item,rating\n{string.Join('\n', SomeLines(3, 300))}\n{new string('x', 9_000_000)}\nu1,i1,3\n");
        var error = Assert.Throws<DataFileException>(() => RatingsReader.Read(file, new ReadOptions { OnBadLine = BadLineAction.Skip }));
        Assert.Equal(302, error.Line);
        foreach (var size in new[] { 2, 3 })
        {
            var source = new DataSource(file) { Reading = new ReadOptions { OnBadLine = BadLineAction.Skip } };
            var errors = Assert.Throws<AggregateException>(() => ThreadGroup.Run(size, group => Load(source, group)));
            Assert.Contains(error.Message, errors.InnerExceptions.Select(one => one.Message));
        }
    }

    [Theory]
    [InlineData("sample", "Several ranks read files of ratings alone")]
    [InlineData("a.csv.gz", "Unpack or convert it")]
    [InlineData("sql:SELECT 1 AS user, 2 AS item", "Give a file or a pattern of files")]
    public void Read_WhatCannotBeShared_ErrorSaysWhatToDo(string source, string message)
    {
        using (var packed = new GZipStream(File.Create(folder["a.csv.gz"]), CompressionLevel.Fastest))
        {
            packed.Write("user,item\na,x\n"u8);
        }

        var data = source == "sample" ? source : source.Replace("a.", $"{folder.Path}/a.", StringComparison.Ordinal);
        var errors = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group => Load(new DataSource(data), group)));
        Assert.Contains(message, errors.InnerExceptions[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Core_IsRefused()
    {
        var source = new DataSource(folder.Write("a.csv", "user,item\na,x\nb,y\n"))
        {
            Reading = new ReadOptions { Filter = new InteractionFilter { UserCore = 2 } },
        };
        var errors = Assert.Throws<AggregateException>(() => ThreadGroup.Run(2, group => Load(source, group)));
        Assert.Contains("--core and --sample-users", errors.InnerExceptions[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Agree_PiecesOfAFewIds_CodesAreThePlacesAmongAllIds()
    {
        string[][] known = [["b", "a", "é"], [], ["c", "ab", "a", "unused"], ["\n", "d"]];
        string[] expected = ["\n", "a", "ab", "b", "c", "d", "é"];
        var agreed = ThreadGroup.Run(4, group =>
        {
            int[] rows = [.. Enumerable.Range(0, known[group.Rank].Length).Where(row => known[group.Rank][row] != "unused")];
            var all = JointIds.Agree(new IdIndex(known[group.Rank]), rows, group, idsAtATime: 2);
            return (All: all, Rows: rows);
        });
        Assert.Equal(expected, agreed[0].All);
        Assert.All(agreed, one => Assert.Equal(7, one.All.Count));
        Assert.Equal(known.Select(ids => ids.Where(id => id != "unused")), agreed.Select(one => one.Rows.Select(row => expected[row])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public void Fingerprint_FewInteractionsAtATimeAndItemsOnSeveralProcesses_IsThatOfTheLog(int mostEntries)
    {
        var log = SomeRatings.Log(600);
        double[] ofUsers = [.. Enumerable.Range(0, log.Users.Count).Select(user => (double)log.UserRows.Count(row => row == user))];
        Assert.All(
            ThreadGroup.Run(3, group =>
            {
                int[] own = [.. Enumerable.Range(0, log.Count).Where(i => log.ItemRows[i] * 3 / log.Items.Count == group.Rank)];
                var columns = new InteractionColumns(
                    log.Users,
                    log.Items,
                    Array.ConvertAll(own, i => log.UserRows[i]),
                    Array.ConvertAll(own, i => log.ItemRows[i]),
                    Array.ConvertAll(own, i => log.Values[i]),
                    null);
                return JointLog.Fingerprint(columns, ofUsers, group, mostEntries);
            }),
            fingerprint => Assert.Equal(DataFingerprint.Of(log), fingerprint));
    }

    // With several numbers of processes and both kinds of parts.
    private void CheckAll(DataSource source)
    {
        foreach (var (by, size, parts) in new[] { (ShardBy.User, 2, 3), (ShardBy.Item, 3, 5), (ShardBy.User, 8, 9) })
        {
            var one = source.Load(CancellationToken.None);
            ShardWriter.Write(one.Data.Interactions, by, parts, folder[$"one-{by}-{size}"]);
            var results = ThreadGroup.Run(size, group =>
            {
                var read = source.LoadJointly(by, parts, group);
                ShardWriter.Write(read.Interactions, by, parts, folder[$"joint-{by}-{size}"], group: group);
                return read;
            });
            Assert.Equal(Content($"one-{by}-{size}"), Content($"joint-{by}-{size}"));
            Assert.Equal(one.Data.Interactions.Count, results.Sum(read => read.Interactions.Count));
            Assert.All(results, read => Assert.Equal(one.Data.Report!.Notes, read.Report.Notes));
            Assert.All(results, read => Assert.Equal(one.Data.Report!.Summary, read.Report.Summary));
            Directory.Delete(folder[$"one-{by}-{size}"], recursive: true);
            Directory.Delete(folder[$"joint-{by}-{size}"], recursive: true);
        }
    }

    private static ReadResult Load(DataSource source, IProcessGroup group) => source.LoadJointly(ShardBy.User, 4, group);

    private static RatingsSource.Files Files(DataSource source) => (RatingsSource.Files)RatingsSource.Parse(source.Data);

    private string[] Content(string name) =>
        [
            .. Directory.EnumerateFiles(folder[name]).Order(StringComparer.Ordinal)
                .Select(file => $"{Path.GetFileName(file)} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"),
        ];

    // Many of a pair that was rated before; ids with a separator in them; values with a half.
    private static string[] SomeLines(int fields, int count = 600, int seed = 5)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(',', ((string[])
        [
            $"ü{random.Next(40)}", $"\"i,{random.Next(25)}\"", (random.Next(1, 11) / 2.0).ToString(CultureInfo.InvariantCulture),
            $"{random.Next(1_000_000_000, 2_000_000_000)}",
        ])[..fields]))];
    }
}
