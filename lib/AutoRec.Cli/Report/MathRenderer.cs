using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Jint;
using Jint.Native;
using Jint.Runtime;

namespace AutoRec.Cli.Report;

/// <summary>
/// Turns TeX into MathML, which browsers show by themselves, by running KaTeX when a page is written. So formulas need
/// no script and no font files in the page.
/// </summary>
internal sealed partial class MathRenderer
{
    // KaTeX takes a second or more to load: it is done aside, and only where there is a formula at all.
    private readonly Lazy<Engine> engine = new(() => new Engine().Execute(ReportAssets.KaTeX));
    private readonly Dictionary<(string Tex, bool Display), string> rendered = [];

    /// <summary>Loads KaTeX while something else goes on.</summary>
    public Task WarmUpAsync() => Task.Run(() => engine.Value);

    /// <summary>MathML of a formula; one that KaTeX does not understand is shown as it is written, with the reason.</summary>
    /// <param name="tex">The formula, without its dollar signs.</param>
    /// <param name="display">On a line of its own.</param>
    public string Render(string tex, bool display)
    {
        if (!rendered.TryGetValue((tex, display), out var html))
        {
            html = Convert(tex.Trim(), display);
            rendered.Add((tex, display), html);
        }

        return html;
    }

    private string Convert(string tex, bool display)
    {
        try
        {
            var katex = engine.Value.GetValue("katex").AsObject();
            var options = new JsObject(engine.Value);
            options.Set("output", "mathml");
            options.Set("displayMode", display);
            var html = engine.Value.Invoke(katex.Get("renderToString"), katex, [tex, options]).AsString();
            return Letters().Replace(Unwrap(html), match => Styled(
                match.Groups["variant"].Value, match.Groups["letters"].Value) is { } letters && match.Groups["tag"].Value is var tag
                ? $"<{tag}{(tag == "mi" ? " mathvariant=\"normal\"" : "")}>{letters}</{tag}>"
                : match.Value);
        }
        catch (JavaScriptException error)
        {
            return $"<code class=\"bad-math\" title=\"{WebUtility.HtmlEncode(error.Message)}\">{WebUtility.HtmlEncode(tex)}</code>";
        }
    }

    private static string Unwrap(string html)
    {
        var start = html.IndexOf("<math", StringComparison.Ordinal);
        return html[start..(html.LastIndexOf("</math>", StringComparison.Ordinal) + "</math>".Length)];
    }

    // Browsers no longer draw mathvariant="bold" and the like (MathML Core): such letters are characters of their own.
    private static string? Styled(string variant, string letters)
    {
        var text = new StringBuilder();
        foreach (var letter in letters)
        {
            if (StyledLetter(variant, letter) is not { } styled)
            {
                return null;
            }

            text.Append(styled);
        }

        return text.ToString();
    }

    private static string? StyledLetter(string variant, char letter)
    {
        var start = variant switch
        {
            "bold" => 0x1D400,
            "bold-italic" => 0x1D468,
            "script" => 0x1D49C,
            "fraktur" => 0x1D504,
            "double-struck" => 0x1D538,
            "sans-serif" => 0x1D5A0,
            "monospace" => 0x1D670,
            _ => 0,
        };
        var digits = variant switch
        {
            "bold" => 0x1D7CE,
            "double-struck" => 0x1D7D8,
            "sans-serif" => 0x1D7E2,
            "monospace" => 0x1D7F6,
            _ => 0,
        };
        return (variant, letter) switch
        {
            // The letters that Unicode had before it got the alphabets.
            ("script", 'B') => "ℬ",
            ("script", 'E') => "ℰ",
            ("script", 'F') => "ℱ",
            ("script", 'H') => "ℋ",
            ("script", 'I') => "ℐ",
            ("script", 'L') => "ℒ",
            ("script", 'M') => "ℳ",
            ("script", 'R') => "ℛ",
            ("fraktur", 'C') => "ℭ",
            ("fraktur", 'H') => "ℌ",
            ("fraktur", 'I') => "ℑ",
            ("fraktur", 'R') => "ℜ",
            ("fraktur", 'Z') => "ℨ",
            ("double-struck", 'C') => "ℂ",
            ("double-struck", 'H') => "ℍ",
            ("double-struck", 'N') => "ℕ",
            ("double-struck", 'P') => "ℙ",
            ("double-struck", 'Q') => "ℚ",
            ("double-struck", 'R') => "ℝ",
            ("double-struck", 'Z') => "ℤ",
            ("script", 'e' or 'g' or 'o') => null,
            (_, >= 'A' and <= 'Z') when start > 0 => char.ConvertFromUtf32(start + letter - 'A'),
            (_, >= 'a' and <= 'z') when start > 0 => char.ConvertFromUtf32(start + 26 + letter - 'a'),
            (_, >= '0' and <= '9') when digits > 0 => char.ConvertFromUtf32(digits + letter - '0'),
            ("bold" or "bold-italic", >= 'α' and <= 'ω') =>
                char.ConvertFromUtf32((variant == "bold" ? 0x1D6C2 : 0x1D736) + letter - 'α'),
            ("bold", >= 'Α' and <= 'Ω') => char.ConvertFromUtf32(0x1D6A8 + letter - 'Α'),
            _ => null,
        };
    }

    [GeneratedRegex("""<(?<tag>mi|mn|mtext) mathvariant="(?<variant>[a-z-]+)">(?<letters>[^<&]+)</\k<tag>>""")]
    private static partial Regex Letters();
}
