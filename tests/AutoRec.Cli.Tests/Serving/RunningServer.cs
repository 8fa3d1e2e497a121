using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using AutoRec.Catalog;
using AutoRec.Cli.Serving;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace AutoRec.Cli.Tests;

/// <summary>A real server on a free port, with a model of the sample in a folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly DataSet Sample = DataSets.Load("sample");

    private readonly TemporaryFolder folder = new();
    private readonly KeptLogs logs = new();
    private readonly LoadedModel model;

    private RunningServer(string name, Access? access, UserRange? users)
    {
        Save(name, inParts: users is not null);
        model = new LoadedModel(Folder, TimeSpan.FromMilliseconds(20), logs, users: users);
        App = RecommendationServer.Create(model, "http://127.0.0.1:0", access, logs);
    }

    public WebApplication App { get; }

    /// <summary>What was logged, a line each.</summary>
    public string Logs => string.Join('\n', logs.Lines);

    public string Folder => folder.File("model");

    public HttpClient Client { get; } = new();

    public RecommendationService Service => model.Service;

    public static async Task<RunningServer> StartAsync(
        string name = "popularity", Action<WebApplication>? configure = null, Access? access = null, UserRange? users = null)
    {
        var server = new RunningServer(name, access, users);
        configure?.Invoke(server.App);
        await server.App.StartAsync();
        server.Client.BaseAddress = new Uri(server.App.Urls.Single());
        return server;
    }

    /// <summary>Keeps a model in the folder that is served.</summary>
    public void Save(string name, bool inParts = false)
    {
        var entry = ModelCatalog.Find(name);
        KeyValuePair<string, string>[] settings = name == "autorec-item" ? [new("epochs", "1")] : [];
        new FittedModel
        {
            Entry = entry,
            Model = entry.CreateTrainer(settings, out var options).Fit(Sample.Interactions.ToMatrix(), new FitContext()),
            Options = ModelEntry.Settings(options),
            Seed = 42,
            Data = Sample,
            ProfileWeights = new ProfileWeights([1, 0.5, 0, 0, 0, 0, 0, 0]),
        }.Save(Folder, inParts);
    }

    public async Task<JsonElement> GetAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        model.Dispose();
        folder.Dispose();
    }

    private sealed class KeptLogs : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
    }
}
