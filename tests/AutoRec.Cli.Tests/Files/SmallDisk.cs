using System.Diagnostics;
using System.Globalization;

namespace AutoRec.Cli.Tests;

/// <summary>
/// A file system in memory that can be filled. A shell in a mount namespace of its own holds it, so nothing is left when the test is
/// killed; its files are seen through that shell's entry in /proc.
/// </summary>
internal sealed class SmallDisk : IDisposable
{
    private const int Size = 8 << 20;

    private readonly Process shell;
    private readonly TemporaryFolder mountPoint = new();
    private readonly TemporaryFolder output = new();

    private SmallDisk()
    {
        shell = Process.Start(new ProcessStartInfo("unshare", ["--user", "--map-root-user", "--mount", "sh"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        shell.StandardInput.WriteLine($"mount -t tmpfs -o size={Size} none '{mountPoint.Path}' && echo mounted");
    }

    /// <summary>The folder of the disk, as a process sees it that <see cref="RunAsync"/> starts.</summary>
    public string InnerPath => mountPoint.Path;

    /// <summary>
    /// The folder of the disk, as this process sees it. DuckDB takes it for <see cref="InnerPath"/>, which is another folder here.
    /// </summary>
    public string Path => $"/proc/{shell.Id}/root{mountPoint.Path}";

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Mounts a disk; skips the test where that is not allowed.</summary>
    public static SmallDisk Mount()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && File.Exists("/usr/bin/unshare"), "Mounting a small disk requires Linux and the program unshare.");
        var disk = new SmallDisk();
        if (disk.shell.StandardOutput.ReadLine() != "mounted")
        {
            var reason = disk.shell.StandardError.ReadToEnd();
            disk.Dispose();
            Assert.Skip($"A small disk cannot be mounted here, so full disks are not tested: {reason}");
        }

        return disk;
    }

    /// <summary>Runs a command line in a process that sees the disk.</summary>
    public Task<CliRun> RunAsync(params string[] args) => RunInShellAsync(System.IO.Path.GetTempPath(), args);

    /// <summary>Runs a command line in a process that sees the disk and has its temporary files on it.</summary>
    public Task<CliRun> RunWithTemporaryFilesAsync(params string[] args) => RunInShellAsync(InnerPath, args);

    private async Task<CliRun> RunInShellAsync(string temporary, string[] args)
    {
        var words = args.Prepend(System.IO.Path.Combine(AppContext.BaseDirectory, "autorec.dll")).Select(word => $"'{word}'");
        await shell.StandardInput.WriteLineAsync(
            $"TMPDIR='{temporary}' dotnet {string.Join(' ', words)} > '{output.File("out")}' 2> '{output.File("err")}' < /dev/null; echo $?");
        var code = int.Parse((await shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        return new(code, await File.ReadAllTextAsync(output.File("out")), await File.ReadAllTextAsync(output.File("err")));
    }

    /// <summary>Fills the disk except for some bytes.</summary>
    public void Fill(long free)
    {
        Empty();
        using var filler = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        filler.Write(new byte[new DriveInfo(Path).AvailableFreeSpace - free]);
    }

    /// <summary>Takes away what <see cref="Fill"/> wrote.</summary>
    public void Empty() => File.Delete(Filler);

    /// <summary>Deletes all files.</summary>
    public void Clear()
    {
        foreach (var path in Directory.GetFileSystemEntries(Path))
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
    }

    public void Dispose()
    {
        shell.StandardInput.Close(); // ends the shell, and with it the file system
        shell.WaitForExit();
        shell.Dispose();
        mountPoint.Dispose();
        output.Dispose();
    }
}
