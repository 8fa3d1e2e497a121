using System.Globalization;
using System.Text;

namespace AutoRec.Data;

/// <summary>Keeps beside a ratings file what its values say, so that it is not decided again when the file is read.</summary>
internal static class FeedbackFile
{
    /// <summary>What stands in the name of the file: <c>my.feedback.csv</c> beside <c>my.csv</c>.</summary>
    public const string Name = "feedback";

    private const string Header = "feedback,min,max,positive_from";

    /// <summary>Writes the file: a header, and a line with the kind, the scale and the lowest positive value.</summary>
    public static void Write(string path, Feedback feedback) => WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Header}\n{feedback.Name},{feedback.Scale.Min:R},{feedback.Scale.Max:R},{feedback.PositiveFrom:R}\n"))));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="DataFileException">The file is something else.</exception>
    public static Feedback Read(string path)
    {
        var lines = File.ReadAllLines(path);
        return lines is [Header, var line, ..]
            && line.Split(',') is [var name, var min, var max, var from]
            && Enum.TryParse<FeedbackKind>(name, ignoreCase: true, out var kind)
            && RatingScale.TryParse($"{min}..{max}", out var scale)
            && float.TryParse(from, NumberStyles.Float, CultureInfo.InvariantCulture, out var positiveFrom)
            ? new Feedback(kind, scale, positiveFrom)
            : throw new DataFileException(
                path, $"Expected the header '{Header}' and a line such as stars,1,5,4. Delete the file to have it "
                + "decided by the ratings.");
    }
}
