using AutoRec.Cli.Notebooks;
using AutoRec.Cli.Notebooks.Kernel;

namespace AutoRec.Cli.Tests;

/// <summary>What the runner adds to .NET Interactive's kernel: errors that name the line of the cell, and directives that it cannot carry
/// out.</summary>
public sealed class CellKernelTests
{
    private readonly StringWriter events = new();
    private readonly CellKernel kernel;

    public CellKernelTests() => kernel = new(new CellOutput(events));

    [Fact]
    public async Task RunAsync_DoesNotCompile_SaysWhereAndShowsTheLine()
    {
        var failed = Assert.IsType<Failed>(await RunOne("var a = 1;\n\nvar b = a + missing;"));
        Assert.Equal(("CompilationError", 3), (failed.Name, failed.Line));
        Assert.Equal("(3,13): error CS0103: The name 'missing' does not exist in the current context", failed.Message);
        Assert.Equal([failed.Message, "    var b = a + missing;", "                ^"], failed.Traceback);
    }

    [Fact]
    public async Task RunAsync_Throws_ShowsTheStackDownToTheCell()
    {
        Assert.Empty(await Run("int Fail(int x)\n{\n    return int.Parse(\"no number\");\n}", "cell 1"));
        var failed = Assert.IsType<Failed>(await RunOne("\nFail(1)", "cell 2"));
        Assert.Equal(("System.FormatException", 2), (failed.Name, failed.Line));
        Assert.Equal("System.FormatException: " + failed.Message, failed.Traceback[0]);
        Assert.Equal(["   at cell 1, line 3", "   at cell 2, line 2"], failed.Traceback.TakeLast(2));
        Assert.DoesNotContain(failed.Traceback, line => line.Contains("Submission#", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("#!html\n<b>bold</b>\n#!csharp\nmissing")]
    [InlineData("#!time\n\n\nint.Parse(\"no number\")")]
    public async Task RunAsync_FailsAfterADirective_NamesTheLineOfTheCell(string code) =>
        Assert.Equal(4, Assert.Single((await Run(code)).OfType<Failed>()).Line);

    [Fact]
    public async Task RunAsync_InnerException_IsShownToo()
    {
        var failed =
            Assert.IsType<Failed>(await RunOne("await Task.Yield();\nthrow new Exception(\"outer\", new ArgumentException(\"inner\"));"));
        Assert.Equal(("outer ---> inner", 2), (failed.Message, failed.Line));
        Assert.Contains(" ---> System.ArgumentException: inner", failed.Traceback);
    }

    [Fact]
    public async Task RunAsync_MissingAssembly_SaysToBuild() =>
        Assert.Contains("Run 'dotnet build' first", Assert.IsType<Failed>(await RunOne("#r \"../no/such.dll\"")).Message);

    [Theory]
    [InlineData("#r \"nuget: Some.Package, 1.0\"", 1, "downloads no packages")]
    [InlineData("1\n#i \"nuget:https://example.org/index.json\"", 2, "downloads no packages")]
    [InlineData("\n#!connect jupyter", 2, "Unknown magic command '#!connect'. This runner knows #!csharp, #!html, #!import and #!time.")]
    public async Task RunAsync_DirectiveThatCannotBeCarriedOut_SaysWhichAndWhere(string code, int line, string reason)
    {
        var failed = Assert.IsType<Failed>(await RunOne(code));
        Assert.Equal(line, failed.Line);
        Assert.Contains(reason, failed.Message);
    }

    [Fact]
    public async Task RunAsync_OtherLanguage_SaysSo()
    {
        await kernel.RunAsync(new("1", "fsharp", "cell 1"));
        Assert.Contains("'fsharp'", Assert.IsType<Failed>(KernelEvent.Read(events.ToString().Split('\n')[0])).Message);
    }

    // .NET Interactive goes on after these.
    [Theory]
    [InlineData("int Twice(int x) => 2 * y;", "imported file(1,25): error CS0103: The name 'y' does not exist in the current context")]
    [InlineData("int.Parse(\"no number\");", "The input string 'no number' was not in a correct format.")]
    public async Task RunAsync_ImportedFileFails_FailsTheCell(string imported, string message)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a.csx"), imported);
        Assert.Equal(message, Assert.IsType<Failed>(await RunOne($"#!import \"{folder.File("a.csx")}\"")).Message);
    }

    [Fact]
    public async Task RunAsync_Time_ShowsWallTime() =>
        Assert.Matches("^Wall time: [0-9]+ ms$", Assert.IsType<Displayed>(await RunOne("#!time\nvar x = 1;")).Data["text/plain"]);

    private async Task<KernelEvent> RunOne(string code, string label = "cell 1") => Assert.Single(await Run(code, label));

    private async Task<List<KernelEvent>> Run(string code, string label = "cell 1")
    {
        events.GetStringBuilder().Clear();
        await kernel.RunAsync(new(code, "csharp", label));
        var sent = events.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(KernelEvent.Read).ToList();
        Assert.IsType<CellDone>(sent[^1]);
        return sent[..^1];
    }
}
