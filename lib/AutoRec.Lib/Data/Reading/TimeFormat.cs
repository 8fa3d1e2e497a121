using System.Globalization;
using System.Text;

namespace AutoRec.Data;

/// <summary>How the times of a source are written. A source has one format.</summary>
internal enum TimeKind
{
    /// <summary>Seconds since 1970-01-01 UTC, whole or not.</summary>
    Seconds,

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    Milliseconds,

    /// <summary>Microseconds since 1970-01-01 UTC.</summary>
    Microseconds,

    /// <summary>Nanoseconds since 1970-01-01 UTC.</summary>
    Nanoseconds,

    /// <summary>ISO 8601: <c>2021-03-25</c> or <c>2021-03-25T15:11:52Z</c>, with <c>/</c> or a blank as people write it; UTC without an
    /// offset.</summary>
    Iso,

    /// <summary><c>yyyyMMdd</c>, perhaps with <c>HHmmss</c>.</summary>
    Compact,

    /// <summary>Day, month, year, and perhaps a time of day.</summary>
    DayFirst,

    /// <summary>Month, day, year, and perhaps a time of day.</summary>
    MonthFirst,

    /// <summary>One of the last two; all lines together decide which.</summary>
    DayOrMonthFirst,

    /// <summary>A pattern that was given.</summary>
    Pattern,
}

/// <summary>What lines said of the order of day and month: the first line that only one order allows, or 0.</summary>
internal record struct DateOrder(long DayFirstLine, long MonthFirstLine);

/// <summary>Reads times as whole seconds since 1970-01-01 UTC.</summary>
internal sealed record TimeFormat(TimeKind Kind, string? Pattern = null)
{
    private const long PackedDay = 86_400;

    /// <summary>What the option <c>--time-format</c> takes.</summary>
    public const string Expected = "seconds, milliseconds, microseconds, nanoseconds, iso, yyyyMMdd, dd/MM/yyyy, MM/dd/yyyy, "
        + "or another .NET date pattern such as 'MMM d, yyyy'";

    /// <summary>The format that a user names.</summary>
    public static TimeFormat Named(string name) => name.ToLowerInvariant() switch
    {
        "seconds" or "s" => new(TimeKind.Seconds),
        "milliseconds" or "ms" => new(TimeKind.Milliseconds),
        "microseconds" or "us" => new(TimeKind.Microseconds),
        "nanoseconds" or "ns" => new(TimeKind.Nanoseconds),
        "iso" => new(TimeKind.Iso),
        "yyyymmdd" => new(TimeKind.Compact),
        "dd/mm/yyyy" or "dd.mm.yyyy" or "dd-mm-yyyy" or "d/m/yyyy" => new(TimeKind.DayFirst),
        "mm/dd/yyyy" or "mm.dd.yyyy" or "mm-dd-yyyy" or "m/d/yyyy" => new(TimeKind.MonthFirst),
        _ => new(TimeKind.Pattern, name),
    };

    /// <summary>The format that most of some times are written in; null when there is none.</summary>
    public static TimeFormat? Recognise(IReadOnlyCollection<byte[]> times)
    {
        if (times.Count == 0)
        {
            return null;
        }

        TimeKind[] candidates = [TimeKind.Compact, TimeKind.Seconds, TimeKind.Iso, TimeKind.DayOrMonthFirst];
        var (best, share) = candidates
            .Select(kind => (Kind: kind, Count: times.Count(time => IsOf(kind, time))))
            .MaxBy(pair => pair.Count);
        if (share * 2 < times.Count)
        {
            return null;
        }

        if (best == TimeKind.Seconds)
        {
            best = times.Where(time => IsEpoch(time, out _))
                .CountBy(time => IsEpoch(time, out var value) ? UnitOf(value) : default)
                .MaxBy(pair => (pair.Value, pair.Key)).Key;
        }

        // Dots stand between day, month and year only where the day comes first.
        return best == TimeKind.DayOrMonthFirst && times.All(time => !time.AsSpan().ContainsAny((byte)'/', (byte)'-'))
            ? new TimeFormat(TimeKind.DayFirst)
            : new TimeFormat(best);

        static bool IsOf(TimeKind kind, byte[] time) => kind switch
        {
            TimeKind.Compact => IsCompact(time, out var seconds) && DateTimeOffset.FromUnixTimeSeconds(seconds).Year is >= 1900 and <= 2100,
            TimeKind.Seconds => IsEpoch(time, out _),
            TimeKind.Iso => IsIso(time, out _),
            _ => IsDate(time, out _, out _, out _, out _),
        };
    }

    /// <summary>Whether a text is surely a time, and not a number that may mean anything.</summary>
    public static bool IsDateText(byte[] text) => IsIso(text, out _) || IsDate(text, out _, out _, out _, out _);

    /// <summary>Reads a time; returns what is wrong, or null.</summary>
    /// <param name="text">The time.</param>
    /// <param name="line">The line it stands in.</param>
    /// <param name="seconds">Receives the time; of <see cref="TimeKind.DayOrMonthFirst"/> a value for <see cref="Decided"/>.</param>
    /// <param name="order">Takes down what the line says of the order of day and month.</param>
    public string? Parse(ReadOnlySpan<byte> text, long line, out long seconds, ref DateOrder order)
    {
        seconds = 0;
        switch (Kind)
        {
            case TimeKind.Seconds when text.Length is > 0 and < 12 && TryWhole(text, out seconds):
            case TimeKind.Milliseconds when text.Length is > 11 and < 15 && TryWhole(text, out seconds) && seconds >= 100_000_000_000:
                seconds /= Kind == TimeKind.Seconds ? 1 : 1000; // the usual cases, fast
                return null;
            case TimeKind.Seconds or TimeKind.Milliseconds or TimeKind.Microseconds or TimeKind.Nanoseconds:
                if (!IsEpoch(text, out var number))
                {
                    return Wrong(text, $"a number of {Name(Kind)} since 1970");
                }

                if (number != 0 && UnitOf(number) is var unit && unit != Kind)
                {
                    return Wrong(
                        text, $"a number of {Name(Kind)} since 1970 as most are: it looks like {Name(unit)}, and a file has one unit");
                }

                seconds = (long)decimal.Floor(number / PerSecond(Kind));
                return null;
            case TimeKind.Iso:
                return IsIso(text, out seconds) ? null : Wrong(text, "a date as 2021-03-25 or 2021-03-25T15:11:52Z");
            case TimeKind.Compact:
                return IsCompact(text, out seconds) ? null : Wrong(text, "a date as yyyyMMdd");
            case TimeKind.Pattern:
                return IsOfPattern(text, out seconds) ? null : Wrong(text, $"a date of the pattern '{Pattern}'");
            default:
                if (!IsDate(text, out var first, out var second, out var year, out var time))
                {
                    return Wrong(text, "a date with the day or the month first, such as 25/12/2021");
                }

                if (Kind == TimeKind.DayOrMonthFirst)
                {
                    order = new DateOrder(
                        order.DayFirstLine == 0 && first > 12 ? line : order.DayFirstLine,
                        order.MonthFirstLine == 0 && second > 12 ? line : order.MonthFirstLine);
                    seconds = (((((year * 32L) + first) * 32) + second) * PackedDay) + time;
                    return null;
                }

                return IsDay(year, Kind == TimeKind.DayFirst ? second : first, Kind == TimeKind.DayFirst ? first : second, out seconds)
                    ? Plus(ref seconds, time)
                    : Wrong(text, Kind == TimeKind.DayFirst ? "a date with the day first" : "a date with the month first");
        }

        static string? Plus(ref long seconds, long time)
        {
            seconds += time;
            return null;
        }
    }

    /// <summary>Turns the values of <see cref="TimeKind.DayOrMonthFirst"/> into times, in place.</summary>
    /// <exception cref="DataFileException">The lines allow both orders, or contradict each other.</exception>
    public static void Decided(Span<long> times, DateOrder order, string path)
    {
        if (order is { DayFirstLine: > 0, MonthFirstLine: > 0 })
        {
            throw new DataFileException(path, FormattableString.Invariant(
                $"The day comes first in line {order.DayFirstLine} and the month in line {order.MonthFirstLine}. A file has one order; ")
                + "correct the file, or leave the times out by --columns timestamp=-.");
        }

        if (order == default)
        {
            throw new DataFileException(
                path,
                "Whether the day or the month comes first in its dates cannot be told: no date has a part above 12. "
                + "Say it by --time-format dd/MM/yyyy or --time-format MM/dd/yyyy.");
        }

        foreach (ref var time in times)
        {
            var (packed, ofDay) = Math.DivRem(time, PackedDay);
            var (first, second) = ((int)(packed / 32 % 32), (int)(packed % 32));
            var isDayFirst = order.DayFirstLine > 0;
            IsDay((int)(packed / 1024), isDayFirst ? second : first, isDayFirst ? first : second, out time);
            time += ofDay;
        }
    }

    private static string Wrong(ReadOnlySpan<byte> text, string expected) =>
        $"The time '{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 100)])}' is not {expected}. "
        + "Use --time-format to say how times are written, or --columns timestamp=- to leave them out.";

    private static string Name(TimeKind unit) => unit.ToString().ToLowerInvariant();

    private static decimal PerSecond(TimeKind unit) => unit switch
    {
        TimeKind.Milliseconds => 1e3m,
        TimeKind.Microseconds => 1e6m,
        TimeKind.Nanoseconds => 1e9m,
        _ => 1,
    };

    // In seconds this is the year 5138; in milliseconds the larger bounds are the same.
    private static TimeKind UnitOf(decimal number) => Math.Abs(number) switch
    {
        < 1e11m => TimeKind.Seconds,
        < 1e14m => TimeKind.Milliseconds,
        < 1e17m => TimeKind.Microseconds,
        _ => TimeKind.Nanoseconds,
    };

    private static bool IsEpoch(ReadOnlySpan<byte> text, out decimal value)
    {
        if (text.Length is > 0 and <= 18 && TryWhole(text, out var whole))
        {
            value = whole;
            return true;
        }

        value = 0;
        return text.Length <= 40
            && decimal.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out value)
            && Math.Abs(value) < 1e19m;
    }

    private static bool TryWhole(ReadOnlySpan<byte> text, out long whole)
    {
        whole = 0;
        foreach (var letter in text)
        {
            var digit = letter - '0';
            if ((uint)digit > 9)
            {
                whole = 0;
                return false;
            }

            whole = (whole * 10) + digit;
        }

        return true;
    }

    private static bool IsCompact(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        var time = 0L;
        var rest = text;
        if (text.Length is not (8 or 14)
            || !TakeNumber(ref rest, 4, 4, out var year)
            || !TakeNumber(ref rest, 2, 2, out var month)
            || !TakeNumber(ref rest, 2, 2, out var day)
            || !IsDay(year, month, day, out seconds))
        {
            return false;
        }

        if (text.Length == 14)
        {
            if (!TakeNumber(ref rest, 2, 2, out var hour) || !TakeNumber(ref rest, 2, 2, out var minute)
                || !TakeNumber(ref rest, 2, 2, out var second) || hour > 23 || minute > 59 || second > 59)
            {
                return false;
            }

            time = (hour * 3600) + (minute * 60) + second;
        }

        seconds += time;
        return true;
    }

    private static bool IsIso(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        return TakeNumber(ref text, 4, 4, out var year) && text is [(byte)'-' or (byte)'/', ..] && text[0] is var mark
            && Take(ref text, mark) && TakeNumber(ref text, 1, 2, out var month)
            && Take(ref text, mark) && TakeNumber(ref text, 1, 2, out var day)
            && IsDay(year, month, day, out seconds) && IsTimeOfDay(text, ref seconds);
    }

    private static bool IsDate(ReadOnlySpan<byte> text, out int first, out int second, out int year, out long time)
    {
        (second, year, time) = (0, 0, 0);
        if (!TakeNumber(ref text, 1, 2, out first) || text is not [(byte)'/' or (byte)'.' or (byte)'-', ..])
        {
            return false;
        }

        var mark = text[0];
        return Take(ref text, mark) && TakeNumber(ref text, 1, 2, out second) && Take(ref text, mark)
            && (TakeNumber(ref text, 4, 4, out year) || (TakeNumber(ref text, 2, 2, out year) && (year += year < 70 ? 2000 : 1900) > 0))
            && first is > 0 and <= 31 && second is > 0 and <= 31 && (first <= 12 || second <= 12) && IsTimeOfDay(text, ref time);
    }

    private bool IsOfPattern(ReadOnlySpan<byte> text, out long seconds)
    {
        var isTime = DateTimeOffset.TryParseExact(
            Encoding.UTF8.GetString(text),
            Pattern,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces,
            out var time);
        seconds = isTime ? time.ToUnixTimeSeconds() : 0;
        return isTime;
    }

    private static bool IsDay(int year, int month, int day, out long seconds)
    {
        var isDay = year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        seconds = isDay ? new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() : 0;
        return isDay;
    }

    /// <summary>What comes behind a day: nothing, or a time of day, perhaps with AM or PM, Z or an offset; added to the seconds.</summary>
    private static bool IsTimeOfDay(ReadOnlySpan<byte> text, ref long seconds)
    {
        if (text.IsEmpty)
        {
            return true;
        }

        if (!(Take(ref text, (byte)'T') || Take(ref text, (byte)' '))
            || !TakeNumber(ref text, 1, 2, out var hour) || !Take(ref text, (byte)':') || !TakeNumber(ref text, 2, 2, out var minute))
        {
            return false;
        }

        var second = 0;
        if (Take(ref text, (byte)':'))
        {
            if (!TakeNumber(ref text, 2, 2, out second))
            {
                return false;
            }

            if (Take(ref text, (byte)'.') || Take(ref text, (byte)','))
            {
                text = text.TrimStart("0123456789"u8);
            }
        }

        text = text.TrimStart((byte)' ');
        if (text.Length >= 2 && text[1] is (byte)'M' or (byte)'m' && text[0] is (byte)'A' or (byte)'P' or (byte)'a' or (byte)'p')
        {
            if (hour is 0 or > 12)
            {
                return false;
            }

            hour = (hour % 12) + (text[0] is (byte)'P' or (byte)'p' ? 12 : 0);
            text = text[2..].TrimStart((byte)' ');
        }

        if (hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        seconds += (hour * 3600) + (minute * 60) + second;
        if (text.IsEmpty || text is [(byte)'Z' or (byte)'z'] || text.SequenceEqual("UTC"u8) || text.SequenceEqual("GMT"u8))
        {
            return true;
        }

        var sign = Take(ref text, (byte)'+') ? 1 : Take(ref text, (byte)'-') ? -1 : 0;
        if (sign == 0 || !TakeNumber(ref text, 2, 2, out var hours))
        {
            return false;
        }

        Take(ref text, (byte)':');
        var minutes = 0;
        if (!text.IsEmpty && (!TakeNumber(ref text, 2, 2, out minutes) || !text.IsEmpty))
        {
            return false;
        }

        seconds -= sign * ((hours * 3600) + (minutes * 60));
        return hours <= 18 && minutes <= 59;
    }

    private static bool Take(ref ReadOnlySpan<byte> text, byte letter)
    {
        if (text.IsEmpty || text[0] != letter)
        {
            return false;
        }

        text = text[1..];
        return true;
    }

    private static bool TakeNumber(ref ReadOnlySpan<byte> text, int least, int most, out int number)
    {
        number = 0;
        var length = 0;
        while (length < most && length < text.Length && char.IsAsciiDigit((char)text[length]))
        {
            number = (number * 10) + (text[length++] - '0');
        }

        if (length < least)
        {
            return false;
        }

        text = text[length..];
        return true;
    }
}
