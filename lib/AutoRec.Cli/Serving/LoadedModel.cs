using System.Text.Json.Nodes;
using AutoRec.Catalog;
using AutoRec.Serving;

namespace AutoRec.Cli.Serving;

/// <summary>
/// The model that is served. When another one appears in its folder it is read beside and then takes the place; requests that are
/// under way end with the old one. One that cannot be read is reported and left alone.
/// </summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly string folder;
    private readonly TextWriter notes;
    private readonly Timer timer;
    private readonly Lock reloading = new();
    private volatile RecommendationService service;
    private string? seen;
    private long reloads;
    private long failures;

    /// <summary>Reads the model.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public LoadedModel(string folder, TimeSpan interval, TextWriter notes)
    {
        this.folder = folder;
        this.notes = notes;
        seen = Checksum();
        service = new RecommendationService(FittedModel.Load(folder));
        timer = new Timer(_ => ReloadIfChanged(), null, interval, interval);
    }

    public RecommendationService Service => service;

    public DateTimeOffset LoadedAt { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>Models that took the place of another.</summary>
    public long Reloads => Interlocked.Read(ref reloads);

    /// <summary>Models that could not be read.</summary>
    public long Failures => Interlocked.Read(ref failures);

    public void Dispose() => timer.Dispose();

    private void ReloadIfChanged()
    {
        if (!reloading.TryEnter())
        {
            return; // The last one is still being read.
        }

        try
        {
            // While a folder is replaced there is none for a moment.
            if (Checksum() is not { } checksum || checksum == seen)
            {
                return;
            }

            seen = checksum;
            service = new RecommendationService(FittedModel.Load(folder));
            LoadedAt = DateTimeOffset.UtcNow;
            Interlocked.Increment(ref reloads);
            notes.WriteLine($"note: a new model is served: {service.Fitted.Entry.Name}");
        }
        catch (Exception error)
        {
            // Whatever is wrong with the new one, the old one goes on.
            Interlocked.Increment(ref failures);
            notes.WriteLine($"note: the model in {folder} has changed but cannot be read, the old one is served on: {error.Message}");
        }
        finally
        {
            reloading.Exit();
        }
    }

    private string? Checksum()
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
}
