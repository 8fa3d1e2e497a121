using System.Reflection;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Report;

/// <summary>Runs notebooks in order and writes their pages and an index.</summary>
/// <param name="output">The folder of the report.</param>
/// <param name="facts">What the report is made from.</param>
internal sealed class ReportBuilder(string output, ReportFacts facts)
{
    /// <summary>This library's version.</summary>
    public static string Version { get; } =
        typeof(ReportBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    /// <summary>The path of the report's first page.</summary>
    public string Index => Path.Combine(output, "index.html");

    /// <summary>What is shown beside the notebooks.</summary>
    public IReadOnlyList<ReportDocument> Documents { get; init; } = [];

    /// <summary>Runs the notebooks one after the other and writes all pages.</summary>
    /// <param name="entries">The notebooks, in the order in which they are run.</param>
    /// <param name="run">Runs one of them.</param>
    public async Task BuildAsync(IReadOnlyList<ReportEntry> entries, Func<ReportEntry, Task<NotebookRun>> run)
    {
        var math = new MathRenderer();
        var warmUp = math.WarmUpAsync();
        foreach (var entry in entries)
        {
            entry.Run = await run(entry);
            entry.Notebook.Write(Path.Combine(output, entry.Name + ".ipynb"));
        }

        await warmUp;
        Write(entries, math);
    }

    /// <summary>Writes the pages of notebooks that have been run.</summary>
    public void Write(IReadOnlyList<ReportEntry> entries, MathRenderer math)
    {
        ReportAssets.Write(output);
        for (var index = 0; index < entries.Count; index++)
        {
            WholeFile.Write(Path.Combine(output, entries[index].Page), NotebookPage.Build(entries, index, facts, math, output));
        }

        foreach (var document in Documents)
        {
            document.Write(output, facts, math);
        }

        WholeFile.Write(Index, IndexPage.Build(entries, Documents, facts, math));
    }
}
