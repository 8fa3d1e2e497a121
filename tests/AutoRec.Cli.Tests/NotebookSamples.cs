using System.Text.Json;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

/// <summary>Small notebooks for tests.</summary>
internal static class NotebookSamples
{
    private static readonly string[] Tags =
    [
        "parameters", "leaderboard", "setup", "needs-categories", "needs-orders", "needs-profiles", "needs-ratings", "needs-mult-vae",
        "varies", "within-5%"
    ];

    /// <summary>The assembly that real notebooks name in <c>#r</c>, as built with these tests.</summary>
    public static string NotebooksAssembly => Path.Combine(Repository, "lib", "AutoRec.Notebooks", "bin", "AutoRec.Notebooks.dll");

    /// <summary>The folder of the repository that these tests were built in.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A notebook of code cells; a cell that starts with <c>md:</c> is Markdown, one with <c>parameters:</c> or
    /// <c>leaderboard:</c> is tagged so.</summary>
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
                metadata = new { tags = Tags.Where(tag => cell.StartsWith(tag + ":", StringComparison.Ordinal)) },
                outputs = Array.Empty<object>(),
                source = Tags.Aggregate(
                    cell, (text, tag) => text.StartsWith(tag + ":", StringComparison.Ordinal) ? text[(tag.Length + 1)..] : text),
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

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "AutoRec.Lib.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The tests do not run inside the repository.");
    }
}
