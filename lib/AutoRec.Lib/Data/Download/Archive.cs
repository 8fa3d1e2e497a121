using System.IO.Compression;

namespace AutoRec.Data;

/// <summary>Unpacks archives that may be ill-meant.</summary>
internal static class Archive
{
    private const int MostEntries = 10_000;
    private const long MostBytes = 4L << 30;
    private const int MostGrowth = 200; // deflate cannot do more than about 1000, text about 20

    /// <summary>Unpacks one folder of a zip archive; the folder appears when all of it is there.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="folder">The folder in it, whose files are taken.</param>
    /// <param name="target">The folder that they come to, which is not there yet.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="DataFileException">The file is not a whole zip archive, an entry would be written outside the folder, is a
    /// link, or unpacks to more than a data set has.</exception>
    public static void Unzip(string archive, string folder, string target, CancellationToken cancellation)
    {
        try
        {
            WholeFolder.Write(target, beside => UnzipTo(archive, folder, beside, cancellation));
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(archive, "This is no whole zip archive.", error);
        }
    }

    /// <summary>
    /// Copies at most <paramref name="most"/> bytes, whatever the archive says of its sizes, and returns how many may still come.
    /// </summary>
    public static long Copy(Stream from, Stream to, long most, string path, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        while (from.Read(buffer) is var read && read > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            most -= read;
            if (most < 0)
            {
                throw new DataFileException(path, "The archive is not safe: it unpacks to far more than it holds, as a bomb does.");
            }

            to.Write(buffer, 0, read);
        }

        return most;
    }

    /// <summary>Unpacks a gzip file, with the same limits.</summary>
    public static void Gunzip(string archive, string target, CancellationToken cancellation)
    {
        try
        {
            WholeFile.Write(target, stream =>
            {
                using var from = DataFile.OpenRead(archive);
                Copy(from, stream, Math.Min(MostBytes, (new FileInfo(archive).Length * MostGrowth) + (1 << 20)), archive, cancellation);
            });
        }
        catch (InvalidDataException error)
        {
            throw DataFile.Damaged(archive, error);
        }
    }

    private static void UnzipTo(string archive, string folder, string target, CancellationToken cancellation)
    {
        using var zip = ZipFile.OpenRead(archive);
        if (zip.Entries.Count > MostEntries)
        {
            throw new DataFileException(
                archive, $"The archive has {zip.Entries.Count} entries; no data set has more than {MostEntries}.");
        }

        var root = Path.GetFullPath(target) + Path.DirectorySeparatorChar;
        var left = Math.Min(MostBytes, (new FileInfo(archive).Length * MostGrowth) + (1 << 20));
        var count = 0;
        foreach (var entry in zip.Entries)
        {
            var name = entry.FullName.Replace('\\', '/');
            var inFolder = name.StartsWith(folder + "/", StringComparison.Ordinal) ? name[(folder.Length + 1)..] : name;
            var place = Path.GetFullPath(Path.Combine(root, inFolder));
            if (!place.StartsWith(root, StringComparison.Ordinal) && place + Path.DirectorySeparatorChar != root)
            {
                throw new DataFileException(
                    archive, $"The archive is not safe: its entry '{entry.FullName}' would be written outside the folder.");
            }

            if (((entry.ExternalAttributes >> 16) & 0xF000) == 0xA000)
            {
                throw new DataFileException(archive, $"The archive is not safe: its entry '{entry.FullName}' is a link.");
            }

            if (name.EndsWith('/') || !name.StartsWith(folder + "/", StringComparison.Ordinal))
            {
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            using var from = entry.Open();
            using var to = File.Create(place);
            left = Copy(from, to, left, archive, cancellation);
            to.Flush(flushToDisk: true);
            count++;
        }

        if (count == 0)
        {
            throw new DataFileException(archive, $"The archive has no folder '{folder}'.");
        }
    }
}
