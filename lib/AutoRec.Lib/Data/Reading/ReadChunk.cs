using System.Text;
using System.Text.Unicode;

namespace AutoRec.Data;

/// <summary>What is the same for every record of a source.</summary>
/// <param name="HasRating">Whether records have a rating; without one every interaction has the value 1.</param>
/// <param name="Time">How times are written; null without times.</param>
/// <param name="TakesComma">Whether a decimal comma is taken.</param>
/// <param name="Scale">The declared scale, or null.</param>
/// <param name="Record">What a record is called: line, row or element.</param>
internal sealed record RecordRules(bool HasRating, TimeFormat? Time, bool TakesComma, RatingScale? Scale, string Record = "line");

/// <summary>
/// Takes the records of a source, or of a part of it, as texts: the one place that decides what a good record is. Parts that follow each
/// other are put together by <see cref="Append"/>.
/// </summary>
internal sealed class ReadChunk(RecordRules rules)
{
    private const int ShownText = 200;

    private readonly List<int> userRows = [];
    private readonly List<int> itemRows = [];
    private readonly List<float> values = [];
    private readonly List<long> times = [];
    private readonly (ulong Text, float Value)[] knownNumbers = new (ulong, float)[64];

    /// <summary>
    /// What was met besides interactions; of a file of which several processes read a part each, what all of them met.
    /// </summary>
    public RecordsMet Met { get; set; } = new();

    /// <summary>Lines of text that were passed, blank ones included.</summary>
    public long Lines
    {
        get => Met.Lines;
        set => Met.Lines = value;
    }

    /// <summary>Bytes of text that were passed.</summary>
    public long Bytes { get; set; }

    /// <summary>Raw user ids.</summary>
    public IdIndex Users { get; } = new();

    /// <summary>Raw item ids.</summary>
    public IdIndex Items { get; } = new();

    /// <summary>Adds a record, or takes it down as bad.</summary>
    /// <param name="line">Its line, from 1.</param>
    /// <param name="record">Its text; empty where it is not a line of text.</param>
    /// <param name="user">Raw user id.</param>
    /// <param name="item">Raw item id.</param>
    /// <param name="rating">The rating, if there is one.</param>
    /// <param name="time">The time, if there is one.</param>
    public void Add(
        long line,
        ReadOnlySpan<byte> record,
        ReadOnlySpan<byte> user,
        ReadOnlySpan<byte> item,
        ReadOnlySpan<byte> rating,
        ReadOnlySpan<byte> time)
    {
        var value = 1f;
        var seconds = 0L;
        var order = Met.Order;
        var isKnown = Users.TryGetRow(user, out var userRow) & Items.TryGetRow(item, out var itemRow);
        var problem = (isKnown ? null : ProblemOf(user, "user") ?? ProblemOf(item, "item"))
            ?? (rules.HasRating ? NumberOf(rating, out value) : null)
            ?? (rules.Scale is { } scale && rules.HasRating && !scale.Contains(value)
                ? FormattableString.Invariant($"The rating {value} is outside the scale {scale}.")
                : null)
            ?? rules.Time?.Parse(time, line, out seconds, ref order);
        Met.Order = order;
        if (problem is not null)
        {
            AddBad(line, record, problem);
            return;
        }

        Met.Records++;
        userRows.Add(userRow >= 0 ? userRow : Users.GetOrAdd(user));
        itemRows.Add(itemRow >= 0 ? itemRow : Items.GetOrAdd(item));
        values.Add(value);
        if (rules.Time is not null)
        {
            times.Add(seconds);
        }

        Met.First ??= new(line, Encoding.UTF8.GetString(user), Encoding.UTF8.GetString(item), Encoding.UTF8.GetString(rating));
    }

    /// <summary>Adds a user with items, each an interaction of value 1.</summary>
    public void AddHistory(long line, ReadOnlySpan<byte> record, Dialect.Fields fields)
    {
        for (var i = 0; i < fields.Count; i++)
        {
            if (ProblemOf(fields.Of(record, i), i == 0 ? "user" : "item") is { } problem)
            {
                AddBad(line, record, problem);
                return;
            }
        }

        Met.Records++;
        var user = Users.GetOrAdd(fields.Of(record, 0));
        for (var i = 1; i < fields.Count; i++)
        {
            userRows.Add(user);
            itemRows.Add(Items.GetOrAdd(fields.Of(record, i)));
            values.Add(1);
            Met.First ??= new(line, Encoding.UTF8.GetString(fields.Of(record, 0)), Encoding.UTF8.GetString(fields.Of(record, 1)), "1");
        }
    }

    /// <summary>Takes down a record that cannot be used.</summary>
    public void AddBad(long line, ReadOnlySpan<byte> record, string problem)
    {
        var text = record.IsEmpty ? null : Encoding.UTF8.GetString(record[..Math.Min(record.Length, ShownText)]).TrimEnd('\r', '\n');
        Met.AddBad(new BadRecord(line, text, problem));
    }

    /// <summary>Puts the next part behind this one.</summary>
    public void Append(ReadChunk next)
    {
        Join(userRows, Users, next.userRows, next.Users);
        Join(itemRows, Items, next.itemRows, next.Items);
        values.AddRange(next.values);
        times.AddRange(next.times);
        Met.Append(next.Met);
    }

    /// <summary>The interactions within a window of time, and how many are outside.</summary>
    /// <exception cref="DataFileException">The order of day and month cannot be told.</exception>
    public InteractionColumns Columns(InteractionFilter filter, string path, out long outside)
    {
        var (users, items, ratings, seconds) = (userRows.ToArray(), itemRows.ToArray(), values.ToArray(), times.ToArray());
        outside = 0;
        if (rules.Time?.Kind == TimeKind.DayOrMonthFirst && seconds.Length > 0)
        {
            TimeFormat.Decided(seconds, Met.Order, path);
        }

        if (filter.HasWindow)
        {
            var kept = 0;
            for (var i = 0; i < ratings.Length; i++)
            {
                if (filter.IsInWindow(seconds[i]))
                {
                    (users[kept], items[kept], ratings[kept], seconds[kept]) = (users[i], items[i], ratings[i], seconds[i]);
                    kept++;
                }
            }

            outside = ratings.Length - kept;
            (users, items, ratings, seconds) = (users[..kept], items[..kept], ratings[..kept], seconds[..kept]);
        }

        return new InteractionColumns(Users, Items, users, items, ratings, rules.Time is null ? null : seconds);
    }

    private static string? ProblemOf(ReadOnlySpan<byte> id, string part) =>
        id.IsEmpty ? $"The {part} id is empty."
        : Numbers.IsMissing(id) ? $"The {part} id is missing: '{Encoding.UTF8.GetString(id)}' is not taken for an id."
        : id.ContainsAnyInRange((byte)0, (byte)8) ? $"The {part} id has a control character in it."
        : !Utf8.IsValid(id) ? $"The {part} id is not UTF-8 text. "
            + "If the file has another encoding, name it, for example --encoding windows-1252."
        : null;

    // Files have few different ratings: the last ones of each short text are kept.
    private string? NumberOf(ReadOnlySpan<byte> text, out float value)
    {
        if (text.Length is 0 or > 7)
        {
            return Numbers.Parse(text, rules.TakesComma, out value);
        }

        var key = (ulong)text.Length;
        foreach (var letter in text)
        {
            key = (key << 8) | letter;
        }

        ref var known = ref knownNumbers[(key * 0x9e3779b97f4a7c15UL) >> 58];
        if (known.Text == key)
        {
            value = known.Value;
            return null;
        }

        var problem = Numbers.Parse(text, rules.TakesComma, out value);
        if (problem is null)
        {
            known = (key, value);
        }

        return problem;
    }

    private static void Join(List<int> rows, IdIndex ids, List<int> nextRows, IdIndex nextIds)
    {
        var rowOf = ids.AddAll(nextIds);
        rows.EnsureCapacity(rows.Count + nextRows.Count);
        foreach (var row in nextRows)
        {
            rows.Add(rowOf[row]);
        }
    }
}
