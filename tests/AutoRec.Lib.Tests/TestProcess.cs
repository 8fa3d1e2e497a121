using System.Diagnostics;

namespace AutoRec.Tests;

/// <summary>One explicit test of this assembly in a process of its own.</summary>
internal sealed class TestProcess : IDisposable
{
    private readonly Process process;

    private TestProcess(Process process) => this.process = process;

    /// <summary>Starts a test, by the name of class and method, with variables besides this process's own.</summary>
    public static TestProcess Start(string test, params (string Name, string Value)[] environment)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "AutoRec.Lib.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var start = new ProcessStartInfo(program, ["-method", $"*{test}", "-explicit", "only"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new TestProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the end, and fails unless the test has passed.</summary>
    public async Task PassAsync()
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"Exit code {process.ExitCode}.\n{await output}\n{error}");
        Assert.Contains("Total: 1,", await output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        process.Kill(); // Does nothing to one that has ended.
        process.Dispose();
    }
}
