using System.Collections;
using System.Text;

namespace AutoRec.Data;

/// <summary>The first lines of a text file, without line ends.</summary>
internal sealed class TextLines : IReadOnlyList<byte[]>
{
    private readonly List<byte[]> lines = [];
    private readonly List<int> starts = [0];

    private TextLines()
    {
    }

    /// <inheritdoc/>
    public int Count => lines.Count;

    /// <summary>The separator that a line <c>sep=;</c> at the start names, as Excel writes it; else null.</summary>
    public string? DeclaredSeparator { get; private set; }

    /// <inheritdoc/>
    public byte[] this[int index] => lines[index];

    /// <summary>The lines of a file's sample that are there as a whole.</summary>
    public static TextLines Of(TextFile file)
    {
        var result = new TextLines();
        var rest = file.Sample.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = RecordParser.LengthOfLine(rest, out var content);
            if (content == length && !file.IsWhole && result.Count > 0)
            {
                break; // the sample ends within a line
            }

            result.lines.Add(rest[..content].ToArray());
            result.starts.Add(result.starts[^1] + length);
            rest = rest[length..];
        }

        return result;
    }

    /// <summary>How many lines come before the header or the first record: blank ones, comments, a line that names the separator.</summary>
    public int SkipPreamble()
    {
        var hasOther = lines.Exists(line => !IsBlank(line) && !IsComment(line));
        var start = 0;
        for (; start < Count; start++)
        {
            if (lines[start] is [(byte)'s', (byte)'e', (byte)'p', (byte)'=', var mark])
            {
                DeclaredSeparator = Encoding.UTF8.GetString([mark]);
            }
            else if (!IsBlank(lines[start]) && !(hasOther && IsComment(lines[start])))
            {
                break;
            }
        }

        return start;
    }

    /// <summary>Where a line begins, in bytes.</summary>
    public int StartOf(int line) => starts[line];

    /// <summary>How many lines, from <paramref name="start"/>, a record takes up.</summary>
    public int LinesOf(int start, byte[] record)
    {
        var skipped = 0;
        while (IsBlank(lines[start + skipped]))
        {
            skipped++;
        }

        return skipped + 1 + record.Count(letter => letter == '\n');
    }

    /// <inheritdoc/>
    public IEnumerator<byte[]> GetEnumerator() => lines.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsBlank(byte[] line) => line.AsSpan().Trim("\t "u8).IsEmpty;

    private static bool IsComment(byte[] line) => line is [(byte)'#' or (byte)'%', ..] or [(byte)'/', (byte)'/', ..];
}
