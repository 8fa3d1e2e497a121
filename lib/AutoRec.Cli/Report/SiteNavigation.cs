using System.Text;
using static AutoRec.Cli.Report.PageFrame;

namespace AutoRec.Cli.Report;

/// <summary>
/// The list of all pages, with the sections of the one that is shown: beside the page where there is room, behind a button elsewhere. A
/// script adds the search to it.
/// </summary>
/// <param name="entries">All notebooks of the report, in their order.</param>
/// <param name="documents">What is shown beside them.</param>
internal sealed class SiteNavigation(IReadOnlyList<ReportEntry> entries, IReadOnlyList<ReportDocument> documents)
{
    /// <summary>The HTML of the bar at the top and of the list.</summary>
    /// <param name="page">The page that is shown.</param>
    /// <param name="headings">Its headings.</param>
    public string Build(string page, IReadOnlyList<Heading> headings)
    {
        var list = new StringBuilder();
        foreach (var entry in entries)
        {
            Add(entry.Page, entry.CourseNumber is { } number ? $"{number}. {entry.Title}" : entry.Title);
        }

        foreach (var document in documents)
        {
            Add(document.Page, document.Title);
        }

        return $"""
            <header class="bar"><a class="home" href="{ReportBuilder.IndexFile}">{ReportTitle}</a>
            <button type="button" class="menu" popovertarget="pages">Pages</button></header>
            <nav id="pages" popover aria-label="Pages">
            <ol>
            {list}</ol>
            </nav>
            """;

        void Add(string address, string title)
        {
            var isShown = address == page;
            list.Append($"<li><a href=\"{Uri.EscapeDataString(address)}\"{(isShown ? " aria-current=\"page\"" : "")}>{Encode(title)}</a>");
            list.Append(isShown ? Sections(headings) : "").Append("</li>\n");
        }
    }

    private static string Sections(IReadOnlyList<Heading> headings)
    {
        var sections = headings.Where(heading => heading.Level == 2).ToList();
        return sections.Count < 2 ? "" : $"""

            <ol>
            {string.Join('\n', sections.Select(section => $"<li><a href=\"#{section.Id}\">{Encode(section.Text)}</a></li>"))}
            </ol>
            """;
    }
}
