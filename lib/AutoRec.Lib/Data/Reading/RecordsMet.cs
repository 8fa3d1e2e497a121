namespace AutoRec.Data;

/// <summary>A record that cannot be used.</summary>
/// <param name="Line">Its first line, from 1 within the part of the source that was read.</param>
/// <param name="Text">Its text; null where it is not a line of text.</param>
/// <param name="Problem">What is wrong.</param>
internal sealed record BadRecord(long Line, string? Text, string Problem);

/// <summary>A record that can be used, in words.</summary>
internal sealed record GoodRecord(long Line, string User, string Item, string Rating);

/// <summary>What was met in the records of a source, or of a part of it, besides their interactions.</summary>
internal sealed class RecordsMet
{
    /// <summary>How many bad records are kept.</summary>
    public const int KeptBadRecords = 10;

    /// <summary>Lines of text that were passed, blank ones included.</summary>
    public long Lines { get; set; }

    /// <summary>Records of data, bad ones included.</summary>
    public long Records { get; set; }

    /// <summary>Records that cannot be used.</summary>
    public long BadCount { get; set; }

    /// <summary>The first of them.</summary>
    public List<BadRecord> Bad { get; init; } = [];

    /// <summary>The first record that can be used.</summary>
    public GoodRecord? First { get; set; }

    /// <summary>What lines said of the order of day and month.</summary>
    public DateOrder Order { get; set; }

    /// <summary>Takes down a record that cannot be used.</summary>
    public void AddBad(BadRecord record)
    {
        Records++;
        BadCount++;
        if (Bad.Count < KeptBadRecords)
        {
            Bad.Add(record);
        }
    }

    /// <summary>Puts what was met in the next part behind this: its lines are counted from the end of this one.</summary>
    public void Append(RecordsMet next)
    {
        Bad.AddRange(next.Bad.Take(KeptBadRecords - Bad.Count).Select(bad => bad with { Line = bad.Line + Lines }));
        First ??= next.First is { } first ? first with { Line = first.Line + Lines } : null;
        Order = new DateOrder(
            Order.DayFirstLine > 0 || next.Order.DayFirstLine == 0 ? Order.DayFirstLine : next.Order.DayFirstLine + Lines,
            Order.MonthFirstLine > 0 || next.Order.MonthFirstLine == 0 ? Order.MonthFirstLine : next.Order.MonthFirstLine + Lines);
        Records += next.Records;
        BadCount += next.BadCount;
        Lines += next.Lines;
    }
}
