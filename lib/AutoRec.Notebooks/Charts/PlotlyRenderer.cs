using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using XPlot.Plotly;

namespace AutoRec.Notebooks;

/// <summary>Describes a chart to Plotly, through XPlot's types.</summary>
internal static class PlotlyRenderer
{
    /// <summary>An object with the <c>data</c> and the <c>layout</c> that <c>Plotly.newPlot</c> takes; safe inside a script element.</summary>
    public static string Render(ChartSpec spec)
    {
        var names = spec.Marks.OfType<PointsMark>().Select(mark => mark.Series.Name).Where(name => name.Length > 0).ToArray();
        var figure = new JObject
        {
            ["data"] = JArray.FromObject(spec.Marks.Select(mark => Trace(spec, mark)).OfType<Trace>().ToArray()),
            ["layout"] = Layout(spec, names.Length > 1 ? LegendRows(names) : 0),
        };
        return JsonConvert.SerializeObject(figure, new JsonSerializerSettings { StringEscapeHandling = StringEscapeHandling.EscapeHtml });
    }

    private static Trace? Trace(ChartSpec spec, Mark mark) => mark switch
    {
        PointsMark points => new Scatter
        {
            name = points.Series.Name,
            x = spec.X.IsTime ? points.Series.X.Select(At).ToArray() : Round(points.Series.X),
            y = Round(points.Series.Y),
            mode = points switch { { Joined: false } => "markers", { Dots: true } => "lines+markers", _ => "lines" },
            line = new Line { color = Palette.Colour(points.Style), dash = Palette.Dash(points.Style).Plotly, width = 2 },
            marker = new Marker { color = Palette.Colour(points.Style), symbol = (points.Style % 3) switch { 0 => "circle", 1 => "square", _ => "triangle-up" }, size = 6, opacity = points.Joined ? 1 : 0.55 },
        },
        BarsMark { Across: true } bars => new Bar { x = Round(bars.Values), y = spec.Y.Categories, orientation = "h", marker = new Marker { color = Palette.Colour(0) } },
        BarsMark bars => new Bar { x = spec.X.Categories, y = Round(bars.Values), marker = new Marker { color = Palette.Colour(0) } },

        // XPlot's bars have no width of their own; a filled staircase shows bins of any width, on a logarithmic axis too.
        StepsMark steps => new Scatter
        {
            x = Round(steps.Edges),
            y = Round([.. steps.Heights, 0]),
            mode = "lines",
            fill = "tozeroy",
            fillcolor = Palette.Colour(0),
            line = new Line { color = Palette.Colour(0), shape = "hv", width = 1 },
        },
        IntervalsMark intervals => new Scatter
        {
            x = Round(intervals.Estimates),
            y = spec.Y.Categories,
            mode = "markers",
            marker = new Marker { color = Palette.Colour(1), size = 9 },
            error_x = new Error_x
            {
                type = "data",
                symmetric = false,
                array = Round([.. intervals.High.Zip(intervals.Estimates, (high, estimate) => high - estimate)]),
                arrayminus = Round([.. intervals.Low.Zip(intervals.Estimates, (low, estimate) => estimate - low)]),
                color = Palette.Colour(0),
            },
        },
        CellsMark cells => new Heatmap
        {
            x = spec.X.Categories,
            y = spec.Y.Categories,
            z = Enumerable.Range(0, cells.Values.GetLength(0))
                .Select(row => Round([.. Enumerable.Range(0, cells.Values.GetLength(1)).Select(column => cells.Values[row, column])])).ToArray(),
            zmin = Numbers.Rounded(cells.Low),
            zmax = Numbers.Rounded(cells.High),
            zauto = false,
            colorscale = Palette.Steps(cells.Diverging).Select(step => new object[] { step.Share, step.Colour }).ToArray(),
            colorbar = new Colorbar { title = cells.Unit },
        },
        _ => null,
    };

    // Plotly sets the entries of a legend that has several rows in columns as wide as the widest.
    private static int LegendRows(string[] names) => (int)Math.Ceiling(names.Length * ((names.Max(name => name.Length) * 7) + 50) / 600.0);

    private static JObject Layout(ChartSpec spec, int legendRows)
    {
        var layout = JObject.FromObject(new Layout.Layout
        {
            title = spec.Title,
            showlegend = legendRows > 0,
            height = spec.Height,
            paper_bgcolor = "#ffffff",
            plot_bgcolor = "#ffffff",
            font = new Font { color = "#24292f", size = 12 },
            margin = new Margin { l = 64, r = 26, t = legendRows > 0 ? 50 + (22 * legendRows) : 44, b = 48 },
            xaxis = new Xaxis { title = spec.X.Label, type = Kind(spec.X), zeroline = false, showgrid = spec.X.Categories is null },
            yaxis = new Yaxis { title = spec.Y.Label, type = Kind(spec.Y), zeroline = false, showgrid = spec.Y.Categories is null },
        });
        if (spec.Marks.Any(mark => mark is IntervalsMark))
        {
            layout["xaxis"]!["zeroline"] = true;
            layout["xaxis"]!["zerolinecolor"] = "#57606a";
        }

        layout["legend"] = new JObject { ["orientation"] = "h", ["x"] = 0, ["y"] = 1.02, ["yanchor"] = "bottom" };
        if (spec.Y.Categories is not null)
        {
            layout["yaxis"]!["autorange"] = spec.Y.FromTop ? "reversed" : true;
        }

        // Newer versions of Plotly want titles as objects, older ones take both. Names of any length find room.
        foreach (var part in new[] { layout, (JObject)layout["xaxis"]!, (JObject)layout["yaxis"]! })
        {
            part["title"] = new JObject { ["text"] = part["title"] };
            part.Remove("_isSubplotObj");
        }

        layout["title"]!["x"] = 0.02; // away from the buttons at the right
        (layout["title"]!["yref"], layout["title"]!["y"]) = ("container", 1 - (22.0 / spec.Height)); // above the legend, however many rows that has
        foreach (var (name, axis) in new[] { ("xaxis", spec.X), ("yaxis", spec.Y) })
        {
            layout[name]!["automargin"] = true;
            if (!axis.IsTime && axis.Categories is null)
            {
                (layout[name]!["exponentformat"], layout[name]!["separatethousands"]) = ("none", true); // 30,000, not 30k: as in the picture.
            }

            layout[name]!["title"]!["standoff"] = 8;
            if (axis.IsLog)
            {
                // Of its own accord Plotly writes 2 and 5 for 20 and 500.
                var ticks = Ticks.Log(1e-6, 1e9, few: true);
                layout[name]!["tickvals"] = JArray.FromObject(ticks.Select(tick => tick.At));
                layout[name]!["ticktext"] = JArray.FromObject(ticks.Select(tick => tick.Text));
            }

            if (axis.Include is 0)
            {
                layout[name]!["rangemode"] = "tozero";
            }
        }

        layout["shapes"] = new JArray(spec.Marks.OfType<RuleMark>().Select(rule => new JObject
        {
            ["type"] = "line",
            ["x0"] = rule.X,
            ["x1"] = rule.X,
            ["yref"] = "paper",
            ["y0"] = 0,
            ["y1"] = 1,
            ["line"] = new JObject { ["color"] = "#57606a", ["width"] = 1, ["dash"] = "dot" },
        }));
        layout["annotations"] = new JArray(spec.Marks.OfType<RuleMark>().Select(rule => new JObject
        {
            ["x"] = rule.X,
            ["yref"] = "paper",
            ["y"] = 1,
            ["text"] = rule.Label,
            ["showarrow"] = false,
            ["xanchor"] = "left",
        }));
        return layout;
    }

    private static string Kind(AxisSpec axis) => axis switch { { IsLog: true } => "log", { IsTime: true } => "date", { Categories: not null } => "category", _ => "linear" };

    private static string At(double seconds) => DateTimeOffset.FromUnixTimeSeconds((long)seconds).UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static double?[] Round(IReadOnlyList<double> values) => [.. values.Select(value => double.IsFinite(value) ? (double?)Numbers.Rounded(value) : null)];
}
