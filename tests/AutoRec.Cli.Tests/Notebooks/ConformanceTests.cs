using AutoRec.Cli.Notebooks;
using AutoRec.Cli.Notebooks.Kernel;

namespace AutoRec.Cli.Tests;

/// <summary>
/// The runner against .NET Interactive. Each notebook beside this file is about one behaviour, and its outputs are those of the real kernel
/// (docs/compatibility.md says which, and where we go another way on purpose).
/// </summary>
public sealed class ConformanceTests
{
    private const string NotAtTopLevel = "not-at-top-level.ipynb";
    private const string Cancellation = "cancellation.ipynb";

    public static TheoryData<string> Names => [.. Directory.EnumerateFiles(Folder, "*.ipynb").Select(path => Path.GetFileName(path)).Where(name => name is not NotAtTopLevel).Order(StringComparer.Ordinal)];

    public static TheoryData<string> NamesForTheKernel => [.. Names.Select(row => row.Data).Where(name => name is not Cancellation)];

    private static string Folder => Path.Combine(NotebookSamples.Repository, "tests", "AutoRec.Cli.Tests", "Notebooks", "Conformance");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Runner_Notebook_GivesTheKernelsOutputs(string name)
    {
        var path = Path.Combine(Folder, name);
        var (expected, actual) = (NotebookDocument.Read(path), NotebookDocument.Read(path));
        var isStopped = name is Cancellation;
        await NotebookRunner.RunAsync(actual, isStopped ? new() { CellTimeout = TimeSpan.FromSeconds(5) } : new());
        Assert.Equal(expected.Cells.Select(cell => cell.ExecutionCount), actual.Cells.Select(cell => cell.ExecutionCount));
        foreach (var (wanted, given) in expected.Cells.Zip(actual.Cells))
        {
            // How far a cell comes before it is stopped is a matter of the machine.
            Assert.Equal(
                Describe(wanted, isExpected: true).Where(text => !isStopped || !text.StartsWith("stdout", StringComparison.Ordinal)),
                Describe(given, isExpected: false).Where(text => !isStopped || text != "stdout begins\n"));
        }
    }

    // What the notebooks say of the kernel is asked of the kernel itself, where it is. (Stopping a cell is the front end's business.)
    [Theory]
    [MemberData(nameof(NamesForTheKernel))]
    public async Task Kernel_Notebook_GivesTheseOutputs(string name)
    {
        var path = Path.Combine(Folder, name);
        var (expected, actual) = (NotebookDocument.Read(path), NotebookDocument.Read(path));
        await FrontEnds.RunInInteractiveAsync(actual);
        foreach (var (wanted, given) in expected.Cells.Zip(actual.Cells))
        {
            Assert.Equal(Describe(wanted, isExpected: true), Describe(given, isExpected: true));
        }
    }

    // Each cell of this one fails, and a run ends at the first.
    [Fact]
    public async Task Kernel_WhatIsNoCell_IsTheSameError()
    {
        foreach (var cell in NotebookDocument.Read(Path.Combine(Folder, NotAtTopLevel)).Cells.Where(cell => cell.Kind == CellKind.Code))
        {
            var events = new StringWriter();
            await new CSharpKernel(new CellOutput(events)).RunAsync(new(cell.Source, "csharp", "cell"));
            var failed = Assert.IsType<Failed>(KernelEvent.Read(events.ToString().Split('\n')[0]));
            Assert.Equal(MultilineText.Read(cell.Outputs[0]["evalue"]), failed.Message.Split('\n')[0]);
        }
    }

    // Streams, displays and results to the letter; of errors, what they say: how they are called and traced is each front end's own.
    private static IEnumerable<string> Describe(NotebookCell cell, bool isExpected) => cell.Outputs.Select(output => MultilineText.Read(output["output_type"]) switch
    {
        "error" => $"error {ErrorOf(MultilineText.Read(output["ename"])!, MultilineText.Read(output["evalue"])!, isExpected)}",
        "stream" => $"{MultilineText.Read(output["name"])} {MultilineText.Read(output["text"])}",
        var type => $"{type} {string.Join('\n', output["data"]!.AsObject().Select(part => $"{part.Key}: {MultilineText.Read(part.Value)}"))}",
    });

    private static string ErrorOf(string name, string message, bool isExpected)
    {
        var line = message.Split('\n')[0];
        return name switch
        {
            "TaskCanceledException" or "Timeout" => "stopped",
            _ when isExpected => line,
            "CompilationError" => line.Replace(" Run 'dotnet build' first: #r takes assemblies that are built already.", "", StringComparison.Ordinal),
            _ => $"{name}: {line}",
        };
    }
}
