using System.Text.RegularExpressions;

namespace AutoRec.Cli.Report;

/// <summary>
/// A page that is kept by itself: without scripts, which the pictures and texts do not need, and without files beside it.
/// </summary>
internal static partial class StaticPage
{
    public static string Of(string html) => FontFile().Replace(Script().Replace(html, ""), "");

    [GeneratedRegex(@"<script\b[^>]*>.*?</script>\n?", RegexOptions.Singleline)]
    private static partial Regex Script();

    // Formulas are set in the system's own font for them.
    [GeneratedRegex(@"@font-face \{[^}]*\}\n?")]
    private static partial Regex FontFile();
}
