using System.Text;

namespace AutoRec.Data;

/// <summary>What stands between the fields of a line, and whether quotes around a field mean something.</summary>
/// <param name="Separator">A comma, semicolon, tab, bar, two colons, or a blank for runs of blanks.</param>
internal sealed record Dialect(string Separator)
{
    /// <summary>Runs of blanks and tabs.</summary>
    public const string Blanks = " ";

    private readonly byte[] separator = Encoding.UTF8.GetBytes(Separator);

    /// <summary>The separators that are looked for.</summary>
    public static IReadOnlyList<string> Separators { get; } = ["::", "\t", ";", "|", ",", Blanks];

    /// <summary>Whether a field may stand in quotes, with separators, line breaks and doubled quotes in it (RFC 4180).</summary>
    public bool HasQuotes => Separator is "," or ";" or "|";

    // In tab-separated values quotes are rare and mostly letters of a title; only a field that is in them as a whole loses them.
    private bool MayUnquote => HasQuotes || Separator == "\t";

    /// <summary>The separator in words.</summary>
    public string Name => Separator switch
    {
        "\t" => "tab",
        Blanks => "blanks",
        _ => Separator,
    };

    /// <summary>The dialect of a separator that a user names.</summary>
    /// <exception cref="ArgumentException">It is not one of those that are taken.</exception>
    public static Dialect Named(string text) => text switch
    {
        "\\t" or "tab" => new Dialect("\t"),
        "blanks" or "blank" or "space" => new Dialect(Blanks),
        _ when Separators.Contains(text) => new Dialect(text),
        _ => throw new ArgumentException($"'{text}' is not a separator. Use one of ',' ';' tab '|' '::' blanks (--separator)."),
    };

    /// <summary>
    /// Finds out the separator by the lines of a text: the one that gives most lines the same number of fields, and of those the one that
    /// gives the most fields. Null when lines have one field each.
    /// </summary>
    public static Dialect? Recognise(IReadOnlyList<byte[]> lines)
    {
        Dialect? best = null;
        var (bestShare, bestCount) = (0.0, 1);
        foreach (var candidate in Separators.Select(mark => new Dialect(mark)))
        {
            // A blank is in many texts; it separates fields where nothing else does.
            if (candidate.Separator == Blanks && bestShare >= 0.8)
            {
                break;
            }

            var records = candidate.Records(lines);
            var usual = records.CountBy(record => candidate.Split(record).Count)
                .Where(pair => pair.Key > 1)
                .OrderByDescending(pair => pair.Value).ThenByDescending(pair => pair.Key)
                .FirstOrDefault();
            var share = usual.Value / (double)records.Count;
            if (usual.Key > 1 && IsBetter(share, usual.Key))
            {
                (best, bestShare, bestCount) = (candidate, share, usual.Key);
            }
        }

        return best;

        // Nearly all lines of a file have one number of fields, whatever bad lines there are; then more fields are the better guess.
        bool IsBetter(double share, int count) =>
            Step(share) != Step(bestShare) ? Step(share) > Step(bestShare) : count != bestCount ? count > bestCount : share > bestShare;

        static int Step(double share) => share >= 0.8 ? 2 : share > 0.5 ? 1 : 0;
    }

    /// <summary>The fields of a record as texts; empty for one with a quote that does not end.</summary>
    public IReadOnlyList<string> Split(byte[] record)
    {
        var fields = new Fields();
        return fields.Split(record, this) == SplitResult.Record
            ? [.. Enumerable.Range(0, fields.Count).Select(i => Encoding.UTF8.GetString(fields.Of(record, i)))]
            : [];
    }

    /// <summary>Whether a line opens a quote that it does not close, so that the record goes on in the next line.</summary>
    public bool IsOpen(ReadOnlySpan<byte> line) =>
        HasQuotes && int.IsOddInteger(line.Count((byte)'"')) && new Fields().Split(line, this) == SplitResult.Open;

    /// <summary>The records of some lines: lines with a quote that goes on are put together.</summary>
    public IReadOnlyList<byte[]> Records(IReadOnlyList<byte[]> lines)
    {
        if (!HasQuotes)
        {
            return lines;
        }

        var records = new List<byte[]>();
        for (var i = 0; i < lines.Count; i++)
        {
            var last = i;
            if (IsOpen(lines[i]))
            {
                last = Enumerable.Range(i + 1, lines.Count - i - 1)
                    .FirstOrDefault(line => int.IsOddInteger(lines[line].Count(letter => letter == '"')), i);
            }

            records.Add(lines.Skip(i).Take(last - i + 1).Aggregate((all, next) => [.. all, (byte)'\n', .. next]));
            i = last;
        }

        return records;
    }

    /// <summary>What became of the splitting of a record.</summary>
    internal enum SplitResult
    {
        /// <summary>The fields are there.</summary>
        Record,

        /// <summary>A quote opens and does not close.</summary>
        Open,

        /// <summary>Something comes behind a closing quote.</summary>
        Malformed,
    }

    /// <summary>
    /// The fields of the record that was split last. Blanks around a field are not part of it unless they stand in quotes.
    /// </summary>
    internal sealed class Fields
    {
        private byte[] unquoted = new byte[256]; // the fields that stood in quotes, end to end
        private int unquotedLength;
        private (int Start, int Length)[] places = new (int, int)[16]; // in the record, or from ~Start on in the unquoted

        /// <summary>How many fields there are.</summary>
        public int Count { get; private set; }

        /// <summary>A field, from 0, of the record that was split.</summary>
        public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> record, int field)
        {
            var (start, length) = places[field];
            return start >= 0 ? record.Slice(start, length) : unquoted.AsSpan(~start, length);
        }

        /// <summary>Splits a record.</summary>
        public SplitResult Split(ReadOnlySpan<byte> record, Dialect dialect)
        {
            (Count, unquotedLength) = (0, 0);
            if (dialect.Separator == Blanks)
            {
                SplitBlanks(record);
                return SplitResult.Record;
            }

            var mayUnquote = dialect.MayUnquote && record.Contains((byte)'"');
            ReadOnlySpan<byte> separator = dialect.separator;
            for (var start = 0; ;)
            {
                if (mayUnquote && record[start..].TrimStart(BlanksAround(separator)) is [(byte)'"', ..] quoted)
                {
                    var result = TakeQuoted(quoted, separator, out var rest);
                    if (result == SplitResult.Record)
                    {
                        if (rest < 0)
                        {
                            return result;
                        }

                        start = record.Length - rest;
                        continue;
                    }

                    if (dialect.HasQuotes)
                    {
                        return result;
                    }
                }

                var length = separator.Length == 1 ? record[start..].IndexOf(separator[0]) : record[start..].IndexOf(separator);
                Add(record, start, length < 0 ? record.Length : start + length);
                if (length < 0)
                {
                    return SplitResult.Record;
                }

                start += length + separator.Length;
            }
        }

        private void SplitBlanks(ReadOnlySpan<byte> record)
        {
            for (var start = 0; start < record.Length;)
            {
                if (IsBlank(record[start]))
                {
                    start++;
                    continue;
                }

                var length = record[start..].IndexOfAny((byte)' ', (byte)'\t');
                var end = length < 0 ? record.Length : start + length;
                Add(record, start, end);
                start = end;
            }
        }

        // The rest is what comes behind the separator that follows, from the end of the record; -1 where none follows.
        private SplitResult TakeQuoted(ReadOnlySpan<byte> record, ReadOnlySpan<byte> separator, out int restLength)
        {
            restLength = -1;
            if (unquoted.Length < unquotedLength + record.Length)
            {
                Array.Resize(ref unquoted, 2 * (unquotedLength + record.Length));
            }

            var rest = record[1..];
            var end = unquotedLength;
            while (true)
            {
                var quote = rest.IndexOf((byte)'"');
                if (quote < 0)
                {
                    return SplitResult.Open;
                }

                rest[..quote].CopyTo(unquoted.AsSpan(end));
                end += quote;
                rest = rest[(quote + 1)..];
                if (rest is not [(byte)'"', ..])
                {
                    break;
                }

                unquoted[end++] = (byte)'"';
                rest = rest[1..];
            }

            rest = rest.TrimStart(BlanksAround(separator));
            if (!rest.IsEmpty && !rest.StartsWith(separator))
            {
                return SplitResult.Malformed;
            }

            Add((~unquotedLength, end - unquotedLength));
            unquotedLength = end;
            restLength = rest.IsEmpty ? -1 : rest.Length - separator.Length;
            return SplitResult.Record;
        }

        private void Add(ReadOnlySpan<byte> record, int start, int end)
        {
            while (start < end && IsBlank(record[start]))
            {
                start++;
            }

            while (start < end && IsBlank(record[end - 1]))
            {
                end--;
            }

            Add((start, end - start));
        }

        private void Add((int Start, int Length) place)
        {
            if (Count == places.Length)
            {
                Array.Resize(ref places, 2 * Count);
            }

            places[Count++] = place;
        }

        private static ReadOnlySpan<byte> BlanksAround(ReadOnlySpan<byte> separator) => separator[0] == '\t' ? " "u8 : "\t "u8;

        private static bool IsBlank(byte letter) => letter is (byte)' ' or (byte)'\t';
    }
}
