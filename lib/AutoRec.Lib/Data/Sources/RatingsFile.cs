using System.Text;

namespace AutoRec.Data;

/// <summary>A text file of ratings and the format that its first line tells.</summary>
/// <param name="Path">The file.</param>
/// <param name="FirstLine">Its first line that is not blank.</param>
/// <param name="Format">Its format, never <see cref="RatingsFormat.Auto"/>.</param>
/// <param name="StartsWithData">Whether nothing, not even a blank line, comes before the first line.</param>
internal sealed record RatingsFile(string Path, string FirstLine, RatingsFormat Format, bool StartsWithData)
{
    /// <summary>What stands between fields.</summary>
    public string Separator => RatingsLayout.Separator(Format, FirstLine);

    /// <summary>Looks at the first line of a file.</summary>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="DataFileException">The file is empty, no text, damaged, or in no known format.</exception>
    public static RatingsFile Recognise(string path, ReadOptions options)
    {
        var (firstLine, startsWithData) = Start(path);
        var format = options.Format is not (RatingsFormat.Auto or RatingsFormat.Parquet or RatingsFormat.Query or RatingsFormat.Orders) ? options.Format
            : RatingsLayout.Recognise(firstLine, options.Columns)
            ?? throw new DataFileException(path, 1, firstLine, "The format is not recognised: fields between '::', tabs, commas or spaces, or JSON objects, are expected.");
        return new RatingsFile(path, firstLine, format, startsWithData);
    }

    /// <summary>The first line of a text file that is not blank.</summary>
    /// <inheritdoc cref="Recognise" path="/exception"/>
    public static string FirstLineOf(string path) => Start(path).FirstLine;

    private static (string FirstLine, bool StartsWithData) Start(string path)
    {
        byte[] prefix;
        try
        {
            prefix = DataFile.ReadTextPrefix(path);
        }
        catch (InvalidDataException error)
        {
            throw Damaged(path, error);
        }

        var text = prefix.AsSpan();
        if (text.StartsWith(Encoding.UTF8.Preamble))
        {
            text = text[Encoding.UTF8.Preamble.Length..];
        }

        var trimmed = text.TrimStart("\r\n\t "u8);
        if (trimmed.IsEmpty)
        {
            throw new DataFileException(path, "The file is empty.");
        }

        var end = trimmed.IndexOfAny((byte)'\r', (byte)'\n');
        return (Encoding.UTF8.GetString(end < 0 ? trimmed : trimmed[..end]), trimmed.Length == text.Length);
    }

    public static DataFileException Damaged(string path, Exception inner) => new(path, "The gzip data is cut off or damaged; get the file again.", inner);
}
