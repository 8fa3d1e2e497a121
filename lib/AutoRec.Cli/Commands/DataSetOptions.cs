using System.CommandLine;
using AutoRec.Data;

namespace AutoRec.Cli.Commands;

/// <summary>The options that name the data of a command: a data set by name, or a ratings file with what is known of its items and users.</summary>
internal sealed class DataSetOptions
{
    private readonly Option<string> data = new("--data") { Description = $"A ratings file, folder, pattern or database, as evaluate --data takes it, or a data set: {string.Join(", ", DataSets.Names)}.", HelpName = "PATH|NAME", Required = true };
    private readonly Option<string?> dataDir = new("--data-dir") { Description = "The folder that holds the folders of data sets.", HelpName = "DIR" };
    private readonly Option<string?> items = ItemFile();
    private readonly Option<string?> users = UserFile();
    private readonly Option<float?> minRating = new("--min-rating") { Description = "Makes feedback implicit: ratings of at least this are positives, others are dropped.", HelpName = "X" };
    private readonly ReadingOptions reading = new();

    /// <summary>The option that names a table of items.</summary>
    public static Option<string?> ItemFile() => new("--item-file")
    {
        Description = "What is known of the items of a ratings file: CSV with a header, the id first, then title and genres (with bars between); my.items.csv beside my.csv needs no naming.",
        HelpName = "PATH",
    };

    /// <summary>The option that names a table of users.</summary>
    public static Option<string?> UserFile() => new("--user-file")
    {
        Description = "What is known of its users: CSV with a header, the id first, then any columns, such as age, gender, occupation; my.users.csv beside my.csv needs no naming.",
        HelpName = "PATH",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { data, dataDir, items, users, minRating })
        {
            command.Options.Add(option);
        }

        reading.AddTo(command);
    }

    /// <summary>The lowest rating that counts, where feedback is made implicit.</summary>
    public float? MinRating(ParseResult parsed) => parsed.GetValue(minRating);

    /// <summary>The name of the data as it was given, but for what may not be shown.</summary>
    public string Name(ParseResult parsed) => RatingsReader.NameOf(parsed.GetRequiredValue(data));

    /// <summary>The data, with positives only where that was asked for.</summary>
    public DataSet Load(ParseResult parsed)
    {
        var set = Read(parsed.GetRequiredValue(data), parsed.GetValue(dataDir), reading.Get(parsed), parsed.GetValue(items), parsed.GetValue(users));
        if (parsed.GetValue(minRating) is not { } least)
        {
            return set;
        }

        set = set.ToPositives(least);
        return set.Interactions.Count > 0 ? set : throw new ArgumentException(FormattableString.Invariant($"No rating is {least} or more (--min-rating)."));
    }

    private static DataSet Read(string data, string? dataFolder, ReadOptions options, string? itemFile, string? userFile)
    {
        if (!DataSets.Names.Contains(data))
        {
            return DataSets.OfFiles(data, options, itemFile, userFile);
        }

        return itemFile is null && userFile is null && options == new ReadOptions()
            ? DataSets.Load(data, dataFolder)
            : throw new ArgumentException($"The data set {data} brings its items and users and is read in its own way: --item-file, --user-file and options of reading are for files of one's own.");
    }
}
