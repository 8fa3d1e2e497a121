using System.Text;
using AutoRec.Cli.Notebooks;
using static AutoRec.Cli.Report.PageFrame;

namespace AutoRec.Cli.Report;

/// <summary>The page of one notebook.</summary>
internal static class NotebookPage
{
    /// <summary>The tag of texts on how to make a notebook run, which readers of a report on their own data have no use for.</summary>
    private const string SetupTag = "setup";

    /// <param name="entries">All notebooks of the report, in their order.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="facts">What the report was made from.</param>
    /// <param name="math">For the formulas.</param>
    /// <param name="folder">Where the page is written.</param>
    /// <param name="navigation">The list of all pages.</param>
    /// <param name="search">Receives what can be searched.</param>
    public static string Build(
        IReadOnlyList<ReportEntry> entries,
        int index,
        ReportFacts facts,
        MathRenderer math,
        string folder,
        SiteNavigation navigation,
        SearchIndex search)
    {
        var entry = entries[index];
        var pages = entries.ToDictionary(other => Path.GetFullPath(other.Notebook.Path), other => Uri.EscapeDataString(other.Page));
        var links = new Links(Path.GetDirectoryName(Path.GetFullPath(entry.Notebook.Path))!, Path.GetFullPath(folder), pages);
        var markdown = new MarkdownRenderer(math, links, facts.TrustsMarkdown);
        var outputs = new OutputRenderer(markdown, math);

        var article = new StringBuilder();
        if (entry.Run?.Failure is { } failure)
        {
            article.Append($"""
                <p class="failed">This notebook failed in <a href="#cell-{failure.Cell.Number}">cell {failure.Cell.Number}</a>
                ({Encode(failure.Name)}); the cells after it were not run.</p>

                """);
        }

        foreach (var cell in entry.Notebook.Cells.Where(cell => facts.First is null || !cell.Tags.Contains(SetupTag)))
        {
            article.Append(Cell(cell, entry.Run, markdown, outputs, isOpen: facts.First is null));
        }

        var main = $"<div class=\"page\">\n<main>\n{article}</main>\n</div>\n{Neighbours(entries, index)}";
        var footer = Footer(facts, entry.Run?.Elapsed, facts.Seed ?? entry.DefaultSeed);
        if (facts.Edition is null)
        {
            var kind = entry.Run is null ? "notebook" : "executed notebook";
            footer += $" · <a href=\"{Uri.EscapeDataString(entry.Name)}.ipynb\">{kind}</a>";
        }

        search.Add(entry.Page, entry.Title, article.ToString());
        string[] scripts = main.Contains("Plotly", StringComparison.Ordinal) ? [ReportAssets.PlotlyFile] : [];
        return PageFrame.Build($"{entry.Title} · {ReportTitle}", navigation.Build(entry.Page, markdown.Headings), main, footer, scripts);
    }

    private static string Cell(NotebookCell cell, NotebookRun? run, MarkdownRenderer markdown, OutputRenderer outputs, bool isOpen)
    {
        switch (cell.Kind)
        {
            case CellKind.Markdown:
                return $"<section class=\"text\">\n{markdown.ToHtml(cell.Source, cell.Attachments)}</section>\n";
            case CellKind.Code when !string.IsNullOrWhiteSpace(cell.Source):
                var html = new StringBuilder();
                var state = run?.Failure?.Cell == cell ? " failing" : cell.ExecutionCount is null ? " skipped" : "";
                html.Append($"<section class=\"code{state}\" id=\"cell-{cell.Number}\">\n");
                html.Append($"<details class=\"fold\"{(isOpen ? " open" : "")}><summary>Code</summary>\n");
                html.Append($"<pre class=\"source\" data-cell=\"cell {cell.Number}\">");
                html.Append($"<code>{CodeHighlighter.ToHtml(cell.Source.TrimEnd())}</code></pre>\n</details>\n");
                foreach (var output in cell.Outputs)
                {
                    html.Append($"<div class=\"output\">{outputs.ToHtml(output)}</div>\n");
                }

                return html.Append("</section>\n").ToString();
            default:
                return "";
        }
    }

    private static string Neighbours(IReadOnlyList<ReportEntry> entries, int index)
    {
        var previous = index > 0 ? Link(entries[index - 1], "prev", "Previous") : "<span></span>";
        var next = index + 1 < entries.Count ? Link(entries[index + 1], "next", "Next") : "<span></span>";
        return $"<nav class=\"neighbours\" aria-label=\"Previous and next notebook\">{previous}{next}</nav>";

        static string Link(ReportEntry entry, string relation, string label) =>
            $"<a rel=\"{relation}\" href=\"{Uri.EscapeDataString(entry.Page)}\"><small>{label}</small>{Encode(entry.Title)}</a>";
    }
}
