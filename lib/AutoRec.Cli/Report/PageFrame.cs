using System.Globalization;
using System.Net;

namespace AutoRec.Cli.Report;

/// <summary>What all pages have: head, navigation, footer.</summary>
internal static class PageFrame
{
    public const string ReportTitle = "AutoRec.Lib report";

    /// <param name="title">The page's title.</param>
    /// <param name="navigation">HTML of the bar at the top.</param>
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
        {string.Concat(scripts.Select(script => $"<script src=\"{script}\"></script>\n"))}</head>
        <body>
        <nav class="bar">{navigation}</nav>
        {main}
        <footer>{footer}</footer>
        </body>
        </html>

        """;

    public static string Footer(ReportFacts facts, TimeSpan elapsed)
    {
        var seed = facts.Seed is { } value ? $" · seed {value}" : "";
        return Encode($"AutoRec.Lib {facts.Version} · data set {facts.Dataset}{seed} · .NET {Environment.Version} · run in {Seconds(elapsed)}");
    }

    public static string Seconds(TimeSpan elapsed) => string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s");

    public static string Encode(string text) => WebUtility.HtmlEncode(text);
}
