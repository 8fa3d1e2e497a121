using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Report;

/// <summary>A notebook of the report.</summary>
internal sealed class ReportEntry
{
    public ReportEntry(NotebookDocument notebook)
    {
        Notebook = notebook;
        Name = Path.GetFileNameWithoutExtension(notebook.Path);
        Title = Name;
        foreach (var cell in notebook.Cells.Where(cell => cell.Kind == CellKind.Markdown))
        {
            var lines = cell.Source.Split('\n');
            if (Title == Name && lines.FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal)) is { } heading)
            {
                Title = heading[2..].Trim().TrimEnd('#').TrimEnd();
            }

            Summary ??= MarkdownRenderer.FirstParagraph(cell.Source);
        }
    }

    public NotebookDocument Notebook { get; }

    /// <summary>The file's name without its ending.</summary>
    public string Name { get; }

    public string Page => Name + ".html";

    public string Title { get; }

    /// <summary>The notebook's first paragraph.</summary>
    public string? Summary { get; }

    /// <summary>How it went; null until it has been run.</summary>
    public NotebookRun? Run { get; set; }
}

/// <summary>What the report was made from.</summary>
internal sealed record ReportFacts(string Dataset, int? Seed, string Version);
