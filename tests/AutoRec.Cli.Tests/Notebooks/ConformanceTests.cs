using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

/// <summary>
/// The runner and the front ends host the same kernel. The notebooks beside this file are about what each host does by itself: where
/// outputs go, directives, and assemblies beside one that is named in <c>#r</c>. Their outputs are those of .NET Interactive's tool
/// (docs/compatibility.md says which).
/// </summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(NotebookSamples.Repository, "tests", "AutoRec.Cli.Tests", "Notebooks", "Conformance");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Runner_Notebook_GivesTheFrontEndsOutputs(string name)
    {
        var path = Path.Combine(Folder, name);
        var (expected, actual) = (NotebookDocument.Read(path), NotebookDocument.Read(path));
        await NotebookRunner.RunAsync(actual, new());
        Assert.Equal(expected.Cells.Select(cell => cell.ExecutionCount), actual.Cells.Select(cell => cell.ExecutionCount));
        foreach (var (wanted, given) in expected.Cells.Zip(actual.Cells))
        {
            Assert.Equal(Describe(wanted, isRunner: false), Describe(given, isRunner: true));
        }
    }

    // What the notebooks say of the front end is asked of it, where it is.
    [Theory]
    [MemberData(nameof(Names))]
    public async Task FrontEnd_Notebook_GivesTheseOutputs(string name)
    {
        var path = Path.Combine(Folder, name);
        var (expected, actual) = (NotebookDocument.Read(path), NotebookDocument.Read(path));
        await FrontEnds.RunInInteractiveAsync(actual);
        foreach (var (wanted, given) in expected.Cells.Zip(actual.Cells))
        {
            Assert.Equal(Describe(wanted, isRunner: false), Describe(given, isRunner: false));
        }
    }

    // Streams, displays and results to the letter; of errors, what they say: how they are called and traced is each front end's own.
    private static IEnumerable<string> Describe(NotebookCell cell, bool isRunner) =>
        cell.Outputs.Select(output => MultilineText.Read(output["output_type"]) switch
    {
        "error" => $"error {ErrorOf(MultilineText.Read(output["ename"])!, MultilineText.Read(output["evalue"])!.Split('\n')[0], isRunner)}",
        "stream" => $"{MultilineText.Read(output["name"])} {MultilineText.Read(output["text"])}",
        var type =>
            $"{type} {string.Join('\n', output["data"]!.AsObject().Select(part => $"{part.Key}: {MultilineText.Read(part.Value)}"))}",
    });

    private static string ErrorOf(string name, string message, bool isRunner) => (isRunner, name) switch
    {
        (false, _) => message,
        (true, "CompilationError") =>
            message.Replace(" Run 'dotnet build' first: #r takes assemblies that are built already.", "", StringComparison.Ordinal),
        _ => $"{name}: {message}",
    };
}
