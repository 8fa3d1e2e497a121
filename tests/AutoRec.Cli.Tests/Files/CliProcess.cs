using System.Diagnostics;

namespace AutoRec.Cli.Tests;

/// <summary>The command line in a process of its own.</summary>
internal sealed class CliProcess : IDisposable
{
    private readonly Process process;

    private CliProcess(Process process) => this.process = process;

    public static CliProcess Start(int? killAt, params IEnumerable<string> args) => Start(killAt, [], args);

    /// <summary>Starts a command with variables besides this process's own; null takes one away.</summary>
    public static CliProcess StartWith((string Name, string? Value)[] environment, params IEnumerable<string> args) =>
        Start(killAt: null, environment, args);

    private static CliProcess Start(int? killAt, (string Name, string? Value)[] environment, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "autorec.dll"));
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        if (killAt is { } number)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
            start.Environment[StartupHook.Variable] = $"{number}";
        }

        return new CliProcess(Process.Start(start)!);
    }

    /// <summary>Runs a command that is killed at a rename, see <see cref="StartupHook"/>; false if it came to its end before.</summary>
    public static async Task<bool> KilledAsync(int killAt, params string[] args)
    {
        using var run = Start(killAt, args);
        var (code, _, error) = await run.EndAsync();
        Assert.True(code is 0 or 137, error);
        return code != 0;
    }

    public async Task<CliRun> EndAsync()
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>Waits for a line of progress and kills the process.</summary>
    public async Task KillAfterAsync(string text)
    {
        while (await process.StandardError.ReadLineAsync() is { } line && !line.Contains(text, StringComparison.Ordinal))
        {
        }

        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Kills the process after a time, unless it has ended.</summary>
    public async Task KillAfterAsync(TimeSpan time)
    {
        await Task.Delay(time);
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose() => process.Dispose();
}
