using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using AutoRec.Data;
using CsvHelper;
using DuckDB.NET.Data;

namespace AutoRec.Fuzz;

/// <summary>
/// No spoiled file makes a reader throw anything but its own errors, which name the file, or read nonsense. The number of mutations of each
/// file is 2,000, or what the environment variable AUTOREC_FUZZ says; findings are kept in the folder that AUTOREC_FUZZ_FINDINGS names.
/// </summary>
public sealed class ReaderFuzzTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("autorec-fuzz-").FullName;

    private static int Mutations { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("AUTOREC_FUZZ"), out var count) && count > 0 ? count : 2000;

    public static TheoryData<string> Texts => [.. Files.Keys];

    private static Dictionary<string, string> Files { get; } = new()
    {
        ["header.csv"] = Lines("user,item,rating,timestamp", i => $"u{i % 7},i{i % 5},{(i % 5) + 1},{1600000000 + i}"),
        ["quoted.csv"] = Lines("user,item,rating,review", i => $"\"u{i % 7}\",i{i % 5},{(i % 9) / 2.0:0.0},\"so \"\"good\"\",\nreally\""),
        ["plain.dat"] = Lines(null, i => $"{i % 7}::{i % 5}::{(i % 5) + 1}::{978300000 + i}"),
        ["semicolons.csv"] = Lines("Benutzer;item;rating;date", i => $"ü{i % 7};i{i % 5};{i % 5},5;{(i % 28) + 1:00}.12.2021")
            .Replace("Benutzer", "user", StringComparison.Ordinal),
        ["tabs.tsv"] = Lines("user\titem\tplays", i => $"u{i % 7}\t\"i{i % 5}\" live\t{i * i}"),
        ["blanks.txt"] = Lines(null, i => $"{i % 7}  {i % 5} {(i % 5) + 1}"),
        ["likes.csv"] = Lines(null, i => $"u{i % 7},i{i}"),
        ["lists.txt"] = Lines(null, i => $"{i} " + string.Join(' ', Enumerable.Range(0, (i % 9) + 1))),
        ["netflix.txt"] = Lines(null, i => i % 6 == 0 ? $"{i}:" : $"{i % 7},{(i % 5) + 1},2005-09-{(i % 28) + 1:00}"),
        ["objects.jsonl"] = Lines(
            null,
            i =>
                $"{{\"user_id\": \"u{i % 7}\", \"asin\": \"i{i % 5}\", \"rating\": {i % 5}.0, \"timestamp\": {1600000000000 + i}, \"x\": [1, {{}}]}}"),
        ["list.json"] = "["
            + string.Join(",\n", Enumerable.Range(0, 20).Select(i => $"{{\"user\": {i % 7}, \"item\": \"i{i % 5}\", \"rating\": {i % 5}}}"))
            + "]",
    };

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Texts))]
    public void Read_SpoiledText_OnlyOurErrors(string name) => Attack(name, Encoding.UTF8.GetBytes(Files[name]), ReadRatings);

    [Fact]
    public void Read_SpoiledUtf16_OnlyOurErrors() =>
        Attack("wide.csv", [0xff, 0xfe, .. Encoding.Unicode.GetBytes(Files["header.csv"])], ReadRatings);

    [Fact]
    public void Read_SpoiledGzip_OnlyOurErrors() =>
        Attack("header.csv.gz", Packed(stream => new GZipStream(stream, CompressionLevel.Fastest)), ReadRatings);

    [Fact]
    public void Read_SpoiledZip_OnlyOurErrors() => Attack("header.zip", Zip(("ratings.csv", Files["header.csv"])), ReadRatings);

    [Fact]
    public void Read_SpoiledWorkbook_OnlyOurErrors() => Attack(
        "shop.xlsx",
        Zip(
            ("xl/workbook.xml",
                "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
                    + "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"S\" "
                    + "sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"),
            ("xl/_rels/workbook.xml.rels",
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" "
                    + "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" "
                    + "Target=\"worksheets/s.xml\"/></Relationships>"),
            ("xl/worksheets/s.xml",
                "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" "
                    + "t=\"inlineStr\"><is><t>user</t></is></c><c r=\"B1\" t=\"inlineStr\"><is><t>item</t></is></c></row><row r=\"2\"><c "
                    + "r=\"A2\"><v>1</v></c><c r=\"B2\"><v>2</v></c></row></sheetData></worksheet>")),
        ReadRatings);

    [Fact]
    public void Read_SpoiledParquet_OnlyOurErrors()
    {
        var path = Path.Combine(folder, "whole.parquet");
        using (var connection = new DuckDBConnection("DataSource=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"COPY (SELECT 'u' || (range % 7) AS \"user\", range % 5 AS item, range % 5 AS rating FROM range(40)) TO '{path}' (FORMAT parquet)";
            command.ExecuteNonQuery();
        }

        Attack("ratings.parquet", File.ReadAllBytes(path), ReadRatings);
    }

    [Fact]
    public void Read_SpoiledOrders_OnlyOurErrors() => Attack(
        "orders.csv",
        Encoding.UTF8.GetBytes(
            Lines(
                "order,customer,product,quantity,date,description",
                i => $"{i},c{i % 7},p{i % 5},{i % 4},2021-01-{(i % 28) + 1:00} 10:00,\"a, b\"")),
        (path, _) => OrderReader.Read(path));

    [Fact]
    public void Load_SpoiledItemTable_OnlyOurErrors()
    {
        var ratings = Path.Combine(folder, "r.csv");
        File.WriteAllText(ratings, Files["header.csv"]);
        Attack(
            "items.csv",
            Encoding.UTF8.GetBytes(Lines("id,title,genres", i => $"i{i},\"Title {i}, the\",a|b")),
                (path, _) => DataSets.OfFiles(ratings, itemFile: path));
    }

    /// <summary>A spoiled line costs no other line: those are read, and as an independent reader reads them.</summary>
    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public void Read_OneLineSpoiled_OthersAsAnIndependentReader(char separator)
    {
        // Ids of many equal letters, so that no spoiled line gets the ids of another.
        var header = string.Join(separator, "user", "note", "item", "rating", "time") + "\n";
        string[] lines = [
            .. Enumerable.Range(0, 26)
                .Select(i => (new string((char)('a' + i), 6), FormattableString.Invariant($"{(i + 1) / 2.0:0.0}")) is var (id, rating)
            ? $"{id}{separator}{separator}\"{id}, \"\"{id}\"\";\"{separator} {rating} {separator}{1600000000 + i}\n"
            : "")];
        var expected = ReadIndependently(header + string.Concat(lines), separator);
        var refused = 0;
        Parallel.For(0, Mutations, seed =>
        {
            var place = seed % lines.Length;
            var path = Path.Combine(folder, $"{seed}.txt");
            byte[][] parts = [.. lines.Prepend(header).Select(Encoding.UTF8.GetBytes)];
            parts[place + 1] = [.. Mutation.Of(parts[place + 1][..^1], seed), (byte)'\n'];
            File.WriteAllBytes(path, [.. parts.SelectMany(part => part)]);
            try
            {
                var log = RatingsReader.Read(path, new ReadOptions { OnBadLine = BadLineAction.Skip }).Interactions;
                var read = Enumerable.Range(0, log.Count)
                    .Select(i => (log.Users[log.UserRows[i]], log.Items[log.ItemRows[i]], log.Values[i], log.Timestamps[i]))
                    .ToHashSet();
                Assert.All(expected.Where((_, line) => line != place), line => Assert.Contains(line, read));
            }
            catch (DataFileException)
            {
                Interlocked.Increment(ref refused); // not text at all, or a line of 5 MB
            }

            File.Delete(path);
        });
        Assert.InRange(refused, 0, Mutations / 5);
    }

    private static List<(string User, string Item, float Rating, long Time)> ReadIndependently(string text, char separator)
    {
        List<(string, string, float, long)> rows = [];
        using var reader = CsvReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(text)), new CsvReaderOptions { Separator = separator });
        while (reader.Read())
        {
            rows.Add((
                reader.GetString(0),
                reader.GetString(2),
                float.Parse(reader.GetString(3), CultureInfo.InvariantCulture),
                long.Parse(reader.GetString(4), CultureInfo.InvariantCulture)));
        }

        return rows;
    }

    private static string Lines(string? header, Func<int, string> line) =>
        (header is null ? "" : header + "\n")
            + string.Concat(Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{line(i)}\n")));

    private byte[] Packed(Func<Stream, Stream> pack)
    {
        using var packed = new MemoryStream();
        using (var stream = pack(packed))
        {
            stream.Write(Encoding.UTF8.GetBytes(Files["header.csv"]));
        }

        return packed.ToArray();
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create))
        {
            foreach (var (name, text) in entries)
            {
                using var writer = new StreamWriter(archive.CreateEntry(name).Open());
                writer.Write(text);
            }
        }

        return packed.ToArray();
    }

    private static void ReadRatings(string path, BadLineAction action)
    {
        var (log, report) = RatingsReader.Read(path, new ReadOptions { OnBadLine = action });

        Assert.True(log.Count > 0 && log.Values.All(float.IsFinite));
        Assert.DoesNotContain("", log.Users.Concat(log.Items));
        Assert.True(action == BadLineAction.Skip || report.BadLineCount == 0);
    }

    private void Attack(string name, byte[] original, Action<string, BadLineAction> read)
    {
        var findings = new ConcurrentBag<(int Seed, string Text)>();
        Parallel.For(0, Mutations, seed =>
        {
            var path = Path.Combine(folder, $"{seed}-{name}");
            var spoiled = Mutation.Of(original, seed);
            File.WriteAllBytes(path, spoiled);
            var action = seed % 2 == 0 ? BadLineAction.Skip : BadLineAction.Fail;
            try
            {
                read(path, action);
            }
            catch (DataFileException error) when (error.Message.Contains(path, StringComparison.Ordinal)
                && !error.Message.Contains("System.", StringComparison.Ordinal))
            {
                // The file is refused, as it should be.
            }
            catch (Exception error)
            {
                findings.Add((seed, $"mutation {seed} of {name}, {action}: {error}"));
                Keep(name, seed, spoiled);
            }

            File.Delete(path);
        });

        Assert.True(
            findings.IsEmpty, $"{findings.Count} findings; the first: {findings.OrderBy(finding => finding.Seed).FirstOrDefault().Text}");
    }

    private static void Keep(string name, int seed, byte[] bytes)
    {
        if (Environment.GetEnvironmentVariable("AUTOREC_FUZZ_FINDINGS") is { Length: > 0 } kept)
        {
            Directory.CreateDirectory(kept);
            File.WriteAllBytes(Path.Combine(kept, $"{seed}-{name}"), bytes);
        }
    }
}
