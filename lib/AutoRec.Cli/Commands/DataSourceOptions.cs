using System.CommandLine;
using AutoRec.Data;
using AutoRec.Distributed;
using AutoRec.Experiments;

namespace AutoRec.Cli.Commands;

/// <summary>The options that name the data of a command and say how they are read: the same in all commands that read data.</summary>
internal sealed class DataSourceOptions
{
    private readonly Option<string?> data = new("--data")
    {
        Description = $"The data: a data set ({string.Join(", ", DataSets.Names)}), "
            + "a ratings file (text, JSON, .xlsx, Parquet, plain or .gz or .zip), "
            + "a folder, a pattern such as 'parts/*.csv.gz', "
            + "a folder of 'autorec data shard' (also 's3://BUCKET/FOLDER'), "
            + "'parquet:PATTERN', \"sql:SELECT ... FROM read_csv('FILE')\", 'duckdb:FILE?query=...', 'postgres://user@host/db?query=...' "
            + "or 'orders:SHOP'. "
            + "Give the password of a database in the environment variable PGPASSWORD or in a PGPASSFILE: others can see a command line.",
        HelpName = "PATH|NAME",
    };

    private readonly Argument<string?> file = new("data")
    {
        Description = "The data, as --data of other commands takes them: a ratings file, a folder, a data set, orders:SHOP, ...",
    };

    private readonly Option<string?> train = new("--train")
    {
        Description = "A ratings file to learn from. Use with --test, instead of --data and --split.",
        HelpName = "PATH",
    };
    private readonly Option<string?> test = new("--test") { Description = "A ratings file to measure on.", HelpName = "PATH" };
    private readonly Option<string?> validation = new("--validation")
    {
        Description = "A ratings file to choose the number of epochs on. Default: a tenth of the training part is held out.",
        HelpName = "PATH",
    };

    private readonly Option<string?> dataDir = new("--data-dir")
    {
        Description = "The folder that holds the folders of data sets.",
        HelpName = "DIR",
    };

    private readonly Option<string?> items = new("--item-file")
    {
        Description = "A table of the items: CSV with a header, the id first, then title and genres (separated by |). "
            + "Default for my.csv: my.items.csv beside it, if it exists.",
        HelpName = "PATH",
    };

    private readonly Option<string?> users = new("--user-file")
    {
        Description = "A table of the users: CSV with a header, the id first, then any columns, such as age, gender, occupation. "
            + "Default for my.csv: my.users.csv beside it, if it exists.",
        HelpName = "PATH",
    };

    private readonly Option<float?> minRating = new("--min-rating")
    {
        Description = "Drops ratings below this and makes likes of the others. --positive-from keeps them as items that the user has seen.",
        CustomParser = NumberArgument.ParseFloat,
        HelpName = "X",
    };
    private readonly ReadingOptions reading = new();
    private readonly bool takesParts;
    private readonly bool isArgument;
    private readonly string? defaults;

    /// <summary>The options of a command.</summary>
    /// <param name="takesParts">Whether training, test and validation part may come as files of their own.</param>
    /// <param name="defaults">The data unless named; null where they must be named.</param>
    /// <param name="isArgument">Whether the data are named without <c>--data</c>.</param>
    public DataSourceOptions(bool takesParts = false, string? defaults = null, bool isArgument = false)
    {
        this.takesParts = takesParts;
        this.isArgument = isArgument;
        this.defaults = defaults;
        data.Required = defaults is null && !takesParts;
    }

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        Option[] parts = takesParts ? [train, test, validation] : [];
        Option[] source = isArgument ? [] : [data];
        Option[] all = [.. source, .. parts, dataDir, items, users, minRating];
        if (isArgument)
        {
            command.Arguments.Add(file);
        }

        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        reading.AddTo(command);
    }

    /// <summary>The source that the command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ArgumentException">Options do not go together.</exception>
    public DataSource Get(ParseResult parsed)
    {
        var whole = (isArgument ? parsed.GetValue(file) : parsed.GetValue(data)) ?? defaults;
        var fit = takesParts ? parsed.GetValue(train) : null;
        var measure = takesParts ? parsed.GetValue(test) : null;
        var choose = takesParts ? parsed.GetValue(validation) : null;
        if (whole is not null && (fit ?? measure ?? choose) is not null)
        {
            throw new ArgumentException("Give either --data and --split, or --train and --test (and --validation), not both.");
        }

        if (whole is null && (fit is null || measure is null))
        {
            throw new ArgumentException((fit ?? measure ?? choose) is not null
                ? "--train and --test go together."
                : "No data are named. Give --data and --split, or --train and --test.");
        }

        return new DataSource(whole ?? fit!, measure, choose)
        {
            Reading = reading.Get(parsed),
            DataFolder = parsed.GetValue(dataDir),
            ItemFile = parsed.GetValue(items),
            UserFile = parsed.GetValue(users),
            MinRating = parsed.GetValue(minRating),
        };
    }

    /// <summary>Reads the source and shows how far that has come.</summary>
    public static LoadedData Read(DataSource source, TextWriter error, CancellationToken cancellation) => WorkDisplay.Show(
        error, source.Name, progress => (source with { Reading = source.Reading with { Progress = progress } }).Load(cancellation));

    /// <summary>Reads the source and shows what was noticed.</summary>
    public static LoadedData Load(DataSource source, TextWriter notes, CancellationToken cancellation)
    {
        var loaded = Read(source, notes, cancellation);
        WriteNotes(notes, loaded.Data.Report, loaded.Feedback, loaded.Notes);
        return loaded;
    }

    /// <summary>Reads the source together with other ranks, and shows what was noticed.</summary>
    public static Interactions LoadJointly(
        DataSource source, ShardBy by, int parts, IProcessGroup group, TextWriter notes, CancellationToken cancellation)
    {
        var (log, report) = WorkDisplay.Show(notes, source.Name, progress =>
            (source with { Reading = source.Reading with { Progress = progress } }).LoadJointly(by, parts, group, cancellation));
        WriteNotes(notes, report, log.Feedback, report.NotesOfSource);
        return log;
    }

    private static void WriteNotes(TextWriter notes, ReadReport? report, Feedback feedback, IEnumerable<string> noticed)
    {
        Notes.Write(notes, report?.Summary is { } summary ? [$"{summary}; {feedback}"] : []);
        Notes.Write(notes, noticed);
    }
}
