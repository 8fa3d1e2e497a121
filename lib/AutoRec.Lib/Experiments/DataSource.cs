using System.Globalization;
using AutoRec.Data;
using AutoRec.Distributed;

namespace AutoRec.Experiments;

/// <summary>
/// Names the data of an experiment and says how they are read. <see cref="Load"/> reads them; <see cref="ToArguments"/> gives the
/// command-line arguments that make the same source again, so that a printed command evaluates the same data.
/// </summary>
/// <param name="Data">
/// The name of a data set (<see cref="DataSets.Names"/>) or a source as <see cref="RatingsReader"/> takes it, such as the path of a
/// ratings file. With <paramref name="Test"/> it is the training part.
/// </param>
/// <param name="Test">The held-out part, where it comes as a file; null when a splitter makes it. Default null.</param>
/// <param name="Validation">
/// The part that epochs are chosen on, where it comes as a file; null holds it out of the training part. Requires
/// <paramref name="Test"/>. Default null.
/// </param>
public sealed record DataSource(string Data, string? Test = null, string? Validation = null)
{
    /// <summary>How files are read. Default: recognised by their content, no filter.</summary>
    public ReadOptions Reading { get; init; } = new();

    /// <summary>The folder that holds the folders of named data sets; null as <see cref="DataSets.Load"/> has it. Default null.</summary>
    public string? DataFolder { get; init; }

    /// <summary>A table of items, see <see cref="DataSets.OfFiles"/>. Default null.</summary>
    public string? ItemFile { get; init; }

    /// <summary>A table of users, see <see cref="DataSets.OfFiles"/>. Default null.</summary>
    public string? UserFile { get; init; }

    /// <summary>Makes feedback implicit: values of at least this are positives, others are dropped. Default null, values stay.</summary>
    public float? MinRating { get; init; }

    /// <summary>The data as they may be shown: without user name, password and query of a database.</summary>
    public string Name => RatingsReader.NameOf(Data);

    /// <summary>Whether there can be ratings to predict, as far as this says; reading decides.</summary>
    public bool MayHaveRatings => MinRating is null && Reading.Feedback is null or FeedbackKind.Stars or FeedbackKind.Thumbs;

    private bool IsNamed => DataSets.Names.Contains(Data);

    /// <summary>Reads the data.</summary>
    /// <param name="cancellation">Ends the read.</param>
    /// <returns>The data, and what was noticed while they were read.</returns>
    /// <exception cref="ArgumentException">The source is not as described, options do not go together, or nothing is left of the
    /// data.</exception>
    /// <exception cref="FileNotFoundException">A file does not exist.</exception>
    /// <exception cref="DataFileException">A file cannot be used as it is, or a table of items or users matches no id.</exception>
    public LoadedData Load(CancellationToken cancellation = default)
    {
        Check();
        var notes = new List<string>();
        var data = Read(notes, cancellation);
        if (Test is null)
        {
            return new LoadedData(Kept(data, Data), null, null) { Notes = notes };
        }

        string[] paths = Validation is null ? [Test] : [Test, Validation];
        var parts = Array.ConvertAll(paths, path => Kept(ReadPart(path, notes, cancellation), path));
        var logs = Interactions.Align([Kept(data, Data).Interactions, .. parts]);
        return new LoadedData(DataSets.WithInteractions(data, logs[0]), logs[1], Validation is null ? null : logs[2])
        {
            Notes = notes,
        };
    }

    /// <summary>
    /// Reads the data together with other processes, each a share of the files, and gives each a run of users or items.
    /// </summary>
    /// <param name="by">By what the log is cut.</param>
    /// <param name="parts">Into how many parts, of which each process gets some.</param>
    /// <param name="group">The processes.</param>
    /// <param name="cancellation">Ends the read.</param>
    /// <exception cref="NotSupportedException">The source or an option of reading cannot be shared.</exception>
    /// <inheritdoc cref="Load" path="/exception"/>
    internal ReadResult LoadJointly(ShardBy by, int parts, IProcessGroup group, CancellationToken cancellation = default)
    {
        Check();
        if (IsNamed || ItemFile is not null || UserFile is not null)
        {
            throw new NotSupportedException(
                $"Several ranks read files of ratings alone. Leave out --item-file and --user-file and give --data FILE, or start one "
                + "process, without mpirun.");
        }

        var result = JointLog.Read(Data, Reading, MinRating, by, parts, group, cancellation);
        return result.Interactions.WholeCount > 0 ? result : throw NothingLeft(Data);
    }

    /// <summary>The source with values read as those of the data that a model was fitted to.</summary>
    /// <param name="feedback">What these say.</param>
    /// <exception cref="ArgumentException">The source says otherwise.</exception>
    public DataSource ReadAs(Feedback feedback)
    {
        ArgumentNullException.ThrowIfNull(feedback);
        var read = feedback.Original ?? feedback;
        Same("--feedback", Reading.Feedback is not { } kind || kind == read.Kind);
        Same("--scale", Reading.Scale is not { } scale || scale == read.Scale);
        Same("--positive-from", Reading.PositiveFrom is not { } least || least == read.PositiveFrom);
        Same("--min-rating", MinRating is not { } positive || positive == feedback.Original?.PositiveFrom);
        return this with
        {
            MinRating = feedback.Original?.PositiveFrom,
            Reading = Reading with
            {
                Feedback = read.Kind,
                Scale = read.HasRatings && !IsNamed ? read.Scale : null,
                PositiveFrom = null,
            },
        };

        void Same(string option, bool isSame)
        {
            if (!isSame)
            {
                throw new ArgumentException($"{option} differs from the data that the model was fitted to ({feedback}"
                    + $"{(feedback.Original is { } original ? $", of {original}" : "")}). Leave {option} out.");
            }
        }
    }

    /// <summary>
    /// Gives the arguments of a command that make this source, word by word and not quoted: <c>--data ratings.csv --core 5</c>, or
    /// <c>--train a.csv --test b.csv</c>. Passwords are left out; PGPASSWORD takes their place.
    /// </summary>
    public IReadOnlyList<string> ToArguments()
    {
        var arguments = new List<string> { Test is null ? "--data" : "--train", RatingsReader.WithoutPassword(Data) };
        Add("--test", Test);
        Add("--validation", Validation);
        Add("--data-dir", DataFolder);
        Add("--item-file", ItemFile);
        Add("--user-file", UserFile);
        Add("--min-rating", Number(MinRating));
        Add("--format", Reading.Format == RatingsFormat.Auto ? null : RatingsFormats.NameOf(Reading.Format));
        Add("--columns", Reading.Columns.ToArgument());
        Add("--separator", Reading.Separator);
        Add("--encoding", Reading.Encoding);
        Add("--time-format", Reading.TimeFormat);
        Add("--scale", Reading.Scale?.ToString());
        Add("--feedback", Reading.Feedback is { } feedback ? Feedback.NameOf(feedback) : null);
        Add("--positive-from", Reading.PositiveFrom is float.NegativeInfinity ? "all" : Number(Reading.PositiveFrom));
        Add("--on-bad-line", Reading.OnBadLine == BadLineAction.Skip ? "skip" : null);
        var filter = Reading.Filter;
        var hasCore = filter.UserCore > 0 || filter.ItemCore > 0;
        Add("--core", hasCore ? FormattableString.Invariant($"{filter.UserCore},{filter.ItemCore}") : null);
        Add("--from", Day(filter.From));
        Add("--before", Day(filter.Before));
        Add("--keep-rating", Number(filter.MinRating));
        Add("--sample-users", filter.SampleUsers?.ToString(CultureInfo.InvariantCulture));
        return arguments;

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange([option, value]);
            }
        }
    }

    /// <summary>Throws when options do not go together; nothing is read.</summary>
    /// <exception cref="ArgumentException">Options do not go together.</exception>
    /// <exception cref="DirectoryNotFoundException"><see cref="DataFolder"/> does not exist.</exception>
    public void Check()
    {
        if (DataFolder is not null && !Directory.Exists(DataFolder))
        {
            throw new DirectoryNotFoundException($"--data-dir {DataFolder}: the folder does not exist.");
        }

        if (Validation is not null && Test is null)
        {
            throw new ArgumentException("A validation file requires a training and a test file. Add --train and --test.");
        }

        if (Reading.Share is not null && Test is null && ShardFolder.Is(Data) && (UserFile is not null || MinRating is not null))
        {
            throw new ArgumentException(
                "On several ranks a partitioned log is read without --user-file and --min-rating. Give --min-rating to "
                + "'autorec data shard', or start one process.");
        }

        if (MinRating is { } least && !float.IsFinite(least))
        {
            throw new ArgumentException(FormattableString.Invariant($"--min-rating must be a finite number; got {least}."));
        }

        if (Test is not null && !Reading.Filter.IsEmpty)
        {
            throw new ArgumentException("Filters (--core, --from, --before, --keep-rating, --sample-users) require --data and --split; "
                + "training and test files are used as they are.");
        }

        var layout = Reading with { Feedback = null, PositiveFrom = null, Progress = null, Share = null };
        if (IsNamed && Test is null && (ItemFile is not null || UserFile is not null || layout != new ReadOptions()))
        {
            throw new ArgumentException($"The data set {Data} brings its own items, users and layout. "
                + "--item-file, --user-file and the options of reading, except --feedback and --positive-from, are for files of your own "
                + "(--data FILE).");
        }
    }

    private static string? Number(float? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    private static string? Day(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private DataSet Read(List<string> notes, CancellationToken cancellation)
    {
        var data = IsNamed ? LoadNamed() : DataSets.OfFiles(Data, Reading, ItemFile, UserFile, cancellation);
        AddNotes(notes, data.Report);
        notes.AddRange(data.TableNotes);
        CheckTable(ItemFile, "item", data.Interactions.Items, data.KnowsItems);
        CheckTable(UserFile, "user", data.Interactions.Users, data.KnowsUsers);
        return data;
    }

    private DataSet LoadNamed()
    {
        var data = DataSets.Load(Data, DataFolder, Reading.Progress);
        return Reading is { Feedback: null, PositiveFrom: null } ? data
            : data.WithInteractions(data.Interactions.Redecided(Reading.FeedbackRule(hasRatings: true, column: null)));
    }

    private Interactions ReadPart(string path, List<string> notes, CancellationToken cancellation)
    {
        var (log, report) = RatingsReader.Read(path, Reading, cancellation);
        AddNotes(notes, report);
        return log;
    }

    private DataSet Kept(DataSet data, string path) => MinRating is { } least ? Positives(data, path, least) : NotEmpty(data, path);

    private Interactions Kept(Interactions log, string path) =>
        MinRating is not { } least ? log : log.ToPositives(least) is { Count: > 0 } positives ? positives : throw NoPositive(path, least);

    private static DataSet Positives(DataSet data, string path, float least) =>
        data.ToPositives(least) is { Interactions.Count: > 0 } positives ? positives : throw NoPositive(path, least);

    private static DataSet NotEmpty(DataSet data, string path) => data.Interactions.WholeCount > 0 ? data : throw NothingLeft(path);

    private static ArgumentException NothingLeft(string path) => new(
        $"{RatingsReader.NameOf(path)}: no interaction is left after filtering. Relax --core, --from, --before or --keep-rating.");

    private static ArgumentException NoPositive(string path, float least) =>
        new(FormattableString.Invariant($"{RatingsReader.NameOf(path)}: no rating is {least} or more (--min-rating)."));

    private static void CheckTable(string? path, string kind, IdIndex ids, bool isKnown)
    {
        if (path is not null && !isKnown)
        {
            throw new DataFileException(path, $"None of its lines describes {(kind == "item" ? "an item" : "a user")} of the ratings. "
                + $"The first column must be the {kind} id; an id of the ratings is '{(ids.Count > 0 ? ids[0] : "")}'.");
        }
    }

    private static void AddNotes(List<string> notes, ReadReport? report)
    {
        if (report is not null)
        {
            notes.AddRange(report.NotesOfSource);
        }
    }
}

/// <summary>Data that were read for an experiment.</summary>
/// <param name="Data">The interactions, all of them or the training part, with what is known of their items and users.</param>
/// <param name="Test">The held-out part, where it came as a file; it shares the rows of <paramref name="Data"/>.</param>
/// <param name="Validation">The validation part, where it came as a file; it shares the rows too.</param>
public sealed record LoadedData(DataSet Data, Interactions? Test, Interactions? Validation)
{
    /// <summary>What values say, and which interactions are positive.</summary>
    public Feedback Feedback => Data.Interactions.Feedback;

    /// <summary>
    /// What was noticed while the data were read: skipped lines, merged duplicates, what filters left out. A sentence each.
    /// </summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Takes a data set as it is.</summary>
    public static LoadedData Of(DataSet data) => new(data, null, null);
}
