using System.Globalization;

namespace AutoRec.Data;

/// <summary>A column of the table of items: the different values, and which of them each item has.</summary>
internal sealed class ItemColumn
{
    private static readonly string[] Comparisons = ["!=", "<=", ">=", "=", "<", ">"]; // longer ones first

    private readonly string name;
    private readonly List<string> values = []; // the different ones
    private readonly Dictionary<string, int> places = new(StringComparer.OrdinalIgnoreCase);

    private ItemColumn(string name, IEnumerable<IEnumerable<string>> valuesOfItems)
    {
        this.name = name;
        var (offsets, codes) = (new List<int> { 0 }, new List<int>());
        foreach (var own in valuesOfItems)
        {
            foreach (var value in own.Select(value => value.Trim()).Where(value => value.Length > 0))
            {
                if (!places.TryGetValue(value, out var code))
                {
                    places.Add(value, code = values.Count);
                    values.Add(value);
                }

                if (codes.IndexOf(code, offsets[^1]) < 0)
                {
                    codes.Add(code);
                }
            }

            offsets.Add(codes.Count);
        }

        (Offsets, Codes) = ([.. offsets], [.. codes]);
    }

    /// <summary>Where the values of each item begin in <see cref="Codes"/>, and where the last ones end: [items + 1].</summary>
    public int[] Offsets { get; }

    /// <summary>The values of each item, as numbers from 0 to <see cref="Count"/> - 1.</summary>
    public int[] Codes { get; }

    /// <summary>The number of different values.</summary>
    public int Count => values.Count;

    /// <summary>The column's name.</summary>
    public string Name => name;

    /// <summary>The different values.</summary>
    public IReadOnlyList<string> Values => values;

    /// <summary>
    /// The columns that can say something of items which nobody has: the categories, if there are any, and all attributes.
    /// </summary>
    public static IEnumerable<ItemColumn> Describing(DataSet data)
    {
        if (data.ItemCategories.Any(categories => categories.Count > 0))
        {
            yield return new ItemColumn("category", data.ItemCategories);
        }

        foreach (var (key, texts) in data.ItemAttributes)
        {
            yield return new ItemColumn(key, texts.Select(text => text.Split('|')));
        }
    }

    /// <summary>
    /// The column that is asked for: an attribute, the titles or the categories, by any of the names that a table may have for them.
    /// </summary>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public static ItemColumn Of(DataSet data, string name)
    {
        var plain = Layout.Plain(name);
        var hasCategories = data.ItemCategories.Any(categories => categories.Count > 0);
        if (data.ItemAttributes.FirstOrDefault(column => Layout.Plain(column.Key) == plain) is { Key: { } key, Value: var texts })
        {
            return new ItemColumn(key, texts.Select(text => text.Split('|')));
        }

        if (Metadata.CategoryNames.Contains(plain) && hasCategories)
        {
            return new ItemColumn(name, data.ItemCategories);
        }

        if (Metadata.TitleNames.Contains(plain))
        {
            return new ItemColumn(name, data.ItemTitles.Select(title => (string[])[title]));
        }

        if (!data.KnowsItems)
        {
            throw new ArgumentException(
                $"The items have no column '{name}': only their ids are known. Give a table of items (--item-file FILE).");
        }

        string[] categories = hasCategories ? ["category"] : [];
        string[] columns = ["title", .. categories, .. data.ItemAttributes.Keys];
        throw new ArgumentException(
            $"The items have no column '{name}'.{CloseName.Suggestion(name, columns)} Columns: {string.Join(", ", columns)}.");
    }

    /// <summary>Splits a condition such as <c>price&lt;20</c> into column, comparison and value.</summary>
    /// <exception cref="ArgumentException">It is not a condition.</exception>
    public static (string Column, string Comparison, string Value) Parse(string condition)
    {
        var start = condition.AsSpan().IndexOfAny("=<>!");
        var comparison = Array.Find(Comparisons, sign => start >= 0 && condition.AsSpan(start).StartsWith(sign));
        var (column, value) = comparison is null ? ("", "") : (condition[..start].Trim(), condition[(start + comparison.Length)..].Trim());
        return comparison is not null && column.Length > 0 && value.Length > 0 ? (column, comparison, value) : throw new ArgumentException(
            $"'{condition}' is not a condition. Use COLUMN=VALUE, or one of !=, <, <=, > and >=, for example category=Books or price<20.");
    }

    /// <summary>Which items fit a condition: [items].</summary>
    /// <param name="comparison">One of <c>=</c>, <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c> and <c>&gt;=</c>.</param>
    /// <param name="value">What the item's values are compared with.</param>
    /// <exception cref="ArgumentException">The value occurs nowhere; or numbers are compared, and the value or the column is not of
    /// numbers.
    /// </exception>
    public bool[] Fit(string comparison, string value)
    {
        var fits = comparison is "=" or "!=" ? Equal(value) : Compared(comparison, value);
        var items = new bool[Offsets.Length - 1];
        for (var item = 0; item < items.Length; item++)
        {
            var hasOne = false;
            for (var i = Offsets[item]; i < Offsets[item + 1]; i++)
            {
                hasOne |= fits[Codes[i]];
            }

            items[item] = hasOne != (comparison == "!=");
        }

        return items;
    }

    /// <summary>
    /// Each value as a number, NaN for one without a digit, such as 'n/a'; null if another value is not a number or an item has several.
    /// </summary>
    public double[]? Numbers()
    {
        for (var item = 1; item < Offsets.Length; item++)
        {
            if (Offsets[item] - Offsets[item - 1] > 1)
            {
                return null;
            }
        }

        return FirstUnread() is null ? [.. values.Select(value => Number(value) ?? double.NaN)] : null;
    }

    private bool[] Equal(string value)
    {
        var fits = new bool[Count];
        if (places.TryGetValue(value, out var place))
        {
            fits[place] = true;
        }

        if (Number(value) is { } number)
        {
            for (var i = 0; i < fits.Length; i++)
            {
                fits[i] |= Number(values[i]) == number; // 9.5 and 9.50
            }
        }

        return fits.Contains(true) ? fits : throw new ArgumentException(
            $"No item has the value '{value}' in the column '{name}'.{CloseName.Suggestion(value, values)}{Examples()}");
    }

    private bool[] Compared(string comparison, string value)
    {
        var bound = Number(value) ?? throw new ArgumentException(
            $"'{name}{comparison}{value}' compares numbers, and '{value}' is not one. Use a point for decimals, for example 3.5.");
        if (FirstUnread() is { } unread)
        {
            throw new ArgumentException($"'{name}{comparison}{value}' compares numbers, and the column '{name}' has the value '{unread}'. "
                + "Write numbers with a point for decimals and nothing beside them, for example 3.5.");
        }

        var numbers = values.ConvertAll(Number);
        return numbers.Exists(number => number is not null)
            ? [.. numbers.Select(number => comparison switch
            {
                "<" => number < bound,
                "<=" => number <= bound,
                ">" => number > bound,
                _ => number >= bound,
            })]
            : throw new ArgumentException(
                $"'{name}{comparison}{value}' compares numbers, and the column '{name}' has none. Use = or !=.{Examples()}");
    }

    // A value that is left out silently would be a wrong answer; 'n/a' is an unknown one.
    private string? FirstUnread() => values.Find(own => Number(own) is null && own.Any(char.IsDigit));

    private string Examples()
    {
        const int Most = 10;
        var examples = string.Join(", ", values.Order(StringComparer.Ordinal).Take(Most));
        return Count == 0 ? "" : $" Values: {examples}{(Count > Most ? ", ..." : ".")}";
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
