using System.Text.Json;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

/// <summary>Small notebooks for tests.</summary>
internal static class NotebookSamples
{
    /// <summary>The assembly that real notebooks name in <c>#r</c>, as built with these tests.</summary>
    public static string NotebooksAssembly { get; } = FindNotebooksAssembly();

    /// <summary>A notebook of code cells; a cell that starts with <c>md:</c> is Markdown, one with <c>parameters:</c> is tagged so.</summary>
    public static string Json(params IEnumerable<string> cells) => JsonSerializer.Serialize(new
    {
        cells = cells.Select((cell, index) => cell switch
        {
            ['m', 'd', ':', .. var text] => (object)new { cell_type = "markdown", id = $"cell{index}", metadata = new { }, source = text },
            _ => new
            {
                cell_type = "code",
                execution_count = (int?)null,
                id = $"cell{index}",
                metadata = new { tags = cell.StartsWith("parameters:", StringComparison.Ordinal) ? new[] { "parameters" } : [] },
                outputs = Array.Empty<object>(),
                source = cell.Replace("parameters:", "", StringComparison.Ordinal),
            },
        }),
        metadata = new { },
        nbformat = 4,
        nbformat_minor = 5,
    });

    public static NotebookDocument Notebook(string folder, params IEnumerable<string> cells) =>
        NotebookDocument.Parse(Path.Combine(folder, "test.ipynb"), Json(cells));

    /// <summary>The texts of a cell's outputs: of streams, of one MIME type of displayed values, and of errors.</summary>
    public static IEnumerable<string> Texts(NotebookCell cell, string mimeType = "text/plain") => cell.Outputs.Select(output =>
        MultilineText.Read(output["text"]) ?? MultilineText.Read(output["data"]?[mimeType]) ?? MultilineText.Read(output["evalue"]) ?? "");

    public static IEnumerable<string> Types(NotebookCell cell) => cell.Outputs.Select(output => MultilineText.Read(output["output_type"])!);

    private static string FindNotebooksAssembly()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AutoRec.Lib.sln")))
            {
                return Path.Combine(folder.FullName, "lib", "AutoRec.Notebooks", "bin", "AutoRec.Notebooks.dll");
            }
        }

        throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}
