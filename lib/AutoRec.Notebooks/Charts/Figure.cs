using Plotly.NET;

namespace AutoRec.Notebooks;

/// <summary>
/// A chart as a value: a notebook that ends a cell with it shows it. Its HTML is a static picture, visible without
/// scripts and without a network, with the same chart for Plotly beside it, which takes the picture's place where a
/// page has Plotly. Its text states the key numbers.
/// </summary>
[TypeFormatterSource(typeof(HtmlAndTextSource), PreferredMimeTypes = ["text/html", "text/plain"])]
public sealed class Figure : IHtmlAndText
{
    private readonly ChartSpec spec;

    internal Figure(ChartSpec spec) => this.spec = spec;

    /// <summary>The chart's title.</summary>
    public string Title => spec.Title;

    /// <summary>The picture, as SVG.</summary>
    public string ToSvg() => SvgRenderer.Render(spec);

    /// <summary>The chart as <c>Plotly.newPlot</c> takes it: an object with <c>data</c> and <c>layout</c>.</summary>
    public string ToPlotlyJson() => GenericChart.toFigureJson(PlotlyRenderer.Render(spec));

    /// <inheritdoc/>
    public string ToHtml() => InteractiveChart.ToHtml(ToPlotlyJson(), InteractiveChart.Picture(ToSvg(), ToString()));

    /// <summary>Title and key numbers in a line.</summary>
    public override string ToString() => $"[chart] {spec.Title}: {spec.Summary}";
}
