namespace AutoRec.Data;

/// <summary>
/// The columns of a source, by name or, in a text file, by position from 1. Null finds a column by the names that are usual, whatever
/// their case, blanks, hyphens and underscores, such as <c>user_id</c>, <c>movieId</c>, <c>rating</c>, <c>timestamp</c>; without a header
/// by what stands in it.
/// </summary>
/// <param name="User">Raw user id.</param>
/// <param name="Item">Raw item id.</param>
/// <param name="Rating">Rating or quantity; <see cref="None"/> when each line is an interaction of value 1.</param>
/// <param name="Timestamp">When it happened; <see cref="None"/> leaves a column of times unread.</param>
public sealed record ColumnNames(string? User = null, string? Item = null, string? Rating = null, string? Timestamp = null)
{
    /// <summary>Says that there is no such column.</summary>
    public const string None = "-";

    /// <summary>Whether no column is named.</summary>
    internal bool IsEmpty => this == new ColumnNames();

    /// <summary>The parts that are named, in the order user, item, rating, timestamp.</summary>
    internal IEnumerable<(string Part, string Name)> Named =>
        from part in new[] { ("user", User), ("item", Item), ("rating", Rating), ("timestamp", Timestamp) }
        where part.Item2 is not null
        select (part.Item1, part.Item2);

    /// <summary>The value of the option <c>--columns</c> that names these columns; null where none is named.</summary>
    public string? ToArgument() => IsEmpty ? null : string.Join(',', Named.Select(part => $"{part.Part}={part.Name}"));
}
