using AutoRec.Cli.Notebooks;

namespace AutoRec.Cli.Tests;

public sealed class RunCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string good;
    private readonly string bad;

    public RunCommandTests()
    {
        good = Write(
            "good.ipynb",
            "parameters:var name = Environment.GetEnvironmentVariable(\"AUTOREC_NAME\") ?? \"default\"; // read by Parameters.Text(...)",
            "name");
        bad = Write("bad.ipynb", "md:text", "var zero = 0;\n1 / zero", "\"not run\"");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_CellFails_ExitsWith2AndNamesTheCell()
    {
        var before = await File.ReadAllTextAsync(bad);
        var run = await CliRun.OfAsync("run", bad, "--output", folder.File("out"), "--update");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{bad}: cell 2 (In [1]), line 2: System.DivideByZeroException: Attempted to divide by zero.", run.Error);
        Assert.Contains("    1 / zero", run.Error);
        Assert.Equal(before, await File.ReadAllTextAsync(bad));
        var executed = NotebookDocument.Read(folder.File("out/bad.ipynb"));
        Assert.Equal(["error"], NotebookSamples.Types(executed.Cells[1]));
        Assert.Empty(executed.Cells[2].Outputs);
    }

    [Fact]
    public async Task Run_Update_WritesOutputsBackOnlyWhenAsked()
    {
        var before = await File.ReadAllTextAsync(good);
        Assert.Equal(0, (await CliRun.OfAsync("run", good)).ExitCode);
        Assert.Equal(before, await File.ReadAllTextAsync(good));
        Assert.Equal(0, (await CliRun.OfAsync("run", good, "--update")).ExitCode);
        Assert.Equal(["default"], NotebookSamples.Texts(NotebookDocument.Read(good).Cells[1]));
        Assert.Equal(["bad.ipynb", "good.ipynb"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Run_Check_SaysWhereOutputsAreOthers()
    {
        Assert.Equal(0, (await CliRun.OfAsync("run", good, "--update")).ExitCode);
        Assert.Equal(0, (await CliRun.OfAsync("run", good, "--check")).ExitCode);
        await File.WriteAllTextAsync(
            good, (await File.ReadAllTextAsync(good)).Replace("\"default\"\n", "\"another\"\n", StringComparison.Ordinal));
        var run = await CliRun.OfAsync("run", good, "--check");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains($"{good}: cell 2, output 1: 'another' is expected, it is 'default'", run.Error);
    }

    [Fact]
    public async Task Run_ParameterUnknown_ListsThoseThatThereAre()
    {
        var notebook = Write("with.ipynb", "parameters:var name = Parameters.Text(\"name\", \"default\");");
        var run = await CliRun.OfAsync("run", notebook, "--set", "nam=x");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("It has: name.", run.Error);
    }

    [Fact]
    public async Task Run_Set_ReachesTheNotebook()
    {
        var notebook = Write(
            "with.ipynb",
            $"#r \"{NotebookSamples.NotebooksAssembly}\"",
            "parameters:using AutoRec.Notebooks;\nvar name = Parameters.Text(\"the-name\", \"default\");",
            "name");
        var run = await CliRun.OfAsync("run", notebook, "--set", "the-name=a=b c", "--output", folder.File("out"));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["a=b c"], NotebookSamples.Texts(NotebookDocument.Read(folder.File("out/with.ipynb")).Cells[2]));
    }

    [Fact]
    public async Task Run_BadInput_ExitsWith1()
    {
        Assert.Contains("no such notebook", (await CliRun.OfAsync("run", folder.File("none.ipynb"))).Error);
        await File.WriteAllTextAsync(folder.File("text.ipynb"), "text");
        var run = await CliRun.OfAsync("run", folder.File("text.ipynb"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("text.ipynb: not a notebook", run.Error);
        Assert.Contains("greater than 0", (await CliRun.OfAsync("run", good, "--cell-timeout", "0")).Error);
        Assert.Contains("same file", (await CliRun.OfAsync("run", good, good, "--output", folder.File("out"))).Error);
        Assert.False(Directory.Exists(folder.File("out")));
    }

    private string Write(string name, params string[] cells)
    {
        File.WriteAllText(folder.File(name), NotebookSamples.Json(cells));
        return folder.File(name);
    }
}
