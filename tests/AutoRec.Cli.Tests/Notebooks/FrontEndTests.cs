using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

/// <summary>The course's notebooks in the real front ends: the same outputs as are committed. By default those that look at data, train,
/// and use torch in their cells.</summary>
public sealed partial class FrontEndTests
{
    private static readonly string[] Few = ["01-eda.ipynb", "03-autorec.ipynb", "11-from-scratch.ipynb"];

    public static TheoryData<string> Names =>
        [
            .. Directory.EnumerateFiles(Folder, "*.ipynb")
                .Select(path => Path.GetFileName(path))
                .Where(name => IsAll || Few.Contains(name))
                .Order(StringComparer.Ordinal)
        ];

    private static bool IsAll => Environment.GetEnvironmentVariable("AUTOREC_FRONT_END_NOTEBOOKS") == "all";

    private static string Folder => Path.Combine(NotebookSamples.Repository, "notebooks");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Interactive_Notebook_GivesTheCommittedOutputs(string name)
    {
        var path = Path.Combine(Folder, name);
        var (expected, actual) = (NotebookDocument.Read(path), NotebookDocument.Read(path));
        await FrontEnds.RunInInteractiveAsync(actual);
        Assert.Empty(NotebookComparison.Differences(expected, actual));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Repl_Notebook_GivesTheCommittedOutputs(string name)
    {
        using var folder = new TemporaryFolder();
        var expected = NotebookDocument.Read(Path.Combine(Folder, name));
        Assert.Empty(Differences(expected, await FrontEnds.RunInReplAsync(expected.Path, folder.File(name))));
    }

    private static IReadOnlyList<string> Differences(NotebookDocument expected, NotebookDocument actual)
    {
        foreach (var (wanted, given) in expected.Cells.Zip(actual.Cells).Where(pair => pair.First.Kind == CellKind.Code))
        {
            // It counts no executions, shows how far a training is as one more output, and takes a value at the end of a cell for a
            // display.
            given.SetOutputs(
                wanted.ExecutionCount,
                [.. given.Outputs.Where(output => !IsProgress(output)).Select(output => output.DeepClone().AsObject())]);
            foreach (var (_, other) in wanted.Outputs.Zip(given.Outputs)
                .Where(pair => MultilineText.Read(pair.First["output_type"]) == "execute_result"))
            {
                other["output_type"] = "execute_result";
            }
        }

        return NotebookComparison.Differences(expected, actual);
    }

    private static bool IsProgress(JsonObject output) =>
        MultilineText.Read(output["data"]?["text/plain"])?.Split('\n')[0] is { } line && Progress().IsMatch(line);

    [GeneratedRegex(@"^Epoch \d+ of at most \d+(, at most \d+ s left)?$")]
    private static partial Regex Progress();
}
