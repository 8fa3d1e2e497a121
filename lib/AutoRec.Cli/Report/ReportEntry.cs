using System.Globalization;
using System.Text.RegularExpressions;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Report;

/// <summary>A notebook of the report.</summary>
internal sealed partial class ReportEntry
{
    public ReportEntry(NotebookDocument notebook)
    {
        Notebook = notebook;
        Name = Path.GetFileNameWithoutExtension(notebook.Path);
        var digits = Name.AsSpan().IndexOfAnyExceptInRange('0', '9') is var end and >= 0 ? end : Name.Length;
        CourseNumber = int.TryParse(Name.AsSpan(0, digits), out var number) ? number : null;
        var texts = notebook.Cells
            .Where(cell => cell.Kind == CellKind.Markdown)
            .Select(cell => MarkdownRenderer.Outline(cell.Source))
            .ToList();
        var title = texts.Select(text => text.Title).FirstOrDefault(title => title is not null) ?? Name;
        Title = Number().Replace(title, ""); // Lists of notebooks number them by themselves.
        var seedText = NotebookParameters.DefaultOf(notebook, "seed");
        DefaultSeed = int.TryParse(seedText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seed) ? seed : null;
        Summary = texts.Select(text => text.Paragraph).FirstOrDefault(paragraph => paragraph is not null);
    }

    public NotebookDocument Notebook { get; }

    /// <summary>The file's name without its ending.</summary>
    public string Name { get; }

    public string Page => Name + ".html";

    public string Title { get; }

    /// <summary>The number that its name begins with; null where it begins with none.</summary>
    public int? CourseNumber { get; }

    /// <summary>The seed that the notebook takes unless it is given another; null where it has none.</summary>
    public int? DefaultSeed { get; }

    /// <summary>The notebook's first paragraph.</summary>
    public string? Summary { get; }

    /// <summary>How it went; null where it has not been run, and its outputs are those that were saved with it.</summary>
    public NotebookRun? Run { get; set; }

    [GeneratedRegex("""^\d+[.)]\s+(?=\S)""")]
    private static partial Regex Number();
}

/// <summary>The data, seed and version that the report was made with.</summary>
/// <param name="Dataset">The name of the data; null where nothing was run on data.</param>
/// <param name="Seed">The seed; null for each notebook's own.</param>
/// <param name="Version">The version of the library.</param>
internal sealed record ReportFacts(string? Dataset, int? Seed, string Version)
{
    /// <summary>What was noticed while the data were read: skipped lines, columns that were not read. A sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// HTML that a report on one's own data begins with; null for the course, whose first page is about its notebooks. Default null.
    /// </summary>
    public string? First { get; init; }

    /// <summary>
    /// When an edition to keep was made: its pages have no scripts and need no other file, and say this date. Null for a report. Default
    /// null.
    /// </summary>
    public DateOnly? Edition { get; init; }

    /// <summary>Whether raw HTML and links of Markdown stay as they are. Default false.</summary>
    public bool TrustsMarkdown { get; init; }
}
