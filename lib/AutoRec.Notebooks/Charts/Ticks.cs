using System.Globalization;

namespace AutoRec.Notebooks;

/// <summary>Where an axis has its ticks and what they say.</summary>
internal static class Ticks
{
    private static readonly double[] Steps = [1, 2, 2.5, 5, 10];

    /// <summary>Round numbers inside a range, about <paramref name="target"/> of them.</summary>
    public static IReadOnlyList<(double At, string Text)> Linear(double min, double max, int target)
    {
        var step = NiceStep((max - min) / target);
        var decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        if (Math.Abs((step * Math.Pow(10, decimals)) - Math.Round(step * Math.Pow(10, decimals))) > 1e-6)
        {
            decimals++; // steps of 2.5
        }

        var ticks = new List<(double, string)>();
        for (var i = Math.Ceiling((min / step) - 1e-9); (i * step) <= max + (step * 1e-9); i++)
        {
            ticks.Add((i * step, Text(i * step, decimals)));
        }

        return ticks;
    }

    /// <summary>Powers of ten inside a range, with 2 and 5 between them where there are few.</summary>
    public static IReadOnlyList<(double At, string Text)> Log(double min, double max) => Log(min, max, Math.Log10(max / min) < 3);

    /// <summary>Powers of ten inside a range, and with <paramref name="few"/> 2 and 5 between them.</summary>
    public static IReadOnlyList<(double At, string Text)> Log(double min, double max, bool few)
    {
        var ticks = new List<(double, string)>();
        for (var power = (int)Math.Floor(Math.Log10(min)); power <= Math.Ceiling(Math.Log10(max)); power++)
        {
            foreach (var factor in few ? [1, 2, 5] : new[] { 1 })
            {
                var at = factor * Math.Pow(10, power);
                if (at >= min * 0.999 && at <= max * 1.001)
                {
                    ticks.Add((at, Text(at, Math.Max(0, -power))));
                }
            }
        }

        return ticks;
    }

    /// <summary>The starts of years, months or days inside a range of seconds since 1970.</summary>
    public static IReadOnlyList<(double At, string Text)> Time(double min, double max)
    {
        var first = DateTimeOffset.FromUnixTimeSeconds((long)min).UtcDateTime;
        var last = DateTimeOffset.FromUnixTimeSeconds((long)max).UtcDateTime;
        var months = (max - min) / (30.4 * 86400);
        var ticks = new List<(double, string)>();
        if (months < 3)
        {
            var step = Math.Max(1, (int)Math.Ceiling((last - first).TotalDays / 7));
            for (var day = first.Date; day <= last; day = day.AddDays(step))
            {
                AddTick(day, "yyyy-MM-dd");
            }

            return ticks;
        }

        var monthStep = months switch { <= 8 => 1, <= 16 => 2, <= 24 => 3, <= 48 => 6, _ => 12 * Math.Max(1, (int)(months / 96)) };
        for (var month = new DateTime(first.Year, 1, 1); month <= last; month = month.AddMonths(monthStep))
        {
            AddTick(month, monthStep >= 12 ? "yyyy" : "yyyy-MM");
        }

        return ticks;

        void AddTick(DateTime at, string format)
        {
            var seconds = (double)new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeSeconds();
            if (seconds >= min && seconds <= max)
            {
                ticks.Add((seconds, at.ToString(format, CultureInfo.InvariantCulture)));
            }
        }
    }

    /// <summary>The round number next above: 1, 2, 2.5 or 5 times a power of ten.</summary>
    public static double NiceStep(double rough)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return Steps.First(step => (step * power) >= rough * (1 - 1e-9)) * power;
    }

    private static string Text(double value, int decimals) =>
        Math.Abs(value) >= 1e6 ? Numbers.Short(value / 1e6) + "M" : Numbers.Fixed(value == 0 ? 0 : value, decimals);
}
