using System.Net.Http.Json;
using System.Text.Json;
using AutoRec.Catalog;
using AutoRec.Cli.Serving;
using AutoRec.Data;
using AutoRec.Scoring;
using AutoRec.Serving;
using AutoRec.Training;
using Microsoft.AspNetCore.Builder;

namespace AutoRec.Cli.Tests;

/// <summary>A real server on a free port, with a model of the sample in a folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly DataSet Sample = DataSets.Load("sample");

    private readonly TemporaryFolder folder = new();
    private readonly StringWriter notes = new();
    private readonly LoadedModel model;

    private RunningServer(string name)
    {
        Save(name);
        model = new LoadedModel(Folder, TimeSpan.FromMilliseconds(20), TextWriter.Synchronized(notes));
        App = RecommendationServer.Create(model, "http://127.0.0.1:0");
    }

    public WebApplication App { get; }

    public string Notes => notes.ToString();

    public string Folder => folder.File("model");

    public HttpClient Client { get; } = new();

    public RecommendationService Service => model.Service;

    public static async Task<RunningServer> StartAsync(string name = "popularity", Action<WebApplication>? configure = null)
    {
        var server = new RunningServer(name);
        configure?.Invoke(server.App);
        await server.App.StartAsync();
        server.Client.BaseAddress = new Uri(server.App.Urls.Single());
        return server;
    }

    /// <summary>Keeps a model in the folder that is served.</summary>
    public void Save(string name)
    {
        var entry = ModelCatalog.Find(name);
        new FittedModel
        {
            Entry = entry,
            Model = entry.CreateTrainer([], out var options).Fit(Sample.Interactions.ToMatrix(), new FitContext()),
            Options = ModelEntry.Settings(options),
            Seed = 42,
            Data = Sample,
            ProfileWeights = new ProfileWeights([1, 0.5, 0, 0, 0, 0, 0, 0]),
        }.Save(Folder);
    }

    public async Task<JsonElement> GetAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
        model.Dispose();
        folder.Dispose();
    }
}
