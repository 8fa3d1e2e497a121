using AutoRec.Data;
using AutoRec.Evaluation;
using AutoRec.Scoring;
using AutoRec.Splitting;

namespace AutoRec.Experiments;

/// <summary>
/// The parts of one run of an experiment: what is learned from, what is measured on, and the validation part that epochs and options
/// are chosen on. Several models are compared on the same fold.
/// </summary>
public sealed record Fold
{
    private readonly Lazy<Split> validation;

    private Fold(Split split, Func<Split> holdOut)
    {
        Split = split;
        validation = new(holdOut);
    }

    /// <summary>The training part and the test part.</summary>
    public Split Split { get; }

    /// <summary>The training part split once more: into what is fitted to, and the validation part.</summary>
    /// <exception cref="ArgumentException">No validation part can be held out of the training part.</exception>
    public Split Validation => validation.Value;

    /// <summary>
    /// Whether the validation part was held out of the training part, so that a model is fitted again, to all of it, once its epochs are
    /// chosen. False where the validation part comes from elsewhere. Default true.
    /// </summary>
    public bool IsValidationHeldOut { get; init; } = true;

    /// <summary>What values say, and which interactions are positive.</summary>
    public Feedback Feedback => Split.TrainLog.Feedback;

    /// <summary>What is known of items and users, by the rows of the parts; null where nothing is. Default null.</summary>
    public DataSet? Data { get; init; }

    /// <summary>What was noticed while the data were read. Default: nothing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>
    /// Measures each user's ranked list in another way than over the whole catalogue; null does the latter. Default null.
    /// </summary>
    public Func<IRecommender, IReadOnlyList<Metric>, IReadOnlyDictionary<Metric, UserValues>>? MeasureLists { get; init; }

    /// <summary>The number of users, cold ones included.</summary>
    public int Users => Split.Train.RowCount;

    /// <summary>The number of items, cold ones included.</summary>
    public int Items => Split.Train.ColumnCount;

    /// <summary>
    /// Interactions that are not tested on: those of the training part, of a validation part from elsewhere, and the histories of new
    /// users.
    /// </summary>
    public int TrainCount => Split.TrainLog.WholeCount + NewUsersCount(Split.Test.Histories) + (IsValidationHeldOut ? 0 : ValidationCount);

    /// <summary>Interactions that are tested on.</summary>
    public int TestCount => Split.TestCount;

    /// <summary>Interactions of the validation part; 0 where none can be held out.</summary>
    public int ValidationCount => TryHoldOut(out _)?.TestCount ?? 0;

    /// <summary>
    /// How many interactions are tested or validated on although a model has seen them: see <see cref="HeldOut.CountOverlap"/>.
    /// </summary>
    /// <exception cref="ArgumentException">No validation part can be held out of the training part.</exception>
    public int CountOverlap() => Split.Test.CountOverlap() + Validation.Test.CountOverlap();

    /// <summary>Splits data, or takes the parts that came as files.</summary>
    /// <param name="loaded">The data.</param>
    /// <param name="splitter">How to hold out the test part; ignored where it came as a file.</param>
    /// <param name="seed">The seed of the splits.</param>
    /// <exception cref="ArgumentException">The data cannot be split this way.</exception>
    public static Fold Of(LoadedData loaded, ISplitter splitter, int seed)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(splitter);
        var fold = loaded.Test is null ? Of(splitter.Split(loaded.Data.Interactions, seed), splitter, seed) : OfFiles(loaded, seed);
        return fold with { Data = loaded.Data, Notes = loaded.Notes };
    }

    /// <summary>
    /// Splits data as often as the splitter says: folds of cross-validation, or one fold. Each is made when it is asked for.
    /// </summary>
    /// <inheritdoc cref="Of(LoadedData, ISplitter, int)"/>
    public static IEnumerable<Fold> All(LoadedData loaded, ISplitter splitter, int seed)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        ArgumentNullException.ThrowIfNull(splitter);
        return loaded.Test is not null
            ? [Of(loaded, splitter, seed)]
            : splitter.Splits(loaded.Data.Interactions, seed)
                .Select(split => Of(split, splitter, seed) with { Data = loaded.Data, Notes = loaded.Notes });
    }

    /// <summary>Takes a split; the validation part is held out of its training part in the same way as its test part.</summary>
    /// <param name="split">The split.</param>
    /// <param name="splitter">How the test part was held out.</param>
    /// <param name="seed">The seed of the validation part.</param>
    public static Fold Of(Split split, ISplitter splitter, int seed)
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(splitter);
        return new Fold(split, () => HoldOut(Splitter.ForValidation(splitter, split.TrainLog), split, seed));
    }

    /// <summary>Takes a split with a validation split from elsewhere, whose interactions are in neither part.</summary>
    public static Fold Of(Split split, Func<Split> validation) =>
        new(split, validation) { IsValidationHeldOut = false };

    /// <summary>
    /// Takes all interactions to fit to, with nothing to test on; a share of them is held out as the validation part for choosing epochs.
    /// </summary>
    /// <param name="loaded">The data.</param>
    /// <param name="validationShare">The share that is held out.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <param name="drawnFrom">The positions of the interactions that the share is of; null for all.</param>
    internal static Fold OfAll(LoadedData loaded, double validationShare, int seed, IReadOnlyList<int>? drawnFrom = null)
    {
        var log = loaded.Data.Interactions;
        return new Fold(
            Split.Of(log, log.Select([])),
            () => drawnFrom is null
                ? new RandomSplitter(1 - validationShare).Split(log, seed)
                : RandomSplitter.Split(log, drawnFrom, 1 - validationShare, seed))
        {
            Data = loaded.Data,
            Notes = loaded.Notes,
        };
    }

    /// <summary>
    /// The parts for measuring on validation data: its test part is the validation part of this one, which is not fitted to, and epochs
    /// are chosen on the same. The test part is not looked at.
    /// </summary>
    public Fold OfValidation() => new(Validation, () => Validation)
    {
        IsValidationHeldOut = false,
        Data = Data,
        Notes = Notes,
    };

    /// <summary>The validation split; null, with the reason, where none can be held out.</summary>
    internal Split? TryHoldOut(out string? reason)
    {
        try
        {
            reason = null;
            return Validation;
        }
        catch (ArgumentException error)
        {
            reason = error.Message;
            return null;
        }
    }

    private static int NewUsersCount(Histories histories)
    {
        var count = 0;
        for (var user = 0; user < histories.Count; user++)
        {
            count += histories.TrainingRows[user] < 0 ? histories.Interactions.RowLength(user) : 0;
        }

        return count;
    }

    private static Fold OfFiles(LoadedData loaded, int seed)
    {
        var train = loaded.Data.Interactions;
        var split = Split.Of(train, loaded.Test!);
        return loaded.Validation is { } validation
            ? Of(split, () => Split.Of(train, validation))
            : Of(split, new RandomSplitter(0.9), seed);
    }

    private static Split HoldOut(ISplitter splitter, Split split, int seed)
    {
        try
        {
            return splitter.Split(split.TrainLog, seed);
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException(
                $"No validation part can be held out of the training part ({splitter.Name}): {error.Message}", error);
        }
    }
}
