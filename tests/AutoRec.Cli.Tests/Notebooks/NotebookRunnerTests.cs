using AutoRec.Cli.Notebooks;
using AutoRec.Data;

namespace AutoRec.Cli.Tests;

/// <summary>Whole runs, each in a process of its own; a process takes a second, so there are few.</summary>
public sealed class NotebookRunnerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task RunAsync_GoodNotebook_OutputsInOrder()
    {
        var notebook = NotebookSamples.Notebook(
            folder.Path,
            "md:# Title",
            "Console.Write(\"a\");\nConsole.WriteLine(\"b\");\nConsole.Error.WriteLine(\"warning\");\ndisplay(\"shown\");\nConsole.WriteLine(\"c\");\n\"returned\"",
            "  \n",
            "using Microsoft.DotNet.Interactive;\nvar later = KernelInvocationContextExtensions.Display(KernelInvocationContext.Current, "
                + "\"old\");",
            "later.Update(\"new\");\nawait Task.Run(() => Console.WriteLine(\"from a task\"));",
            "$\"{System.IO.Directory.GetCurrentDirectory()} {Environment.GetEnvironmentVariable(\"AUTOREC_NAME\")} {Console.ReadLine()}\"");
        notebook.Cells[1].SetOutputs(9, [new() { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = "stale" }]);
        var progress = new List<WorkReport>();

        var run = await NotebookRunner.RunAsync(
            notebook, new() { Environment = new Dictionary<string, string?> { ["AUTOREC_NAME"] = "value" } }, new Collector(progress));

        Assert.Null(run.Failure);
        Assert.Equal([Before(0), Before(1), Before(2), Before(2) with { Phase = "new" }, Before(3)], progress);
        Assert.Equal([null, 1, null, 2, 3, 4], notebook.Cells.Select(cell => cell.ExecutionCount));
        Assert.Equal(["stream", "stream", "display_data", "stream", "execute_result"], NotebookSamples.Types(notebook.Cells[1]));
        Assert.Equal(["ab\n", "warning\n", "shown", "c\n", "returned"], NotebookSamples.Texts(notebook.Cells[1]));
        Assert.Equal(["stdout", "stderr"], notebook.Cells[1].Outputs.Take(2).Select(output => MultilineText.Read(output["name"])));
        Assert.Equal(1, (int?)notebook.Cells[1].Outputs[4]["execution_count"]);
        Assert.Equal(["new"], NotebookSamples.Texts(notebook.Cells[3]));
        Assert.Equal(["from a task\n"], NotebookSamples.Texts(notebook.Cells[4]));
        Assert.Equal([$"{folder.Path} value "], NotebookSamples.Texts(notebook.Cells[5]));
    }

    [Fact]
    public async Task RunAsync_SameNotebookTwice_SameBytes()
    {
        string[] cells =
        [
            "display(new { A = 1, B = new[] { 1, 2 } });\nnew Dictionary<string, int> { [\"a\"] = 1 }", "Console.WriteLine(1.5);"
        ];
        var notebook = NotebookSamples.Notebook(folder.Path, cells);
        await NotebookRunner.RunAsync(notebook, new());
        var first = notebook.ToJson();
        await NotebookRunner.RunAsync(notebook, new());
        Assert.Equal(first, notebook.ToJson());
    }

    // One notebook shows that the assembly beside this program is not used, that its dependencies are found, and natively so.
    [Fact]
    public async Task RunAsync_ReferenceToNotebooksAssembly_LoadsItOnceWithNativeLibraries()
    {
        Assert.True(File.Exists(NotebookSamples.NotebooksAssembly), $"{NotebookSamples.NotebooksAssembly} is not built.");
        var notebook = NotebookSamples.Notebook(
            folder.Path,
            $"#r \"{Path.GetRelativePath(folder.Path, NotebookSamples.NotebooksAssembly)}\"",
            "using AutoRec.Native;\nusing TorchSharp;\nTorchRuntime.EnsureLoaded();\ntorch.ones(3).sum().item<float>().ToString()",
            "AutoRec.Notebooks.Takeaway.Of($\"{3}\")",
            """
            var copies = AppDomain.CurrentDomain.GetAssemblies().Where(a => a.GetName().Name is "AutoRec.Lib" or "AutoRec.Notebooks" or "TorchSharp");
            string.Join(';', copies.Select(a => a.Location).Order())
            """);

        var run = await NotebookRunner.RunAsync(notebook, new());

        Assert.True(run.Failure is null, run.Failure?.Message);
        Assert.Equal(["3"], NotebookSamples.Texts(notebook.Cells[1]));
        Assert.Contains("autorec-takeaway", Assert.Single(NotebookSamples.Texts(notebook.Cells[2], "text/html")));
        var library = Path.GetDirectoryName(NotebookSamples.NotebooksAssembly)!;
        Assert.Equal(
            [
                string.Join(
                    ';',
                    ((string[])["AutoRec.Lib.dll", "AutoRec.Notebooks.dll", "TorchSharp.dll"]).Select(name => Path.Combine(library, name)))
            ],
            NotebookSamples.Texts(notebook.Cells[3]));
    }

    [Fact]
    public async Task RunAsync_CellTooSlow_IsStopped()
    {
        var notebook = NotebookSamples.Notebook(folder.Path, "while (true) { }", "1");
        var run = await NotebookRunner.RunAsync(notebook, new() { CellTimeout = TimeSpan.FromSeconds(1) });
        Assert.Equal("Timeout", run.Failure!.Name);
        Assert.Contains("longer than 1 seconds", run.Failure.Message);
        Assert.Equal(["error"], NotebookSamples.Types(notebook.Cells[0]));
        Assert.Null(notebook.Cells[1].ExecutionCount);
    }

    [Fact]
    public async Task RunAsync_ProcessCrashes_FailsTheNotebookOnly()
    {
        var notebook = NotebookSamples.Notebook(folder.Path, "Console.WriteLine(\"begins\");\nEnvironment.FailFast(\"on purpose\");", "1");
        var run = await NotebookRunner.RunAsync(notebook, new());
        Assert.Equal("ProcessEnded", run.Failure!.Name);
        Assert.Contains("on purpose", run.Failure.Message);
        Assert.Equal(["stream", "error"], NotebookSamples.Types(notebook.Cells[0]));
        Assert.Empty(notebook.Cells[1].Outputs);
    }

    [Fact]
    public async Task RunAsync_ProcessExits_SaysWithWhichCode()
    {
        var notebook = NotebookSamples.Notebook(folder.Path, "Environment.Exit(7);");
        Assert.Contains("exit code 7", (await NotebookRunner.RunAsync(notebook, new())).Failure!.Message);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsTheProcess()
    {
        var marker = folder.File("pid");
        var notebook = NotebookSamples.Notebook(
            folder.Path,
            $"System.IO.File.WriteAllText(@\"{marker}\", $\"{{Environment.ProcessId}}\");\nSystem.Threading.Thread.Sleep(-1);");
        using var cancellation = new CancellationTokenSource();
        var run = NotebookRunner.RunAsync(notebook, new(), cancellation: cancellation.Token);
        while (!File.Exists(marker) || new FileInfo(marker).Length == 0)
        {
            await Task.Delay(20);
        }

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(marker), null)));
    }

    [Fact]
    public async Task RunAsync_EndlessOutput_IsCappedAndSaysSo()
    {
        var notebook = NotebookSamples.Notebook(
            folder.Path,
            "for (var i = 0; i < 100_000; i++) Console.WriteLine(i);",
            "for (var i = 0; i < 4_000; i++) Console.Write(new string('x', 1_000));",
            "for (var i = 0; i < 3_000; i++) display(i);",
            "display(new string('y', 17 << 20));\n\"after\"",
            "throw new Exception(new string('z', 3_000_000));");
        var run = await NotebookRunner.RunAsync(notebook, new());
        var lines = NotebookSamples.Texts(notebook.Cells[0]).ToArray();
        Assert.Equal(10_000, lines[0].Count(letter => letter == '\n'));
        Assert.Equal("\n[The text after the first 10,000 lines or 1,048,576 characters of this cell is left out.]\n", lines[1]);
        Assert.Equal(1 << 20, NotebookSamples.Texts(notebook.Cells[1]).First().Length);
        Assert.Contains("is left out", NotebookSamples.Texts(notebook.Cells[1]).Last());
        Assert.Equal(1_001, notebook.Cells[2].Outputs.Count);
        Assert.Contains("after the first 1,000 are left out", NotebookSamples.Texts(notebook.Cells[2]).Last());
        Assert.Contains("of a cell may have 16,777,216 together", NotebookSamples.Texts(notebook.Cells[3]).First());
        Assert.Equal("after", NotebookSamples.Texts(notebook.Cells[3]).Last());
        Assert.Equal(10_000, run.Failure!.Message.Length);
        Assert.InRange(notebook.ToJson().Length, 1 << 20, 4 << 20);
    }

    private static WorkReport Before(int cell) => new("", cell, 4, "cells");

    private sealed class Collector(List<WorkReport> list) : IProgress<WorkReport>
    {
        public void Report(WorkReport value) => list.Add(value);
    }
}
