using System.Diagnostics;

namespace AutoRec.Cli.Tests;

/// <summary>The command line on several ranks of an MPI launcher on this machine.</summary>
internal sealed class MpiRun : IDisposable
{
    /// <summary>The launchers that Debian installs side by side.</summary>
    public const string OpenMpi = "mpirun.openmpi", Mpich = "mpirun.mpich";

    private readonly Process process;

    private MpiRun(Process process) => this.process = process;

    /// <summary>Runs a command on each rank.</summary>
    /// <param name="launcher">The launcher; the test is skipped where it is not installed.</param>
    /// <param name="commands">The command of each rank.</param>
    public static Task<CliRun> OfAsync(string launcher, params IReadOnlyList<string[]> commands) => OfAsync(launcher, [], commands);

    /// <summary>Runs a command on each rank with environment variables.</summary>
    public static async Task<CliRun> OfAsync(
        string launcher, (string Name, string Value)[] environment, params IReadOnlyList<string[]> commands)
    {
        using var run = Start(launcher, environment, commands);
        return await run.EndAsync();
    }

    /// <summary>Starts a command on each rank.</summary>
    public static MpiRun Start(string launcher, (string Name, string Value)[] environment, params IReadOnlyList<string[]> commands) =>
        Start(launcher, environment, ([], []), commands);

    /// <summary>Starts a command on each of two hosts.</summary>
    public static MpiRun Start(TwoHosts hosts, (string Name, string Value)[] environment, string[] command) =>
        Start(OpenMpi, environment, hosts.Launcher(), [command, command]);

    private static MpiRun Start(
        string launcher,
        (string Name, string Value)[] environment,
        (string[] Before, string[] Options) where,
        IReadOnlyList<string[]> commands)
    {
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(':');
        Assert.SkipUnless(
            Array.Exists(folders, folder => File.Exists(Path.Combine(folder, launcher))),
            $"{launcher} is not installed, so training on several ranks is NOT tested with it: 'apt-get install openmpi-bin mpich' brings it; "
            + ".ci/run tries that.");
        string[] launch = [.. where.Before, launcher, .. where.Options];
        var start = new ProcessStartInfo(launch[0], launch[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
            ("OMPI_ALLOW_RUN_AS_ROOT", "1"),
            ("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"),
            ("OMPI_MCA_rmaps_base_oversubscribe", "1"),
            ("OMPI_MCA_mpi_yield_when_idle", "1"),
            .. environment])
        {
            start.Environment[name] = value;
        }

        for (var rank = 0; rank < commands.Count; rank++)
        {
            string[] words = ["-n", "1", "dotnet", Path.Combine(AppContext.BaseDirectory, "autorec.dll"), .. commands[rank]];
            foreach (var word in rank == 0 ? words : [":", .. words])
            {
                start.ArgumentList.Add(word);
            }
        }

        return new MpiRun(Process.Start(start)!);
    }

    public bool HasEnded => process.HasExited;

    /// <summary>The processes of the ranks, which are children of the launcher or of its children.</summary>
    public int[] Ranks()
    {
        return [.. Below(process.Id)];

        static IEnumerable<int> Below(int parent) => Directory.EnumerateDirectories($"/proc/{parent}/task")
            .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse)
            .SelectMany(child => File.ReadAllText($"/proc/{child}/comm").Trim() == "dotnet" ? [child] : Below(child));
    }

    /// <summary>Sends a signal to one of the ranks.</summary>
    public void SignalARank(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{Ranks()[^1]}"]);
        kill.WaitForExit();
    }

    /// <summary>Kills the launcher and what it has started.</summary>
    public void Kill() => process.Kill(entireProcessTree: true);

    /// <summary>Interrupts the launcher, as Ctrl-C does.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public async Task<CliRun> EndAsync()
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        return new(process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }
}
