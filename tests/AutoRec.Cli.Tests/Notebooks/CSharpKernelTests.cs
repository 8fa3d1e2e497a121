using AutoRec.Cli.Notebooks;
using AutoRec.Cli.Notebooks.Kernel;

namespace AutoRec.Cli.Tests;

/// <summary>What the kernel makes of cells, in this process: the semantics of .NET Interactive.</summary>
public sealed class CSharpKernelTests
{
    private readonly StringWriter events = new();
    private readonly CSharpKernel kernel;

    public CSharpKernelTests()
    {
        CellOutput.Current = new(events); // These tests are the only ones that use it, and run one after the other.
        kernel = new(CellOutput.Current);
    }

    [Fact]
    public async Task RunAsync_TrailingExpression_IsReturnedAsItsTypesMimeType()
    {
        Assert.Equal("text", Assert.IsType<Returned>(await RunOne("\"text\"")).Data["text/plain"]);
        Assert.Contains("<pre>42</pre>", Assert.IsType<Returned>(await RunOne("40 + 2")).Data["text/html"]);
        Assert.Contains("&lt;null&gt;", Assert.IsType<Returned>(await RunOne("string none = null; none")).Data["text/html"]);
    }

    [Theory]
    [InlineData("var x = 1;")]
    [InlineData("int F() => 1;")]
    [InlineData("Task.Delay(1).Wait();")]
    [InlineData("GC.KeepAlive(null)")]
    [InlineData("await Task.Delay(1)")]
    [InlineData("// nothing")]
    public async Task RunAsync_NoValue_ReturnsNothing(string code) => Assert.Empty(await Run(code));

    [Fact]
    public async Task RunAsync_CellAfterCell_SharesStateAndAllowsRedeclaration()
    {
        Assert.Empty(await Run("using System.Globalization;\nvar x = 1;\nrecord Point(int X);"));
        Assert.Empty(await Run("var point = new Point(x + 1);"));
        Assert.Empty(await Run("string x = \"now a text\";"));
        Assert.Equal("2now a text", Assert.IsType<Returned>(await RunOne("point.X.ToString(CultureInfo.InvariantCulture) + x")).Data["text/plain"]);
    }

    [Fact]
    public async Task RunAsync_DefaultUsings_AreThoseOfTheRealKernel()
    {
        Assert.Empty(await Run("StringBuilder a = new(); IEnumerable b = new List<int>(); Task c = Task.CompletedTask; Math.Max(new[] { 1 }.Sum(), 1);"));
        Assert.Contains("CS0103", Assert.IsType<Failed>(await RunOne("File.Exists(\"a\")")).Message);
    }

    [Fact]
    public async Task RunAsync_DisplayHelpers_DisplayAndUpdate()
    {
        var sent = await Run("""
            using Microsoft.DotNet.Interactive;
            var shown = KernelInvocationContextExtensions.Display(KernelInvocationContext.Current, HTML("<b>1</b>"));
            shown.Update(HTML("<b>2</b>"));
            "as html".Display("text/html", "text/plain");
            "<svg/>".DisplayAs("image/svg+xml");
            """);
        Assert.Equal(4, sent.Count);
        var first = Assert.IsType<Displayed>(sent[0]);
        Assert.Equal("<b>1</b>", first.Data["text/html"]);
        var update = Assert.IsType<DisplayUpdated>(sent[1]);
        Assert.Equal((first.Id, "<b>2</b>"), (update.Id, update.Data["text/html"]));
        Assert.Equal(["text/html", "text/plain"], Assert.IsType<Displayed>(sent[2]).Data.Keys);
        Assert.Equal("<svg/>", Assert.IsType<Displayed>(sent[3]).Data["image/svg+xml"]);
    }

    [Fact]
    public async Task RunAsync_RegisteredFormatter_IsUsed()
    {
        Assert.Empty(await Run("using Microsoft.DotNet.Interactive.Formatting;\nrecord Own(int X);\nFormatter.Register<Own>(own => $\"own {own.X}\", \"text/html\");"));
        Assert.Equal("own 7", Assert.IsType<Returned>(await RunOne("new Own(7)")).Data["text/html"]);
    }

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
        Assert.DoesNotContain(failed.Traceback, line => line.Contains("Submission#", StringComparison.Ordinal) || line.Contains("Scripting", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_InnerException_IsShownToo()
    {
        var failed = Assert.IsType<Failed>(await RunOne("await Task.Yield();\nthrow new Exception(\"outer\", new ArgumentException(\"inner\"));"));
        Assert.Equal(("outer ---> inner", 2), (failed.Message, failed.Line));
        Assert.Contains(" ---> System.ArgumentException: inner", failed.Traceback);
    }

    [Fact]
    public async Task RunAsync_MissingAssembly_SaysToBuild() =>
        Assert.Contains("Run 'dotnet build' first", Assert.IsType<Failed>(await RunOne("#r \"../no/such.dll\"")).Message);

    [Fact]
    public async Task RunAsync_Import_RunsFileAndNotebook()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a.cs"), "int Twice(int x) => 2 * x;");
        await File.WriteAllTextAsync(folder.File("b.ipynb"), NotebookSamples.Json("md:text", "var six = Twice(3);"));
        var shown = Assert.IsType<Displayed>(Assert.Single(await Run($"#!import \"{folder.File("a.cs")}\"\n#!import {folder.File("b.ipynb")}"))); // The notebook's text.
        Assert.Contains("text", Assert.Single(shown.Data).Value);
        Assert.Contains("<pre>12</pre>", Assert.IsType<Returned>(await RunOne("Twice(six)")).Data["text/html"]);
        Assert.Contains("there is no file", Assert.IsType<Failed>(await RunOne("#!import \"none.cs\"")).Message);
    }

    [Fact]
    public async Task RunAsync_Load_RunsFile()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("a.csx"), "var loaded = 5;");
        Assert.Contains("<pre>5</pre>", Assert.IsType<Returned>(await RunOne($"#load \"{folder.File("a.csx")}\"\nloaded")).Data["text/html"]);
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
