using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;
using Draw = Plotly.NET.CSharp.Chart;
using Plot = Plotly.NET.GenericChart;

namespace AutoRec.Notebooks;

/// <summary>Draws a chart with Plotly.NET.</summary>
internal static class PlotlyRenderer
{
    private const string Ink = "#24292f";
    private const string Grey = "#57606a";

    public static Plot Render(ChartSpec spec)
    {
        var names = spec.Marks.OfType<PointsMark>().Select(mark => mark.Series.Name).Where(name => name.Length > 0).ToArray();
        var plot = Draw.Combine(spec.Marks.Select(mark => Trace(spec, mark)).OfType<Plot>());
        return Plot.setLayout(Layout(spec, names.Length > 1 ? LegendRows(names) : 0), plot);
    }

    private static Plot? Trace(ChartSpec spec, Mark mark) => mark switch
    {
        PointsMark points => Draw.Scatter<IConvertible, double, string>(
            points.Series.X.Select(x => spec.X.IsTime ? (IConvertible)At(x) : Numbers.Rounded(x)),
            Rounded(points.Series.Y),
            !points.Joined ? StyleParam.Mode.Markers : points.Dots ? StyleParam.Mode.Lines_Markers : StyleParam.Mode.Lines,
            Name: points.Series.Name,
            Opacity: points.Joined ? 1 : 0.55,
            Marker: With(new Marker(), ("color", Palette.Colour(points.Style)), ("symbol", Symbol(points.Style)), ("size", 6)),
            Line: With(new Line(), ("color", Palette.Colour(points.Style)), ("dash", Palette.Dash(points.Style).Plotly), ("width", 2)),
            UseDefaults: false),
        BarsMark { Across: true } bars => Draw.Bar<double, string, string>(
            Rounded(bars.Values), Keys: Names(spec.Y), MarkerColor: Color.fromString(Palette.Colour(0)), UseDefaults: false),
        BarsMark bars => Draw.Column<double, string, string>(
            Rounded(bars.Values), Keys: Names(spec.X), MarkerColor: Color.fromString(Palette.Colour(0)), UseDefaults: false),

        // A filled staircase shows bins of any width, on a logarithmic axis too.
        StepsMark steps => Draw.Line<double, double, string>(
            Rounded(steps.Edges),
            Rounded([.. steps.Heights, 0]),
            Line: With(new Line(), ("color", Palette.Colour(0)), ("shape", "hv"), ("width", 1)),
            Fill: StyleParam.Fill.ToZero_y,
            FillColor: Color.fromString(Palette.Colour(0)),
            UseDefaults: false),
        IntervalsMark intervals => With(
            Draw.Point<double, string, string>(
                Rounded(intervals.Estimates),
                Names(spec.Y),
                Marker: With(new Marker(), ("color", Palette.Colour(1)), ("size", 9)),
                UseDefaults: false),
            ("error_x", With(
                new Error(),
                ("type", "data"),
                ("symmetric", false),
                ("array", Rounded([.. intervals.High.Zip(intervals.Estimates, (high, estimate) => high - estimate)])),
                ("arrayminus", Rounded([.. intervals.Low.Zip(intervals.Estimates, (low, estimate) => estimate - low)])),
                ("color", Palette.Colour(0))))),
        CellsMark cells => With(
            Draw.Heatmap<double, string, string, string>(
                Rows(cells.Values),
                X: Names(spec.X),
                Y: Names(spec.Y),
                ColorBar: With(new ColorBar(), ("title", With(new Title(), ("text", cells.Unit)))),
                UseDefaults: false),
            ("colorscale", Palette.Steps(cells.Diverging).Select(step => new object[] { step.Share, step.Colour }).ToArray()),
            ("zmin", Numbers.Rounded(cells.Low)),
            ("zmax", Numbers.Rounded(cells.High))),
        _ => null,
    };

    // Plotly sets the entries of a legend that has several rows in columns as wide as the widest.
    private static int LegendRows(string[] names) =>
        (int)Math.Ceiling(names.Length * ((names.Max(name => name.Length) * 7) + 50) / 600.0);

    private static Layout Layout(ChartSpec spec, int legendRows)
    {
        var rules = spec.Marks.OfType<RuleMark>().ToArray();
        return With(
            new Layout(),
            // Away from the buttons at the right, and above the legend, however many rows that has.
            ("title", With(new Title(), ("text", spec.Title), ("x", 0.02), ("yref", "container"), ("y", 1 - (22.0 / spec.Height)))),
            ("showlegend", legendRows > 0),
            ("legend", With(new Legend(), ("orientation", "h"), ("x", 0), ("y", 1.02), ("yanchor", "bottom"))),
            ("height", spec.Height),
            ("paper_bgcolor", "#ffffff"),
            ("plot_bgcolor", "#ffffff"),
            ("font", With(new Font(), ("color", Ink), ("size", 12))),
            ("margin", With(new Margin(), ("l", 64), ("r", 26), ("t", legendRows > 0 ? 50 + (22 * legendRows) : 44), ("b", 48))),
            ("xaxis", With(Axis(spec.X), ("zeroline", spec.Marks.Any(mark => mark is IntervalsMark)), ("zerolinecolor", Grey))),
            ("yaxis", With(Axis(spec.Y), ("zeroline", false))),
            ("shapes", rules.Select(rule => With(
                new Shape(),
                ("type", "line"),
                ("x0", rule.X),
                ("x1", rule.X),
                ("yref", "paper"),
                ("y0", 0),
                ("y1", 1),
                ("line", With(new Line(), ("color", Grey), ("width", 1), ("dash", "dot"))))).ToArray()),
            ("annotations", rules.Select(rule => With(
                new Annotation(),
                ("x", rule.X),
                ("yref", "paper"),
                ("y", 1),
                ("text", rule.Label),
                ("showarrow", false),
                ("xanchor", "left"))).ToArray()));
    }

    private static LinearAxis Axis(AxisSpec spec)
    {
        var axis = With(
            new LinearAxis(),
            ("title", With(new Title(), ("text", spec.Label), ("standoff", 8))),
            ("type", spec.IsLog ? "log" : spec.IsTime ? "date" : spec.Categories is not null ? "category" : "linear"),
            ("showgrid", spec.Categories is null),
            ("automargin", true)); // names of any length find room
        if (spec.FromTop)
        {
            With(axis, ("autorange", "reversed"));
        }

        if (!spec.IsTime && spec.Categories is null)
        {
            With(axis, ("exponentformat", "none"), ("separatethousands", true)); // 30,000, not 30k: as in the picture.
        }

        if (spec.IsLog)
        {
            // Of its own accord Plotly writes 2 and 5 for 20 and 500.
            var ticks = Ticks.Log(1e-6, 1e9, few: true);
            With(axis, ("tickvals", ticks.Select(tick => tick.At).ToArray()), ("ticktext", ticks.Select(tick => tick.Text).ToArray()));
        }

        return spec.Include is 0 ? With(axis, ("rangemode", "tozero")) : axis;
    }

    // What Plotly.NET's methods have no parameter for, or only in F#.
    private static T With<T>(T part, params ReadOnlySpan<(string Name, object Value)> properties)
        where T : DynamicObj.DynamicObj
    {
        foreach (var (name, value) in properties)
        {
            part.SetProperty(name, value);
        }

        return part;
    }

    private static Plot With(Plot plot, params ReadOnlySpan<(string Name, object Value)> properties)
    {
        With(Plot.getTraces(plot).Single(), properties);
        return plot;
    }

    private static string Symbol(int style) => (style % 3) switch { 0 => "circle", 1 => "square", _ => "triangle-up" };

    private static string[] Names(AxisSpec axis) => [.. axis.Categories ?? []];

    private static string At(double seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds).UtcDateTime
        .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static double[] Rounded(IReadOnlyList<double> values) => [.. values.Select(Numbers.Rounded)];

    private static double[][] Rows(double[,] values) =>
    [
        .. Enumerable.Range(0, values.GetLength(0))
            .Select(row => Rounded([.. Enumerable.Range(0, values.GetLength(1)).Select(column => values[row, column])])),
    ];
}
