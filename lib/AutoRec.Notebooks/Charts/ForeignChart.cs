using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Plotly.NET;
using XPlot.Plotly;

namespace AutoRec.Notebooks;

/// <summary>
/// A chart that a notebook made with Plotly.NET or XPlot.Plotly itself. There is no picture of it, only its title and what it is made of.
/// </summary>
internal sealed class ForeignChart : IHtmlAndText
{
    private readonly JObject figure;

    private ForeignChart(JObject figure) => this.figure = figure;

    public static ForeignChart Of(GenericChart chart)
    {
        var figure = JObject.Parse(GenericChart.toFigureJson(chart));
        (figure["layout"] as JObject)?.Remove("width"); // as wide as the page
        return new(figure);
    }

    public static ForeignChart Of(PlotlyChart chart)
    {
        // All that it tells is a script: var data = [...]; var layout = {...}; Plotly.newPlot(...)
        var script = chart.GetInlineJS();
        var layout = Value(script, "var layout =") as JObject ?? [];
        foreach (var part in layout.PropertyValues().OfType<JObject>().Prepend(layout))
        {
            if (part["title"] is JValue { Type: JTokenType.String } title)
            {
                part["title"] = new JObject { ["text"] = title }; // Newer versions of Plotly want it so.
            }
        }

        return new(new JObject { ["data"] = Value(script, "var data =") ?? new JArray(), ["layout"] = layout });
    }

    public string ToHtml() =>
        InteractiveChart.ToHtml(figure.ToString(Formatting.None), InteractiveChart.Note($"{this} (needs scripts)"));

    /// <summary>Its title, or else what its axes say, and the kinds of its traces.</summary>
    public override string ToString()
    {
        string? Text(string path) => (string?)figure.SelectToken($"layout.{path}.text");
        var title = Text("title") ?? string.Join(" by ", new[] { Text("yaxis.title"), Text("xaxis.title") }.OfType<string>());
        var traces = (figure["data"] as JArray ?? []).Select(trace => $"{trace["name"]} ({trace["type"]})".Trim());
        return $"[chart] {(title.Length > 0 ? title + ": " : "")}{string.Join(", ", traces)}";
    }

    private static JToken? Value(string script, string start)
    {
        var at = script.IndexOf(start, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        using var reader = new JsonTextReader(new StringReader(script[(at + start.Length)..])) { SupportMultipleContent = true };
        return JToken.ReadFrom(reader);
    }
}
