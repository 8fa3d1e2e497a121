using System.Globalization;
using System.Numerics;

namespace AutoRec.Notebooks;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Numbers
{
    public static double[] ToDoubles<T>(IEnumerable<T> values)
        where T : INumber<T> => [.. values.Select(double.CreateChecked)];

    /// <summary>At most four significant digits, thousands grouped: 1,234,567; 12.35; 0.0831.</summary>
    public static string Short(double value)
    {
        if (double.IsNaN(value))
        {
            return "n/a";
        }

        var magnitude = Math.Abs(value);
        var format = magnitude switch
        {
            _ when value == Math.Floor(value) && magnitude < 1e15 => "#,0",
            >= 1000 => "#,0",
            >= 100 => "0.#",
            >= 10 => "0.##",
            >= 1 => "0.###",
            >= 0.001 => "0.####",
            _ => "0.##E0",
        };
        return value.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary>A fixed number of decimals with grouped thousands, so that a column of them aligns.</summary>
    public static string Fixed(double value, int decimals) => value.ToString("N" + decimals, CultureInfo.InvariantCulture);

    /// <summary>Five significant digits: more than a chart can show.</summary>
    public static double Rounded(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return value;
        }

        var digits = 4 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits is >= 0 and <= 15
            ? Math.Round(value, digits)
            : double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
