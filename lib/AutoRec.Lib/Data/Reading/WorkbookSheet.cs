using System.Globalization;
using System.Text;
using ExcelDataReader;

namespace AutoRec.Data;

/// <summary>Reads the first sheet of a workbook (.xlsx) as a table with a header.</summary>
internal static class WorkbookSheet
{
    // The library asks for Windows-1252 when it is made, whatever it reads.
    static WorkbookSheet() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The rows of the first sheet as texts: numbers and dates as the cells hold them, whatever they look like.</summary>
    /// <exception cref="DataFileException">The workbook is damaged or protected.</exception>
    public static IReadOnlyList<string[]> Rows(string path, CancellationToken cancellation)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var reader = ExcelReaderFactory.CreateOpenXmlReader(file);
            List<string[]> rows = [];
            while (reader.Read())
            {
                cancellation.ThrowIfCancellationRequested();
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => TextOf(reader.GetValue(i)))]);
            }

            return rows;
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            throw new DataFileException(
                path,
                "The workbook is damaged or protected. Open it in a spreadsheet program and save the sheet as CSV (UTF-8).",
                error);
        }
    }

    /// <summary>Reads the first sheet as ratings.</summary>
    public static SourcePart Read(string path, ReadOptions options, CancellationToken cancellation)
    {
        var rows = Rows(path, cancellation);
        var start = rows.TakeWhile(IsBlank).Count();
        if (start == rows.Count)
        {
            throw new DataFileException(path, "The first sheet is empty.");
        }

        IReadOnlyList<string>[] sample = [.. rows.Skip(start).Where(row => !IsBlank(row)).Take(1000)];
        var layout = Layout.Of(sample, options.Columns, out var data, out var problem)
            ?? throw new DataFileException(path, start + 1, string.Join(", ", sample[0]), problem!);
        var rules = RatingsFile.RulesOf(path, layout, data, takesComma: true, options) with { Record = "row" };
        var chunk = new ReadChunk(rules) { Lines = start + (layout.Names is null ? 0 : 1) };
        foreach (var row in rows.Skip((int)chunk.Lines))
        {
            chunk.Lines++;
            if (!IsBlank(row))
            {
                chunk.Add(chunk.Lines, default, At(row, layout.User), At(row, layout.Item), At(row, layout.Rating), At(row, layout.Time));
            }
        }

        return new SourcePart(path, RatingsFormat.Workbook, layout, rules, chunk);

        static byte[] At(string[] row, int column) =>
            column < 0 || column >= row.Length ? [] : Encoding.UTF8.GetBytes(row[column].Trim(' ', '\t'));
    }

    private static bool IsBlank(string[] row) => Array.TrueForAll(row, string.IsNullOrWhiteSpace);

    private static string TextOf(object? value) => value switch
    {
        null => "",
        DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
