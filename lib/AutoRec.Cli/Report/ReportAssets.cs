namespace AutoRec.Cli.Report;

/// <summary>The files that the report carries with it, embedded in this assembly.</summary>
internal static class ReportAssets
{
    /// <summary>Where pages find plotly.js.</summary>
    public const string PlotlyFile = "assets/plotly-cartesian.min.js";

    public static string StyleSheet => Read("report.css");

    public static string KaTeX => Read("katex/katex.min.js");

    public static string Plotly => Read("plotly/plotly-cartesian.min.js");

    private static string Read(string name)
    {
        using var stream = typeof(ReportAssets).Assembly.GetManifestResourceStream("report/" + name)
            ?? throw new InvalidOperationException($"The resource {name} is not in this assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
