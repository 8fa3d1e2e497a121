using AutoRec.Data;
using AutoRec.Distributed;
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

    /// <summary>The number of threads that the fit computed with; null if it is not known.</summary>
    public int? Threads { get; init; }

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

    /// <summary>The processes that hold the model together.</summary>
    internal IProcessGroup Group { get; init; } = ProcessGroup.Single;

    /// <summary>The rows of the users that the model was loaded for, from the first to before the end; null for all.</summary>
    internal (int First, int End)? ServedUsers { get; init; }

    /// <summary>The version of the library that fitted the model.</summary>
    public string LibraryVersion { get; init; } = ModelFolder.CurrentVersion;

    /// <summary><see cref="DataSet.Interactions"/> as a matrix: [users x items].</summary>
    public InteractionMatrix Interactions => interactions ??= Data.Interactions.ToMatrix();

    /// <summary>
    /// Saves the model to a folder that is missing, empty or holds a model, which it replaces. Until all files are written, a model that is
    /// there stays in place. After a training on several processes all of them must save, and one of them writes.
    /// </summary>
    /// <param name="folder">The folder. It gets <c>model.json</c> and the files that it names, each with the start of
    /// its checksum in its name: <c>weights-*.safetensors</c>, <c>interactions-*.safetensors</c>, <c>items-*.json</c> and
    /// <c>users-*.json</c>. Weights of more than 2 GB that lie in leaves are in parts, see <see
    /// cref="Save(string, bool?)"/>.</param>
    /// <exception cref="DataFileException">There is something else at <paramref name="folder"/>.</exception>
    public void Save(string folder) => Save(folder, inParts: null);

    /// <summary>Saves the model, as <see cref="Save(string)"/> does.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="inParts">
    /// Whether the weights are written as nine files and an index, of which a server can read those of some users, and each of several
    /// processes writes those that it has; null if the weights take more than 2 GB and the model can be written so.
    /// </param>
    /// <exception cref="DataFileException">There is something else at <paramref name="folder"/>.</exception>
    /// <exception cref="NotSupportedException">The model cannot be written in parts.</exception>
    public void Save(string folder, bool? inParts)
    {
        if (inParts == true)
        {
            CheckParts(Entry);
        }

        var (weights, interactions) = (Entry.Save(Model), ModelFolder.InteractionsOf(Data.Interactions, Group));
        ModelFolder.Write(Content(weights) with { Interactions = interactions }, folder, inParts, Group);
    }

    /// <summary>Loads a model that <see cref="Save(string)"/> has written. Nothing in the folder is executed.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="itemFile">A table of the items, as <see cref="DataSets.OfFiles"/> takes it. Its titles and columns count before those
    /// that the model keeps. Default null.</param>
    /// <exception cref="DataFileException">The folder is not a model folder, a newer version wrote it, or a file is missing, cut off
    /// or changed; or the table describes none of the items.</exception>
    public static FittedModel Load(string folder, string? itemFile = null) => Load(folder, itemFile, users: null);

    /// <summary>Loads a model, or what is needed to recommend to some of its users.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="itemFile">As for <see cref="Load(string, string)"/>.</param>
    /// <param name="users">The users, of an I-AutoRec whose weights are in parts; null for all.</param>
    /// <exception cref="DataFileException">As for <see cref="Load(string, string)"/>, or the model has no such users or no such
    /// parts.</exception>
    internal static FittedModel Load(string folder, string? itemFile, UserRange? users)
    {
        (int First, int End)? served = null;
        var content = ModelFolder.Read(folder, users is null ? null : ids => (served = users.RowsOf(ids, folder)).Value);
        if (itemFile is not null)
        {
            content = content with { Data = DataSets.WithItemTable(content.Data, itemFile) };
        }

        var entry = ModelCatalog.All.FirstOrDefault(entry => entry.Name == content.Model)
            ?? throw new DataFileException(
                folder, $"This version does not know the model '{content.Model}'. 'autorec models' lists the models that it knows.");
        if (users is not null && entry.ReadsPartsBy != ShardBy.User)
        {
            throw new DataFileException(
                folder, $"The weights of '{entry.Name}' are not split by user. Serve it without --users, or train autorec-item.");
        }

        return ModelFolder.Guarded(content.WeightsFile!, () => Checked(new FittedModel
        {
            Entry = entry,
            Model = entry.Load(content.Weights),
            Options = content.Options,
            Seed = content.Seed,
            Threads = content.Threads,
            Data = content.Data,
            Metrics = content.Metrics,
            Notes = content.Notes,
            ProfileWeights = content.ProfileWeights,
            LibraryVersion = content.LibraryVersion,
            ServedUsers = served,
        }));
    }

    /// <summary>Throws if the weights of a model cannot be saved in parts.</summary>
    /// <exception cref="NotSupportedException">They cannot.</exception>
    internal static void CheckParts(ModelEntry entry)
    {
        if (entry.ReadsPartsBy is null)
        {
            var others = ModelCatalog.All.Where(other => other.ReadsPartsBy is not null).Select(other => other.Name);
            throw new NotSupportedException($"The weights of '{entry.Name}' cannot be saved in parts. Train without --parts, or use a "
                + $"model that can: {string.Join(", ", others)}.");
        }
    }

    /// <summary>Throws if a model cannot be saved to a folder, so that this is known before a long training.</summary>
    /// <param name="folder">
    /// The folder: missing, empty, or with a model that <see cref="Save(string)"/> has written and nothing else.
    /// </param>
    /// <exception cref="DataFileException">The folder is a file, cannot be written, or has files that are not of a model.</exception>
    public static void CheckOutput(string folder) => ModelFolder.CheckOutput(folder);

    private ModelFolderContent Content(ModelState weights) => new()
    {
        Model = Entry.Name,
        Options = Options,
        Seed = Seed,
        Threads = Threads,
        Weights = weights,
        Data = Data,
        Metrics = Metrics,
        Notes = Notes,
        ProfileWeights = ProfileWeights,
        LibraryVersion = LibraryVersion,
    };

    // Weights that do not fit each other or the data show at the first scores, which are better made now than at the first request.
    private static FittedModel Checked(FittedModel fitted)
    {
        var (users, items) = (fitted.ServedUsers?.End ?? fitted.Interactions.RowCount, fitted.Data.Interactions.Items.Count);
        if (fitted.Model.ItemCount != items)
        {
            throw new InvalidDataException($"The weights are for {fitted.Model.ItemCount} items, but the model has {items} items.");
        }

        if (users > 0)
        {
            // As users are asked for later: what is prepared for this one is not prepared again.
            var (last, scores) = (Histories.OfTraining(fitted.Interactions).Select([users - 1]), new float[items]);
            last = last.With(last.Interactions.LearnedBy(fitted.Model is IRatingPredictor));
            fitted.Model.Score(last, [1], scores);
            if (Array.Exists(scores, score => !float.IsFinite(score) && score != float.NegativeInfinity))
            {
                throw new InvalidDataException("The weights give scores that are not numbers.");
            }
        }

        return fitted;
    }
}
