using System.CommandLine;
using System.CommandLine.Parsing;
using AutoRec.Data;

namespace AutoRec.Cli.Commands;

/// <summary>The options that say how a ratings file is read, the same for every command that reads one.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<RatingsFormat> format = new("--format")
    {
        Description = "The layout of the file; recognised by its first line unless given.",
        CustomParser = ParseFormat,
        HelpName = string.Join('|', Enum.GetValues<RatingsFormat>().Select(NameOf)),
    };

    private readonly Option<ColumnNames?> columns = new("--columns")
    {
        Description = "The columns of a file with a header, where their names are unusual: user=customer,item=sku,rating=stars,timestamp=time; "
            + "rating=- where each line is an interaction of value 1, timestamp=- to leave times unread.",
        CustomParser = ParseColumns,
        HelpName = "part=name,...",
    };

    private readonly Option<RatingScale?> scale = new("--scale")
    {
        Description = "The scale of the ratings, such as 1..5; a rating outside is a bad line.",
        CustomParser = ParseScale,
        HelpName = "MIN..MAX",
    };

    private readonly Option<BadLineAction> onBadLine = new("--on-bad-line")
    {
        Description = "What becomes of a line that cannot be used: fail ends the command, which is the default; skip leaves it out and counts it.",
        HelpName = "fail|skip",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        onBadLine.AcceptOnlyFromAmong("fail", "skip");
        command.Options.Add(format);
        command.Options.Add(columns);
        command.Options.Add(scale);
        command.Options.Add(onBadLine);
    }

    /// <summary>What the command line says.</summary>
    public ReadOptions Get(ParseResult result) => new()
    {
        Format = result.GetValue(format),
        Columns = result.GetValue(columns) ?? new ColumnNames(),
        Scale = result.GetValue(scale),
        OnBadLine = result.GetValue(onBadLine),
    };

    /// <summary>A format as command lines write it: <c>movielens-dat</c>.</summary>
    public static string NameOf(RatingsFormat format) => format switch
    {
        RatingsFormat.MovieLensDat => "movielens-dat",
        RatingsFormat.MovieLensTab => "movielens-tab",
        RatingsFormat.MovieLensCsv => "movielens-csv",
        RatingsFormat.AmazonCsv => "amazon-csv",
        _ => format.ToString().ToLowerInvariant(),
    };

    private static RatingsFormat ParseFormat(ArgumentResult argument)
    {
        foreach (var format in Enum.GetValues<RatingsFormat>())
        {
            if (string.Equals(NameOf(format), argument.Tokens[0].Value, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        argument.AddError($"The format '{argument.Tokens[0].Value}' is unknown. Formats: {string.Join(", ", Enum.GetValues<RatingsFormat>().Select(NameOf))}.");
        return default;
    }

    private static ColumnNames? ParseColumns(ArgumentResult argument)
    {
        var columns = new ColumnNames();
        foreach (var pair in argument.Tokens[0].Value.Split(','))
        {
            var name = pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
            var named = name.Length == 0 ? null : pair.Split('=')[0].Trim() switch
            {
                "user" => columns with { User = name },
                "item" => columns with { Item = name },
                "rating" => columns with { Rating = name },
                "timestamp" => columns with { Timestamp = name },
                _ => null,
            };
            if (named is null)
            {
                argument.AddError($"'{pair}' names no column: expected user=NAME, item=NAME, rating=NAME or timestamp=NAME, with commas between them.");
                return columns;
            }

            columns = named;
        }

        return columns;
    }

    private static RatingScale? ParseScale(ArgumentResult argument)
    {
        if (RatingScale.TryParse(argument.Tokens[0].Value, out var scale))
        {
            return scale;
        }

        argument.AddError($"The scale '{argument.Tokens[0].Value}' is none: two numbers, the lower first, are expected, such as 1..5.");
        return null;
    }
}
