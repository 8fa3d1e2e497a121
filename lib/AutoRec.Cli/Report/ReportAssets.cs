using System.Reflection;
using System.Text;
using AutoRec.Data;

namespace AutoRec.Cli.Report;

/// <summary>The files that the report carries with it, embedded in this assembly.</summary>
internal static class ReportAssets
{
    /// <summary>Where pages find plotly.js.</summary>
    public const string PlotlyFile = "assets/plotly-cartesian.min.js";

    private const string MiniSearchFile = "assets/minisearch.js"; // The script names it, and the next.
    private const string SearchIndexFile = "assets/search-index.js";
    private const string MathFontFile = "assets/stix-two-math.woff2"; // The style sheet names it.

    public static string StyleSheet => ReadText("report.css");

    public static string Script => ReadText("report.js");

    public static string KaTeX => ReadText("katex/katex.min.js");

    /// <summary>The version of TorchSharp beside this program, read from its file: to load it would load libtorch.</summary>
    public static string TorchSharpVersion { get; } =
        AssemblyName.GetAssemblyName(Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll")).Version?.ToString(3) ?? "";

    /// <summary>The files that pages load beside them.</summary>
    public static IReadOnlyList<string> Files { get; } = [PlotlyFile, MathFontFile, MiniSearchFile, SearchIndexFile];

    /// <summary>Writes <see cref="Files"/>.</summary>
    /// <param name="folder">The folder of the report.</param>
    /// <param name="search">What can be searched.</param>
    public static void Write(OutputFolder folder, SearchIndex search)
    {
        folder.Write(MiniSearchFile, Read("minisearch/minisearch.js"));
        folder.Write(SearchIndexFile, search.ToScript());
        folder.Write(PlotlyFile, Read("plotly/plotly-cartesian.min.js"));
        folder.Write(MathFontFile, Read("stix/stix-two-math-latin-400-normal.woff2"));
    }

    private static string ReadText(string name) => Encoding.UTF8.GetString(Read(name));

    private static byte[] Read(string name)
    {
        using var stream = typeof(ReportAssets).Assembly.GetManifestResourceStream("report/" + name)
            ?? throw new InvalidOperationException($"The resource {name} is not in this assembly.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
