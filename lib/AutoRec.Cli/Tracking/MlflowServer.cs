using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace AutoRec.Cli.Tracking;

/// <summary>An MLflow tracking server, over its REST interface, version 2.0.</summary>
internal sealed class MlflowServer : IMlflowStore
{
    private const int MostMetrics = 1_000; // of a call
    private const int MostParameters = 100;
    private readonly HttpClient client;
    private readonly string experiment;

    /// <exception cref="IOException">The server does not answer, or refuses.</exception>
    public MlflowServer(Uri server, string experiment)
    {
        client = new HttpClient
        {
            BaseAddress = new Uri($"{server.AbsoluteUri.TrimEnd('/')}/api/2.0/mlflow/"),
            Timeout = TimeSpan.FromSeconds(30),
        };
        client.DefaultRequestHeaders.Authorization = Credentials();
        this.experiment = Find(experiment) ?? Text(Send("experiments/create", new JsonObject { ["name"] = experiment }), "experiment_id");
    }

    public StartedRun Begin(string name, DateTimeOffset start) => new(BeginRun(name, start), name, start);

    public void Log(StartedRun run, IReadOnlyList<MetricPoint> metrics, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        foreach (var some in parameters.Chunk(MostParameters))
        {
            Send("runs/log-batch", new JsonObject
            {
                ["run_id"] = run.Id,
                ["params"] = new JsonArray([.. some.Select(one => new JsonObject { ["key"] = one.Key, ["value"] = one.Value })]),
            });
        }

        foreach (var some in metrics.Chunk(MostMetrics))
        {
            Send("runs/log-batch", new JsonObject
            {
                ["run_id"] = run.Id,
                ["metrics"] = new JsonArray(
                [
                    .. some.Select(one => new JsonObject
                    {
                        ["key"] = one.Key,
                        ["value"] = one.Value,
                        ["step"] = one.Step,
                        ["timestamp"] = one.Time.ToUnixTimeMilliseconds(),
                    }),
                ]),
            });
        }
    }

    public void End(StartedRun run, RunStatus status, DateTimeOffset end) => Send("runs/update", new JsonObject
    {
        ["run_id"] = run.Id,
        ["status"] = status.ToString().ToUpperInvariant(),
        ["end_time"] = end.ToUnixTimeMilliseconds(),
    });

    public void Dispose() => client.Dispose();

    // Without what may hold a password.
    private string Name => client.BaseAddress!.GetComponents(UriComponents.SchemeAndServer, UriFormat.Unescaped);

    // As MLflow's own clients have it.
    private static AuthenticationHeaderValue? Credentials() =>
        Environment.GetEnvironmentVariable("MLFLOW_TRACKING_TOKEN") is { Length: > 0 } token ? new("Bearer", token)
        : Environment.GetEnvironmentVariable("MLFLOW_TRACKING_USERNAME") is { Length: > 0 } user
            ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(
                $"{user}:{Environment.GetEnvironmentVariable("MLFLOW_TRACKING_PASSWORD")}")))
        : null;

    private string BeginRun(string name, DateTimeOffset start) => Text(
        Send("runs/create", new JsonObject
        {
            ["experiment_id"] = experiment,
            ["run_name"] = name,
            ["start_time"] = start.ToUnixTimeMilliseconds(),
        })["run"]?["info"],
        "run_id");

    private string? Find(string name)
    {
        var (code, answer) = Ask(new HttpRequestMessage(
            HttpMethod.Get, $"experiments/get-by-name?experiment_name={Uri.EscapeDataString(name)}"));
        return code == HttpStatusCode.NotFound ? null : Text(Checked(code, answer)["experiment"], "experiment_id");
    }

    private JsonNode Send(string path, JsonObject body)
    {
        var (code, answer) = Ask(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create<JsonNode>(body) });
        return Checked(code, answer);
    }

    private (HttpStatusCode Code, string Answer) Ask(HttpRequestMessage request)
    {
        try
        {
            using var response = client.Send(request);
            using var reader = new StreamReader(response.Content.ReadAsStream());
            return (response.StatusCode, reader.ReadToEnd());
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            throw new IOException($"The MLflow server {Name} does not answer: {error.Message}", error);
        }
    }

    private JsonNode Checked(HttpStatusCode code, string answer)
    {
        JsonNode? json;
        try
        {
            json = JsonNode.Parse(answer);
        }
        catch (System.Text.Json.JsonException)
        {
            json = null;
        }

        return code == HttpStatusCode.OK && json is not null ? json : throw new IOException(
            $"The MLflow server {Name} answers {(int)code}: "
            + $"{(string?)json?["message"] ?? "not what an MLflow server says"}. Is the address of --mlflow right?");
    }

    private static string Text(JsonNode? node, string name) =>
        (string?)node?[name] ?? throw new IOException($"The MLflow server's answer has no {name}.");
}
