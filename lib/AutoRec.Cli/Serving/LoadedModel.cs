using System.Text.Json.Nodes;
using AutoRec.Catalog;
using AutoRec.Native;
using AutoRec.Serving;
using Microsoft.Extensions.Logging;

namespace AutoRec.Cli.Serving;

/// <summary>
/// The model that is served. When another one appears in its folder it is read beside and then takes the place; requests that are
/// under way end with the old one. One that cannot be read is reported and left alone.
/// </summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly string folder;
    private readonly string? itemFile;
    private readonly UserRange? users;
    private readonly ILogger log;
    private readonly Timer timer;
    private readonly Lock reloading = new();
    private volatile Answers current;
    private string? seen;
    private long reloads;
    private long failures;

    /// <summary>Reads the model.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="interval">How often the folder is looked at.</param>
    /// <param name="log">What happens to it.</param>
    /// <param name="itemFile">A table of items, which is read again with each model; null for none.</param>
    /// <param name="users">The users that are served; null for all.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public LoadedModel(string folder, TimeSpan interval, ILogger log, string? itemFile = null, UserRange? users = null)
    {
        this.users = users;
        this.folder = folder;
        this.itemFile = itemFile;
        this.log = log;
        seen = Checksum(folder);
        current = Load(seen);
        timer = new Timer(_ => ReloadIfChanged(), null, interval, interval);
    }

    public RecommendationService Service => current.Service;

    public ItemSearch Search => current.Search;

    /// <summary>The start of the model's checksum.</summary>
    public string Version => current.Version;

    public DateTimeOffset LoadedAt { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>Models that took the place of another.</summary>
    public long Reloads => Interlocked.Read(ref reloads);

    /// <summary>Models that could not be read.</summary>
    public long Failures => Interlocked.Read(ref failures);

    public void Dispose() => timer.Dispose();

    /// <summary>The checksum of the model in a folder; null if it cannot be read.</summary>
    public static string? Checksum(string folder)
    {
        try
        {
            return (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "model.json")))?["checksum"];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException
            or System.Text.Json.JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private void ReloadIfChanged()
    {
        if (!reloading.TryEnter())
        {
            return; // The last one is still being read.
        }

        try
        {
            if (Checksum(folder) is not { } checksum || checksum == seen)
            {
                return;
            }

            seen = checksum;
            current = Load(checksum);
            LoadedAt = DateTimeOffset.UtcNow;
            Interlocked.Increment(ref reloads);
            log.LogInformation("A new model is served: {Model}", current.Service.Fitted.Entry.Name);
        }
        catch (Exception error)
        {
            // Whatever is wrong with the new one, the old one goes on.
            Interlocked.Increment(ref failures);
            log.LogError("The model in {Folder} has changed but cannot be read; the old one is served on: {Error}", folder, error.Message);
        }
        finally
        {
            reloading.Exit();
        }
    }

    private Answers Load(string? checksum)
    {
        var fitted = FittedModel.Load(folder, itemFile, users);
        var answers = new Answers(new RecommendationService(fitted), new ItemSearch(fitted), checksum?[..12] ?? "");
        if (fitted.Entry.ItemVectors is not null)
        {
            _ = answers.Service.Space.Length; // not by the first who asks for similar items
        }

        // What reading has left, or the model before, is as large as the model; nothing after this makes the collector look at it.
        FreeMemory.GiveBack();
        return answers;
    }

    /// <summary>What answers, all of one model.</summary>
    private sealed record Answers(RecommendationService Service, ItemSearch Search, string Version);
}
