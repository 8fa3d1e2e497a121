using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using AutoRec.Data;

namespace AutoRec.Cli.Commands;

/// <summary>The options that say how a ratings file is read, the same for every command that reads one.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<RatingsFormat> format = new("--format")
    {
        Description = "The layout of the file. Default: recognised by its first lines.",
        CustomParser = ParseFormat,
        HelpName = string.Join('|', TextFormats.Select(RatingsFormats.NameOf)),
    };

    private readonly Option<ColumnNames?> columns = new("--columns")
    {
        Description = "The columns, by name or by position from 1, if they are not recognised: "
            + "user=customer,item=sku,rating=stars,timestamp=time or user=1,item=2; "
            + "rating=- where each line is an interaction of value 1, timestamp=- to leave times unread.",
        CustomParser = ParseColumns,
        HelpName = "part=name,...",
    };

    private readonly Option<string?> separator = new("--separator")
    {
        Description = "What separates fields: ',' ';' tab '|' '::' or blanks. Default: recognised.",
        HelpName = "MARK",
    };

    private readonly Option<string?> encoding = new("--encoding")
    {
        Description = "The encoding of the file, such as windows-1252. Default: UTF-8, UTF-16, UTF-32 and Windows-1252 are recognised.",
        HelpName = "NAME",
    };

    private readonly Option<string?> timeFormat = new("--time-format")
    {
        Description = "How times are written: seconds, milliseconds, microseconds, nanoseconds, iso, yyyyMMdd, dd/MM/yyyy, MM/dd/yyyy, "
            + "or another .NET date pattern such as 'MMM d, yyyy'. Default: recognised.",
        HelpName = "FORMAT",
    };

    private readonly Option<RatingScale?> scale = new("--scale")
    {
        Description = "The scale of the ratings, such as 1..5; a rating outside is a bad line.",
        CustomParser = ParseScale,
        HelpName = "MIN..MAX",
    };

    private readonly Option<FeedbackKind?> feedback = new("--feedback")
    {
        Description = "What the values say: stars (ratings on a scale), likes (every line is a positive of value 1), "
            + "thumbs (two values) or counts (plays, purchases). Recognised by the name and the values of the column unless given.",
        HelpName = "stars|likes|thumbs|counts",
    };

    private readonly Option<float?> positiveFrom = new("--positive-from")
    {
        Description = "The lowest value of a positive interaction, or 'all'. Ranking models learn from positives, and held-out positives "
            + "are relevant. Default: three quarters up the scale for stars (4 of 1..5), the higher value for thumbs, above 0 for counts.",
        CustomParser = ParsePositiveFrom,
        HelpName = "X|all",
    };

    private readonly Option<BadLineAction> onBadLine = new("--on-bad-line")
    {
        Description = "What to do with a line that cannot be used: fail ends the command (default), "
            + "skip leaves the line out and counts it.",
        HelpName = "fail|skip",
    };

    private readonly Option<(int Users, int Items)> core = new("--core")
    {
        Description = "Keeps users and items with at least this many interactions, repeated until all have them: "
            + "5, or 10,5 for users and for items.",
        CustomParser = ParseCore,
        HelpName = "K|USERS,ITEMS",
    };

    private readonly Option<DateTimeOffset?> from = new("--from")
    {
        Description = "Keeps interactions of this day (UTC) or later.",
        CustomParser = ParseDay,
        HelpName = "YYYY-MM-DD",
    };

    private readonly Option<DateTimeOffset?> before = new("--before")
    {
        Description = "Keeps interactions before this day (UTC).",
        CustomParser = ParseDay,
        HelpName = "YYYY-MM-DD",
    };

    private readonly Option<float?> keepRating = new("--keep-rating")
    {
        Description = "Keeps ratings of at least this, with their values.",
        CustomParser = NumberArgument.ParseFloat,
        HelpName = "X",
    };

    private readonly Option<int?> sampleUsers = new("--sample-users")
    {
        Description = "Keeps this many users, drawn at random by seed 42, with all their interactions.",
        HelpName = "N",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        feedback.AcceptOnlyFromAmong([.. Enum.GetValues<FeedbackKind>().Select(Feedback.NameOf)]);
        onBadLine.AcceptOnlyFromAmong("fail", "skip");
        command.Options.Add(format);
        command.Options.Add(columns);
        command.Options.Add(separator);
        command.Options.Add(encoding);
        command.Options.Add(timeFormat);
        command.Options.Add(scale);
        command.Options.Add(feedback);
        command.Options.Add(positiveFrom);
        command.Options.Add(onBadLine);
        command.Options.Add(core);
        command.Options.Add(from);
        command.Options.Add(before);
        command.Options.Add(keepRating);
        command.Options.Add(sampleUsers);
    }

    /// <summary>What the command line says.</summary>
    public ReadOptions Get(ParseResult result) => new()
    {
        Format = result.GetValue(format),
        Columns = result.GetValue(columns) ?? new ColumnNames(),
        Separator = result.GetValue(separator),
        Encoding = result.GetValue(encoding),
        TimeFormat = result.GetValue(timeFormat),
        Scale = result.GetValue(scale),
        Feedback = result.GetValue(feedback),
        PositiveFrom = result.GetValue(positiveFrom),
        OnBadLine = result.GetValue(onBadLine),
        Filter = new InteractionFilter
        {
            UserCore = result.GetValue(core).Users,
            ItemCore = result.GetValue(core).Items,
            From = result.GetValue(from),
            Before = result.GetValue(before),
            MinRating = result.GetValue(keepRating),
            SampleUsers = result.GetValue(sampleUsers),
        },
    };

    // Workbooks, Parquet files, databases and orders are known by what they are.
    private static IEnumerable<RatingsFormat> TextFormats => Enum.GetValues<RatingsFormat>()
        .Except([RatingsFormat.Workbook, RatingsFormat.Parquet, RatingsFormat.Query, RatingsFormat.Orders]);

    private static RatingsFormat ParseFormat(ArgumentResult argument)
    {
        foreach (var format in TextFormats)
        {
            if (string.Equals(RatingsFormats.NameOf(format), argument.Tokens[0].Value, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        var names = string.Join(", ", TextFormats.Select(RatingsFormats.NameOf));
        argument.AddError($"The format '{argument.Tokens[0].Value}' is unknown. Formats: {names}.");
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
                "timestamp" or "time" => columns with { Timestamp = name },
                _ => null,
            };
            if (named is null)
            {
                argument.AddError(
                    $"'{pair}' does not name a column. Use user=NAME, item=NAME, rating=NAME or timestamp=NAME, separated by commas.");
                return columns;
            }

            columns = named;
        }

        return columns;
    }

    private static (int Users, int Items) ParseCore(ArgumentResult argument)
    {
        var limits = argument.Tokens[0].Value.Split(',')
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : -1)
            .ToArray();
        if (limits is [>= 0] or [>= 0, >= 0])
        {
            return (limits[0], limits[^1]);
        }

        argument.AddError($"'--core {argument.Tokens[0].Value}' is not a limit. "
            + "Use one whole number, or one for users and one for items, for example 5 or 10,5.");
        return default;
    }

    private static DateTimeOffset? ParseDay(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day))
        {
            return day;
        }

        argument.AddError($"'{text}' is not a date. Use YYYY-MM-DD, for example 2014-07-23.");
        return null;
    }

    private static float? ParsePositiveFrom(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (text.Equals("all", StringComparison.OrdinalIgnoreCase))
        {
            return float.NegativeInfinity;
        }

        if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && float.IsFinite(number))
        {
            return number;
        }

        argument.AddError($"'--positive-from {text}' is not a value. Use a number, for example 4, or 'all'.");
        return null;
    }

    private static RatingScale? ParseScale(ArgumentResult argument)
    {
        if (RatingScale.TryParse(argument.Tokens[0].Value, out var scale))
        {
            return scale;
        }

        argument.AddError($"'{argument.Tokens[0].Value}' is not a scale. Use two numbers, the lower first, for example 1..5.");
        return null;
    }
}
