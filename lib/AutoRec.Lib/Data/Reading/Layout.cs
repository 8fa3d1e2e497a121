using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AutoRec.Data;

/// <summary>Which columns of a source hold the user, the item, the rating and the time; positions from 0, -1 for none.</summary>
internal sealed partial record Layout
{
    // Plain names, the most telling first. A product's own id comes after that of all its variants, as Amazon's reviews of 2023 have both.
    private static readonly string[] UserNames =
    [
        "userid", "user", "reviewerid", "customerid", "customer", "uid", "profileid", "memberid", "visitorid", "accountid", "clientid",
        "personid", "buyerid", "readerid", "listenerid", "playerid", "viewerid", "subscriberid", "username", "customername",
    ];

    private static readonly string[] ItemNames =
    [
        "itemid", "item", "movieid", "productid", "prodid", "parentasin", "asin", "businessid", "bookid", "isbn", "artistid", "trackid",
        "songid", "gameid", "appid", "recipeid", "restaurantid", "placeid", "venueid", "animeid", "articleid", "newsid", "jokeid", "showid",
        "courseid", "sku", "stockcode", "iid", "movie", "product", "book", "artist", "track", "song", "game", "recipe", "article",
    ];

    private static readonly string[] RatingNames =
    [
        "rating", "ratings", "overall", "score", "stars", "bookrating", "userrating", "reviewrating", "reviewscore", "starrating",
        "thumbs", "thumb", "like", "liked", "vote", "grade", "mark", "reaction", "preference", "plays", "playcount", "listens",
        "listencount", "count", "quantity", "qty", "purchases", "clicks",
        "views", "weight", "hours",
    ];

    private static readonly string[] TimeNames =
    [
        "timestamp", "unixreviewtime", "time", "ts", "date", "datetime", "createdat", "created", "createdate", "createtime", "creationdate",
        "ratedat", "ratingdate", "ratingtime", "reviewedat", "reviewdate", "reviewtime", "eventtime", "eventdate", "orderdate",
        "purchasedate", "watchedat", "listenedat", "updatedat", "updated", "modifiedat", "day",
    ];

    /// <summary>Names of the columns; null when the source has none.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Fields of a record.</summary>
    public required int FieldCount { get; init; }

    /// <summary>The user's column.</summary>
    public int User { get; init; }

    /// <summary>The item's column.</summary>
    public int Item { get; init; } = 1;

    /// <summary>The rating's column; -1 where every interaction has the value 1.</summary>
    public int Rating { get; init; } = -1;

    /// <summary>The time's column; -1 without one.</summary>
    public int Time { get; init; } = -1;

    /// <summary>What was found out about the layout and should be said, or null.</summary>
    public string? Note { get; init; }

    /// <summary>The columns that are not read, by name, or else by position from 1.</summary>
    public IReadOnlyList<string> Unread =>
        [.. Enumerable.Range(0, FieldCount).Where(i => i != User && i != Item && i != Rating && i != Time).Select(NameOf)];

    /// <summary>The name of the rating's column; null where it has none.</summary>
    public string? RatingName => Rating < 0 ? null : Names?[Rating];

    /// <summary>The columns in the form that says the same as an option.</summary>
    public ColumnNames Columns => new(
        NameOf(User),
        NameOf(Item),
        Rating < 0 ? ColumnNames.None : NameOf(Rating),
        Time < 0 ? ColumnNames.None : NameOf(Time));

    /// <summary>A column's name, or its position from 1.</summary>
    public string NameOf(int column) =>
        Names is { } names && names[column].Length > 0 ? names[column] : (column + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>A column's name without case, blanks, hyphens, underscores and dots.</summary>
    public static string Plain(string name) =>
        string.Concat(name.Where(letter => letter is not ('_' or '-' or ' ' or '.'))).ToLowerInvariant();

    /// <summary>Whether a first record names columns, as far as its texts and those below it tell.</summary>
    private static bool IsHeader(IReadOnlyList<string> first, IReadOnlyList<IReadOnlyList<string>> rest, ColumnNames columns)
    {
        var plain = first.Select(Plain).ToArray();
        var asked = columns.Named.Select(part => part.Name).Where(name => !IsPosition(name));
        if (asked.Any(name => first.Contains(name, StringComparer.OrdinalIgnoreCase))
            || (plain.Any(UserNames.Contains) && plain.Any(ItemNames.Contains)))
        {
            return true;
        }

        var below = rest.Where(record => record.Count == first.Count).ToArray();
        return below.Length > 0 && !first.Any(name => AreNumbers([name])) && Enumerable.Range(0, first.Count).Any(i =>
            first[i].Length > 0 && !first[i].Any(char.IsAsciiDigit) && below.All(record => record[i].Any(char.IsAsciiDigit)));
    }

    /// <summary>Finds the columns of records, of which the first may name them.</summary>
    /// <param name="records">The first records, at least one.</param>
    /// <param name="columns">What is asked for.</param>
    /// <param name="data">Receives the records without the header.</param>
    /// <param name="problem">Receives what is wrong when the result is null.</param>
    public static Layout? Of(
        IReadOnlyList<string>[] records, ColumnNames columns, out IReadOnlyList<string>[] data, out string? problem)
    {
        var hasHeader = IsHeader(records[0], records[1..], columns);
        data = hasHeader ? records[1..] : records;
        return hasHeader ? OfNames(records[0], columns, data, out problem) : OfShape(data, columns, out problem);
    }

    /// <summary>Finds the columns by their names.</summary>
    /// <param name="names">The names.</param>
    /// <param name="columns">What is asked for.</param>
    /// <param name="sample">Some records, to tell a rating under an unusual name from what may be left unread; empty where unknown.</param>
    /// <param name="problem">Receives what is wrong when the result is null.</param>
    public static Layout? OfNames(
        IReadOnlyList<string> names, ColumnNames columns, IReadOnlyList<IReadOnlyList<string>> sample, out string? problem)
    {
        var user = Find(names, columns.User, UserNames);
        var item = Find(names, columns.Item, ItemNames);
        var rating = Find(names, columns.Rating, RatingNames);
        var time = Find(names, columns.Timestamp, TimeNames);
        problem = Missing("user", user, columns.User) ?? Missing("item", item, columns.Item)
            ?? (columns.Rating is null or ColumnNames.None ? null : Missing("rating", rating, columns.Rating))
            ?? (columns.Timestamp is null or ColumnNames.None ? null : Missing("timestamp", time, columns.Timestamp));
        var layout = new Layout { Names = [.. names], FieldCount = names.Count, User = user, Item = item, Rating = rating, Time = time };
        if (problem is null && rating < 0 && columns.Rating is null && RatingAmongUnread(layout, sample) is { } other)
        {
            problem = $"There is no column for the rating, and the column '{layout.NameOf(other)}' holds numbers. "
                + $"Use --columns rating={layout.NameOf(other)}, or --columns rating=- when each line is an interaction without a rating.";
        }

        if (problem is not null)
        {
            problem += $" The columns are: {string.Join(", ", names)}.";
            return null;
        }

        return layout;
    }

    /// <summary>Finds the columns of records without a header by what stands in them, or by the positions that are asked for.</summary>
    /// <inheritdoc cref="OfNames" path="/param[@name='columns' or @name='problem']"/>
    private static Layout? OfShape(IReadOnlyList<IReadOnlyList<string>> sample, ColumnNames columns, out string? problem)
    {
        var count = sample.CountBy(record => record.Count).MaxBy(pair => (pair.Value, pair.Key)).Key;
        IReadOnlyList<string>[] records = [.. sample.Where(record => record.Count == count)];
        var unnamed = Enumerable.Repeat("", count).ToArray();
        problem = null;
        foreach (var (part, name) in columns.Named)
        {
            if (name != ColumnNames.None && Find(unnamed, name, []) < 0)
            {
                problem = $"There is no column '{name}' for the {part}: the file has no header and {count} columns. "
                    + "Name columns by position, for example --columns user=1,item=2.";
                return null;
            }
        }

        var (user, item) = (Find(unnamed, columns.User, []), Find(unnamed, columns.Item, []));
        var (rating, time) = (Find(unnamed, columns.Rating, []), Find(unnamed, columns.Timestamp, []));
        int[] asked = [user, item, rating, time];
        var free = Enumerable.Range(0, count).Where(i => !asked.Contains(i)).ToList();
        var areGiven = user >= 0 && item >= 0;
        var place = free.FindIndex(i => AreDates(Texts(i)) || (i > 1 && AreEpochs(Texts(i))));
        if (time < 0 && columns.Timestamp is null && place >= 0)
        {
            // With the ids given by position, a time is only taken where it cannot be anything else.
            time = free[place];
            free.RemoveAt(place);
        }

        if (user < 0 && free.Count > 0)
        {
            (user, free) = (free[0], free[1..]);
        }

        if (item < 0 && free.Count > 0)
        {
            (item, free) = (free[0], free[1..]);
        }

        if (user < 0 || item < 0)
        {
            problem = $"The lines have {count} column{(count == 1 ? "" : "s")}; at least one for the user and one for the item is needed. "
                + "If something else than a comma, semicolon, tab, bar or blank stands between fields, convert the file.";
            return null;
        }

        string? note = null;
        if (columns.User is null && columns.Item is null && AreAsins(Texts(user)) && !AreAsins(Texts(item)))
        {
            (user, item) = (item, user);
            note = "the first column holds the items: its ids have the form of Amazon's";
        }

        if (rating < 0 && columns.Rating is null)
        {
            var numbers = free.Where(i => AreNumbers(Texts(i))).ToArray();
            if (numbers.Length == 2 && count == 4 && time < 0 && columns.Timestamp is null && !areGiven)
            {
                (rating, time) = (numbers[0], numbers[1]);
            }
            else if (numbers.Length > 1 && !areGiven)
            {
                problem = $"Which of the {count} columns holds the rating cannot be told without a header. "
                    + "Name the columns by position, for example --columns user=1,item=2,rating=4.";
                return null;
            }
            else if (numbers.Length == 1 && !areGiven)
            {
                rating = numbers[0];
            }
            else if (count == 3 && time < 0 && free.Count == 1 && !areGiven)
            {
                rating = free[0]; // its lines are bad lines
            }
        }

        return new Layout { FieldCount = count, User = user, Item = item, Rating = rating, Time = time, Note = note };

        IEnumerable<string> Texts(int column) => records.Select(record => record[column]);
    }

    /// <summary>The column that a name or a position from 1 asks for, or that has one of the usual names; -1 for none.</summary>
    public static int Find(IReadOnlyList<string> names, string? asked, string[] usual)
    {
        if (asked == ColumnNames.None)
        {
            return -1;
        }

        if (asked is not null)
        {
            var named = names.ToList().FindIndex(name => string.Equals(name, asked, StringComparison.OrdinalIgnoreCase));
            return named >= 0 || !IsPosition(asked) ? named
                : int.Parse(asked, CultureInfo.InvariantCulture) is var position && position <= names.Count ? position - 1 : -1;
        }

        var plain = names.Select(Plain).ToArray();
        return usual.Select(name => Array.IndexOf(plain, name)).FirstOrDefault(index => index >= 0, -1);
    }

    private static bool IsPosition(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0;

    private static string? Missing(string part, int column, string? asked) =>
        column >= 0 ? null
        : asked is null ? $"There is no column for the {part}: a usual name was not found. Name it by --columns {part}=NAME."
        : $"There is no column '{asked}' for the {part}.";

    private static int? RatingAmongUnread(Layout layout, IReadOnlyList<IReadOnlyList<string>> sample)
    {
        for (var i = 0; i < layout.FieldCount; i++)
        {
            var texts = sample.Where(record => record.Count == layout.FieldCount).Select(record => record[i]).ToArray();
            if (i != layout.User && i != layout.Item && i != layout.Time && texts.Length > 0 && AreNumbers(texts) && !AreEpochs(texts)
                && texts.Distinct().Count() > 1)
            {
                return i;
            }
        }

        return null;
    }

    private static bool AreNumbers(IEnumerable<string> texts) =>
        Most(texts, text => Numbers.Parse(Encoding.UTF8.GetBytes(text), takesComma: true, out _) is null);

    private static bool AreDates(IEnumerable<string> texts) => Most(texts, text => TimeFormat.IsDateText(Encoding.UTF8.GetBytes(text)));

    // 1990 to 2100, in any unit.
    private static bool AreEpochs(IEnumerable<string> texts) => Most(
        texts,
        text => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value is (>= 631152000m and < 4102444800m) or (>= 631152000000m and < 4102444800000m)
                or (>= 631152000000000m and < 4102444800000000m));

    // Customer numbers may have ten digits, too; among products some begin with a B, and one ISBN in eleven ends with an X.
    private static bool AreAsins(IEnumerable<string> texts) =>
        Most(texts, text => Asin().IsMatch(text)) && !texts.All(text => text.All(char.IsAsciiDigit));

    private static bool Most(IEnumerable<string> texts, Func<string, bool> condition)
    {
        var (all, good) = (0, 0);
        foreach (var text in texts)
        {
            all++;
            good += condition(text) ? 1 : 0;
        }

        return all > 0 && good * 10 >= all * 9;
    }

    [GeneratedRegex("^(B[0-9A-Z]{9}|[0-9]{9}[0-9X])$")]
    private static partial Regex Asin();
}
