using System.Net;
using System.Security.Cryptography;
using System.Text;

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
    public string ToPlotlyJson() => PlotlyRenderer.Render(spec);

    /// <inheritdoc/>
    public string ToHtml()
    {
        var (svg, json) = (ToSvg(), ToPlotlyJson());
        var id = "chart-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(svg + json)))[..12];
        return $"""
            <figure class="autorec-chart" id="{id}" style="margin:0 0 1em;padding:8px;max-width:{SvgRenderer.Width}px;box-sizing:content-box;background:#fff;color:#24292f;border:1px solid #d0d7de;border-radius:6px">
            <img alt="{WebUtility.HtmlEncode(ToString())}" src="data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}" style="display:block;width:100%;height:auto">
            <script type="application/json">{json}</script>
            </figure>
            <script>{Script}</script>
            """;
    }

    /// <summary>Title and key numbers in a line.</summary>
    public override string ToString() => $"[chart] {spec.Title}: {spec.Summary}";

    // The picture stays until Plotly has drawn, and when there is none. Notebook front ends have no Plotly of their
    // own, so there, and only there, it is fetched: the very file that the report carries, by version and hash. As text and not by a script element: Polyglot Notebooks loads require.js, with which Plotly
    // would hand itself to a module system that nobody asks, and confuse those who do.
    private const string Script = """
        (function(){var w=window,d=document;function draw(){d.querySelectorAll('figure.autorec-chart:not([data-live])').forEach(function(f){try{f.setAttribute('data-live','');var c=JSON.parse(f.querySelector('script').textContent),i=f.querySelector('img'),b=d.createElement('div');f.appendChild(b);w.Plotly.newPlot(b,c.data,c.layout,{responsive:true,displaylogo:false,showSendToCloud:false,plotlyServerURL:''}).then(function(){i.style.display='none'})}catch(e){}})}
        if(w.Plotly)draw();else if(/^vscode|\/vs\/workbench\//.test(location.href)||d.querySelector('.jp-Notebook,#notebook-container')){w.autorecPlotly=w.autorecPlotly||fetch('https://cdn.jsdelivr.net/npm/plotly.js-cartesian-dist-min@4.1.1/plotly-cartesian.min.js',{integrity:'sha384-zc4SwKObGL/W0M3RUI09UPWjlgIZHfbwMgcZO6713mRh78tfUmIQKhzCyE2LIiUg'}).then(function(r){return r.text()}).then(function(t){new Function('define','exports','module',t)()});w.autorecPlotly.then(draw,function(){})}
        else w.addEventListener('load',function(){if(w.Plotly)draw()})})();
        """;
}
