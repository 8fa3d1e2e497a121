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

    /// <summary>The separator that a user names; null for one that is not taken.</summary>
    public static string? Named(string text) => text switch
    {
        "\\t" or "tab" => "\t",
        "blanks" or "blank" or "space" => Blanks,
        _ => Separators.Contains(text) ? text : null,
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
            ? [.. Enumerable.Range(0, fields.Count).Select(i => Encoding.UTF8.GetString(fields[i]))]
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

            records.Add(last == i ? lines[i] : [.. lines.Skip(i).Take(last - i + 1).Aggregate((all, next) => [.. all, (byte)'\n', .. next])]);
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

    /// <summary>The fields of the record that was split last. Blanks around a field are not part of it unless they stand in quotes.</summary>
    internal sealed class Fields
    {
        private byte[] text = new byte[256]; // the fields end to end
        private int[] ends = new int[16];

        /// <summary>How many fields there are.</summary>
        public int Count { get; private set; }

        /// <summary>A field, from 0.</summary>
        public ReadOnlySpan<byte> this[int field]
        {
            get
            {
                var start = field == 0 ? 0 : ends[field - 1];
                return text.AsSpan(start, ends[field] - start);
            }
        }

        /// <summary>Splits a record.</summary>
        public SplitResult Split(ReadOnlySpan<byte> record, Dialect dialect)
        {
            Count = 0;
            if (record.Length > text.Length)
            {
                text = new byte[record.Length * 2];
            }

            if (dialect.Separator == Blanks)
            {
                SplitBlanks(record);
                return SplitResult.Record;
            }

            var mayUnquote = dialect.MayUnquote && record.Contains((byte)'"');
            ReadOnlySpan<byte> separator = dialect.separator;
            while (true)
            {
                if (mayUnquote && record.TrimStart("\t "u8) is [(byte)'"', ..] quoted)
                {
                    var result = TakeQuoted(ref quoted, separator, out var isLast);
                    if (result == SplitResult.Record)
                    {
                        record = quoted;
                        if (isLast)
                        {
                            return result;
                        }

                        continue;
                    }

                    if (dialect.HasQuotes)
                    {
                        return result;
                    }
                }

                var end = separator.Length == 1 ? record.IndexOf(separator[0]) : record.IndexOf(separator);
                Add((end < 0 ? record : record[..end]).Trim("\t "u8));
                if (end < 0)
                {
                    return SplitResult.Record;
                }

                record = record[(end + separator.Length)..];
            }
        }

        private void SplitBlanks(ReadOnlySpan<byte> record)
        {
            for (record = record.Trim("\t "u8); !record.IsEmpty; record = record.TrimStart("\t "u8))
            {
                var end = record.IndexOfAny((byte)' ', (byte)'\t');
                Add(end < 0 ? record : record[..end]);
                record = end < 0 ? [] : record[end..];
            }
        }

        private SplitResult TakeQuoted(ref ReadOnlySpan<byte> record, ReadOnlySpan<byte> separator, out bool isLast)
        {
            isLast = false;
            var rest = record[1..];
            var start = Count == 0 ? 0 : ends[Count - 1];
            var end = start;
            while (true)
            {
                var quote = rest.IndexOf((byte)'"');
                if (quote < 0)
                {
                    return SplitResult.Open;
                }

                rest[..quote].CopyTo(text.AsSpan(end));
                end += quote;
                rest = rest[(quote + 1)..];
                if (rest is not [(byte)'"', ..])
                {
                    break;
                }

                text[end++] = (byte)'"';
                rest = rest[1..];
            }

            rest = separator[0] == '\t' ? rest.TrimStart((byte)' ') : rest.TrimStart("\t "u8);
            isLast = rest.IsEmpty;
            if (!isLast && !rest.StartsWith(separator))
            {
                return SplitResult.Malformed;
            }

            End(end);
            record = isLast ? [] : rest[separator.Length..];
            return SplitResult.Record;
        }

        private void Add(ReadOnlySpan<byte> field)
        {
            var start = Count == 0 ? 0 : ends[Count - 1];
            field.CopyTo(text.AsSpan(start));
            End(start + field.Length);
        }

        private void End(int end)
        {
            if (Count == ends.Length)
            {
                Array.Resize(ref ends, 2 * Count);
            }

            ends[Count++] = end;
        }
    }
}
