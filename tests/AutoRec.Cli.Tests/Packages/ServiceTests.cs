using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace AutoRec.Cli.Tests;

/// <summary>
/// The server as a container or a service runs it: the self-contained program, in the folder that <c>AUTOREC_PUBLISHED</c> names, as
/// another user, without HOME, on a read-only root file system with a small temporary folder. Skipped without it, or where this process may
/// not change its user.
/// </summary>
public sealed class ServiceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Serve_AnotherUserOnAReadOnlySystem_AnswersWithTheTokenAlone()
    {
        var program = Environment.GetEnvironmentVariable("AUTOREC_PUBLISHED") ?? "";
        Assert.SkipUnless(program.Length > 0, "AUTOREC_PUBLISHED names no folder with the published program; .ci/run publishes it.");
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Only root can start a program as another user.");
        var train =
            await CliRun.OfAsync("train", "--data", "sample", "--model", "mult-dae", "--set", "epochs=1", "--output", folder.File("model"));
        Assert.True(train.ExitCode == 0, train.Error);
        var token = new string('t', 40);
        File.WriteAllText(folder.File("token"), token);
        Readable(folder.Path);

        var script = $"""
            mount --make-rprivate / && mount -t tmpfs -o size=16m tmpfs /mnt && mount -o remount,bind,ro / || exit 77
            exec setpriv --reuid=65534 --regid=65534 --clear-groups env -i PATH=/usr/bin:/bin TMPDIR=/mnt \
              '{program}/autorec' serve --model '{folder.File("model")}' --host 127.0.0.1 --port 0 --token-file '{folder.File("token")}'
            """;
        var start = new ProcessStartInfo("unshare", ["--mount", "sh", "-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        using var process = Process.Start(start)!;
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            if (line is null)
            {
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.SkipWhen(
                    process.ExitCode is 77 or 1 && (await error).Contains("mount", StringComparison.Ordinal),
                    $"No mounts here: {await error}");
                Assert.Fail(await error);
            }

            using var client = new HttpClient { BaseAddress = new Uri(line.Split(" at ")[1].Split(';')[0]) };
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await client.GetAsync("/recommendations/u0655?k=3", TestContext.Current.CancellationToken)).StatusCode);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            Assert.Contains(
                "\"items\"",
                await client.GetStringAsync("/recommendations/u0655?k=3", TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    // The temporary folder of a test is its user's alone.
    private static void Readable(string path)
    {
        const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead;
        const UnixFileMode Folder = File | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(path, Folder);
            foreach (var entry in Directory.EnumerateFileSystemEntries(path, "*", SearchOption.AllDirectories))
            {
                System.IO.File.SetUnixFileMode(entry, Directory.Exists(entry) ? Folder : File);
            }
        }
    }
}
