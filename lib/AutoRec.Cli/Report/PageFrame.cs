using System.Globalization;
using System.Net;

namespace AutoRec.Cli.Report;

/// <summary>What all pages have: head, navigation, footer.</summary>
internal static class PageFrame
{
    public const string ReportTitle = "AutoRec.Lib report";

    // Of its own accord Plotly 4 has a button that sends a chart and its data to its makers.
    private const string NoCloud = "<script>Plotly.setPlotConfig({showSendToCloud:false,plotlyServerURL:''})</script>\n";

    /// <param name="title">The page's title.</param>
    /// <param name="navigation">HTML of the bar at the top, and of the list of pages where there are several.</param>
    /// <param name="main">HTML of the content.</param>
    /// <param name="footer">HTML of the last lines.</param>
    /// <param name="scripts">Addresses of scripts, loaded before the content.</param>
    public static string Build(string title, string navigation, string main, string footer, params string[] scripts) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Encode(title)}</title>
        <link rel="icon" href="data:,">
        <style>
        {ReportAssets.StyleSheet}</style>
        {string.Concat(scripts.Select(script => $"<script src=\"{script}\"></script>\n{NoCloud}"))}</head>
        <body>
        {navigation}
        {main}
        <footer>{footer}</footer>
        <script>
        {ReportAssets.Script}</script>
        </body>
        </html>

        """;

    /// <summary>What figures were made from: data, seed, versions and how long it took.</summary>
    /// <param name="facts">What the report is made from.</param>
    /// <param name="elapsed">How long it took; null where nothing was run.</param>
    /// <param name="seed">The seed; null where nothing is random.</param>
    public static string Footer(ReportFacts facts, TimeSpan? elapsed, int? seed)
    {
        string?[] parts =
        [
            facts.Dataset is { } data ? $"data set {data}" : null,
            seed is { } value ? $"seed {value}" : null,
            $"AutoRec.Lib {facts.Version}",
            $"TorchSharp {ReportAssets.TorchSharpVersion}",
            $".NET {Environment.Version}",
            elapsed is { } time ? $"run in {Seconds(time)}" : null,
            facts.Edition?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ];
        return Encode(string.Join(" · ", parts.Where(part => part is not null)));
    }

    private static string Seconds(TimeSpan elapsed) => elapsed < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalMinutes:0} min");

    public static string Encode(string text) => WebUtility.HtmlEncode(text);
}
