using System.Reflection;
using AutoRec.Cli.Notebooks;
using AutoRec.Data;

namespace AutoRec.Cli.Report;

/// <summary>Writes the pages of notebooks and an index: runs the notebooks in order, or shows their saved outputs.</summary>
/// <param name="output">The folder of the report.</param>
/// <param name="facts">What the report is made from.</param>
internal sealed class ReportBuilder(string output, ReportFacts facts)
{
    /// <summary>The file of the first page.</summary>
    public const string IndexFile = "index.html";

    private const string Notebook = ".ipynb";

    /// <summary>This library's version.</summary>
    public static string Version { get; } =
        typeof(ReportBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The path of the report's first page.</summary>
    public string Index => Path.Combine(output, IndexFile);

    /// <summary>What is shown beside the notebooks.</summary>
    public IReadOnlyList<ReportDocument> Documents { get; init; } = [];

    private bool IsEdition => facts.Edition is not null;

    /// <summary>Runs the notebooks one after the other and writes all pages.</summary>
    /// <param name="entries">The notebooks, in the order in which they are run.</param>
    /// <param name="run">Runs one of them.</param>
    /// <exception cref="DataFileException">A file of the report exists and was not written by an earlier report.</exception>
    public async Task BuildAsync(IReadOnlyList<ReportEntry> entries, Func<ReportEntry, Task<NotebookRun>> run)
    {
        using var files = Open(entries);
        var math = new MathRenderer();
        var warmUp = math.WarmUpAsync();
        foreach (var entry in entries)
        {
            entry.Run = await run(entry);
            WriteNotebook(files, entry);
        }

        await warmUp;
        Write(files, entries, math);
    }

    /// <summary>Writes the pages of notebooks with the outputs that were saved with them, and copies of the notebooks.</summary>
    /// <exception cref="DataFileException">A file of the report exists and was not written by an earlier report.</exception>
    public void WriteSaved(IReadOnlyList<ReportEntry> entries, MathRenderer math)
    {
        using var files = Open(entries);
        foreach (var entry in entries)
        {
            WriteNotebook(files, entry);
        }

        Write(files, entries, math);
    }

    // All that could not be written is found before the first notebook runs.
    private OutputFolder Open(IReadOnlyList<ReportEntry> entries) => OutputFolder.Open(
        output,
        [
            .. entries.Select(entry => entry.Page),
            .. Documents.Select(document => document.Page),
            .. IsEdition ? [] : entries.Select(entry => entry.Name + Notebook).Concat(ReportAssets.Files),
            IndexFile,
        ]);

    private void Write(OutputFolder files, IReadOnlyList<ReportEntry> entries, MathRenderer math)
    {
        var (navigation, search) = (new SiteNavigation(entries, Documents), new SearchIndex());
        for (var index = 0; index < entries.Count; index++)
        {
            WritePage(files, entries[index].Page, NotebookPage.Build(entries, index, facts, math, output, navigation, search));
        }

        foreach (var document in Documents)
        {
            WritePage(files, document.Page, document.Build(output, facts, math, navigation, search));
        }

        WritePage(files, IndexFile, IndexPage.Build(entries, Documents, facts, math, navigation));
        if (!IsEdition)
        {
            ReportAssets.Write(files, search);
        }
    }

    private void WriteNotebook(OutputFolder files, ReportEntry entry)
    {
        if (!IsEdition)
        {
            files.Write(entry.Name + Notebook, entry.Notebook.ToJson());
        }
    }

    private void WritePage(OutputFolder files, string name, string html) =>
        files.Write(name, IsEdition ? StaticPage.Of(html) : html);
}
