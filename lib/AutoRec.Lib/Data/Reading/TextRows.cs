using System.Text;

namespace AutoRec.Data;

/// <summary>
/// Reads tables that are not ratings (items, users, orders) through the same reader: encodings, separators, quotes, workbooks.
/// </summary>
internal static class TextRows
{
    private static readonly RecordRules None = new(HasRating: false, Time: null, TakesComma: false, Scale: null);

    /// <summary>Hands over the rows of a table one by one, the header as the first; rows may have different numbers of fields.</summary>
    /// <param name="path">The file.</param>
    /// <param name="row">Takes the row's line, from 1, and its fields.</param>
    /// <param name="separator">What separates fields; null recognises it.</param>
    /// <param name="encoding">The encoding; null recognises it.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <returns>Whether a comma may be a decimal comma.</returns>
    /// <exception cref="DataFileException">The file is empty, not text, damaged, or has a quote that does not end.</exception>
    public static bool Read(
        string path,
        Action<long, string[]> row,
        string? separator = null,
        string? encoding = null,
        CancellationToken cancellation = default)
    {
        if (DataFile.IsWorkbook(path))
        {
            var rows = WorkbookSheet.Rows(path, cancellation);
            for (var i = 0; i < rows.Count; i++)
            {
                row(i + 1, rows[i]);
            }

            return true;
        }

        var text = TextFile.Open(path, encoding);
        var lines = TextLines.Of(text);
        var start = lines.SkipPreamble();
        byte[][] sample = [.. lines.Skip(start).Take(200).Where(line => !line.AsSpan().Trim("\t "u8).IsEmpty)];
        separator ??= lines.DeclaredSeparator;
        var dialect = separator is not null ? Dialect.Named(separator) : Dialect.Recognise(sample) ?? new Dialect(",");
        try
        {
            using var stream = text.OpenRead();
            stream.ReadExactly(new byte[lines.StartOf(start)]);
            var parser = new Parser(path, dialect, row);
            BlockReader.Read(stream, parser, None, start, mayStop: false, BlockReader.UsualBlock, cancellation);
        }
        catch (InvalidDataException error)
        {
            throw DataFile.Damaged(path, error);
        }
        catch (LineTooLongException error)
        {
            throw new DataFileException(path, error.Line, "", "The line is longer than 4 MiB.");
        }

        return dialect.Separator != ",";
    }

    private sealed class Parser(string path, Dialect dialect, Action<long, string[]> row) : RecordParser
    {
        private readonly Dialect.Fields fields = new();
        private int usual = -1;

        public override bool IsSequential => true;

        protected override bool IsOpen(ReadOnlySpan<byte> text) => dialect.IsOpen(text);

        protected override bool IsGood(ReadOnlySpan<byte> record) =>
            fields.Split(record, dialect) == Dialect.SplitResult.Record && (usual < 0 || fields.Count == usual);

        protected override void Add(long line, ReadOnlySpan<byte> record, ReadChunk chunk)
        {
            if (fields.Split(record, dialect) != Dialect.SplitResult.Record)
            {
                throw new DataFileException(path, line, Encoding.UTF8.GetString(record), "A quoted field does not end where it should.");
            }

            usual = usual < 0 ? fields.Count : usual;
            var texts = new string[fields.Count];
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = Encoding.UTF8.GetString(fields.Of(record, i));
            }

            row(line, texts);
        }
    }
}
