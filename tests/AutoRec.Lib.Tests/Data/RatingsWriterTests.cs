using AutoRec.Data;
using CsCheck;

namespace AutoRec.Tests;

public sealed class RatingsWriterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_LogWithTimes_IsThisText()
    {
        var builder = new InteractionsBuilder();
        builder.Add("u,1", "i1", 3.5f, 100);
        builder.Add("u,1", " i\"2\"", 4, 101);
        RatingsWriter.Write(builder.Build(DuplicateRule.KeepLast, null, out _), folder["out.csv"]);

        Assert.Equal(
            "user,item,rating,timestamp\n\"u,1\",\" i\"\"2\"\"\",4,101\n\"u,1\",i1,3.5,100\n", File.ReadAllText(folder["out.csv"]));
    }

    [Fact]
    public void Write_AnyLog_IsReadBackAsItIs()
    {
        var id = Gen.Char["aé,\"; \t:0λ"].Array[1, 6].Select(letters => new string(letters));
        var value = Gen.Float[-1000, 1000].Where(float.IsFinite);
        Gen.Select(Gen.Select(id, id, value, Gen.Long[-99_999_999_999, 99_999_999_999]).Array[1, 40], Gen.Bool).Sample(
            (rows, timed) =>
            {
                var builder = new InteractionsBuilder();
                foreach (var (user, item, rating, time) in rows)
                {
                    builder.Add(user, item, rating, timed ? time : null);
                }

                var written = builder.Build(DuplicateRule.KeepLast, null, out _);
                var path = folder[$"{Guid.NewGuid()}.csv"];
                RatingsWriter.Write(written, path);
                var read = RatingsReader.Read(path).Interactions;

                Assert.Equal(Rows(written), Rows(read));
                Assert.Equal(written.Timestamps, read.Timestamps);
                Assert.Equal(written.Scale, read.Scale);
            },
            iter: 200);

        static IEnumerable<(string, string, float)> Rows(Interactions log) =>
            Enumerable.Range(0, log.Count).Select(i => (log.Users[log.UserRows[i]], log.Items[log.ItemRows[i]], log.Values[i]));
    }

    [Fact]
    public void Write_FileExists_OnlyReplacedIfAllowed()
    {
        File.WriteAllText(folder["out.csv"], "old");
        var builder = new InteractionsBuilder();
        builder.Add("u", "i", 1);
        var log = builder.Build(DuplicateRule.KeepLast, null, out _);
        Assert.Contains("was not overwritten", Assert.Throws<DataFileException>(() => RatingsWriter.Write(log, folder["out.csv"])).Message);
        Assert.Equal("old", File.ReadAllText(folder["out.csv"]));
        RatingsWriter.Write(log, folder["out.csv"], overwrite: true);
        Assert.Equal("user,item,rating\nu,i,1\n", File.ReadAllText(folder["out.csv"]));
    }

    [Fact]
    public void Write_IdWithLineBreak_FailsAndLeavesTheOldFile()
    {
        File.WriteAllText(folder["out.csv"], "old");
        var builder = new InteractionsBuilder();
        builder.Add("u\n1", "i1", 1);

        Assert.Throws<ArgumentException>(() =>
            RatingsWriter.Write(builder.Build(DuplicateRule.KeepLast, null, out _), folder["out.csv"], overwrite: true));
        Assert.Equal("old", File.ReadAllText(folder["out.csv"]));
        Assert.Equal([folder["out.csv"]], Directory.GetFiles(folder.Path));
    }
}
