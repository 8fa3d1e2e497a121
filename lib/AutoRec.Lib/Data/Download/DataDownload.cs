using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace AutoRec.Data;

/// <summary>How to fetch a data set.</summary>
public sealed record DownloadOptions
{
    /// <summary>
    /// The folder of data sets. A folder with the name of the data set is made in it.
    /// Default: the one that <see cref="DataSets.Load"/> looks in.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>A folder that holds the file (or its unpacked files) already; nothing is downloaded then. Default: null.</summary>
    public string? From { get; init; }

    /// <summary>Where to fetch from instead of the official address. Default: null.</summary>
    public Uri? Mirror { get; init; }

    /// <summary>How often a broken connection is taken up again. Default 4.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>How long nothing may come before the connection counts as broken. Default: 30 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the first retry; it doubles each time. Default: 1 second.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Receives how far the download has come. Default: nobody.</summary>
    public IProgress<WorkReport>? Progress { get; init; }
}

/// <summary>
/// Fetches data sets: a download goes on where it was broken off, its length and checksum are compared, archives are unpacked with
/// limits, and the data set's folder appears only when all of it is there.
/// </summary>
public static class DataDownload
{
    /// <summary>Fetches a data set unless it is here already.</summary>
    /// <param name="data">The data set; its terms have been accepted.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="cancellation">Ends the download; what came so far stays, to go on from.</param>
    /// <returns>The folder of the data set.</returns>
    /// <exception cref="DataFileException">The file is not what was published, the archive is not safe, or the disk is full.</exception>
    /// <exception cref="IOException">The server cannot be reached, or breaks off again and again.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no folder of data sets, or none to take from.</exception>
    public static async Task<string> GetAsync(Downloadable data, DownloadOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new DownloadOptions();
        var root = options.Folder
            ?? DataFolders.Default()
            ?? throw new DirectoryNotFoundException(
                $"There is no folder of data sets. Name one with --data-dir or {DataFolders.Variable}.");
        var target = Path.Combine(root, data.Name);
        var isThere = Directory.Exists(target)
            && Directory.EnumerateFileSystemEntries(target).Any(path => !path.EndsWith(".partial", StringComparison.Ordinal));
        var lockFile = Path.Combine(root, $".{data.Name}.lock");
        if (isThere)
        {
            _ = File.Exists(lockFile) && WholeFile.TryDeleteUnused(lockFile); // of a process that was killed
            return target;
        }

        WholeFile.CheckFolderWritable(root);
        Directory.CreateDirectory(root);
        using var held = FileLock.TryTake(lockFile, TimeSpan.Zero)
            ?? throw new IOException($"{target}: Another process is fetching this data set. Wait for it.");
        RemoveLeftovers(target);
        try
        {
            await BringAsync(data, options, root, target, cancellation);
            return target;
        }
        catch (Exception error) when (DiskFull.Is(error))
        {
            throw DiskFull.Error(target, error);
        }
    }

    private static async Task BringAsync(
        Downloadable data, DownloadOptions options, string root, string target, CancellationToken cancellation)
    {
        if (options.From is { } from)
        {
            Take(data, from, target, cancellation);
            return;
        }

        var file = Path.Combine(root, data.IsArchive ? $"{data.Name}.zip.partial" : $"{data.FileName}.partial");
        await FetchAsync(data, options, file, cancellation);
        Check(data, file);
        Place(data, file, target, move: true, cancellation);
        File.Delete(file);
    }

    // Nobody else fetches this data set now, so what lies half-made beside it belongs to a process that was killed.
    private static void RemoveLeftovers(string target)
    {
        WholeFolder.RemoveLeftovers(target);
        var (root, name) = (Path.GetDirectoryName(target)!, Path.GetFileName(target));
        foreach (var path in Directory.EnumerateFiles(root).Where(path => WholeFile.IsPartial(path, whole => whole == name)))
        {
            File.Delete(path);
        }
    }

    private static async Task FetchAsync(Downloadable data, DownloadOptions options, string file, CancellationToken cancellation)
    {
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await FetchOnceAsync(client, options.Mirror ?? data.Address, options, file, cancellation);
                return;
            }
            catch (Exception error) when (!cancellation.IsCancellationRequested && attempt < options.Retries && IsPassing(error))
            {
                await Task.Delay(options.Pause * Math.Pow(2, attempt), cancellation);
            }
            catch (Exception error) when (
                !cancellation.IsCancellationRequested
                && error is HttpRequestException or TimeoutException or OperationCanceledException)
            {
                throw new IOException(
                    $"{options.Mirror ?? data.Address} cannot be fetched: {error.Message} "
                    + "The part that was received is kept. To continue, run the same command again.",
                    error);
            }
        }
    }

    private static bool IsPassing(Exception error) => error switch
    {
        HttpRequestException { StatusCode: { } status } =>
            status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500,
        DataFileException => false,
        _ when DiskFull.Is(error) => false,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    private static async Task FetchOnceAsync(
        HttpClient client, Uri address, DownloadOptions options, string file, CancellationToken cancellation)
    {
        var have = File.Exists(file) ? new FileInfo(file).Length : 0;
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            patience.CancelAfter(options.Timeout);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && response.Content.Headers.ContentRange?.Length == have)
            {
                return; // all of it was here
            }

            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                File.Delete(file); // another file than the one that was begun
                throw new IOException("The server has another file than the one that was begun.");
            }

            response.EnsureSuccessStatusCode();
            var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
            have = goesOn ? have : 0;
            var total = have + response.Content.Headers.ContentLength;
            await using var to = new FileStream(file, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
            await using var body = await response.Content.ReadAsStreamAsync(patience.Token);
            var buffer = new byte[1 << 16];
            while (true)
            {
                patience.CancelAfter(options.Timeout);
                var read = await body.ReadAsync(buffer, patience.Token);
                if (read == 0)
                {
                    break;
                }

                await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
                have += read;
                options.Progress?.Report(new WorkReport("downloading", have, total, "bytes"));
            }

            to.Flush(flushToDisk: true);
            if (total is { } all && have != all)
            {
                throw new IOException($"The connection ended after {have} of {all} bytes.");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Nothing came for {options.Timeout.TotalSeconds:0.#} seconds.");
        }
    }

    /// <summary>Compares a file with what was published, and deletes it when it is something else.</summary>
    private static void Check(Downloadable data, string file)
    {
        var length = new FileInfo(file).Length;
        var problem = data.Length is { } expected && length != expected ? $"has {length} bytes, {expected} were published" : null;
        if (problem is null && data.Sha256 is { } sha256)
        {
            using var stream = File.OpenRead(file);
            var actual = Convert.ToHexStringLower(SHA256.HashData(stream));
            problem = actual == sha256 ? null : $"has the SHA-256 {actual}, published is {sha256}";
        }

        if (problem is not null)
        {
            File.Delete(file);
            throw new DataFileException(data.Address.ToString(), $"What came is not the published file: it {problem}. It was deleted.");
        }
    }

    private static void Place(Downloadable data, string file, string target, bool move, CancellationToken cancellation)
    {
        if (data.IsArchive)
        {
            if (Directory.Exists(target))
            {
                Directory.Delete(target); // empty, see GetAsync
            }

            Archive.Unzip(file, data.FileName, target, cancellation);
            return;
        }

        Directory.CreateDirectory(target);
        var place = Path.Combine(target, data.FileName);
        if (move)
        {
            WholeFile.Rename(place, () => File.Move(file, place, overwrite: true));
            return;
        }

        WholeFile.Write(place, to =>
        {
            using var from = File.OpenRead(file);
            from.CopyTo(to);
        });
    }

    private static void Take(Downloadable data, string from, string target, CancellationToken cancellation)
    {
        if (!Directory.Exists(from))
        {
            throw new DirectoryNotFoundException($"{from}: There is no such folder.");
        }

        var published = Path.Combine(from, data.IsArchive ? data.FileName + ".zip" : data.FileName);
        if (File.Exists(published))
        {
            // One's own file is not deleted, whatever it is.
            var copy = Path.Combine(Path.GetDirectoryName(target)!, $"{data.Name}.{Guid.NewGuid():N}.partial");
            try
            {
                File.Copy(published, copy);
                WholeFile.Flush(copy);
                Check(data, copy);
                Place(data, copy, target, move: true, cancellation);
            }
            finally
            {
                File.Delete(copy);
            }

            return;
        }

        if (File.Exists(published + ".gz"))
        {
            Directory.CreateDirectory(target);
            Archive.Gunzip(published + ".gz", Path.Combine(target, data.FileName), cancellation);
            return;
        }

        var unpacked = Path.Combine(from, data.FileName);
        if (!data.IsArchive || !Directory.Exists(unpacked))
        {
            var other = data.IsArchive ? $"a folder {data.FileName}" : $"{data.FileName}.gz";
            throw new FileNotFoundException($"{from}: Neither {Path.GetFileName(published)} nor {other} is in this folder.", published);
        }

        WholeFolder.Write(target, beside =>
        {
            foreach (var path in Directory.EnumerateFiles(unpacked))
            {
                cancellation.ThrowIfCancellationRequested();
                var copy = Path.Combine(beside, Path.GetFileName(path));
                File.Copy(path, copy);
                WholeFile.Flush(copy);
            }
        });
    }
}
