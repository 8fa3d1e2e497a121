using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using AutoRec.Catalog.Ensembles;
using AutoRec.Models;

namespace AutoRec.Catalog;

/// <summary>Reads, checks and shows options records.</summary>
internal static class OptionsBinding
{
    /// <summary>The text of an option that the data decide.</summary>
    public const string Auto = "auto";

    private const string None = "none";

    /// <summary>Changes a new options record as <paramref name="settings"/> say, and checks it.</summary>
    /// <returns><paramref name="options"/>.</returns>
    public static object Create(object options, IEnumerable<KeyValuePair<string, string>> settings, string model)
    {
        var properties = Settable(options);
        foreach (var (name, text) in settings)
        {
            var property = Array.Find(properties, property => IsSame(property.Name, name));
            if (property is null)
            {
                var names = string.Join(", ", properties.Select(property => OptionRanges.NameOf(property.Name)));
                throw new ArgumentException($"The model '{model}' has no option '{name}'. Options: {names}.");
            }
            property.SetValue(options, Parse(property, text));
        }

        OptionRanges.Check(options);
        return options;
    }

    /// <summary>What the text of an option is, in words.</summary>
    public static string Expected(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) is { } type
        ? $"{Expected(type)}, or {Empty(property)}"
        : Expected(property.PropertyType);

    // The text of an option without a value: of one that has a middle the data decide.
    private static string Empty(PropertyInfo property) => property.GetCustomAttribute<DefaultValueAttribute>() is null ? None : Auto;

    private static string Expected(Type type) =>
        type == typeof(LayerWidths) ? LayerWidths.Expected
            : type == typeof(EnsembleMembers) ? EnsembleMembers.Expected
            : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type)).ToLowerInvariant()}"
            : type == typeof(int) ? "a whole number"
            : type == typeof(bool) ? "true or false"
            : "a number";

    /// <summary>The options that can be set.</summary>
    public static PropertyInfo[] Settable(object options) =>
        [.. options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite)];

    /// <summary>All options that can be set, with their values as texts that <see cref="Create"/> reads.</summary>
    public static IReadOnlyDictionary<string, string> Texts(object options) => Settable(options)
        .Select(property => (OptionRanges.NameOf(property.Name), property.GetValue(options) is { } value ? Text(value) : Empty(property)))
        .Where(option => option.Item2 != None)
        .ToDictionary();

    private static string Text(object value) => value is bool or Enum
        ? value.ToString()!.ToLowerInvariant()
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    /// <summary>Whether two names are of one option: in upper or lower case, with or without hyphens.</summary>
    public static bool IsSame(string one, string other) => Plain(one) == Plain(other);

    private static string Plain(string name) => name
        .Replace("-", "", StringComparison.Ordinal)
        .Replace("_", "", StringComparison.Ordinal)
        .ToUpperInvariant();

    private static object? Parse(PropertyInfo property, string text)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type != property.PropertyType && string.Equals(text.Trim(), Empty(property), StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            return type == typeof(LayerWidths) ? LayerWidths.Parse(text)
                : type == typeof(EnsembleMembers) ? EnsembleMembers.Parse(text)
                : type.IsEnum ? Enum.Parse(type, text, ignoreCase: true)
                : type == typeof(double) ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) // 0,5 is not 5
                : type == typeof(float) ? float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
                : Convert.ChangeType(text, type, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException or InvalidCastException)
        {
            throw new ArgumentException(
                $"Option '{OptionRanges.NameOf(property.Name)}' must be {Expected(property)}; got '{text}'.", error);
        }
    }
}
