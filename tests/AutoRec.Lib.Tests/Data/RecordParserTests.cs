using System.Text;
using AutoRec.Data;
using CsCheck;
using CsvHelper;

namespace AutoRec.Tests;

/// <summary>Text is split as RFC 4180 says, against an independent reader, and wherever it is cut into blocks.</summary>
public sealed class RecordParserTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Split_AnyRecord_AsAnIndependentReader()
    {
        var field = Gen.Char["ab,;\"\n é"].Array[0, 6].Select(letters => new string(letters));
        Gen.Select(field.Array[1, 5], Gen.Char[",;|"]).Sample(
            (fields, separator) =>
            {
                var record = string.Join(separator, fields.Select(text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
                var bytes = Encoding.UTF8.GetBytes(record);
                var options = new CsvReaderOptions { Separator = separator, HasHeader = false, AllowLineBreaksInQuotes = true };
                using var reader = CsvReader.Create(new MemoryStream(bytes), options);
                Assert.True(reader.Read());
                string[] expected = [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)];

                Assert.Equal(fields, expected);
                Assert.Equal(expected, new Dialect(separator.ToString()).Split(bytes));
            },
            iter: 2000);
    }

    [Fact]
    public void Read_AnyTextEvenMutated_SameWhereverItIsCut()
    {
        var line = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[1, 5], Gen.Int[0, 3]).Select(parts => parts.Item4 switch
        {
            0 => $"u{parts.Item1},i{parts.Item2},{parts.Item3},\"said \"\"so\"\",\nthen left\"",
            1 => $"\"u{parts.Item1}\",i{parts.Item2},{parts.Item3}.0,",
            _ => $"u{parts.Item1},i{parts.Item2},{parts.Item3},note",
        });
        var mutation = Gen.Select(Gen.Int[0, 1 << 20], Gen.Char["\",\n\r\0x9;"]);
        Gen.Select(line.Array[3, 60], mutation.Array[0, 3], Gen.Int[1, 200], Gen.Bool).Sample(
            (lines, mutations, block, crlf) =>
            {
                var bytes = Encoding.UTF8.GetBytes("user,item,rating,note\n" + string.Join(crlf ? "\r\n" : "\n", lines) + "\n");
                foreach (var (place, letter) in mutations)
                {
                    bytes[22 + (place % (bytes.Length - 22))] = (byte)letter;
                }

                var path = folder[$"{Guid.NewGuid():N}.csv"];
                File.WriteAllBytes(path, bytes);
                foreach (var action in Enum.GetValues<BadLineAction>())
                {
                    Assert.Equal(Outcome(path, action, BlockReader.UsualBlock), Outcome(path, action, block));
                }

                File.Delete(path);
            },
            iter: 300,
            threads: 1);
    }

    private static string Outcome(string path, BadLineAction action, int block)
    {
        try
        {
            var (log, report) = RatingsReader.Read(path, new ReadOptions { OnBadLine = action }, block, CancellationToken.None);
            var rows = Enumerable.Range(0, log.Count)
                .Select(i => $"{log.Users[log.UserRows[i]]} {log.Items[log.ItemRows[i]]} {log.Values[i]}");
            return string.Join('\n', [.. rows, $"{report.Lines} {report.BadLineCount}", .. report.Notes, report.ReadAs!.Example]);
        }
        catch (DataFileException error)
        {
            return error.Message;
        }
    }
}
