using AutoRec.Catalog;
using AutoRec.Data;
using AutoRec.Scoring;

namespace AutoRec.Serving;

/// <summary>
/// A fitted model with all that is needed to use it: what its rows stand for, whom it knows and what they have. It can be
/// kept in a folder and read back with the very same scores.
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
    /// The data: ids, titles and profiles by row, and the interactions that the model was fitted to, which are the histories of
    /// the users it knows.
    /// </summary>
    public required DataSet Data { get; init; }

    /// <summary>
    /// What a first fit had on interactions held out from it, by name, such as <c>validation ndcg@100</c>; empty if none were.
    /// </summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The version of the library that fitted it.</summary>
    public string LibraryVersion { get; init; } = CurrentVersion;

    /// <summary><see cref="DataSet.Interactions"/> as a matrix: [users x items].</summary>
    public InteractionMatrix Interactions => interactions ??= Data.Interactions.ToMatrix();

    /// <summary>The version of this library.</summary>
    internal static string CurrentVersion { get; } = typeof(FittedModel).Assembly.GetName().Version!.ToString(3);

    /// <summary>
    /// Writes the model to a folder, which appears when it is complete; a folder that is there is replaced if it holds a
    /// model or nothing.
    /// </summary>
    /// <param name="folder">The folder. It gets <c>model.json</c>, <c>weights.safetensors</c>, <c>interactions.safetensors</c>,
    /// <c>items.json</c> and <c>users.json</c>.</param>
    /// <exception cref="DataFileException">There is something else at <paramref name="folder"/>.</exception>
    public void Save(string folder) => ModelFolder.Write(this, folder);

    /// <summary>Reads a model that <see cref="Save"/> wrote. Nothing in the folder is executed.</summary>
    /// <exception cref="DataFileException">There is no model, it was written by a newer version, or a file is missing, cut off or changed.</exception>
    public static FittedModel Load(string folder) => ModelFolder.Read(folder);
}
