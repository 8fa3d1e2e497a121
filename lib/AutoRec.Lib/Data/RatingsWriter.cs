using System.Globalization;
using CsvHelper;

namespace AutoRec.Data;

/// <summary>Writes interactions as a file that <see cref="RatingsReader"/> reads back.</summary>
public static class RatingsWriter
{
    /// <summary>
    /// Writes comma-separated values with the header <c>user,item,rating</c>, and <c>timestamp</c> where the log has times.
    /// The file appears when it is complete. Users and items without an interaction are not in it.
    /// </summary>
    /// <param name="interactions">The log.</param>
    /// <param name="path">The file.</param>
    /// <param name="overwrite">Whether a file of that name is replaced. Default false: it is an error.</param>
    /// <exception cref="ArgumentException">An id has a line break in it.</exception>
    /// <exception cref="DataFileException">The file exists, or its folder cannot be written.</exception>
    public static void Write(Interactions interactions, string path, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        CheckNew(path, overwrite);
        WholeFile.Write(path, stream => Write(interactions, stream));
    }

    /// <summary>The content of the file that <see cref="Write(Interactions, string, bool)"/> writes.</summary>
    internal static byte[] ToBytes(Interactions interactions)
    {
        using var content = new MemoryStream();
        Write(interactions, content);
        return content.ToArray();
    }

    /// <summary>Throws if a file exists that must not be replaced.</summary>
    internal static void CheckNew(string path, bool overwrite)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!overwrite && Path.Exists(path))
        {
            throw new DataFileException(path, "The file exists and was not overwritten. Choose another name, or allow it to be replaced.");
        }
    }

    private static void Write(Interactions interactions, Stream stream)
    {
        using var writer = CsvWriter.Create(stream, DataFile.CsvOut, leaveOpen: true);
        writer.WriteHeader(interactions.HasTimestamps ? ["user", "item", "rating", "timestamp"] : ["user", "item", "rating"]);
        for (var i = 0; i < interactions.Count; i++)
        {
            writer.WriteField(OnOneLine(interactions.Users[interactions.UserRows[i]]));
            writer.WriteField(OnOneLine(interactions.Items[interactions.ItemRows[i]]));
            writer.WriteField(interactions.Values[i].ToString("R", CultureInfo.InvariantCulture));
            if (interactions.HasTimestamps)
            {
                writer.WriteField(interactions.Timestamps[i].ToString(CultureInfo.InvariantCulture));
            }

            writer.EndRecord();
        }
    }

    private static string OnOneLine(string id) => !id.AsSpan().ContainsAny('\r', '\n')
        ? id
        : throw new ArgumentException(
            $"The id '{id.ReplaceLineEndings(" ")}' has a line break, which a ratings file cannot hold.");
}
