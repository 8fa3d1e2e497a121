using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace AutoRec.Notebooks;

/// <summary>
/// A chart of Plotly in a page. Something else stands in its place, a picture or a text, until Plotly has drawn it, and where there are
/// no scripts or there is no Plotly.
/// </summary>
internal static class InteractiveChart
{
    /// <summary>HTML with a chart in it.</summary>
    /// <param name="json">An object with the <c>data</c> and the <c>layout</c> that <c>Plotly.newPlot</c> takes.</param>
    /// <param name="placeholder">An element that is seen until there is a chart.</param>
    public static string ToHtml(string json, string placeholder)
    {
        var id = "chart-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(placeholder + json)))[..12];
        var style = $"margin:0 0 1em;padding:8px;max-width:{SvgRenderer.Width}px;box-sizing:content-box;"
            + "border:1px solid #d0d7de;border-radius:6px";
        return $"""
            <figure class="autorec-chart" id="{id}" style="{style}">
            {placeholder}
            <script type="application/json">{json.Replace("<", "\\u003c", StringComparison.Ordinal)}</script>
            </figure>
            <script>{Script}</script>
            """;
    }

    /// <summary>A picture that is seen until there is a chart.</summary>
    public static string Picture(string svg, string text) =>
        $"<img alt=\"{WebUtility.HtmlEncode(text)}\" "
        + $"src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\" "
        + "style=\"display:block;width:100%;height:auto\">";

    /// <summary>A text that is seen until there is a chart.</summary>
    public static string Note(string text) => $"<p>{WebUtility.HtmlEncode(text)}</p>";

    // What is there stays until Plotly has drawn, and when there is none. Notebook front ends have no Plotly of their own, so there, and
    // only there, it is fetched: the very file that the report carries, by version and hash. As text and not by a script element: Polyglot
    // Notebooks loads require.js, with which Plotly would hand itself to a module system that nobody asks, and confuse those who do.
    private const string Script = """
        (function(){
        var w=window,d=document;
        function draw(){d.querySelectorAll('figure.autorec-chart:not([data-live])').forEach(function(f){try{
        f.setAttribute('data-live','');
        var c=JSON.parse(f.querySelector('script').textContent),i=f.firstElementChild,b=d.createElement('div');
        f.appendChild(b);
        w.Plotly.newPlot(b,c.data,c.layout,{responsive:true,displaylogo:false,showSendToCloud:false,plotlyServerURL:''})
        .then(function(){i.style.display='none'})}catch(e){}})}
        if(w.Plotly)draw();
        else if(/^vscode|\/vs\/workbench\//.test(location.href)||d.querySelector('.jp-Notebook,#notebook-container')){
        w.autorecPlotly=w.autorecPlotly||fetch('https://cdn.jsdelivr.net/npm/plotly.js-cartesian-dist-min@4.1.1/plotly-cartesian.min.js',
        {integrity:'sha384-zc4SwKObGL/W0M3RUI09UPWjlgIZHfbwMgcZO6713mRh78tfUmIQKhzCyE2LIiUg'})
        .then(function(r){return r.text()}).then(function(t){new Function('define','exports','module',t)()});
        w.autorecPlotly.then(draw,function(){})}
        else w.addEventListener('load',function(){if(w.Plotly)draw()})})();
        """;
}
