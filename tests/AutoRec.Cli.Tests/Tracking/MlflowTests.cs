using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace AutoRec.Cli.Tests;

/// <summary>
/// Runs for MLflow, by its documented layout of files and its documented REST calls, of which a stand-in server here answers those that are
/// used. No MLflow was run.
/// </summary>
public sealed class MlflowTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Train_Folder_ARunWithOptionsEpochsAndResult()
    {
        var store = folder.File("mlruns");
        var train = await TrainAsync(store, "biased-mf", "--set", "epochs=3");
        Assert.True(train.ExitCode == 0, train.Error);

        var experiment = Assert.Single(Directory.GetDirectories(store));
        Assert.Contains("name: 'shop'", File.ReadAllText(Path.Combine(experiment, "meta.yaml")), StringComparison.Ordinal);
        var run = Assert.Single(Directory.GetDirectories(experiment));
        var meta = File.ReadAllLines(Path.Combine(run, "meta.yaml"));
        Assert.Contains("status: 3", meta); // FINISHED
        Assert.Contains($"run_id: {Path.GetFileName(run)}", meta);
        Assert.Contains("run_name: 'biased-mf'", meta);
        Assert.Equal("3", File.ReadAllText(Path.Combine(run, "params", "epochs")));
        Assert.Equal("sample", File.ReadAllText(Path.Combine(run, "params", "data")));
        string[][] epochs = [.. File.ReadAllLines(Path.Combine(run, "metrics", "validation_rmse")).Select(line => line.Split(' '))];
        Assert.Equal(["1", "2", "3", "0"], epochs.Select(line => line[2])); // the epochs, and the result
        Assert.Equal(epochs[..3].Min(line => Value(line[1])), Value(epochs[3][1]));

        // A second run joins the experiment and leaves the first as it is.
        var first = File.ReadAllText(Path.Combine(run, "meta.yaml"));
        await TrainAsync(store, "bias");
        Assert.Equal(2, Directory.GetDirectories(Assert.Single(Directory.GetDirectories(store))).Length);
        Assert.Equal(first, File.ReadAllText(Path.Combine(run, "meta.yaml")));
    }

    [Fact]
    public async Task Compare_Server_ARunForEachModelAndSeed()
    {
        using var server = new Server();
        var compare = await CliRun.OfAsync(
            "compare", "--data", "sample", "--models", "popularity,bias", "--seeds", "2", "--split", "random:0.9", "--metrics", "ndcg@10",
            "--mlflow", server.Address, "--mlflow-experiment", "shop");
        Assert.True(compare.ExitCode == 0, compare.Error);
        Assert.Equal(["popularity", "bias", "popularity", "bias"], server.Of("runs/create").Select(call => (string)call["run_name"]!));
        Assert.All(server.Of("runs/update"), call => Assert.Equal("FINISHED", (string)call["status"]!));
        var metrics = server.Of("runs/log-batch").SelectMany(call => call["metrics"]?.AsArray() ?? []).ToArray();
        Assert.Equal(4, metrics.Count(metric => (string)metric!["key"]! == "ndcg_at_10" && (double)metric["value"]! > 0));
        var seeds = server.Of("runs/log-batch")
            .SelectMany(call => call["params"]?.AsArray() ?? [])
            .Where(one => (string)one!["key"]! == "seed");
        Assert.Equal(["1", "1", "2", "2"], seeds.Select(one => (string)one!["value"]!));
        Assert.Equal("shop", (string)Assert.Single(server.Of("experiments/create"))["name"]!);
    }

    [Fact]
    public async Task Tune_Folder_ARunForEachTrial()
    {
        var tune = await CliRun.OfAsync(
            "tune",
            "--data",
            "sample",
            "--model",
            "ease",
            "--trials",
            "3",
            "--file",
            folder.File("t.duckdb"),
            "--mlflow",
            folder.File("runs"));
        Assert.True(tune.ExitCode == 0, tune.Error);
        var runs = Directory.GetDirectories(Assert.Single(Directory.GetDirectories(folder.File("runs"))));
        Assert.Equal(3, runs.Select(run => File.ReadAllText(Path.Combine(run, "params", "regularization"))).Distinct().Count());
    }

    [Fact]
    public async Task Train_NoServer_ErrorBeforeTheWork()
    {
        var train = await TrainAsync("http://127.0.0.1:9", "bias");
        Assert.Equal(1, train.ExitCode);
        Assert.Contains("http://127.0.0.1:9 does not answer", train.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("model")));
    }

    [Fact]
    public async Task Train_ServerGoesAway_TheModelIsKeptWithANote()
    {
        using var server = new Server { CallsLeft = 3 }; // find and make the experiment, begin the run
        var train = await TrainAsync(server.Address, "bias");
        Assert.Equal(0, train.ExitCode);
        Assert.Contains("nothing more is written to MLflow", train.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(folder.File("model")));
    }

    private static double Value(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private Task<CliRun> TrainAsync(string store, string model, params string[] more) => CliRun.OfAsync(
        [
            "train", "--data", "sample", "--model", model, "--output", folder.File("model"), "--mlflow", store, "--mlflow-experiment",
            "shop", .. more
        ]);

    private sealed class Server : IDisposable
    {
        private readonly HttpListener listener = new();
        private readonly List<(string Path, JsonNode Body)> calls = [];
        private int runs;

        public Server()
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
            free.Stop();
            listener.Prefixes.Add($"{Address}/");
            listener.Start();
            _ = AnswerAsync();
        }

        public string Address { get; }

        public int CallsLeft { get; set; } = int.MaxValue;

        public IReadOnlyList<JsonNode> Of(string path)
        {
            lock (calls)
            {
                return [.. calls.Where(call => call.Path == path).Select(call => call.Body)];
            }
        }

        public void Dispose() => listener.Close();

        private async Task AnswerAsync()
        {
            while (listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await listener.GetContextAsync();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                var path = context.Request.Url!.AbsolutePath["/api/2.0/mlflow/".Length..];
                using var reader = new StreamReader(context.Request.InputStream);
                var body = await reader.ReadToEndAsync();
                lock (calls)
                {
                    calls.Add((path, JsonNode.Parse(body.Length == 0 ? "{}" : body)!));
                }

                var (code, answer) = CallsLeft-- <= 0 ? (503, """{"message": "down"}""") : path switch
                {
                    "experiments/get-by-name" => (404, """{"error_code": "RESOURCE_DOES_NOT_EXIST"}"""),
                    "experiments/create" => (200, """{"experiment_id": "7"}"""),
                    "runs/create" => (200, $"{{\"run\": {{\"info\": {{\"run_id\": \"r{++runs}\"}}}}}}"),
                    _ => (200, "{}"),
                };
                context.Response.StatusCode = code;
                await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer));
                context.Response.Close();
            }
        }
    }
}
