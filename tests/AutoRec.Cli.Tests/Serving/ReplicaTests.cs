using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AutoRec.Cli.Tests;

/// <summary>
/// Two servers of one folder, as docs/serving.md describes them: behind nginx with docs/serving/nginx.conf where it is installed, and else
/// asked in turn.
/// </summary>
public sealed partial class ReplicaTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly List<Process> started = [];

    private string Model => folder.File("model");

    public void Dispose()
    {
        foreach (var process in started)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        folder.Dispose();
    }

    [Fact]
    public async Task Reload_TwoReplicasUnderLoad_NoRequestFailsAndEveryAnswerIsOfOneModel()
    {
        var (asked, isOver) = (0, false);
        var old = await TrainAsync("popularity");
        Uri[] replicas = [await ServeAsync(), await ServeAsync()];
        Uri[] addresses = Nginx is { } nginx ? [await FrontAsync(nginx, replicas)] : replicas;
        using var client = new HttpClient();
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var answers = new List<string>();
            while (!Volatile.Read(ref isOver))
            {
                var address = addresses[Interlocked.Increment(ref asked) % addresses.Length];
                answers.Add(Items(await client.GetStringAsync(new Uri(address, "recommendations/u0655?k=5"))));
            }

            return answers;
        })).ToArray();
        await AskedAsync(50);
        var other = await TrainAsync("ease");
        var versions = new HashSet<string>();
        foreach (var replica in replicas)
        {
            await Wait.UntilAsync(async () => (await FactsAsync(replica)).GetProperty("model").GetString() == "ease");
            versions.Add((await FactsAsync(replica)).GetProperty("version").GetString()!);
        }

        await AskedAsync(50);
        if (addresses.Length == 1)
        {
            started[0].Kill(); // The other one answers for it.
            await AskedAsync(50);
        }

        Volatile.Write(ref isOver, true);
        var answers = await Task.WhenAll(load); // Throws if a request failed.
        Assert.All(answers.SelectMany(list => list), answer => Assert.Contains(answer, new[] { old, other }));
        Assert.All(answers, list => Assert.Equal((old, other), (list[0], list[^1])));
        Assert.Matches("^[0-9a-f]{12}$", Assert.Single(versions));

        async Task AskedAsync(int more)
        {
            var before = Volatile.Read(ref asked);
            await Wait.UntilAsync(async () =>
            {
                await Task.WhenAll(load.Where(task => task.IsFaulted));
                return Volatile.Read(ref asked) >= before + more;
            });
        }

        async Task<JsonElement> FactsAsync(Uri replica) => await client.GetFromJsonAsync<JsonElement>(new Uri(replica, "model"));
    }

    private static string? Nginx => (Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin").Split(':')
        .Select(path => Path.Combine(path, "nginx")).FirstOrDefault(File.Exists);

    // Puts a model in the folder that is served; returns what it recommends.
    private async Task<string> TrainAsync(string name)
    {
        var train = await CliRun.OfAsync("train", "--data", "sample", "--model", name, "--output", Model, "--holdout", "0");
        Assert.True(train.ExitCode == 0, train.Error);
        return Items((await CliRun.OfAsync("recommend", "--model", Model, "--user", "u0655", "--k", "5", "--json")).Output);
    }

    private async Task<Uri> ServeAsync()
    {
        var process = Start(
            "dotnet", Path.Combine(AppContext.BaseDirectory, "autorec.dll"), "serve", "--model", Model, "--port", "0",
            "--allowed-hosts", "autorec", "--log-level", "none");
        var line = await process.StandardOutput.ReadLineAsync();
        return new Uri(line!.Split(" at ")[1].Split(';')[0]);
    }

    // The committed configuration, with other addresses.
    private async Task<Uri> FrontAsync(string nginx, Uri[] replicas)
    {
        var (next, port) = (0, FreePort());
        var recipe = File.ReadAllText(Path.Combine(NotebookSamples.Repository, "docs", "serving", "nginx.conf"));
        recipe = Server().Replace(recipe, _ => $"server {replicas[next++].Authority} ");
        Assert.Equal(replicas.Length, next);
        Assert.Contains("listen 80;", recipe, StringComparison.Ordinal);
        recipe = recipe.Replace("listen 80;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal);
        File.WriteAllText(
            folder.File("nginx.conf"),
            $$"""
            daemon off; master_process off; pid nginx.pid; error_log stderr; events { }
            http {
                access_log off; client_body_temp_path 1; proxy_temp_path 2; fastcgi_temp_path 3; uwsgi_temp_path 4; scgi_temp_path 5;
                {{recipe}}
            }
            """);
        var process = Start(nginx, "-p", folder.Path, "-c", folder.File("nginx.conf"));
        var address = new Uri($"http://127.0.0.1:{port}/");
        using var client = new HttpClient();
        await Wait.UntilAsync(async () =>
        {
            Assert.False(process.HasExited, "nginx has ended.");
            return await Record.ExceptionAsync(() => client.GetAsync(new Uri(address, "health"))) is null;
        });
        return address;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Start(string program, params string[] words)
    {
        var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.BeginErrorReadLine(); // so that it never waits for somebody to read
        started.Add(process);
        return process;
    }

    private static string Items(string json)
    {
        using var answer = JsonDocument.Parse(json);
        var items = answer.RootElement.GetProperty("items").EnumerateArray();
        return string.Join(' ', items.Select(item => item.GetProperty("item").GetString()));
    }

    [GeneratedRegex(@"server 10\.0\.0\.\d+:8080 ")]
    private static partial Regex Server();
}
