using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AutoRec.Data;

namespace AutoRec.Tests;

/// <summary>Downloads from a web server in this process.</summary>
public sealed class DataDownloadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly WebServer server = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        server.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Get_Archive_FolderWithItsFiles()
    {
        var data =
            Zip(("ml-test/ratings.csv", "userId,movieId,rating,timestamp\n1,2,3,4\n"), ("ml-test/sub/notes.txt", "x"), ("other/y", "y"));
        var seen = new SeenReports();
        var place = await DataDownload.GetAsync(data, Options() with { Progress = seen }, Cancellation);

        Assert.Equal(folder["ml-test"], place);
        Assert.Equal("x", File.ReadAllText(Path.Combine(place, "sub", "notes.txt")));
        Assert.Equal(1, RatingsReader.Read(Path.Combine(place, "ratings.csv"), null, Cancellation).Interactions.Count);
        Assert.Equal(["ml-test"], Entries());
        Assert.Equal(new WorkReport("downloading", server.Body.Length, server.Body.Length, "bytes"), seen.Reports[^1]);
    }

    [Fact]
    public async Task Get_HereAlready_NothingIsAsked()
    {
        folder.Write("ml-test/ratings.csv", "mine");

        await DataDownload.GetAsync(Zip(("ml-test/ratings.csv", "theirs")), Options(), Cancellation);

        Assert.Equal("mine", File.ReadAllText(folder["ml-test/ratings.csv"]));
        Assert.Empty(server.Ranges);
    }

    [Fact]
    public async Task Get_ConnectionBreaksTwice_GoesOnWhereItEnded()
    {
        var data = Zip(("ml-test/ratings.csv", Noise(300_000)));
        server.BreakAfter.Enqueue(100_000);
        server.BreakAfter.Enqueue(50_000);
        await DataDownload.GetAsync(data, Options(), Cancellation);

        Assert.Equal(3, server.Ranges.Count);
        Assert.Equal((0L, true, true), (server.Ranges[0], server.Ranges[1] is > 0 and <= 100_000, server.Ranges[2] > server.Ranges[1]));
        Assert.Equal(["ml-test"], Entries());
    }

    [Fact]
    public async Task Get_BrokenOffForGood_TheNextCallGoesOn()
    {
        var data = Zip(("ml-test/ratings.csv", Noise(300_000)));
        server.BreakAfter.Enqueue(100_000);
        await Assert.ThrowsAnyAsync<IOException>(() => DataDownload.GetAsync(data, Options() with { Retries = 0 }, Cancellation));

        Assert.Equal(["ml-test.zip.partial"], Entries()); // and no data set that looks whole
        await DataDownload.GetAsync(data, Options() with { Retries = 0 }, Cancellation);
        Assert.True(server.Ranges[1] > 0);
        Assert.Equal(["ml-test"], Entries());
    }

    [Fact]
    public async Task Get_ServerWithoutRanges_BeginsAgain()
    {
        server.KnowsRanges = false;
        server.BreakAfter.Enqueue(100_000);
        await DataDownload.GetAsync(Zip(("ml-test/ratings.csv", Noise(300_000))), Options(), Cancellation);

        Assert.Equal(["ml-test"], Entries());
    }

    [Fact]
    public async Task Get_WrongChecksum_IsRefusedAndNothingIsLeft()
    {
        var data = Zip(("ml-test/ratings.csv", "a")) with { Sha256 = new string('0', 64) };
        var error = await Assert.ThrowsAsync<DataFileException>(() => DataDownload.GetAsync(data, Options(), Cancellation));

        Assert.Contains("published is 0000", error.Message, StringComparison.Ordinal);
        Assert.Empty(Entries());
    }

    [Fact]
    public async Task Get_WrongLength_IsRefusedAndNothingIsLeft()
    {
        var data = Zip(("ml-test/ratings.csv", "a")) with { Length = 7 };

        await Assert.ThrowsAsync<DataFileException>(() => DataDownload.GetAsync(data, Options(), Cancellation));
        Assert.Empty(Entries());
    }

    [Fact]
    public async Task Get_ServerIsSilent_EndsAfterTheTimeout()
    {
        server.IsSilent = true;
        var error = await Assert.ThrowsAnyAsync<IOException>(() =>
            DataDownload.GetAsync(
                Zip(("ml-test/a", "a")), Options() with { Retries = 1, Timeout = TimeSpan.FromMilliseconds(200) }, Cancellation));

        Assert.Contains("Nothing came for 0.2 seconds.", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Ranges.Count);
    }

    [Fact]
    public async Task Get_NotFound_IsNotTriedAgain()
    {
        server.Status = HttpStatusCode.NotFound;
        var error = await Assert.ThrowsAnyAsync<IOException>(() => DataDownload.GetAsync(Zip(("ml-test/a", "a")), Options(), Cancellation));

        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Ranges);
    }

    [Fact]
    public async Task Get_Cancelled_KeepsWhatCame()
    {
        server.BreakAfter.Enqueue(100_000);
        using var cancelled = new CancellationTokenSource();
        var data = Zip(("ml-test/ratings.csv", Noise(300_000)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DataDownload.GetAsync(
            data, Options() with { Pause = TimeSpan.FromMinutes(1), Progress = new CancelAt(cancelled, 50_000) }, cancelled.Token));

        Assert.Equal(["ml-test.zip.partial"], Entries());
    }

    [Theory]
    [InlineData("../evil.txt", "outside the folder")]
    [InlineData("ml-test/../../evil.txt", "outside the folder")]
    [InlineData("/tmp/autorec-evil.txt", "outside the folder")]
    [InlineData("ml-test\\..\\..\\evil.txt", "outside the folder")]
    public async Task Get_EntryOutsideTheFolder_IsRefused(string entry, string problem)
    {
        var error = await Assert.ThrowsAsync<DataFileException>(() =>
            DataDownload.GetAsync(Zip(("ml-test/ratings.csv", "a"), (entry, "evil")), Options(), Cancellation));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(folder.Path)!, "evil.txt")));
        Assert.DoesNotContain("ml-test", Entries());
        Assert.DoesNotContain(Entries(), name => Directory.Exists(folder[name]));
    }

    [Fact]
    public async Task Get_Link_IsRefused()
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            var entry = zip.CreateEntry("ml-test/ratings.csv");
            entry.ExternalAttributes = 0xA1FF << 16;
            using var to = entry.Open();
            to.Write("/etc/passwd"u8);
        }

        server.Body = bytes.ToArray();
        var error = await Assert.ThrowsAsync<DataFileException>(() =>
            DataDownload.GetAsync(Plain("ml-test", isArchive: true), Options(), Cancellation));
        Assert.Contains("is a link", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ZipBomb_IsRefused()
    {
        var data = Zip(("ml-test/ratings.csv", new string('0', 40_000_000))); // 40 KB
        var error = await Assert.ThrowsAsync<DataFileException>(() => DataDownload.GetAsync(data, Options(), Cancellation));

        Assert.Contains("as a bomb does", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ml-test", Entries());
    }

    [Fact]
    public async Task Get_NoArchive_IsRefused()
    {
        server.Body = "<html>Please log in</html>"u8.ToArray();

        await Assert.ThrowsAsync<DataFileException>(() =>
            DataDownload.GetAsync(Plain("ml-test", isArchive: true), Options(), Cancellation));
        Assert.DoesNotContain("ml-test", Entries());
    }

    [Fact]
    public async Task Get_OneFile_IsKeptUnderItsName()
    {
        server.Body = "u,i,5\n"u8.ToArray();
        var place = await DataDownload.GetAsync(Plain("ratings.csv"), Options(), Cancellation);

        Assert.Equal("u,i,5\n", File.ReadAllText(Path.Combine(place, "ratings.csv")));
        Assert.Equal([Path.Combine(place, "ratings.csv")], Directory.GetFileSystemEntries(place));
    }

    [Fact]
    public async Task Get_FromFolder_TakesFileGzipArchiveOrUnpackedFiles()
    {
        folder.Write("mine/ratings.csv", "u,i,5\n");
        await DataDownload.GetAsync(Plain("ratings.csv"), Options() with { From = folder["mine"] }, Cancellation);
        Assert.Equal("u,i,5\n", File.ReadAllText(folder["ml-test/ratings.csv"]));
        Assert.True(File.Exists(folder["mine/ratings.csv"]));
        Directory.Delete(folder["ml-test"], true);

        File.Delete(folder["mine/ratings.csv"]);
        folder.WriteGzip("mine/ratings.csv.gz", "u,i,4\n");
        await DataDownload.GetAsync(Plain("ratings.csv"), Options() with { From = folder["mine"] }, Cancellation);
        Assert.Equal("u,i,4\n", File.ReadAllText(folder["ml-test/ratings.csv"]));
        Directory.Delete(folder["ml-test"], true);

        var data = Zip(("ml-test/ratings.csv", "u,i,3\n"));
        File.WriteAllBytes(folder["mine/ml-test.zip"], server.Body);
        await DataDownload.GetAsync(data, Options() with { From = folder["mine"] }, Cancellation);
        Assert.Equal("u,i,3\n", File.ReadAllText(folder["ml-test/ratings.csv"]));
        Directory.Delete(folder["ml-test"], true);

        File.Delete(folder["mine/ml-test.zip"]);
        folder.Write("mine/ml-test/ratings.csv", "u,i,2\n");
        await DataDownload.GetAsync(data, Options() with { From = folder["mine"] }, Cancellation);
        Assert.Equal("u,i,2\n", File.ReadAllText(folder["ml-test/ratings.csv"]));
        Assert.Empty(server.Ranges);
    }

    [Fact]
    public async Task Get_FromFolderWithAGzipBomb_IsRefused()
    {
        Directory.CreateDirectory(folder["mine"]);
        folder.WriteGzip("mine/ratings.csv.gz", new string('0', 40_000_000));
        var error = await Assert.ThrowsAsync<DataFileException>(() =>
            DataDownload.GetAsync(Plain("ratings.csv"), Options() with { From = folder["mine"] }, Cancellation));

        Assert.Contains("as a bomb does", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder["ml-test"]));
    }

    [Fact]
    public void Find_EveryName_OfficialAddressAndTerms()
    {
        foreach (var name in new[] { "ml-100k", "ml-1m", "ml-latest-small", "amazon-electronics", "online-retail" })
        {
            var data = Downloadable.Find(name);
            Assert.Equal("https", data.Address.Scheme);
            Assert.True(data.License.Length > 50 && data.LicenseAddress.IsAbsoluteUri);
        }

        Assert.Contains(
            "ml-100k, ml-1m", Assert.Throws<ArgumentException>(() => Downloadable.Find("netflix")).Message, StringComparison.Ordinal);
    }

    private string[] Entries() =>
        [.. Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private DownloadOptions Options() =>
        new()
        {
            Folder = folder.Path,
            Mirror = server.Address,
            Retries = 3,
            Pause = TimeSpan.FromMilliseconds(1),
            Timeout = TimeSpan.FromSeconds(20)
        };

    private static Downloadable Plain(string file, bool isArchive = false) =>
        new("ml-test", "Test", new Uri("https://example.org/test"), "none", new Uri("https://example.org/terms"))
        {
            FileName = file,
            IsArchive = isArchive
        };

    private Downloadable Zip(params (string Name, string Text)[] entries)
    {
        var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var to = zip.CreateEntry(name).Open();
                to.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        server.Body = bytes.ToArray();
        return Plain("ml-test", isArchive: true) with
        {
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(server.Body)),
            Length = server.Body.Length
        };
    }

    private static string Noise(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }

    private sealed class CancelAt(CancellationTokenSource source, long bytes) : IProgress<WorkReport>
    {
        public void Report(WorkReport value)
        {
            if (value.Done >= bytes)
            {
                source.Cancel();
            }
        }
    }

    /// <summary>Serves one body, as badly as it is told to.</summary>
    private sealed class WebServer : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly CancellationTokenSource stop = new();

        public WebServer()
        {
            using (var free = new TcpListener(IPAddress.Loopback, 0))
            {
                free.Start();
                Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
            }

            listener.Prefixes.Add(Address.ToString());
            listener.Start();
            _ = Task.Run(ServeAsync);
        }

        public Uri Address { get; }

        public byte[] Body { get; set; } = [];

        public bool KnowsRanges { get; set; } = true;

        public bool IsSilent { get; set; }

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        /// <summary>After how many bytes the next answers break off.</summary>
        public Queue<int> BreakAfter { get; } = new();

        /// <summary>Where each request began.</summary>
        public List<long> Ranges { get; } = [];

        public void Dispose()
        {
            stop.Cancel();
            listener.Close();
            stop.Dispose();
        }

        private async Task ServeAsync()
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                _ = TryAnswerAsync(context);
            }
        }

        private async Task TryAnswerAsync(HttpListenerContext context)
        {
            try
            {
                await AnswerAsync(context);
            }
            catch (Exception error)
                when (error is HttpListenerException or IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The other side went away, or the test is over.
            }
        }

        private async Task AnswerAsync(HttpListenerContext context)
        {
            var start = KnowsRanges && context.Request.Headers["Range"] is { } range
                ? int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture)
                : 0;
            Ranges.Add(start);
            if (IsSilent)
            {
                await Task.Delay(Timeout.Infinite, stop.Token);
            }

            if (Status != HttpStatusCode.OK || start >= Body.Length)
            {
                context.Response.StatusCode = Status != HttpStatusCode.OK ? (int)Status : 416;
                context.Response.Headers["Content-Range"] = $"bytes */{Body.Length}";
                context.Response.Close();
                return;
            }

            if (start > 0)
            {
                context.Response.StatusCode = 206;
                context.Response.Headers["Content-Range"] = $"bytes {start}-{Body.Length - 1}/{Body.Length}";
            }

            context.Response.ContentLength64 = Body.Length - start;
            var breaks = BreakAfter.TryDequeue(out var most);
            var count = Math.Min(breaks ? most : int.MaxValue, Body.Length - start);
            await context.Response.OutputStream.WriteAsync(Body.AsMemory(start, count));
            await context.Response.OutputStream.FlushAsync();
            if (breaks)
            {
                await Task.Delay(100);
                context.Response.Abort();
            }
            else
            {
                context.Response.Close();
            }
        }
    }
}
