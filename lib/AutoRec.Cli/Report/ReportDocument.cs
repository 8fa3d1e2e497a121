using static AutoRec.Cli.Report.PageFrame;

namespace AutoRec.Cli.Report;

/// <summary>A Markdown file that the report shows beside its notebooks, such as the table of reproduced figures.</summary>
internal sealed class ReportDocument
{
    private readonly string path;
    private readonly string markdown;

    public ReportDocument(string path)
    {
        this.path = Path.GetFullPath(path);
        markdown = File.ReadAllText(path);
        Title = MarkdownRenderer.Outline(markdown).Title ?? Path.GetFileNameWithoutExtension(path);
    }

    public string Title { get; }

    public string Page => Path.GetFileNameWithoutExtension(path) + ".html";

    /// <summary>Its page.</summary>
    public string Build(string folder, ReportFacts facts, MathRenderer math, SiteNavigation navigation, SearchIndex search)
    {
        var links = new Links(Path.GetDirectoryName(path)!, Path.GetFullPath(folder), new Dictionary<string, string>());
        var renderer = new MarkdownRenderer(math, links, facts.TrustsMarkdown);
        var main = $"<div class=\"page wide\"><main>\n<section class=\"text\">\n{renderer.ToHtml(markdown)}</section>\n</main></div>";
        search.Add(Page, Title, main);
        var pages = navigation.Build(Page, renderer.Headings);
        return PageFrame.Build($"{Title} · {ReportTitle}", pages, main, Encode($"AutoRec.Lib {facts.Version}"));
    }
}
