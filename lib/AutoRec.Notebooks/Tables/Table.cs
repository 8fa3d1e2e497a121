using System.Collections;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using System.Text;
using AutoRec.Evaluation;
using Microsoft.Data.Analysis;

namespace AutoRec.Notebooks;

/// <summary>
/// A table as a value: a notebook that ends a cell with it shows it. Numbers stand to the right with the decimals
/// their column needs, in the same form in every culture. A column that is headed by a metric, such as <c>RMSE</c> or <c>NDCG@10</c>, has
/// an arrow for the direction that is better, and its best values are bold in HTML.
/// </summary>
[TypeFormatterSource(typeof(HtmlAndTextSource), PreferredMimeTypes = ["text/html", "text/plain"])]
public sealed class Table : IHtmlAndText
{
    /// <summary>How many rows are shown when nothing else is asked for.</summary>
    public const int DefaultRows = 20;

    private const string Missing = "–";
    private readonly Column[] columns;
    private readonly int rowCount;
    private readonly string? caption;

    private Table(Column[] columns, int rowCount, string? caption)
    {
        this.columns = columns;
        this.rowCount = rowCount;
        this.caption = caption;
    }

    private int ShownRows => columns.Length == 0 ? 0 : columns[0].Cells.Length;

    /// <summary>A table of a data frame's first rows.</summary>
    /// <param name="frame">The data.</param>
    /// <param name="caption">What it shows; null for none.</param>
    /// <param name="rows">The most rows that are shown; the rest is counted.</param>
    public static Table Of(DataFrame frame, string? caption = null, int rows = DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        var count = (int)Math.Min(rows, frame.Rows.Count);
        return new Table(
            [
                .. frame.Columns.Select(column =>
                    Column.Of(
                        column.Name,
                        [.. Enumerable.Range(0, count).Select(i => column[i])],
                        column.DataType,
                        isWhole: count == frame.Rows.Count)),
            ],
            (int)frame.Rows.Count,
            caption);
    }

    /// <summary>A table of records: one row a record, one column a public property, named by it.</summary>
    /// <param name="records">The rows.</param>
    /// <param name="caption">What they show; null for none.</param>
    /// <param name="rows">The most rows that are shown; the rest is counted.</param>
    public static Table Of<T>(IEnumerable<T> records, string? caption = null, int rows = DefaultRows)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        var all = records.ToArray();
        var shown = all.Take(rows).ToArray();
        var properties = typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0
                && (property.PropertyType == typeof(string) || !property.PropertyType.IsAssignableTo(typeof(IEnumerable))));
        return new Table(
            [
                .. properties.Select(property =>
                    Column.Of(
                        Words(property.Name),
                        [.. shown.Select(record => property.GetValue(record))],
                        property.PropertyType,
                        isWhole: shown.Length == all.Length)),
            ],
            all.Length,
            caption);
    }

    /// <summary>A table of two columns: what, and how much.</summary>
    /// <param name="caption">What it shows; null for none.</param>
    /// <param name="facts">The rows; numbers are shown with at most four significant digits.</param>
    public static Table Facts(string? caption, params IEnumerable<(string Name, object Value)> facts)
    {
        var all = facts.ToArray();
        var numbersOnly = Array.TrueForAll(all, fact => Column.IsNumeric(fact.Value.GetType()));
        return new Table(
            [
                new Column("", false, [.. all.Select(fact => fact.Name)]),
                new Column("", numbersOnly, [.. all.Select(fact => Column.IsNumeric(fact.Value.GetType())
                    ? Numbers.Short(Convert.ToDouble(fact.Value, CultureInfo.InvariantCulture))
                    : Column.Text(fact.Value))]),
            ],
            all.Length,
            caption);
    }

    /// <inheritdoc/>
    public string ToHtml()
    {
        var html = new StringBuilder(
            "<table class=\"autorec-table\" style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\">\n");
        if (caption is not null)
        {
            html.Append($"<caption style=\"text-align:left;font-weight:600;padding:.2em 0\">{WebUtility.HtmlEncode(caption)}</caption>\n");
        }

        if (columns.Any(column => column.Name.Length > 0))
        {
            html.Append("<thead><tr>");
            foreach (var column in columns)
            {
                var (start, end) = column.Name.Length > 0 ? ("th scope=\"col\"", "th") : ("td", "td"); // an empty heading is none
                var arrow = column.Metric is { } metric
                    ? $" <span title=\"{MetricColumn.Direction(metric)}\">{MetricColumn.Arrow(metric)}</span>"
                    : "";
                html.Append($"<{start} style=\"{Align(column)}\">{WebUtility.HtmlEncode(column.Name)}{arrow}</{end}>");
            }

            html.Append("</tr></thead>\n");
        }

        html.Append("<tbody>\n");
        for (var row = 0; row < ShownRows; row++)
        {
            html.Append("<tr>");
            foreach (var column in columns)
            {
                var cell = WebUtility.HtmlEncode(column.Cells[row]);
                html.Append($"<td style=\"{Align(column)}\">{(column.IsBest(row) ? $"<strong>{cell}</strong>" : cell)}</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody>\n</table>");
        return rowCount > ShownRows ? html.Append($"\n<p><em>{More()}</em></p>").ToString() : html.ToString();
    }

    /// <summary>The table in columns of fixed width.</summary>
    public override string ToString()
    {
        var widths = columns.Select(column => column.Cells.Append(column.Heading).Max(cell => cell.Length)).ToArray();
        var lines = new List<string>();
        if (caption is not null)
        {
            lines.Add(caption);
        }

        if (columns.Any(column => column.Name.Length > 0))
        {
            lines.Add(Row(column => column.Heading));
            lines.Add(string.Join("  ", widths.Select(width => new string('-', width))));
        }

        for (var row = 0; row < ShownRows; row++)
        {
            lines.Add(Row(column => column.Cells[row]));
        }

        if (rowCount > ShownRows)
        {
            lines.Add(More());
        }

        return string.Join('\n', lines);

        string Row(Func<Column, string> cell) =>
            string.Join("  ", columns.Select((column, i) =>
                column.IsNumber ? cell(column).PadLeft(widths[i]) : cell(column).PadRight(widths[i]))).TrimEnd();
    }

    private static string Align(Column column) =>
        column.IsNumber ? "text-align:right;padding:.15em .7em;white-space:nowrap" : "text-align:left;padding:.15em .7em";

    private string More() => $"... and {Numbers.Short(rowCount - ShownRows)} more rows";

    // "ItemCount" is read as "item count"; "RMSE" and "NdcgAt10" keep what is no word of small letters.
    private static string Words(string name) => string.Concat(name.Select((letter, i) =>
        char.IsUpper(letter) && i + 1 < name.Length && char.IsLower(name[i + 1])
            ? (i > 0 ? " " : "") + char.ToLowerInvariant(letter)
            : letter.ToString()));

    private sealed record Column(string Name, bool IsNumber, string[] Cells)
    {
        private bool[]? best;

        /// <summary>The metric of the column; null where it shows something else.</summary>
        public Metric? Metric { get; private init; }

        /// <summary>The name, with the arrow of the metric.</summary>
        public string Heading => Metric is { } metric ? $"{Name} {MetricColumn.Arrow(metric)}" : Name;

        public static Column Of(string name, object?[] values, Type type, bool isWhole)
        {
            if (!IsNumeric(type))
            {
                return new Column(name, false, [.. values.Select(Text)]);
            }

            var numbers = values
                .Select(value => value is null ? double.NaN : Convert.ToDouble(value, CultureInfo.InvariantCulture)).ToArray();
            var decimals = Decimals(numbers);
            string[] cells = [.. numbers.Select(number => double.IsNaN(number) ? Missing : Numbers.Fixed(number, decimals))];
            var metric = MetricColumn.Of(name);
            return new Column(name, true, cells)
            {
                Metric = metric,
                best = metric is null || !isWhole ? null : MetricColumn.Best(metric, numbers, cells),
            };
        }

        public bool IsBest(int row) => best?[row] ?? false;

        public static bool IsNumeric(Type type) =>
            Array.Exists(
                (Nullable.GetUnderlyingType(type) ?? type).GetInterfaces(),
                face => face.IsGenericType && face.GetGenericTypeDefinition() == typeof(INumber<>)) &&
            type != typeof(char);

        public static string Text(object? value) => value switch
        {
            null => Missing,
            bool truth => truth ? "yes" : "no",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? Missing,
        };

        // Four significant digits for the largest, but no more decimals than whole numbers need.
        private static int Decimals(double[] numbers)
        {
            var known = numbers.Where(double.IsFinite).ToArray();
            if (known.All(number => number == Math.Floor(number)))
            {
                return 0;
            }

            return known.Max(Math.Abs) switch { >= 1000 => 0, >= 100 => 1, >= 10 => 2, >= 1 => 3, _ => 4 };
        }
    }
}
