using AutoRec.Data;
using AutoRec.Persistence;
using AutoRec.Scoring;

namespace AutoRec.Catalog;

/// <summary>
/// A fitted model with everything that is needed to use it: its entry in the catalogue, its options, and the data it was fitted to. It can
/// be saved to a folder and loaded again; the loaded model gives the same scores.
/// </summary>
public sealed class FittedModel
{
    private InteractionMatrix? interactions;

    /// <summary>The model's entry in the catalogue.</summary>
    public required ModelEntry Entry { get; init; }

    /// <summary>The model.</summary>
    public required IRecommender Model { get; init; }

    /// <summary>All options with their values, as <c>--set</c> takes them.</summary>
    public required IReadOnlyDictionary<string, string> Options { get; init; }

    /// <summary>The seed of the fit.</summary>
    public required int Seed { get; init; }

    /// <summary>
    /// The data: ids, titles and profiles by row, and the interactions the model was fitted to, which are the histories of the users it
    /// knows.
    /// </summary>
    public required DataSet Data { get; init; }

    /// <summary>
    /// The measures of a first fit on interactions held out from it, by name, such as <c>validation ndcg@100</c>. Default: empty.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>
    /// Notes on the data and the fit: skipped lines, columns that were not read, a baseline that is better. Default: empty.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How much the profiles of users count when the model recommends to them. Default: not at all.</summary>
    public ProfileWeights ProfileWeights { get; init; } = ProfileWeights.None;

    /// <summary>The version of the library that fitted the model.</summary>
    public string LibraryVersion { get; init; } = ModelFolder.CurrentVersion;

    /// <summary><see cref="DataSet.Interactions"/> as a matrix: [users x items].</summary>
    public InteractionMatrix Interactions => interactions ??= Data.Interactions.ToMatrix();

    /// <summary>
    /// Saves the model to a folder. The folder appears when it is complete; an empty folder or one with a model is replaced.
    /// </summary>
    /// <param name="folder">The folder. It gets <c>model.json</c>, <c>weights.safetensors</c>, <c>interactions.safetensors</c>,
    /// <c>items.json</c> and <c>users.json</c>.</param>
    /// <exception cref="DataFileException">There is something else at <paramref name="folder"/>.</exception>
    public void Save(string folder) => ModelFolder.Write(
        new ModelFolderContent
        {
            Model = Entry.Name,
            Options = Options,
            Seed = Seed,
            Weights = Entry.Save(Model),
            Data = Data,
            Metrics = Metrics,
            Notes = Notes,
            ProfileWeights = ProfileWeights,
            LibraryVersion = LibraryVersion,
        },
        folder);

    /// <summary>Loads a model that <see cref="Save"/> has written. Nothing in the folder is executed.</summary>
    /// <exception cref="DataFileException">The folder is not a model folder, a newer version wrote it, or a file is missing, cut off
    /// or changed.</exception>
    public static FittedModel Load(string folder)
    {
        var content = ModelFolder.Read(folder);
        var entry = ModelCatalog.All.FirstOrDefault(entry => entry.Name == content.Model)
            ?? throw new DataFileException(
                folder, $"This version does not know the model '{content.Model}'. 'autorec models' lists the models that it knows.");
        var fitted = new FittedModel
        {
            Entry = entry,
            Model = LoadWeights(entry, content.Weights, Path.Combine(folder, ModelFolder.WeightsFile)),
            Options = content.Options,
            Seed = content.Seed,
            Data = content.Data,
            Metrics = content.Metrics,
            Notes = content.Notes,
            ProfileWeights = content.ProfileWeights,
            LibraryVersion = content.LibraryVersion,
        };
        var items = content.Data.Interactions.Items.Count;
        return fitted.Model.ItemCount == items
            ? fitted
            : throw new DataFileException(folder, $"The weights are for {fitted.Model.ItemCount} items, but the model has {items} items.");
    }

    private static IRecommender LoadWeights(ModelEntry entry, ModelState weights, string file)
    {
        try
        {
            return entry.Load(weights);
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(file, $"The file is cut off or damaged: {error.Message}", error);
        }
    }
}
