namespace AutoRec.Cli.Tests;

/// <summary>Containers and services: a home or a temporary folder that is missing or cannot be written.</summary>
public sealed class FoldersTests : IDisposable
{
    private const string Unusable = "/proc/no-such-folder";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Unusable)]
    [InlineData("/dev/null")]
    [InlineData(null)]
    public async Task Evaluate_HomeUnusable_TorchLoads(string? home)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The paths of this test exist on Linux only.");
        }

        using var process = CliProcess.StartWith(
            [("HOME", home), ("XDG_DATA_HOME", null)],
            "evaluate", "--model", "gaussian-vae", "--set", "epochs=1", "--data", "sample", "--split", "random:0.9");
        var run = await process.EndAsync();
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("rmse", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TemporaryFolderUnusable_ErrorNamesIt()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The paths of this test exist on Linux only.");
        }

        var notebook = folder.File("good.ipynb");
        await File.WriteAllTextAsync(notebook, NotebookSamples.Json("1"));
        using var process = CliProcess.StartWith([("TMPDIR", Unusable)], "run", notebook);
        var run = await process.EndAsync();
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"error: The temporary folder {Unusable}/ cannot be used", run.Error.TrimEnd().Split('\n')[^1], StringComparison.Ordinal);
    }
}
