using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoRec.Cli.Report;

/// <summary>
/// What the search of the pages looks through: the text of each section. It is a script, because a page that is opened from a folder may
/// load scripts and no data.
/// </summary>
internal sealed partial class SearchIndex
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly List<Section> sections = [];

    /// <summary>Adds a page.</summary>
    /// <param name="page">The file.</param>
    /// <param name="title">The title.</param>
    /// <param name="main">The HTML of the content.</param>
    public void Add(string page, string title, string main)
    {
        var starts = Heading().Matches(main);
        Add("", "", 0, starts.Count > 0 ? starts[0].Index : main.Length);
        for (var i = 0; i < starts.Count; i++)
        {
            var end = starts[i].Index + starts[i].Length;
            var next = i + 1 < starts.Count ? starts[i + 1].Index : main.Length;
            Add(starts[i].Groups["id"].Value, Text(starts[i].Groups["text"].Value), end, next);
        }

        void Add(string anchor, string heading, int start, int end) =>
            sections.Add(new Section(sections.Count, page, anchor, title, heading, Text(main[start..end])));
    }

    /// <summary>The script.</summary>
    public string ToScript() => $"var searchIndex = {JsonSerializer.Serialize(sections, Format)};\n";

    private static string Text(string html) =>
        Blanks().Replace(WebUtility.HtmlDecode(Tag().Replace(html, " ")), " ").Trim();

    [GeneratedRegex("""<h2 id="(?<id>[^"]*)">(?<text>.*?)<a class="anchor".*?</h2>""", RegexOptions.Singleline)]
    private static partial Regex Heading();

    [GeneratedRegex("""<(script|style|button|summary)\b.*?</\1>|<[^>]*>""", RegexOptions.Singleline)]
    private static partial Regex Tag();

    [GeneratedRegex("""\s+""")]
    private static partial Regex Blanks();

    private sealed record Section(int Id, string Page, string Anchor, string Title, string Heading, string Text);
}
