using System.CommandLine.Parsing;
using System.Globalization;

namespace AutoRec.Cli.Commands;

/// <summary>Reads numbers of the command line: with a point, in every locale. A comma is never taken as a separator of thousands.</summary>
internal static class NumberArgument
{
    /// <summary>The number that an option was given.</summary>
    public static double Parse(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
        {
            argument.AddError($"'{text}' is not a number. Use a point for decimals, for example 3.5.");
        }

        return number;
    }

    /// <summary>The number that an option without a default was given.</summary>
    public static float? ParseFloat(ArgumentResult argument) => (float)Parse(argument);
}
