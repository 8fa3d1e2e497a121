using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AutoRec.Cli.Report;

/// <summary>
/// Keeps of raw HTML the tags that format text, and shows everything else as text. Each <c>&lt;</c> of the result begins a tag that was
/// recognised as a whole, with names and values from short lists, so that what a browser makes of broken HTML does not matter.
/// </summary>
internal sealed partial class SafeHtml
{
    private static readonly HashSet<string> Void = new(["br", "hr", "img"], StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Tags = new(
        [
            .. Void, "a", "abbr", "b", "blockquote", "center", "code", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption",
            "figure", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small",
            "span", "strong", "sub",
            "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> Attributes = new(
        ["align", "alt", "colspan", "height", "href", "open", "reversed", "rowspan", "src", "start", "title", "valign", "width"],
        StringComparer.OrdinalIgnoreCase);

    private readonly List<string> open = [];

    /// <summary>Whether an address leads to a page, a place or a letter, and starts no script.</summary>
    public static bool IsSafeLink(string address) => Scheme(address) is null or "http" or "https" or "mailto";

    /// <summary>A piece of HTML, such as one tag of a sentence. Pieces of one text are given in their order.</summary>
    public string Clean(string html)
    {
        var clean = new StringBuilder();
        var end = 0;
        foreach (Match tag in Tag().Matches(html))
        {
            clean.Append(Text(html[end..tag.Index])).Append(Kept(tag) ?? Text(tag.Value));
            end = tag.Index + tag.Length;
        }

        return clean.Append(Text(html[end..])).ToString();
    }

    /// <summary>The end tags that the text owes.</summary>
    public string Close()
    {
        open.Reverse();
        var tags = string.Concat(open.Select(name => $"</{name}>"));
        open.Clear();
        return tags;
    }

    private string? Kept(Match tag)
    {
        if (tag.Groups["comment"].Success)
        {
            return "";
        }

        var name = tag.Groups["name"].Value.ToLowerInvariant();
        if (!Tags.Contains(name))
        {
            return null;
        }

        if (tag.Groups["end"].Success)
        {
            // An end without a beginning could close what the page itself has opened.
            return open.Remove(name) ? $"</{name}>" : "";
        }

        if (!Void.Contains(name))
        {
            open.Add(name);
        }

        var attributes = tag.Groups["attribute"].Captures.Select(attribute => Attribute().Match(attribute.Value))
            .Select(attribute => (
                Name: attribute.Groups["name"].Value.ToLowerInvariant(),
                Value: WebUtility.HtmlDecode(attribute.Groups["value"].Value.Trim('"', '\''))))
            .Where(attribute => Attributes.Contains(attribute.Name) && IsSafe(attribute.Name, attribute.Value))
            .DistinctBy(attribute => attribute.Name)
            .Select(attribute => $" {attribute.Name}=\"{WebUtility.HtmlEncode(attribute.Value)}\"");
        return $"<{name}{string.Concat(attributes)}>";
    }

    // A page loads nothing from elsewhere.
    private static bool IsSafe(string name, string value) => name switch
    {
        "href" => IsSafeLink(value),
        "src" => Scheme(value) is null && !Links.IsExternal(value) || Picture().IsMatch(value),
        _ => true,
    };

    // Browsers leave out blanks and control characters in and before a scheme.
    private static string? Scheme(string address)
    {
        var text = string.Concat(address.Where(letter => letter > ' ' && !char.IsControl(letter)));
        return SchemeName().Match(text) is { Success: true } match ? match.Groups[1].Value.ToLowerInvariant() : null;
    }

    private static string Text(string text) => text.Replace("<", "&lt;", StringComparison.Ordinal);

    [GeneratedRegex(
        """<(?:(?<comment>!--(?:(?!-->|<).)*-->)|(?<end>/)?(?<name>[a-zA-Z][a-zA-Z0-9]*)"""
        + """(?<attribute>\s+[a-zA-Z-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+))?)*\s*/?>)""",
        RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex("""^\s+(?<name>[a-zA-Z-]+)(?:\s*=\s*(?<value>.*))?$""", RegexOptions.Singleline)]
    private static partial Regex Attribute();

    [GeneratedRegex("^([a-zA-Z][a-zA-Z0-9+.-]*):")]
    private static partial Regex SchemeName();

    [GeneratedRegex("^data:image/(png|jpeg|gif|webp|svg\\+xml);base64,[A-Za-z0-9+/=\\s]*$", RegexOptions.IgnoreCase)]
    private static partial Regex Picture();
}
