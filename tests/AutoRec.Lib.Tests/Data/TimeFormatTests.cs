using System.Globalization;
using System.Text;
using AutoRec.Data;
using CsCheck;

namespace AutoRec.Tests;

public sealed class TimeFormatTests
{
    [Theory]
    [InlineData("seconds", "0", 0)]
    [InlineData("s", "-1", -1)]
    [InlineData("seconds", "1.9", 1)]
    [InlineData("seconds", "-1.1", -2)]
    [InlineData("seconds", "1.6e9", 1_600_000_000)]
    [InlineData("seconds", "99999999999", 99_999_999_999)]
    [InlineData("seconds", "-99999999999", -99_999_999_999)]
    [InlineData("seconds", "100000000000", null)] // looks like milliseconds
    [InlineData("seconds", "-100000000000", null)]
    [InlineData("seconds", "", null)]
    [InlineData("seconds", "1,5", null)]
    [InlineData("seconds", "12a", null)]
    [InlineData("seconds", "1.00000000000000000000000000000000000000", 1)] // 40 letters
    [InlineData("seconds", "1.000000000000000000000000000000000000000", null)]
    [InlineData("milliseconds", "0", 0)]
    [InlineData("milliseconds", "99999999999", null)]
    [InlineData("ms", "100000000000", 100_000_000)]
    [InlineData("milliseconds", "099999999999", null)] // by its value, not its length
    [InlineData("milliseconds", "1600000000999", 1_600_000_000)]
    [InlineData("milliseconds", "-1600000000001", -1_600_000_001)]
    [InlineData("milliseconds", "99999999999999", 99_999_999_999)]
    [InlineData("milliseconds", "100000000000000", null)]
    [InlineData("us", "1600000000999999", 1_600_000_000)]
    [InlineData("microseconds", "100000000000000", 100_000_000)]
    [InlineData("microseconds", "99999999999999", null)]
    [InlineData("microseconds", "100000000000000000", null)]
    [InlineData("ns", "1600000000999999999", 1_600_000_000)]
    [InlineData("nanoseconds", "100000000000000000", 100_000_000)]
    [InlineData("nanoseconds", "99999999999999999", null)]
    [InlineData("nanoseconds", "9999999999999999999", 9_999_999_999)]
    [InlineData("nanoseconds", "10000000000000000000", null)]
    [InlineData("iso", "1970-01-02", 86_400)]
    [InlineData("ISO", "1970/1/2", 86_400)]
    [InlineData("iso", "1970-01/02", null)]
    [InlineData("iso", "1970.01.02", null)]
    [InlineData("iso", "70-01-02", null)]
    [InlineData("iso", "0000-01-02", null)]
    [InlineData("iso", "0001-01-01", -62_135_596_800)]
    [InlineData("iso", "9999-12-31", 253_402_214_400)]
    [InlineData("iso", "1970-00-02", null)]
    [InlineData("iso", "1970-13-02", null)]
    [InlineData("iso", "1970-12-01", 28_857_600)]
    [InlineData("iso", "1970-01-00", null)]
    [InlineData("iso", "1970-02-29", null)]
    [InlineData("iso", "1972-02-29", 68_169_600)]
    [InlineData("iso", "1970-01-01T01:02:03", 3_723)]
    [InlineData("iso", "1970-01-01 01:02", 3_720)]
    [InlineData("iso", "1970-01-01 1:02:03.999", 3_723)]
    [InlineData("iso", "1970-01-01 1:02:03,999Z", 3_723)]
    [InlineData("iso", "1970-01-01x01:02", null)]
    [InlineData("iso", "1970-01-01T", null)]
    [InlineData("iso", "1970-01-01T01", null)]
    [InlineData("iso", "1970-01-01T01:2", null)]
    [InlineData("iso", "1970-01-01T01:02:", null)]
    [InlineData("iso", "1970-01-01T01:02:3", null)]
    [InlineData("iso", "1970-01-01T23:59:60", 86_400)] // a leap second
    [InlineData("iso", "1970-01-01T23:59:61", null)]
    [InlineData("iso", "1970-01-01T23:60", null)]
    [InlineData("iso", "1970-01-01T24:00", null)]
    [InlineData("iso", "1970-01-01T12:30z", 45_000)]
    [InlineData("iso", "1970-01-01 12:30 UTC", 45_000)]
    [InlineData("iso", "1970-01-01 12:30GMT", 45_000)]
    [InlineData("iso", "1970-01-01 12:30 CET", null)]
    [InlineData("iso", "1970-01-01 12:30 ZZ", null)]
    [InlineData("iso", "1970-01-01T12:30+01:30", 39_600)]
    [InlineData("iso", "1970-01-01T12:30 -0130", 50_400)]
    [InlineData("iso", "1970-01-01T12:30+02", 37_800)]
    [InlineData("iso", "1970-01-01T18:00+18:59", -3_540)]
    [InlineData("iso", "1970-01-01T12:30+19:00", null)]
    [InlineData("iso", "1970-01-01T12:30+01:60", null)]
    [InlineData("iso", "1970-01-01T12:30+1", null)]
    [InlineData("iso", "1970-01-01T12:30+01:3", null)]
    [InlineData("iso", "1970-01-01T12:30+01:300", null)]
    [InlineData("iso", "1970-01-01 12:00 AM", 0)]
    [InlineData("iso", "1970-01-01 12:00 pm", 43_200)]
    [InlineData("iso", "1970-01-01 1:00PM", 46_800)]
    [InlineData("iso", "1970-01-01 11:59:59 Am Z", 43_199)]
    [InlineData("iso", "1970-01-01 0:00 AM", null)]
    [InlineData("iso", "1970-01-01 13:00 PM", null)]
    [InlineData("iso", "1970-01-01 1:00 XM", null)]
    [InlineData("iso", "1970-01-01 1:00 A", null)]
    [InlineData("yyyyMMdd", "19700102", 86_400)]
    [InlineData("yyyymmdd", "19700102010203", 90_123)]
    [InlineData("yyyymmdd", "19700102235959", 172_799)]
    [InlineData("yyyymmdd", "19700102240000", null)]
    [InlineData("yyyymmdd", "19700102006000", null)]
    [InlineData("yyyymmdd", "19700102000060", null)]
    [InlineData("yyyymmdd", "197001020102", null)]
    [InlineData("yyyymmdd", "19700132", null)]
    [InlineData("yyyymmdd", "1970010a", null)]
    [InlineData("dd.MM.yyyy", "2.1.1970", 86_400)]
    [InlineData("dd/MM/yyyy", "02/01/70 1:00", 90_000)]
    [InlineData("dd-MM-yyyy", "02-01-69", 3_124_310_400)]
    [InlineData("d/M/yyyy", "02/01-1970", null)]
    [InlineData("dd/MM/yyyy", "02_01_1970", null)]
    [InlineData("dd/MM/yyyy", "12/31/1970", null)]
    [InlineData("dd/MM/yyyy", "00/01/1970", null)]
    [InlineData("dd/MM/yyyy", "01/00/1970", null)]
    [InlineData("dd/MM/yyyy", "13/13/1970", null)]
    [InlineData("dd/MM/yyyy", "1/1/7", null)]
    [InlineData("dd/MM/yyyy", "1/", null)]
    [InlineData("dd/MM/yyyy", "1/2", null)]
    [InlineData("dd/MM/yyyy", "1/2/", null)]
    [InlineData("dd/MM/yyyy", "1//1970", null)]
    [InlineData("MM/dd/yyyy", "1/2/1970", 86_400)]
    [InlineData("mm.dd.yyyy", "12.31.1970", 31_449_600)]
    [InlineData("mm-dd-yyyy", "31-12-1970", null)]
    [InlineData("m/d/yyyy", "2/29/1970", null)]
    [InlineData("MMM d, yyyy", "Jan 2, 1970", 86_400)]
    [InlineData("MMM d, yyyy", " Jan  2, 1970 ", 86_400)]
    [InlineData("yyyy'Q'", "1970Q", 0)]
    [InlineData("MMM d, yyyy", "2 Jan 1970", null)]
    public void Parse_NamedFormat_SecondsOrProblem(string format, string text, object? expected)
    {
        var order = default(DateOrder);
        var problem = TimeFormat.Named(format).Parse(Encoding.UTF8.GetBytes(text), 1, out var seconds, ref order);
        Assert.Equal(
            expected is null ? null : Convert.ToInt64(expected, CultureInfo.InvariantCulture), problem is null ? seconds : (long?)null);
        Assert.True(problem is null || problem.StartsWith($"The time '{text}' is not a ", StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_AnyMomentInAnyFormat_ItsSeconds()
    {
        string[] formats = [
            "iso yyyy-MM-dd'T'HH:mm:ss'Z'", "iso yyyy/M/d H:mm:ss", "iso yyyy-MM-dd hh:mm:ss tt", "iso yyyy-MM-dd'T'HH:mm:sszzz",
            "yyyymmdd yyyyMMddHHmmss", "dd/mm/yyyy d/M/yyyy HH:mm:ss", "mm/dd/yyyy MM-dd-yyyy h:mm:ss tt"];
        Gen.Select(Gen.Long[-2_000_000_000, 4_000_000_000], Gen.Int[-14 * 4, 14 * 4])
            .Sample((seconds, quarters) => Assert.All(formats, format =>
        {
            var (name, pattern) = (format.Split(' ')[0], format[(format.IndexOf(' ') + 1)..]);
            var offset = TimeSpan.FromMinutes(pattern.EndsWith("zzz", StringComparison.Ordinal) ? 15 * quarters : 0);
            var text = DateTimeOffset.FromUnixTimeSeconds(seconds).ToOffset(offset).ToString(pattern, CultureInfo.InvariantCulture);
            var order = default(DateOrder);
            Assert.Null(TimeFormat.Named(name).Parse(Encoding.UTF8.GetBytes(text), 1, out var read, ref order));
            Assert.Equal((text, seconds), (text, read));
        }));
    }

    [Theory]
    [InlineData("1600000000 1600000001", "Seconds")]
    [InlineData("1600000000 1600000000000 1600000000001", "Milliseconds")]
    [InlineData("1600000000000000 nothing", "Microseconds")]
    [InlineData("1600000000000000000", "Nanoseconds")]
    [InlineData("20210102", "Compact")]
    [InlineData("19000101 21001231", "Compact")]
    [InlineData("18991231 21010101", "Seconds")]
    [InlineData("20210102 1600000000 1600000001", "Seconds")]
    [InlineData("2021-01-02 1 2021-01-03", "Iso")]
    [InlineData("2.1.2021 13.12.2021", "DayFirst")]
    [InlineData("2.1.2021 1/2/2021", "DayOrMonthFirst")]
    [InlineData("2-1-2021", "DayOrMonthFirst")]
    [InlineData("soon 2021-01-02", "Iso")]
    [InlineData("soon later 2021-01-02", null)]
    [InlineData("", null)]
    public void Recognise_Times_FormatOfMost(string times, string? kind) =>
        Assert.Equal(
            kind,
            TimeFormat.Recognise([.. times.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(Encoding.UTF8.GetBytes)])?.Kind.ToString());

    [Theory]
    [InlineData("2021-01-02 10:00", true)]
    [InlineData("2/1/2021", true)]
    [InlineData("12/31/2021", true)]
    [InlineData("0/5/2021", false)]
    [InlineData("5/0/2021", false)]
    [InlineData("32/1/2021", false)]
    [InlineData("1/32/2021", false)]
    [InlineData("13/13/2021", false)]
    [InlineData("20210102", false)]
    [InlineData("1600000000", false)]
    public void IsDateText_OnlyWhatCannotBeANumber(string text, bool expected) =>
        Assert.Equal(expected, TimeFormat.IsDateText(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(0, 0, "no date has a part above 12")]
    [InlineData(3, 2, "The day comes first in line 3 and the month in line 2")]
    public void Decided_NoneOrBothOrders_SaysSo(long dayFirst, long monthFirst, string problem) => Assert.Contains(
        problem, Assert.Throws<DataFileException>(() => TimeFormat.Decided([0], new DateOrder(dayFirst, monthFirst), "file")).Message);

    [Theory]
    [InlineData("dd/MM/yyyy", "12/31/1970", "a date with the day first")]
    [InlineData("MM/dd/yyyy", "31/12/1970", "a date with the month first")]
    public void Parse_OtherOrder_SaysWhichIsExpected(string format, string text, string problem)
    {
        var order = default(DateOrder);
        Assert.Contains(problem, TimeFormat.Named(format).Parse(Encoding.UTF8.GetBytes(text), 1, out _, ref order));
    }

    [Theory]
    [InlineData(false, "25/12/2021 10:00")]
    [InlineData(true, "12/25/2021 10:00")]
    public void Decided_OneLineTells_AllLinesFollow(bool monthFirst, string telling)
    {
        string[] texts = ["03/04/2021 00:01", "05/06/2022", telling, "01/02/2020 23:59:59"];
        var format = new TimeFormat(TimeKind.DayOrMonthFirst);
        var (times, order) = (new long[texts.Length], default(DateOrder));
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Null(format.Parse(Encoding.UTF8.GetBytes(texts[i]), i + 1, out times[i], ref order));
        }

        Assert.Equal(monthFirst ? new DateOrder(0, 3) : new DateOrder(3, 0), order);
        TimeFormat.Decided(times, order, "file");
        string[] patterns =
        [
            monthFirst ? "MM/dd/yyyy" : "dd/MM/yyyy", (monthFirst ? "MM/dd/yyyy" : "dd/MM/yyyy") + " HH:mm",
            (monthFirst ? "MM/dd/yyyy" : "dd/MM/yyyy") + " HH:mm:ss"
        ];
        Assert.Equal(
            texts.Select(text =>
                DateTimeOffset.ParseExact(text, patterns, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                    .ToUnixTimeSeconds()), times);
    }
}
