using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace AutoRec.Models;

/// <summary>Checks options records against the ranges that they declare.</summary>
internal static class OptionRanges
{
    /// <summary>Returns the options, for a constructor that must not take bad ones; null gives the defaults.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A value lies outside its declared range; the message names option, range and value.
    /// </exception>
    public static TOptions Checked<TOptions>(TOptions? options)
        where TOptions : class, new()
    {
        options ??= new TOptions();
        Check(options);
        return options;
    }

    /// <summary>Throws when a value lies outside its declared range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message names option, range and value.</exception>
    public static void Check(object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(property.GetValue(options)))
            {
                var (name, value) = (NameOf(property.Name), property.GetValue(options));
                throw new ArgumentOutOfRangeException(
                    property.Name,
                    FormattableString.Invariant($"Option '{name}' must be between {range.Minimum} and {range.Maximum}; got {value}."));
            }
        }
    }

    /// <summary>Returns the name of a property as command lines write it: <c>HiddenUnits</c> is <c>hidden-units</c>.</summary>
    public static string NameOf(string property) => string.Concat(property.Select((letter, i) =>
        char.IsUpper(letter) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));
}
