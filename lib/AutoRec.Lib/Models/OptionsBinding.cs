using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace AutoRec.Models;

/// <summary>Reads, checks and shows options records.</summary>
internal static class OptionsBinding
{
    /// <summary>Changes a new options record as <paramref name="settings"/> say, and checks it.</summary>
    /// <returns><paramref name="options"/>.</returns>
    public static object Create(object options, IEnumerable<KeyValuePair<string, string>> settings, string model)
    {
        var properties = Settable(options);
        foreach (var (name, text) in settings)
        {
            var property = Array.Find(properties, property => Plain(property.Name) == Plain(name)) ?? throw new ArgumentException(
                $"The model '{model}' has no option '{name}'. Options: {string.Join(", ", properties.Select(property => OptionName(property.Name)))}.");
            property.SetValue(options, Parse(property, text));
        }

        Validate(options);
        return options;
    }

    /// <summary>Throws when a value lies outside its declared range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message names option, value and range.</exception>
    public static void Validate(object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(property.GetValue(options)))
            {
                throw new ArgumentOutOfRangeException(
                    property.Name, property.GetValue(options), FormattableString.Invariant($"The option '{OptionName(property.Name)}' lies between {range.Minimum} and {range.Maximum}."));
            }
        }
    }

    /// <summary>The options themselves, for a constructor that must not take bad ones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The message names option, value and range.</exception>
    public static TOptions Validated<TOptions>(TOptions options)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(options);
        Validate(options);
        return options;
    }

    /// <summary>A property's name as command lines write it: <c>HiddenUnits</c> is <c>hidden-units</c>.</summary>
    public static string OptionName(string property) =>
        string.Concat(property.Select((letter, i) => char.IsUpper(letter) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(letter) : letter.ToString()));

    /// <summary>What the text of an option of this type is, in words.</summary>
    public static string Expected(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(LayerWidths) ? LayerWidths.Expected
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}"
            : type == typeof(int) ? "a whole number"
            : type == typeof(bool) ? "true or false"
            : "a number";
    }

    /// <summary>The options that can be set, with their defaults.</summary>
    public static IReadOnlyList<ModelOption> Describe(object defaults) =>
        [.. Settable(defaults).Select(property => new ModelOption(property, defaults))];

    /// <summary>All options that can be set, with their values as texts that <see cref="Create"/> reads.</summary>
    public static IReadOnlyDictionary<string, string> Texts(object options) => Settable(options)
        .Where(property => property.GetValue(options) is not null)
        .ToDictionary(property => OptionName(property.Name), property => Text(property.GetValue(options)!));

    private static string Text(object value) => value is bool or Enum
        ? value.ToString()!.ToLowerInvariant()
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static PropertyInfo[] Settable(object options) =>
        [.. options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)];

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();

    private static object Parse(PropertyInfo property, string text)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        try
        {
            return type == typeof(LayerWidths) ? LayerWidths.Parse(text)
                : type.IsEnum ? Enum.Parse(type, text, ignoreCase: true)
                : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException or InvalidCastException)
        {
            throw new ArgumentException($"The option '{OptionName(property.Name)}' cannot be '{text}': expected {Expected(type)}.", error);
        }
    }
}
