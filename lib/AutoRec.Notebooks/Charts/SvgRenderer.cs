using System.Globalization;
using System.Security;
using System.Text;

namespace AutoRec.Notebooks;

/// <summary>
/// Draws a chart as SVG: text, lines and rectangles, nothing else. It asks the machine for no font, so that the same
/// chart is the same text everywhere, also on a server that has no fonts at all.
/// </summary>
internal sealed class SvgRenderer
{
    public const int Width = 720;
    private const int Right = Width - 26;
    private const double FontSize = 12;

    // A picture has no style sheet but its own. Colours of data stay.
    private const string Dark = """
        <style>@media(prefers-color-scheme:dark){svg{color-scheme:dark;fill:#dfe2e5}
        rect[fill="#fff"]{fill:#16181b}[stroke="#fff"]{stroke:#16181b}
        [stroke="#e4e7eb"]{stroke:#33383e}[stroke="#8c959f"]{stroke:#6b737c}[stroke="#57606a"]{stroke:#9aa2ab}[fill="#57606a"]{fill:#9aa2ab}
        [stroke="#000000"]{stroke:#dfe2e5}[fill="#000000"]{fill:#dfe2e5}}</style>
        """;

    private readonly ChartSpec spec;
    private readonly StringBuilder svg = new();
    private readonly Scale x;
    private readonly Scale y;
    private readonly double left;
    private readonly double top;
    private readonly double bottom;

    private SvgRenderer(ChartSpec spec)
    {
        this.spec = spec;
        top = 38 + (LegendRows() * 20);
        bottom = spec.Height - 48;
        y = new Scale(spec.Y, Values(vertical: true), bottom, top, flush: false);
        left = Math.Min(Width * 0.45, 44 + y.Ticks.Select(tick => TextWidth(Cut(tick.Text))).DefaultIfEmpty(0).Max());
        x = new Scale(spec.X, Values(vertical: false), left, Right - SideWidth, flush: spec.Marks.Any(mark => mark is StepsMark));
    }

    // Room at the right for the colours of cells, or for the numbers behind bars that lie down.
    private double SideWidth =>
        spec.Marks.Any(mark => mark is CellsMark) ? 70 : spec.Marks.Any(mark => mark is BarsMark { Across: true }) ? 24 : 0;

    public static string Render(ChartSpec spec) => new SvgRenderer(spec).Render();

    private string Render()
    {
        const string Font = "role=\"img\" font-family=\"system-ui,'Segoe UI',Helvetica,Arial,sans-serif\"";
        var size = FormattableString.Invariant($"viewBox=\"0 0 {Width} {spec.Height}\" width=\"{Width}\" height=\"{spec.Height}\"");
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" {size} {Font} font-size=\"{FontSize}\" fill=\"#24292f\">");
        Add($"{Dark}");
        Add($"<title>{Escape(spec.Title)}</title><desc>{Escape(spec.Summary)}</desc>");
        Add($"<rect width=\"{Width}\" height=\"{spec.Height}\" fill=\"#fff\"/>");
        Text(14, 22, spec.Title, "start", "font-size=\"15\" font-weight=\"600\"");
        Legend();
        Axes();
        foreach (var mark in spec.Marks)
        {
            Draw(mark);
        }

        return svg.Append("</svg>").ToString();
    }

    private void Axes()
    {
        var ticksUp = y.Ticks;
        foreach (var (at, text) in ticksUp)
        {
            if (spec.Y.Categories is null)
            {
                Line(left, y[at], Right - SideWidth, y[at], "#e4e7eb");
            }

            Text(left - 6, y[at] + 4, Cut(text), "end");
        }

        var room = (Right - left) / Math.Max(1, x.Ticks.Count);
        var every = spec.X.Categories is null
            ? 1
            : (int)Math.Ceiling(x.Ticks.Select(tick => TextWidth(tick.Text) + 6).DefaultIfEmpty(0).Max() / room);
        foreach (var (at, text) in x.Ticks.Where((_, i) => i % every == 0))
        {
            if (spec.X.Categories is null)
            {
                Line(x[at], bottom, x[at], bottom + 4, "#8c959f");
                if (spec.Y.Categories is not null)
                {
                    Line(x[at], top, x[at], bottom, "#e4e7eb");
                }
            }

            Text(x[at], bottom + 17, text, "middle");
        }

        Line(left, bottom, Right - SideWidth, bottom, "#8c959f");
        Text((left + Right - SideWidth) / 2, spec.Height - 10, spec.X.Label, "middle");
        var middle = (top + bottom) / 2;
        Add($"<text transform=\"translate(16 {Pixel(middle)}) rotate(-90)\" text-anchor=\"middle\">{Escape(spec.Y.Label)}</text>");
    }

    private void Draw(Mark mark)
    {
        switch (mark)
        {
            case PointsMark points:
                Points(points);
                break;
            case BarsMark bars:
                Bars(bars);
                break;
            case StepsMark steps:
                for (var i = 0; i < steps.Heights.Count; i++)
                {
                    if (steps.Heights[i] > 0)
                    {
                        Rectangle(
                            x[steps.Edges[i]],
                            y[steps.Heights[i]],
                            x[steps.Edges[i + 1]],
                            bottom,
                            Palette.Colour(0),
                            "stroke=\"#fff\" stroke-width=\".5\"");
                    }
                }

                break;
            case IntervalsMark intervals:
                Intervals(intervals);
                break;
            case CellsMark cells:
                Cells(cells);
                break;
            case RuleMark rule:
                Line(x[rule.X], top, x[rule.X], bottom, "#57606a", "stroke-dasharray=\"3 3\"");
                var atRight = x[rule.X] > (left + Right) / 2;
                Text(x[rule.X] + (atRight ? -5 : 5), top + 11, rule.Label, atRight ? "end" : "start", "fill=\"#57606a\"");
                break;
            default:
                throw new NotSupportedException(mark.GetType().Name);
        }
    }

    private void Points(PointsMark mark)
    {
        var colour = Palette.Colour(mark.Style);
        var (xs, ys) = (mark.Series.X, mark.Series.Y);
        if (mark.Joined)
        {
            var path = new StringBuilder();
            var pen = 'M';
            for (var i = 0; i < xs.Count; i++)
            {
                if (!double.IsFinite(ys[i]))
                {
                    pen = 'M';
                    continue;
                }

                path.Append(pen).Append(Pixel(x[xs[i]])).Append(' ').Append(Pixel(y[ys[i]]));
                pen = 'L';
            }

            var dash = Palette.Dash(mark.Style).Svg;
            var dashes = dash.Length > 0 ? $" stroke-dasharray=\"{dash}\"" : "";
            Add($"<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dashes}/>");
        }

        if (mark.Dots)
        {
            Add($"<g fill=\"{colour}\"{(mark.Joined ? "" : " fill-opacity=\".55\"")}>");
            for (var i = 0; i < xs.Count; i++)
            {
                if (double.IsFinite(ys[i]))
                {
                    Marker(x[xs[i]], y[ys[i]], mark.Style);
                }
            }

            Add($"</g>");
        }
    }

    private void Bars(BarsMark mark)
    {
        var label = mark.Values.Count <= 24;
        for (var i = 0; i < mark.Values.Count; i++)
        {
            var value = mark.Values[i];
            if (!double.IsFinite(value))
            {
                continue;
            }

            if (mark.Across)
            {
                var half = Math.Min(12, y.Unit * 0.38);
                Rectangle(x[0], y[i] - half, x[value], y[i] + half, Palette.Colour(0));
                Text(Math.Max(x[value], x[0]) + 4, y[i] + 4, label ? Numbers.Short(value) : "", "start", "font-size=\"11\"");
            }
            else
            {
                var half = Math.Min(40, x.Unit * 0.4);
                Rectangle(x[i] - half, y[value], x[i] + half, y[0], Palette.Colour(0));
                var text = label && TextWidth(Numbers.Short(value)) < x.Unit ? Numbers.Short(value) : "";
                Text(x[i], Math.Min(y[value], y[0]) - 4, text, "middle", "font-size=\"11\"");
            }
        }
    }

    private void Intervals(IntervalsMark mark)
    {
        if (x[0] >= left && x[0] <= Right)
        {
            Line(x[0], top, x[0], bottom, "#57606a");
        }

        for (var i = 0; i < mark.Estimates.Count; i++)
        {
            Line(x[mark.Low[i]], y[i], x[mark.High[i]], y[i], Palette.Colour(0), "stroke-width=\"2.5\"");
            Line(x[mark.Low[i]], y[i] - 5, x[mark.Low[i]], y[i] + 5, Palette.Colour(0), "stroke-width=\"2\"");
            Line(x[mark.High[i]], y[i] - 5, x[mark.High[i]], y[i] + 5, Palette.Colour(0), "stroke-width=\"2\"");
            Add($"<circle cx=\"{Pixel(x[mark.Estimates[i]])}\" cy=\"{Pixel(y[i])}\" r=\"4.5\" fill=\"{Palette.Colour(1)}\"/>");
        }
    }

    private void Cells(CellsMark mark)
    {
        var (low, high) = (mark.Low, mark.High);
        for (var row = 0; row < mark.Values.GetLength(0); row++)
        {
            for (var column = 0; column < mark.Values.GetLength(1); column++)
            {
                var value = mark.Values[row, column];
                if (!double.IsFinite(value))
                {
                    continue;
                }

                var share = high > low ? (value - low) / (high - low) : 0.5;
                Rectangle(
                    x[column - 0.5],
                    y[row - 0.5],
                    x[column + 0.5],
                    y[row + 0.5],
                    Palette.Shade(share, mark.Diverging),
                    "stroke=\"#fff\"");
                if (x.Unit > 34 && y.Unit > 14)
                {
                    var ink = Palette.IsDark(share, mark.Diverging) ? "#fff" : "#24292f";
                    Text(x[column], y[row] + 4, Numbers.Short(value), "middle", $"font-size=\"10\" fill=\"{ink}\"");
                }
            }
        }

        var steps = Palette.Steps(mark.Diverging);
        foreach (var (share, colour) in steps)
        {
            var height = (bottom - top) / steps.Length;
            var from = bottom - (share * (bottom - top - height));
            Rectangle(Right - 52, from - height, Right - 38, from, colour);
        }

        Text(Right - 32, top + 10, Numbers.Short(high), "start", "font-size=\"11\"");
        Text(Right - 32, bottom, Numbers.Short(low), "start", "font-size=\"11\"");
        Text(Right, top - 6, mark.Unit, "end", "font-size=\"11\"");
    }

    private int LegendRows()
    {
        var end = 14.0;
        var rows = 0;
        foreach (var (name, _) in LegendEntries())
        {
            rows = Math.Max(rows, 1);
            if (end + LegendWidth(name) > Right)
            {
                rows++;
                end = 14;
            }

            end += LegendWidth(name);
        }

        return rows;
    }

    private void Legend()
    {
        var (at, baseline) = (14.0, 44.0);
        foreach (var (name, mark) in LegendEntries())
        {
            if (at + LegendWidth(name) > Right)
            {
                (at, baseline) = (14, baseline + 20);
            }

            var colour = Palette.Colour(mark.Style);
            if (mark.Joined)
            {
                var dash = Palette.Dash(mark.Style).Svg;
                var style = $"stroke-width=\"2\"{(dash.Length > 0 ? $" stroke-dasharray=\"{dash}\"" : "")}";
                Line(at, baseline - 4, at + 26, baseline - 4, colour, style);
            }

            if (mark.Dots)
            {
                Add($"<g fill=\"{colour}\">");
                Marker(at + 13, baseline - 4, mark.Style);
                Add($"</g>");
            }

            Text(at + 32, baseline, name, "start");
            at += LegendWidth(name);
        }
    }

    // A chart with one series says what it shows in its title.
    private IEnumerable<(string Name, PointsMark Mark)> LegendEntries()
    {
        var named = spec.Marks.OfType<PointsMark>().Where(mark => mark.Series.Name.Length > 0).ToArray();
        return named.Length < 2 ? [] : named.Select(mark => (mark.Series.Name, mark));
    }

    private static double LegendWidth(string name) => TextWidth(name) + 50;

    private IEnumerable<double> Values(bool vertical) => spec.Marks.SelectMany(mark => mark switch
    {
        PointsMark points => vertical ? points.Series.Y : points.Series.X,
        BarsMark bars when bars.Across != vertical => bars.Values,
        StepsMark steps => vertical ? steps.Heights : steps.Edges,
        IntervalsMark intervals when !vertical => [.. intervals.Low, .. intervals.High],
        RuleMark rule when !vertical => [rule.X],
        _ => (IEnumerable<double>)[],
    });

    private void Marker(double atX, double atY, int style)
    {
        switch (style % 3)
        {
            case 0:
                Add($"<circle cx=\"{Pixel(atX)}\" cy=\"{Pixel(atY)}\" r=\"3\"/>");
                break;
            case 1:
                Add($"<path d=\"M{Pixel(atX - 3)} {Pixel(atY - 3)}h6v6h-6z\"/>");
                break;
            default:
                Add($"<path d=\"M{Pixel(atX)} {Pixel(atY - 4)}l4 7h-8z\"/>");
                break;
        }
    }

    private void Line(double x1, double y1, double x2, double y2, string colour, string more = "") =>
        Add($"<path d=\"M{Pixel(x1)} {Pixel(y1)}L{Pixel(x2)} {Pixel(y2)}\" stroke=\"{colour}\"{(more.Length > 0 ? " " + more : "")}/>");

    private void Rectangle(double x1, double y1, double x2, double y2, string colour, string more = "")
    {
        var (x, y) = (Pixel(Math.Min(x1, x2)), Pixel(Math.Min(y1, y2)));
        var (width, height) = (Pixel(Math.Abs(x2 - x1)), Pixel(Math.Abs(y2 - y1)));
        var rest = more.Length > 0 ? " " + more : "";
        Add($"<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{colour}\"{rest}/>");
    }

    private void Text(double atX, double atY, string text, string anchor, string more = "")
    {
        if (text.Length > 0)
        {
            var anchored = anchor == "start" ? "" : $" text-anchor=\"{anchor}\"";
            var rest = more.Length > 0 ? " " + more : "";
            Add($"<text x=\"{Pixel(atX)}\" y=\"{Pixel(atY)}\"{anchored}{rest}>{Escape(text)}</text>");
        }
    }

    private void Add(FormattableString markup) => svg.Append(markup.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Pixel(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    // Control characters have no place in XML, not even escaped.
    private static string Escape(string text) => SecurityElement.Escape(string.Concat(text.Where(letter => !char.IsControl(letter))));

    private static string Cut(string text) => text.Length <= 44 ? text : text[..43] + "…";

    // An estimate that suits the common sans-serif fonts, since none is at hand to measure with.
    private static double TextWidth(string text) => text.Sum(letter => letter switch
    {
        'i' or 'j' or 'l' or '.' or ',' or ' ' or '\'' or '|' or '!' => 0.3,
        'm' or 'w' or 'M' or 'W' or '@' => 0.86,
        >= 'A' and <= 'Z' => 0.66,
        > '\u2e80' => 1,
        _ => 0.56,
    }) * FontSize;
}
