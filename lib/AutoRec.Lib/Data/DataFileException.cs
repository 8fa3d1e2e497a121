namespace AutoRec.Data;

/// <summary>A data file cannot be used as it is. The message names the file, the line, its text and what was expected.</summary>
public sealed class DataFileException : IOException
{
    /// <summary>An error of a file as a whole.</summary>
    public DataFileException(string path, string problem, Exception? inner = null)
        : base($"{path}: {problem}", inner)
    {
        Path = path;
    }

    /// <summary>An error of one line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="text">The line's text; long ones are cut in the message.</param>
    /// <param name="problem">What is wrong and what was expected.</param>
    public DataFileException(string path, long line, string text, string problem)
        : base($"{path}, line {line}: {problem} The line reads: {(text.Length <= 120 ? text : text[..120] + "...")}")
    {
        Path = path;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The line, from 1; null for an error of the whole file.</summary>
    public long? Line { get; }
}
